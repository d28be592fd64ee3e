"""Profit and loss of any accounts over any months of a run: sums of what the run stored, made in the database."""
