"""The contact map of an account: who is who, who of us answers to whom, what is missing, and changing it."""
