"""The advice on hours in words: what it comes to, which limits bind, and why an account gets what it gets."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Team, User
from kam_portal.templatetags.kam import compact, share, tenths, whole, with_plus, written
from relationships.core.response import Kind
from relationships.effort import Advice, Felt, Row
from relationships.models import Box

LIMITS = 8  # as many are told beside the table


def amount(value: Decimal) -> str:
    """Money: to the unit of the currency, small amounts to the cent."""
    return f"{number(value)} {settings.CURRENCY}"


def number(value: Decimal) -> str:
    return whole(value) if abs(value) >= 10 else written(value, settings.CURRENCY_DIGITS)


def apart(less: Decimal, more: Decimal) -> tuple[str, str]:
    """Two amounts as they are written, with more digits where they would look alike."""
    found = number(less), number(more)
    for digits in range(1, 3):
        if less == more or found[0] != found[1]:
            break
        found = written(less, digits), written(more, digits)
    return found


def heading(found: Advice) -> str:
    """The finding in one sentence."""
    if found.is_none:
        return _("The limits contradict each other: no advice until one of them gives way")
    if not found.moved and found.extra <= 0:
        return _("The hours are already where they are expected to bring most")
    words = {"hours": whole(found.moved), "money": amount(found.extra)}
    if found.extra < 0:
        return _("Keeping the limits is expected to cost %(money)s of contribution a month") % {
            "money": amount(-found.extra)
        }
    return _("%(hours)s hours a month, spent elsewhere, are expected to bring %(money)s more contribution") % words


class Words:
    """Sentences about limits and accounts; people are named by their id."""

    def __init__(self, found: Advice) -> None:
        self.found = found
        self.people: dict[int, User] = {person.manager.pk: person.manager for person in found.people}
        self.several_teams = len({person.team.pk if person.team else None for person in found.people}) > 1

    @property
    def binding(self) -> list[str]:
        """What the limits cost, the dearest first; then whose hours are scarcest."""
        by_worth = sorted(self.found.binding, key=lambda felt: -felt.worth)
        costs = [felt for felt in by_worth if felt.limit.kind is not Kind.HOURS]
        scarce = [felt for felt in by_worth if felt.limit.kind is Kind.HOURS]
        some = max(LIMITS - len(costs), LIMITS // 2)
        return [self.told(felt) for felt in [*costs[: LIMITS - min(len(scarce), some)], *scarce[:some]]]

    @property
    def contradictions(self) -> list[str]:
        return [
            _("%(team)sThese limits cannot hold together: %(limits)s. Let one of them give way.")
            % {
                "team": f"{listed[0].team}: " if listed and listed[0].team else "",
                "limits": "; ".join(self.limit(felt) for felt in listed),
            }
            for listed in self.found.contradictions
        ]

    @property
    def without_accounts(self) -> list[str]:
        told = _("%(limit)s: no account stands there, not applied")
        return [told % {"limit": self.limit(felt)} for felt in self.found.without_accounts]

    @property
    def parts(self) -> str:
        """Of the extra contribution, what comes of moving hours and what of other hours than today's."""
        if self.found.by_more_hours is None:
            return ""
        words = {
            "moving": with_plus(compact(self.found.by_moving)),
            "hours": with_plus(compact(self.found.by_more_hours)),
        }
        if self.found.hours >= self.found.today:
            return _("a month: %(moving)s by moving hours, %(hours)s by more hours") % words
        return _("a month: %(moving)s by moving hours, %(hours)s by fewer hours") % words

    def told(self, felt: Felt) -> str:
        words = {"limit": self.limit(felt), "money": amount(felt.worth)}
        if felt.limit.kind is Kind.HOURS:
            return _("%(limit)s: one more would bring %(money)s") % words
        return _("%(limit)s: this costs %(money)s a month") % words

    def limit(self, felt: Felt) -> str:
        """The limit by its name: “Ann’s 140 hours a month”, “at least 10 % of the hours for Status”."""
        limit = felt.limit
        words = {"team": self.of_team(felt.team)}
        if limit.kind in (Kind.HOURS, Kind.SERVICE):
            words |= {"name": self.name(int(limit.key)), "hours": tenths(limit.size)}
            if limit.kind is Kind.HOURS:
                return _("%(name)s’s %(hours)s hours a month%(team)s") % words
            return _("The %(hours)s hours that %(name)s’s accounts need at least%(team)s") % words
        words |= {"share": share(limit.size), "box": box_name(str(limit.key))}
        if limit.kind is Kind.LEAST_SHARE:
            return _("At least %(share)s of the hours for %(box)s accounts%(team)s") % words
        return _("At most %(share)s of the hours for %(box)s accounts%(team)s") % words

    def of_team(self, team: Team | None) -> str:
        return _(" (%(team)s)") % {"team": team} if team and self.several_teams else ""

    def name(self, manager: int) -> str:
        return str(self.people.get(manager, _("somebody")))

    def why(self, row: Row) -> str:
        """Why an account is advised what it is, in what an hour is worth."""
        if row.advised is None:
            return _("No advice: limits contradict each other")
        parts = [self.worth(row), self.bound(row), self.taken_by(row)]
        return " · ".join(part for part in parts if part)

    def worth(self, row: Row) -> str:
        if row.difference > 0:
            return self.added(row)
        if row.difference < 0:
            return self.taken(row)
        return _("no better use of these hours") if row.today else _("hours bring more elsewhere")

    def added(self, row: Row) -> str:
        told = _("each hour more brings about %s") % number(row.per_hour)
        limits = self.shares(row, Kind.LEAST_SHARE, own=True) if row.per_hour < row.price else ""
        return _("%(told)s · asked for by: %(limits)s") % {"told": told, "limits": limits} if limits else told

    def taken(self, row: Row) -> str:
        """Hours go where they bring more, or where a share that is asked for takes them."""
        if not row.extra:
            return _("these hours bring nothing more here")
        here, there = apart(row.per_hour, row.price)
        if row.price > row.per_hour:
            return _("an hour less loses about %(here)s here, and brings %(there)s or more elsewhere") % {
                "here": here,
                "there": there,
            }
        told = _("an hour less loses about %s here") % here
        limits = [self.shares(row, Kind.LEAST_SHARE, own=False), self.shares(row, Kind.MOST_SHARE, own=True)]
        named = "; ".join(each for each in limits if each)
        return _("%(told)s · given up for: %(limits)s") % {"told": told, "limits": named} if named else told

    def shares(self, row: Row, kind: Kind, own: bool) -> str:
        """The shares that bind in the account's team: for its own box, or for others."""
        felt = [each for each in self.found.binding if each.limit.kind is kind and each.team == row.account.team]
        named = [self.limit(each) for each in felt if (each.limit.key == row.box) is own]
        return "; ".join(name[0].lower() + name[1:] for name in named)

    def bound(self, row: Row) -> str:
        if row.response.least and row.advised == row.response.least:
            return _("kept at its least, %(hours)s h") % {"hours": tenths(row.response.least)}
        if row.advised == row.response.most and row.difference > 0:
            return _("no more than %(hours)s h are useful") % {"hours": tenths(row.response.most)}
        return ""

    def taken_by(self, row: Row) -> str:
        """Who serves it instead, or beside its manager."""
        listed = self.served_by(row)
        return _("by %(people)s") % {"people": listed} if listed else ""

    def served_by(self, row: Row) -> str:
        """People with their hours, where they are not all its manager's."""
        return ", ".join(f"{self.name(manager)} {tenths(given)} h" for manager, given in row.shared.items())


def box_name(box: str) -> str:
    return str(Box(box).label) if box else _("No box")
