"""What somebody asks in an address: which accounts, which levers, which accounts differ."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import Permission, may
from kam_portal.filters import PortfolioFilter
from kam_portal.whatif.levers import EVENT, LeverForm, OwnForm
from profitability.core.lever_document import changes_of, from_document
from profitability.core.levers import Own, WhatIf
from profitability.models import Result, Run, Scenario

MOST_OWN = 10  # exceptions of a scenario
OWN = re.compile(r"own(\d{1,3})-")
HIDDEN = "?"  # instead of codes that the reader does not see


class Asked:
    """The filters, levers and exceptions of an address, for one reader of one run.

    kept: the scenario that the address stands for. Its accounts are those that its owner sees, and capacity is valued
    as it says, whoever reads it: so nobody's figures depend on who looks.
    """

    def __init__(self, user, run: Run, query: QueryDict, kept: Scenario | None = None) -> None:
        self.user, self.run, self.query, self.kept = user, run, query, kept
        self.filter = PortfolioFilter(query, user)
        self.form = LeverForm(query, run, user)
        self.exceptions = [OwnForm(query, run, number) for number in own_numbers(query)]
        for form in self.exceptions:
            if query.get("own") == str(form.number):  # the new one, where one goes on
                form.fields["codes"].widget.attrs["autofocus"] = True
        self._settle_codes()
        self._refuse_repeated()

    def _settle_codes(self) -> None:
        """Codes as the accounts write them; what is no account in sight is told beside the field."""
        forms = (self.form, *self.exceptions)
        typed = {code for form in forms for code in form.listed_codes()} - {HIDDEN}
        missing = unseen(typed, self.user) if typed else set()
        spelling = spelled(missing, self.user) if missing else {}
        for form in forms:
            form.unknown = [code for code in form.listed_codes() if code in missing - spelling.keys()]
            form.spelling = spelling

    def _refuse_repeated(self) -> None:
        """An account has one set of levers."""
        known: set[str] = set()
        for form in self.exceptions:
            codes = set(form.listed_codes())
            if again := sorted(codes & known - {HIDDEN}):
                form.add_error("codes", _("%(code)s is in another exception already.") % {"code": again[0]})
            known |= codes

    @property
    def is_valid(self) -> bool:
        return self.form.is_valid() and all(form.is_valid() for form in self.exceptions)

    @property
    def errors(self) -> list[str]:
        """What makes no sense, each with the name of its lever."""
        return [
            f"{form[name].label}: {message}" if name in form.fields else message
            for form in (self.form, *self.exceptions)
            for name, messages in form.errors.items()
            for message in messages
        ]

    @cached_property
    def what_if(self) -> WhatIf:
        own = [(tuple(form.listed_codes()), form.changes()) for form in self.exceptions]
        found = WhatIf(
            levers=self.form.levers(),
            own=tuple(Own(codes, changes) for codes, changes in own if codes and changes),
            **self.form.valuation(),
        )
        if self.kept is None:
            return found
        said = from_document(self.kept.levers)
        return replace(found, person_minutes=said.person_minutes, avoidable=said.avoidable)

    @property
    def is_of_another(self) -> bool:
        return self.kept is not None and self.kept.owner_id != self.user.pk

    def results(self):
        """The accounts in view."""
        rows = Result.objects.in_run(self.run).visible_to(self.user)
        if self.is_of_another:
            rows = rows.filter(account__in=Account.objects.visible_to(self.kept.owner).values("pk"))
        rows = self.filter.narrow(rows)
        codes = self.form.listed_codes()
        return rows.filter(code__in=codes) if codes else rows

    @cached_property
    def sees_all(self) -> bool:
        """Whether the reader sees every account that a scenario of somebody else changes."""
        if not self.is_of_another or may(self.user, Permission.SEE_ALL_ACCOUNTS):
            return True
        owner = self.kept.owner
        owned = Asked(owner, self.run, query_of(self.kept, owner)).results().filter(is_active=True)
        return not owned.exclude(account__in=self.results().values("account")).exists()

    @property
    def accounts(self) -> dict[str, str]:
        """Which accounts, as a scenario keeps it."""
        chosen = {name: "on" if value is True else str(value) for name, value in self.filter.chosen().items()}
        codes = " ".join(self.form.listed_codes())
        return chosen | ({"codes": codes} if codes else {})


def own_numbers(query: QueryDict) -> list[int]:
    """The exceptions of an address: those with something filled in, and a new one that is asked for."""
    named = {int(found[1]) for name in query if (found := OWN.match(name)) and any(query.getlist(name))}
    if query.get("own", "").isdecimal():
        named.add(int(query["own"][:3]))
    return sorted(named)[:MOST_OWN]


# The other way round: a scenario as an address


def query_of(kept: Scenario, reader) -> QueryDict:
    """A scenario that was kept as the address of the workbench. Who did not make it himself reads no code of an
    account that he does not see."""
    accounts, asked = kept.accounts, from_document(kept.levers)
    if kept.owner_id != reader.pk:
        accounts, asked = masked(accounts, asked, reader)
    return address(accounts, asked)


def masked(accounts: dict, asked: WhatIf, reader) -> tuple[dict, WhatIf]:
    """The same without the codes of accounts that the reader does not see."""
    listed = accounts.get("codes", "").split()
    hidden = unseen({*listed, *(code for own in asked.own for code in own.codes)}, reader)

    def shown(codes) -> list[str]:
        return list(dict.fromkeys(HIDDEN if code in hidden else code for code in codes))

    own = tuple(Own(tuple(shown(each.codes)), each.changes) for each in asked.own)
    codes = {"codes": " ".join(shown(listed))} if listed else {}
    return accounts | codes, WhatIf(asked.levers, own, asked.person_minutes, asked.avoidable)


def unseen(codes: set[str], reader) -> set[str]:
    """Those of these codes that are hidden from the reader, or of no account."""
    return codes - set(Account.objects.visible_to(reader).filter(code__in=codes).values_list("code", flat=True))


def spelled(codes: set[str], reader) -> dict[str, str]:
    """How accounts in sight write these codes, where capitals are all that differs and only one account fits."""
    rows = Account.objects.visible_to(reader).annotate(small=Lower("code"))
    found: dict[str, list[str]] = {}
    for small, code in rows.filter(small__in={code.lower() for code in codes}).values_list("small", "code"):
        found.setdefault(small, []).append(code)
    return {code: found[code.lower()][0] for code in codes if len(found.get(code.lower(), ())) == 1}


def address(accounts: dict[str, str], asked: WhatIf) -> QueryDict:
    """Accounts and levers as the fields of the forms, without those that change nothing."""
    query = QueryDict(mutable=True)
    query.update(accounts | fields_of(changes_of(asked.levers)))
    if asked.person_minutes is not None:
        query["person_minutes"] = plain(asked.person_minutes)
    query.setlist("avoidable", list(asked.avoidable))
    for number, own in enumerate(asked.own, start=1):
        fields = {"codes": " ".join(own.codes), **fields_of(own.changes, own=True)}
        query.update({f"own{number}-{name}": text for name, text in fields.items()})
    return query


def fields_of(changes: dict[str, Any], own: bool = False) -> dict[str, str]:
    """Levers as texts of form fields; for an exception “no” has to be said."""
    names = ("price", "orders", "volume", "discount_cap", "minimum_order")
    found = {name: plain(changes[name]) for name in names if changes.get(name) is not None}
    found |= {EVENT + name: plain(percent) for name, percent in changes.get("events", {}).items()}
    found |= {name: changes[name] for name in ("small_orders", "joined_within") if name in changes}
    if changes.get("channel"):
        moved = changes["channel"]
        found |= {"channel_from": moved.origin, "channel_to": moved.target, "channel_percent": plain(moved.percent)}
    for name, yes, no in (("volume_in_orders", "1", "0"), ("drop", "on", "off")):
        if name in changes and (changes[name] or own):
            found[name] = yes if changes[name] else no
    return found


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
