"""System checks: refuse an unsafe public start."""

import os

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def public_start_is_safe(app_configs, **kwargs):
    """With ALLOWED_HOSTS set the portal is public: then it needs its own key and no debug or demo mode."""
    if not settings.PUBLIC:
        return []
    problems = []
    if not ({"SECRET_KEY", "SECRET_KEY_FILE"} & set(os.environ)):
        problems.append(
            Error("ALLOWED_HOSTS is set, so SECRET_KEY (or SECRET_KEY_FILE) must be set too.", id="kam.E001")
        )
    if settings.DEMO:
        problems.append(Error("DEMO shows logins on the sign-in page: unset it, or ALLOWED_HOSTS.", id="kam.E002"))
    return problems
