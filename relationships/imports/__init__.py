"""Files to criteria and ratings: one module for each kind of import, with `load` and `exported`."""
