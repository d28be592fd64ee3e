"""The plan over its years: when objectives, actions and investments run, when reviews are, when contracts end.

Drawn on a plane of 830 units across the horizon; the same rows are the table beside it.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relationships.models import Action, Contract, Plan, Review
from relationships.plans.page import Looking

WIDTH = 830
ROW, HEAD, GROUP = 18, 26, 22  # heights
PLANE, LETTER = 1120, 7  # the plane with the room for names, and how wide a letter is at most on the average
GAP = 12  # between two marks of one row
LABEL = 39  # characters there is room for behind the last day
MOST = 60
GROUPS: dict[str, str | Promise] = {
    "objectives": gettext_lazy("Objectives"),
    "actions": gettext_lazy("Joint actions"),
    "investments": gettext_lazy("Investments"),
    "reviews": gettext_lazy("Reviews"),
    "contracts": gettext_lazy("Ends of contracts"),
}


@dataclass(frozen=True)
class Item:
    """One thing with its days; without a first day it is a point."""

    kind: str
    name: str
    from_on: date | None
    until_on: date
    state: str = ""  # how it is drawn
    words: str = ""  # how it stands
    url: str = ""

    @property
    def kind_name(self) -> str:
        return str(GROUPS[self.kind])


@dataclass(frozen=True)
class Mark:
    """An item on the plane."""

    item: Item
    label: str
    x: int
    width: int
    y: int
    is_point: bool

    @property
    def text_x(self) -> int:
        """Right of the mark; the plane has room for the names of those that end with it."""
        return self.x + (12 if self.is_point else self.width + 6)

    @property
    def end_x(self) -> int:
        """Where another mark of the same row may begin."""
        return self.text_x + len(self.label) * LETTER + GAP


@dataclass(frozen=True)
class Timeline:
    from_on: date
    until_on: date
    items: list[Item]
    marks: list[Mark]
    groups: list[tuple[str, int]]
    years: list[tuple[str, int]]
    today_x: int | None
    height: int
    left_out: int

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def bottom(self) -> int:
        return self.height


def items_of(seen: Looking, account_is_seen: bool, objective_states: dict[int, tuple[str, str]]) -> list[Item]:
    """Everything of the plan that has a day, by kind and day. Contracts only where the account is seen."""
    plan = seen.plan
    found = [
        Item("objectives", row.text, row.from_on, row.until_on, *objective_states.get(row.pk, ("", "")),
             url=f"#objectives-{row.pk}")
        for row in seen.listed("objectives") if row.until_on and row.pk not in seen.withheld
    ]  # fmt: skip
    found += [
        Item("actions", row.text, row.start_on, row.due_on, action_state(row), str(row.get_state_display()),
             url=f"#actions-{row.pk}")
        for row in seen.listed("actions") if row.due_on and row.state != Action.State.DROPPED
    ]  # fmt: skip
    found += [
        Item("investments", row.text, row.from_on, row.until_on or row.from_on, url=f"#investments-{row.pk}")
        for row in seen.listed("investments") if row.from_on or row.until_on
    ]  # fmt: skip
    reviews = Review.objects.filter(plan=plan).exclude(state=Review.State.CANCELLED)
    found += [
        Item("reviews", str(row.get_kind_display()), None, row.held_on or row.due_on, row.state,
             str(row.get_state_display()))
        for row in reviews
    ]  # fmt: skip
    if account_is_seen:
        found += [contract_item(row) for row in ends(seen.reader.user, plan)]
    return sorted(found, key=lambda item: (list(GROUPS).index(item.kind), item.until_on, item.name))


def ends(user, plan: Plan):
    rows = Contract.objects.visible_to(user).filter(account=plan.account_id, until_on__isnull=False)
    return rows.filter(ended_on__isnull=True)


def contract_item(contract: Contract) -> Item:
    words = _("%(days)s days of notice") % {"days": contract.notice_days} if contract.notice_days else ""
    return Item("contracts", contract.name, None, contract.until_on, words=words)


def action_state(action: Action) -> str:
    return "done" if action.state == Action.State.DONE else "open"


def timeline(plan: Plan, items: list[Item], today: date) -> Timeline:
    """The plane of the plan's horizon; what lies outside it altogether is only in the table."""
    first, last = plan.from_on, plan.until_on
    inside = [item for item in items if item.until_on >= first and (item.from_on or item.until_on) <= last]
    marks: list[Mark] = []
    groups: list[tuple[str, int]] = []
    y = HEAD
    for kind, name in GROUPS.items():
        own = [item for item in inside if item.kind == kind][:MOST]
        last_of = {item.name: item for item in own if item.from_on is None}  # names of points that recur are said once
        if not own:
            continue
        groups.append((str(name), y + GROUP - 6))
        y += GROUP
        lanes: list[int] = []  # how far each row of this kind is taken
        for item in own:
            found = mark(item, first, last, y)
            found = found if last_of.get(item.name, item) is item else replace(found, label="")
            lane = next((lane for lane, taken in enumerate(lanes) if taken <= found.x), len(lanes))
            lanes[lane : lane + 1] = [found.end_x]
            marks.append(replace(found, y=y + lane * ROW))
        y += ROW * len(lanes)
    here = place(today, first, last) if first <= today <= last else None
    return Timeline(first, last, items, marks, groups, years(first, last), here, y + 4, len(items) - len(marks))


def mark(item: Item, first: date, last: date, y: int) -> Mark:
    begin = place(max(item.from_on or item.until_on, first), first, last)
    end = place(min(item.until_on, last), first, last)
    width, is_point = max(end - begin, 4), item.from_on is None
    return Mark(item, fitting(item.name, begin + width), begin, width, y, is_point)


def fitting(name: str, x: int) -> str:
    """The name as far as the plane has room right of the mark; an early one has more of it."""
    most = max(LABEL, (PLANE - x - 12) // LETTER)
    return name if len(name) <= most else f"{name[: most - 1]}…"


def place(day: date, first: date, last: date) -> int:
    return round((day - first).days * WIDTH / max((last - first).days, 1))


def years(first: date, last: date) -> list[tuple[str, int]]:
    """Where each year begins; of a short horizon each quarter."""
    quarterly = (last - first) <= timedelta(days=2 * 366)
    months = (1, 4, 7, 10) if quarterly else (1,)
    days = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in months]
    return [
        (f"{day.year}" if day.month == 1 else f"{day:%m}/{day:%y}", place(day, first, last))
        for day in days
        if first <= day <= last
    ]
