"""Other systems are told when a run is published and when an account changes its box."""
