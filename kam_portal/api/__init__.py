"""REST: the site's side of it. What the endpoints of an app are made of stands in accounts/rest/."""
