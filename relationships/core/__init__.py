"""The method: from judgements and figures to scores and boxes. No Django, no clock, no settings."""
