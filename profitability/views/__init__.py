"""Pages of one account's costs, of the cost model and of runs."""
