"""What each box asks for: the words that people wrote, else those the portal ships."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.versions import NotPossible
from relationships.models import Guidance

Place = Guidance.Place
OUTSIDE = {  # accounts outside the programme go by the same two axes
    Place.STRATEGIC: Place.CANDIDATE,
    Place.STAR: Place.DEVELOPMENT,
    Place.STATUS: Place.MAINTENANCE,
    Place.STREAMLINE: Place.OPPORTUNISTIC,
}
SHIPPED = {
    Place.STRATEGIC: (gettext_lazy("Invest"), gettext_lazy("Plan jointly, with contacts from shop floor to board.")),
    Place.STAR: (gettext_lazy("Develop"), gettext_lazy("Deepen the relationship: price, security of supply, service.")),
    Place.STATUS: (gettext_lazy("Maintain"), gettext_lazy("Keep it with long contracts; do not over-invest.")),
    Place.STREAMLINE: (gettext_lazy("Streamline"), gettext_lazy("Serve it simply, at low cost and standard terms.")),
    Place.CANDIDATE: (gettext_lazy("Consider"), gettext_lazy("A candidate for the programme: decide on it.")),
    Place.DEVELOPMENT: (gettext_lazy("Development"), gettext_lazy("Attractive but weak: win it step by step.")),
    Place.MAINTENANCE: (gettext_lazy("Maintenance"), gettext_lazy("Strong but less attractive: keep it with little.")),
    Place.OPPORTUNISTIC: (gettext_lazy("Opportunistic"), gettext_lazy("Take the business that comes by itself.")),
}


@dataclass(frozen=True)
class Words:
    """A stance in a word or two, and what to do in a sentence."""

    place: str
    name: str
    text: str
    is_own: bool  # written here, not shipped

    def __str__(self) -> str:
        """In one line; a stance that only says the place’s name again is left out, as it stands beside that."""
        return self.text if self.name == Place(self.place).label else f"{self.name}: {self.text}"


def stance(box: str, is_member: bool = True) -> str:
    """What the box asks for, in one line; of an account outside the programme, if that is said. Nothing of no box."""
    return in_line(every(), box, is_member)


def in_line(said: dict[str, Words], box: str, is_member: bool = True) -> str:
    """The same from the words of `every`, for who needs many of them."""
    return str(said[box if is_member else OUTSIDE[Place(box)]]) if box in OUTSIDE else ""


def every() -> dict[str, Words]:
    """The words of each place, boxes first."""
    written = {place: (name, text) for place, name, text in Guidance.objects.values_list("place", "name", "text")}
    return {
        place.value: Words(place.value, *map(str, written.get(place.value, SHIPPED[place])), place.value in written)
        for place in Place
    }


def write(user, texts: dict[str, tuple[str, str]]) -> None:
    """Keep the words of places; those of the portal, and empty ones, go back to what is shipped. Raises NotPossible."""
    said = {"changed_by": user, "changed_at": timezone.now()}
    with transaction.atomic():
        for place, (name, text) in texts.items():
            check(name, text)
            shipped = tuple(map(str, SHIPPED[Place(place)]))
            if (name, text) in (("", ""), shipped):
                Guidance.objects.filter(place=place).delete()
            elif (name, text) != tuple(Guidance.objects.filter(place=place).values_list("name", "text").first() or ()):
                Guidance.objects.update_or_create(place=place, defaults={"name": name, "text": text} | said)


def check(name: str, text: str) -> None:
    """Refuse one without the other, and what is too long for a line."""
    if bool(name) != bool(text):
        raise NotPossible(_("Write both the stance and what to do, or leave both empty for the words shipped."))
    if len(name) > 40 or len(text) > 300:
        raise NotPossible(_("A stance has at most 40 characters, what to do at most 300."))
