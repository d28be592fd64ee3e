"""What the REST views of all apps are made of: columns, query parameters, pages of a list, tags of an answer."""
