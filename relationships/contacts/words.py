"""People, levels and shares of a contact map in words."""

from fractions import Fraction

from django.utils.translation import gettext as _

from accounts.models.user import Seniority
from relationships.models import Contact

THIN = "\u202f"


def percent(share: Fraction | None) -> str:
    return "–" if share is None else f"{round(100 * share)}{THIN}%"


def signed(points: int | None) -> str:
    """Support with its sign."""
    if points is None:
        return "–"
    return f"+{points}" if points > 0 else f"−{-points}" if points else "0"


def place_of(contact: Contact) -> str:
    """The title, or else function and level."""
    return contact.title or contact.function or (str(contact.get_level_display()) if contact.level else "")


def called(contact: Contact) -> str:
    """“Kim Costa, Head of purchasing”."""
    place = place_of(contact)
    return f"{contact.name}, {place}" if place else contact.name


def person_level(contact: Contact) -> str:
    return str(contact.get_level_display()).lower() if contact.level else _("level not known")


def colleague_level(level: int) -> str:
    return str(Seniority(level).label).lower()


def level_name(level: int | None) -> str:
    return str(Contact.Level(level).label) if level else _("Level not known")
