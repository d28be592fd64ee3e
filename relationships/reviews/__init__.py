"""Reviews of key account plans: how often, what is on the agenda, how one is held, and when the next one is."""
