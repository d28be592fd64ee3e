"""The first step of a what-if: which accounts. All of them, some that a name finds, or a group at one go."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from profitability.models import Result, Run

MOST_SEGMENTS = 12
MOST_FOUND = 25
START = {"find"}  # what the first step itself puts into the address


@dataclass(frozen=True)
class Group:
    """Accounts that one chooses together."""

    label: str
    query: str
    count: int


def groups(user, run: Run) -> list[Group]:
    """All accounts that the reader sees, the loss-makers, the reader's own, and each segment; none that is empty."""
    rows = seen(user, run)
    counts = rows.aggregate(
        all=Count("pk"),
        losing=Count("pk", filter=Q(contribution__lt=0)),
        mine=Count("pk", filter=Q(account__manager=user)),
    )
    found = [
        Group(_("All accounts you see"), "all=on", counts["all"]),
        Group(_("Accounts with a loss"), "losing=on", counts["losing"]),
        Group(_("My accounts"), f"manager={user.pk}", counts["mine"]),
    ]
    segments = rows.exclude(account__segment="").order_by().values_list("account__segment").annotate(Count("pk"))
    for segment, count in sorted(segments, key=lambda row: (-row[1], row[0]))[:MOST_SEGMENTS]:
        query = QueryDict(mutable=True)
        query["segment"] = segment
        found.append(Group(_("Segment %(segment)s") % {"segment": segment}, query.urlencode(), count))
    return [group for group in found if group.count]


def matching(user, run: Run, text: str) -> list[Result]:
    """The first accounts whose name or code has the text, the largest loss first."""
    if not text.strip() or "\0" in text:
        return []
    named = Q(account__name__icontains=text.strip()) | Q(code__icontains=text.strip())
    return list(seen(user, run).filter(named).select_related("account").order_by("contribution", "code")[:MOST_FOUND])


def seen(user, run: Run):
    return Result.objects.in_run(run).visible_to(user).filter(is_active=True)


def picked(query: QueryDict) -> QueryDict:
    """The address of the workbench for accounts that were ticked."""
    found = QueryDict(mutable=True)
    found["codes"] = " ".join(dict.fromkeys(query.getlist("pick")))
    return found
