"""Making an endpoint, and trying whether it listens."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, WebhookDelivery, WebhookEndpoint
from kam_portal.webhooks import guard
from kam_portal.webhooks.events import PING, delivery
from kam_portal.webhooks.sending import secret_of

MOST = 10  # of one person


def check(owner: User, url: str) -> None:
    """Refused says why this person cannot have a webhook to that address."""
    if len(url) > WebhookEndpoint._meta.get_field("url").max_length:
        raise guard.Refused(_("The address is too long."))
    guard.check_public(guard.checked(url))
    if owner.webhooks.count() >= MOST:
        raise guard.Refused(_("One person has at most %(most)d webhooks.") % {"most": MOST})


def create(owner: User, url: str, events: list[str], maker: User) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which cannot be shown again; Refused says what is wrong with the address. It hears
    of what happens from now on."""
    check(owner, url)
    salt = secrets.token_hex(32)
    row = WebhookEndpoint.objects.create(
        owner=owner, url=url, events=sorted(set(events)), salt=salt, told_until=timezone.now(), created_by=maker
    )
    return row, secret_of(salt)


def ping(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A message that only says hello, sent at once."""
    from kam_portal.tasks import send_webhooks

    row = delivery(endpoint, PING, f"ping:{secrets.token_hex(12)}", {}, timezone.now())
    row.save()
    transaction.on_commit(lambda: send_webhooks.delay(endpoint.pk), robust=True)
    return row
