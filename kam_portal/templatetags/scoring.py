"""What pages tell of ratings that the shown run does not count yet, and how firm a box would be with them."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission, may
from kam_portal import earlier
from kam_portal.navigation import run_of
from profitability.runline import run_asked
from relationships.models import Box, Position
from relationships.opinions import criteria_on, judged, waiting

register = template.Library()
AXES = {"attractiveness": "attractiveness", "relationship_strength": "relationship"}


@register.simple_tag(takes_context=True)
def newer_ratings(context, account, figure: str = "") -> str:
    """“2 newer ratings count from the run of Nov 2026”, of one axis or of those that the reader sees; else nothing."""
    request, today = context["request"], timezone.localdate()
    run, criteria = run_of(request), criteria_on(today)
    if run is None or run.as_of is None or criteria is None:
        return ""
    axes = [AXES[figure]] if figure in AXES else list(AXES.values())
    if not may(request.user, Permission.SEE_PROFITABILITY):
        axes = [axis for axis in axes if axis != "attractiveness"]
    asked = judged(each for axis in axes for each in getattr(criteria, axis))
    return "; ".join(told(count, month) for month, count in waiting(account.pk, asked, run.as_of, today))


@register.simple_tag(takes_context=True)
def is_self_scored(context, account) -> bool:
    """Whether the strength of the run that the page shows is our own view alone."""
    run = run_asked(context["request"])
    return Position.objects.filter(run=run, account=account, is_self_scored=True).exists()


@register.simple_tag(takes_context=True)
def cause_of(context, change) -> str:
    """Why a box or stage changed, as a sentence; nothing where this reader may not know."""
    request = context["request"]
    text = earlier.cause_of(change, run_of(request), may(request.user, Permission.SEE_PROFITABILITY))
    return text[:1].upper() + text[1:]


def told(count: int, month) -> str:
    words = ngettext(
        "%(count)s newer rating counts from the run of %(month)s",
        "%(count)s newer ratings count from the run of %(month)s",
        count,
    )
    return words % {"count": count, "month": date_format(month, "M Y")}


@register.simple_tag
def move_words(move, criteria) -> str:
    """“Trust 50 → 62 would make it Star”: the smallest change of one weight that would move a box."""
    if move is None:
        return _("no single weight would move it")
    names = {each.code: each.name for each in (*criteria.attractiveness, *criteria.relationship)}
    return _("%(name)s weighing %(new)s instead of %(old)s would make it %(box)s") % {
        "name": names[move.code],
        "new": f"{move.new_weight.normalize():f}",
        "old": f"{move.weight.normalize():f}",
        "box": Box(move.box).label,
    }
