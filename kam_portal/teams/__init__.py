"""What a team's page tells: its key accounts with their plans, how they stand, who has how much to do."""
