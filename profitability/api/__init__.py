"""Profitability, rankings, concentration and runs over REST."""
