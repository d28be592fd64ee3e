"""What people type about hours: read, checked, and stored. Empty cells take a statement back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from kam_portal.templatetags.kam import whole
from profitability.costs import NotANumber, number_in, number_out
from relationships.models import Box, EffortCapacity, EffortLimit, EffortResponse

MOST_HOURS = 744  # of the longest month
POINT = "."
RESPONSE = {"lost": "lost_at_half", "gained": "gained_at_double", "least": "least_hours", "most": "most_hours"}
SHARES = {"least": "least_share", "most": "most_share"}


class Outdated(Exception):
    """Somebody has saved since the page was opened."""


@dataclass
class Typed:
    """Cells by name, such as `hours:12`: texts as typed, numbers, and what is wrong with them."""

    texts: dict[str, str]
    values: dict[str, Decimal | None] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, text in self.texts.items():
            try:
                self.values[name] = number_in(text, POINT)
            except NotANumber as problem:
                self.wrong[name] = str(problem)

    def value(self, name: str) -> Decimal | None:
        return self.values.get(name)

    def check(self, name: str, most: Decimal | int | None, problem: str) -> None:
        value = self.value(name)
        if value is not None and (value < 0 or (most is not None and value > most)):
            self.wrong.setdefault(name, problem)


def typed(sent, names: Iterable[str]) -> Typed:
    return Typed({name: sent.get(name, "").strip()[:40] for name in names})


def shown(value: Decimal | None) -> str:
    return number_out(value, POINT)


# Hours of managers, and shares of boxes, of one team


def hour_names(managers: Iterable[int]) -> list[str]:
    shares = (f"{which}:{box}" for box in Box.values for which in SHARES)
    return [*(f"hours:{manager}" for manager in managers), *shares]


def stored_hours(team: Team | None) -> dict[str, Decimal | None]:
    """What is stated, as it is typed: hours, and shares in per cent."""
    found = {f"hours:{row.manager_id}": row.hours for row in EffortCapacity.objects.filter(team=team)}
    for row in EffortLimit.objects.filter(team=team):
        for which, name in SHARES.items():
            share = getattr(row, name)
            found[f"{which}:{row.box}"] = None if share is None else share * 100
    return found


def check_hours(cells: Typed) -> None:
    for name in cells.texts:
        if name.startswith("hours:"):
            cells.check(name, MOST_HOURS, _("hours of a month, 0 to 744"))
        else:
            cells.check(name, 100, _("a share, 0 to 100 %"))
    for box in Box.values:
        least, most = cells.value(f"least:{box}"), cells.value(f"most:{box}")
        if least is not None and most is not None and least > most:
            cells.wrong.setdefault(f"least:{box}", _("more than the most"))
    together = sum((cells.value(f"least:{box}") or Decimal(0) for box in Box.values), Decimal(0))
    if together > 100:
        last = next(f"least:{box}" for box in reversed(Box.values) if cells.value(f"least:{box}"))
        cells.wrong.setdefault(last, _("the least shares sum to %s %%") % shown(together))


def store_hours(team: Team, managers: list[int], cells: Typed, user) -> None:
    for manager in managers:
        hours = cells.value(f"hours:{manager}")
        keep(EffortCapacity, {"team": team, "manager_id": manager}, {"hours": hours}, hours is not None, user)
    for box in Box.values:
        shares = {name: percent(cells.value(f"{which}:{box}")) for which, name in SHARES.items()}
        is_said = any(share is not None for share in shares.values())
        keep(EffortLimit, {"team": team, "box": box}, shares, is_said, user)


def percent(value: Decimal | None) -> Decimal | None:
    return None if value is None else value / 100


# What hours bring at accounts


def response_names(accounts: Iterable[int]) -> list[str]:
    return [f"{which}:{account}" for account in accounts for which in RESPONSE]


def stored_responses(accounts: Iterable[int]) -> tuple[dict[str, Decimal | None], set[int]]:
    """Numbers by cell, and the accounts that may move."""
    rows = list(EffortResponse.objects.filter(account__in=accounts))
    numbers = {f"{which}:{row.account_id}": getattr(row, name) for row in rows for which, name in RESPONSE.items()}
    return numbers, {row.account_id for row in rows if row.is_movable}


def check_responses(cells: Typed, accounts: Iterable[int], to_lose: dict[int, Decimal]) -> None:
    """`to_lose`: what an account brings a month, by account: no hours can lose more than that."""
    for name in cells.texts:
        is_hours = name.startswith(("least:", "most:"))
        cells.check(
            name,
            MOST_HOURS if is_hours else None,
            _("hours of a month, 0 to 744") if is_hours else _("must not be negative"),
        )
    for account in accounts:
        lost, gained, least, most = (cells.value(f"{which}:{account}") for which in RESPONSE)
        if lost is not None and lost > to_lose[account]:
            told = _("more than the account brings: its gross margin, or all it could buy, is %s a month")
            cells.wrong.setdefault(f"lost:{account}", told % whole(to_lose[account]))
        if gained is not None and gained > 2 * to_lose[account]:
            told = _("more than twice what the account brings a month, %s")
            cells.wrong.setdefault(f"gained:{account}", told % whole(to_lose[account]))
        if lost is not None and gained is not None and gained > 2 * lost:
            told = _("at most twice what half of the hours would lose, %s: the first hours bring most")
            cells.wrong.setdefault(f"gained:{account}", told % shown(2 * lost))
        if least is not None and most is not None and least > most:
            cells.wrong.setdefault(f"least:{account}", _("more than the most useful"))


def store_responses(accounts: Iterable[int], cells: Typed, movable: set[int], user) -> None:
    for account in accounts:
        said = {name: cells.value(f"{which}:{account}") for which, name in RESPONSE.items()}
        is_said = any(value is not None for value in said.values()) or account in movable
        keep(EffortResponse, {"account_id": account}, said | {"is_movable": account in movable}, is_said, user)


# Writing


def newest(*rows) -> str:
    """When any of these was last changed, as a form takes it along."""
    found = [each.aggregate(last=models.Max("changed_at"))["last"] for each in rows]
    return max((moment.isoformat() for moment in found if moment), default="")


def save(seen: str, now: Callable[[], str], write: Callable[[], None]) -> None:
    """Write in one go, unless somebody has saved since `seen`."""
    with transaction.atomic():
        if now() > seen:
            raise Outdated
        write()


def keep(model: type[models.Model], key: dict, values: dict, is_said: bool, user) -> None:
    """Store what differs; what is not said any more goes."""
    row = model.objects.filter(**key).first()
    if not is_said:
        if row:
            row.delete()
    elif row is None or any(getattr(row, name) != value for name, value in values.items()):
        moment: datetime = timezone.now()
        model.objects.update_or_create(**key, defaults=values | {"changed_at": moment, "changed_by": user})
