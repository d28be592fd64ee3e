"""Pages of criteria, ratings, stages and relationships."""
