"""`./run bench`: what the product's main steps cost, as ratios to plain baselines measured in the same run."""
