"""What a draft of criteria would move, before it is ready: in words, by move, and account by account."""

from collections import Counter

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, needs
from profitability.runline import run_of
from relationships.core.criteria import CriteriaSet as Criteria
from relationships.core.criteria import parse, plain
from relationships.core.criteria_form import Lines, document_of, read
from relationships.effects import Effect, effect_of
from relationships.models import Box, CriteriaSet

MOST_MOVES = 50
USUAL_CUTS = (1, 9)  # of a score 0…10; from here on nearly all accounts lie on one side


@require_POST
@needs(Permission.EDIT_CRITERIA)
def criteria_effect(request, code, version):
    """Which accounts the draft, as it is now, would move; nothing is saved."""
    row = get_object_or_404(CriteriaSet, code=code, version=version)
    lines = read({name: request.POST[name] for name in request.POST}, row.code, row.version)
    return render(request, "relationships/_criteria_effect.html", {"effect": ahead(request, lines), "row": row})


def ahead(request, lines: Lines) -> dict:
    """What the lines would change against the published run, in words and as a list."""
    run = run_of(request)
    found, _problems = parse(document_of(lines))
    if run is None:
        return {"words": _("There is no published run yet to compare with.")}
    if found is None:
        return {"words": _("First settle what stands against it.")}
    effect = effect_of(found, run, request.user)
    moves = [
        {"account": each.account, "before": named(each.account.box), "after": named(each.after)}
        for each in effect.moves[:MOST_MOVES]
    ]
    more = len(effect.moves) - len(moves)
    return {"words": in_words(effect), "kinds": kinds(effect), "moves": moves, "more": more, "run": run}


def in_words(effect: Effect) -> str:
    sentence = ngettext(
        "This version places %(moved)s of %(count)s box elsewhere.",
        "This version places %(moved)s of %(count)s boxes elsewhere.",
        effect.boxes,
    )
    return sentence % {"moved": len(effect.moves), "count": effect.boxes}


def kinds(effect: Effect) -> list[dict]:
    """How many accounts go from where to where, the most frequent way first."""
    ways = Counter((each.account.box, each.after) for each in effect.moves)
    return [{"before": named(before), "after": named(after), "count": n} for (before, after), n in ways.most_common()]


def named(box: str) -> str:
    return str(Box(box).label) if box else _("no box")


def before_ready(request, lines: Lines) -> list[str]:
    """What somebody should know who makes the draft ready; nothing where it moves no box, or cannot be ready yet."""
    found, _problems = parse(document_of(lines))
    if found is None:
        return []
    run = run_of(request)
    effect = effect_of(found, run, request.user) if run else None
    return ([in_words(effect)] if effect and effect.moves else []) + extreme_cuts(found)


def extreme_cuts(criteria: Criteria) -> list[str]:
    """Cuts of a score that nearly all accounts lie on one side of."""
    least, most = USUAL_CUTS
    cuts = [(_("Attractive from %s on"), criteria.cut_attractiveness), (_("Strong from %s on"), criteria.absolute_cut)]
    words = _("%(cut)s: nearly all accounts lie on one side of that.")
    return [words % {"cut": text % plain(cut)} for text, cut in cuts if not least < cut < most]
