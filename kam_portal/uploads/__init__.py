"""A file on its way from a browser into an import: kept, looked into, its columns matched, checked, imported."""
