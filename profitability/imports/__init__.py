"""Files to ledger: one module for each kind of import, with its SCHEMA, `load` and `exported`."""
