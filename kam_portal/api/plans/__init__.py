"""Key account plans over REST: plans and their versions, objectives, actions, reviews, contacts and ratings. Whoever
may not see a plan gets the answer that a missing one has."""
