"""Key account plans: what stands in them, who changes what, and what the published run says of it."""
