"""The method: from sums of measures to costs, profits and rankings. No Django, no clock, no settings."""
