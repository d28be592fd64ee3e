"""A contact as a form sends it, and its values in words."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relationships.contacts.editing import values_of
from relationships.models import Contact


def said_of(contact: Contact) -> dict[str, str]:
    """What an unchanged form would send."""
    return {field: text_of(value) for field, value in values_of(contact).items()}


def text_of(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def spoken(field: str, value: Any) -> str:
    """A value as people read it; nothing is a dash."""
    if value is None or value == "":
        return "–"
    if field == "level":
        return str(Contact.Level(value).label)
    if field == "buying_role":
        return str(Contact.BuyingRole(value).label)
    if field == "reports_to":
        boss = Contact.objects.filter(pk=value).first()
        return boss.name if boss else _("somebody who is gone")
    return date_format(value, "j M Y") if isinstance(value, date) else str(value)
