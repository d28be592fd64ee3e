"""Addresses of trails and accounts that stay with the run that the page shows."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from profitability.runline import older_run

register = template.Library()


@register.simple_tag(takes_context=True)
def trail_url(context, code: str, figure: str, month=None) -> str:
    """The trail of a figure of an account."""
    return with_run(context, reverse("trail", args=[code]), {"figure": figure} | ({"month": month} if month else {}))


@register.simple_tag(takes_context=True)
def in_run(context, name: str, *args) -> str:
    """The address of a page, of the run that this page shows."""
    return with_run(context, reverse(name, args=args), {})


def with_run(context, address: str, query: dict) -> str:
    """Only an older run needs a name: pages show the published one by themselves."""
    request = getattr(context, "request", None)
    older = older_run(request) if request is not None else None
    query |= {"run": older.pk} if older else {}
    return f"{address}?{urlencode(query, safe=':')}" if query else address
