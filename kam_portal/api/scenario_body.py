"""The body of a scenario over REST, into the address that the workbench reads, and its problems back to the body."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from kam_portal.whatif.asked import Asked
from kam_portal.whatif.levers import EVENT
from profitability.core.lever_document import FLAGS, NUMBERS

FILTERS = ("q", "team", "manager", "segment", "country", "box", "class", "programme")
NAMES = {"revenue_class": "class"}  # fields of the filter that go by another name here
CHANNEL = {"origin": "channel_from", "target": "channel_to", "percent": "channel_percent"}
Problems = dict[str, list[str]]


class Body:
    """What was sent, as query and, while it is read, the problems of its shape by field."""

    def __init__(self, data: Any) -> None:
        self.query = QueryDict(mutable=True)
        self.problems: Problems = {}
        self.saving: dict[str, str] = {}
        for name, value in self.members("", data, READERS):
            READERS[name](self, name, value)

    def members(self, path: str, value: Any, known) -> Iterator[tuple[str, Any]]:
        """The members of an object that are known and not null; what is unknown is a problem."""
        if not isinstance(value, dict):
            self.refuse(path, _("Not an object."))
            return
        for name, member in value.items():
            if name not in known:
                self.refuse(f"{path}.{name}" if path else str(name), _("Unknown field."))
            elif member is not None:
                yield name, member

    def refuse(self, path: str, reason: str) -> None:
        self.problems.setdefault(path, []).append(reason)

    # Values

    def text(self, path: str, value: Any) -> str:
        if isinstance(value, str) and "\0" not in value:
            return value
        self.refuse(path, _("Not a text."))
        return ""

    def number(self, path: str, value: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.refuse(path, _("Not a number."))
        return ""

    def truth(self, path: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.refuse(path, _("true or false."))
        return value is True

    def texts(self, path: str, value: Any) -> list[str]:
        if isinstance(value, list) and all(isinstance(each, str) and "\0" not in each for each in value):
            return value
        self.refuse(path, _("A list of texts."))
        return []

    # Parts

    def name(self, name: str, value: Any) -> None:
        self.saving[name] = self.text(name, value)

    def accounts(self, path: str, value: Any) -> None:
        for name, member in self.members(path, value, (*FILTERS, "losing", "codes")):
            where = f"{path}.{name}"
            if name == "codes":
                self.query["codes"] = self.codes(where, member)
            elif name == "losing":
                self.query["losing"] = "on" if self.truth(where, member) else ""
            elif name == "manager":
                self.query["manager"] = self.manager(where, member)
            else:
                self.query["revenue_class" if name == "class" else name] = self.text(where, member)

    def codes(self, path: str, value: Any) -> str:
        found = self.texts(path, value)
        if isinstance(value, list) and not found:
            self.refuse(path, _("Name at least one account, or leave the field out."))
        return " ".join(found)

    def manager(self, path: str, value: Any) -> str:
        """People are told by their email; the filter knows them by number."""
        found = User.objects.filter(email__iexact=self.text(path, value)).values_list("pk", flat=True).first()
        return str(found or 0)

    def levers(self, path: str, value: Any) -> None:
        for name, member in self.members(path, value, (*OF_ACCOUNTS, "person_minutes", "avoidable", "own")):
            where = f"{path}.{name}"
            if name == "own":
                self.own(where, member)
            elif name == "avoidable":
                self.query.setlist(name, self.texts(where, member))
            elif name == "person_minutes":
                self.query[name] = self.number(where, member)
            else:
                self.lever(where, name, member, "")

    def own(self, path: str, value: Any) -> None:
        if not isinstance(value, list):
            self.refuse(path, _("A list of exceptions."))
            return
        for place, row in enumerate(value):
            where, prefix, named = f"{path}.{place}", f"own{place + 1}-", set()
            for name, member in self.members(where, row, (*OF_ACCOUNTS, "codes")):
                named.add(name)
                if name == "codes":
                    self.query[prefix + "codes"] = self.codes(f"{where}.codes", member)
                else:
                    self.lever(f"{where}.{name}", name, member, prefix)
            if isinstance(row, dict) and not (named - {"codes"} and "codes" in named):
                self.refuse(where, _("Name the codes and at least one lever."))

    def lever(self, path: str, name: str, value: Any, prefix: str) -> None:
        """One lever into its fields; for an exception “no” is said too."""
        if name in NUMBERS:
            self.query[prefix + name] = self.number(path, value)
        elif name == "events":
            for event, percent in self.members(path, value, value):
                self.query[f"{prefix}{EVENT}{event}"] = self.number(f"{path}.{event}", percent)
        elif name == "channel":
            for part, member in self.members(path, value, CHANNEL):
                read: Callable = self.number if part == "percent" else self.text
                self.query[prefix + CHANNEL[part]] = read(f"{path}.{part}", member)
        elif name in ("small_orders", "joined_within"):
            self.query[prefix + name] = self.text(path, value)
        else:
            yes, no = ("on", "off") if name == "drop" else ("1", "0")
            self.query[prefix + name] = yes if self.truth(path, value) else no if prefix else ""


OF_ACCOUNTS = (*NUMBERS, *FLAGS, "small_orders", "joined_within", "events", "channel")
READERS = {
    "name": Body.name,
    "note": Body.name,
    "sharing": Body.name,
    "accounts": Body.accounts,
    "levers": Body.levers,
}


def problems_of(asked: Asked) -> Problems:
    """What the forms say, by the fields of the body."""
    asked.filter.is_valid()
    found: Problems = {f"accounts.{NAMES.get(name, name)}": texts for name, texts in asked.filter.errors.items()}
    if "accounts.manager" in found:  # the text of the form names a number
        found["accounts.manager"] = [_("There is no such manager.")]
    for name, texts in asked.form.errors.items():
        found["accounts.codes" if name == "codes" else f"levers.{path_of(name)}"] = texts
    for form in asked.exceptions:
        found |= {f"levers.own.{form.number - 1}.{path_of(name)}": texts for name, texts in form.errors.items()}
    fields = {name for name in asked.query if name.startswith(EVENT) or name in ("person_minutes", "avoidable")}
    found |= {f"levers.{path_of(name)}": [_("Unknown field.")] for name in fields - set(asked.form.fields)}
    for form in asked.exceptions:
        events = {name.removeprefix(f"{form.prefix}-") for name in asked.query if name.startswith(f"{form.prefix}-")}
        unknown = {name for name in events if name.startswith(EVENT)} - set(form.fields)
        found |= {f"levers.own.{form.number - 1}.{path_of(name)}": [_("Unknown field.")] for name in unknown}
    return found


def path_of(field: str) -> str:
    """A form field as a place in the levers."""
    if field.startswith(EVENT):
        return f"events.{field.removeprefix(EVENT)}"
    return next((f"channel.{part}" for part, name in CHANNEL.items() if name == field), field)
