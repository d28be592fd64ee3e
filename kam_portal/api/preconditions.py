"""Writes that name the state they start from: If-Match with the tag that a read gave (RFC 9110, RFC 6585)."""

from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from kam_portal.api.problems import Missing, Stale
from kam_portal.api.rendering import dumps


def tag_of(answer: Any) -> str:
    """The tag that a read of this answer has."""
    return f'"{blake2b(dumps(answer), digest_size=16).hexdigest()}"'


def require_match(request, answer: Any) -> None:
    """Raises Missing without If-Match, Stale where the row reads otherwise by now."""
    asked = request.headers.get("If-Match")
    if asked is None:
        raise Missing(_("Send If-Match with the ETag of what you read."))
    if asked.strip() != "*" and tag_of(answer) not in [tag.strip() for tag in asked.split(",")]:
        raise Stale(_("It has changed since. Read it again."))
