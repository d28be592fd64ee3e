"""What needs a person today, line by line, and what is done about it in place."""
