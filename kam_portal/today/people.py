"""Who may be handed what stands on the lines of the day: the people of each account, asked for once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import F, Q

from accounts.models import Account, User
from accounts.permissions import Role
from kam_portal.today.lines import REASSIGN, Line


def with_people(lines: list[Line], user) -> list[Line]:
    """The lines, each that can be handed on with to whom."""
    accounts = {line.account.pk: line.account for line in lines if REASSIGN in line.acts and line.account}
    found = people_of(accounts.values())
    return [
        replace(line, people=tuple(each for each in found[line.account.pk] if each != user))
        if REASSIGN in line.acts and line.account
        else line
        for line in lines
    ]


def people_of(accounts: Iterable[Account]) -> dict[int, list[User]]:
    """By account: its team, its manager, its sponsor, by name."""
    listed = list(accounts)
    found: dict[int, list[User]] = defaultdict(list)
    if not listed:
        return found
    teams = {account.team_id for account in listed if account.team_id}
    named = {pk for account in listed for pk in (account.manager_id, account.sponsor_id) if pk}
    rows = User.objects.filter(Q(teams__in=teams) | Q(pk__in=named), is_active=True).exclude(role=Role.ADMIN)
    rows = rows.annotate(of_team=F("teams")).order_by("name", "pk")  # one row for each team
    for account in listed:
        concerned = {account.manager_id, account.sponsor_id}
        near = (row for row in rows if row.pk in concerned or (row.of_team and row.of_team == account.team_id))
        found[account.pk] = list({row.pk: row for row in near}.values())
    return found
