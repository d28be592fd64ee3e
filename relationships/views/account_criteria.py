"""An account's own success factors: the weights as the customer sees them, and the best competitor's scores."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from accounts.told import Field, Told
from accounts.versions import NotPossible, Outdated
from profitability.runline import run_of
from relationships import actions
from relationships.core.criteria import FULL_WEIGHT, CriteriaSet, Problem, number_in, parse, plain, weight_problems
from relationships.effects import stand_of
from relationships.models import AccountCriterion, Box, OwnFactors
from relationships.models import CriteriaSet as StoredSet
from relationships.wording import sum_words

NONE: list[Told] = []
WEIGHT, THEIRS = "weight", "theirs"


@dataclass
class Factors:
    """What is typed, as texts by criterion, and the numbers that are sound."""

    weights: dict[str, str]
    theirs: dict[str, str]
    told: list[Told] = field(default_factory=list)

    def numbers(self, kind: str) -> dict[str, Decimal]:
        texts = self.weights if kind == WEIGHT else self.theirs
        found = {code: number_in(text.replace(",", ".")) for code, text in texts.items() if text}
        return {code: number for code, number in found.items() if number is not None}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_criteria(request, code):
    """The account's own weights beside those of the set, and what they do to its box."""
    account = visible(request, code)
    criteria = in_force()
    if criteria is None:
        return render(request, "relationships/account_criteria.html", {"account": account})
    return page(request, account, criteria, stored(account, criteria))


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_criteria_check(request, code):
    """What is to be told beside the fields as they are now, and what they would do; nothing is saved."""
    account, criteria = visible(request, code), in_force()
    if criteria is None:
        return redirect("account_criteria", account.code)
    context = looked_at(request, account, criteria, sent(request, criteria))
    return render(request, "relationships/_account_criteria_told.html", context)


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_criteria_save(request, code):
    """Keep the weights, mend their sum, or go back to those of the set."""
    account, criteria = visible(request, code), in_force()
    if criteria is None:
        return redirect("account_criteria", account.code)
    factors, wish = sent(request, criteria), request.POST.get("do", "save")
    if wish.startswith("mend:"):
        return page(request, account, criteria, mended(criteria, factors))
    if wish == "as_set":
        factors.weights = {}
    if any(not each.is_warning for each in told(criteria, factors)):
        return page(request, account, criteria, factors, status=422)
    return kept(request, account, criteria, factors)


def kept(request, account: Account, criteria: CriteriaSet, factors: Factors):
    revision = request.POST.get("revision", "0")
    by = actions.Hand(
        request.user,
        int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
        request.POST.get("competitor", "").strip()[:200],
    )
    try:
        actions.set_factors(account, criteria, factors.numbers(WEIGHT), factors.numbers(THEIRS), by)
    except Outdated:
        error = _(
            "Somebody else has changed these weights meanwhile. Yours are below; save again to put them in place."
        )
        return page(request, account, criteria, factors, status=409, error=error)
    except NotPossible as problem:
        return page(request, account, criteria, factors, status=422, error=problem)
    messages.success(request, _("Saved. It counts from the next run."))
    return redirect("account_criteria", account.code)


def visible(request, code: str) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), code=code)


def in_force() -> CriteriaSet | None:
    """The criteria that the next run goes by."""
    row = StoredSet.objects.in_force(timezone.localdate())
    return parse(row.document)[0] if row else None


# What is typed


def stored(account: Account, criteria: CriteriaSet) -> Factors:
    """The account's own as they are stored; weights for other criteria do not count, as in a run."""
    rows = AccountCriterion.objects.filter(account=account)
    weights = {row.criterion: plain(row.weight) for row in rows if row.weight is not None}
    theirs = {row.criterion: plain(row.competitor_score) for row in rows if row.competitor_score is not None}
    known = codes(criteria)
    return Factors(weights if set(weights) <= known else {}, {code: theirs[code] for code in theirs if code in known})


def codes(criteria: CriteriaSet) -> set[str]:
    return {each.code for each in criteria.relationship}


def sent(request, criteria: CriteriaSet) -> Factors:
    def texts(kind: str) -> dict[str, str]:
        found = {each.code: request.POST.get(f"{each.code}.{kind}", "").strip() for each in criteria.relationship}
        return {code: text for code, text in found.items() if text}

    return Factors(texts(WEIGHT), texts(THEIRS))


def told(criteria: CriteriaSet, factors: Factors) -> list[Told]:
    """What keeps the factors from being saved."""
    found = [*_numbers(factors, WEIGHT, 100), *_numbers(factors, THEIRS, 10)]
    if factors.weights and not found:
        weights = list(factors.numbers(WEIGHT).items())
        found += [_of_sum(criteria, problem) for problem in weight_problems(weights, "weights")]
    return found


def _numbers(factors: Factors, kind: str, most: int):
    texts, numbers = (factors.weights if kind == WEIGHT else factors.theirs), factors.numbers(kind)
    for code in texts:
        if code not in numbers or not 0 <= numbers[code] <= most:
            yield Told(f"{code}.{kind}", _("A number from 0 to %s.") % most)


def _of_sum(criteria: CriteriaSet, problem: Problem) -> Told:
    sentence = problem.message.partition(";")[0] + "."
    mend = ""
    if problem.mend:
        names = {each.code: each.name for each in criteria.relationship}
        words = {"name": names[problem.mend.code], "weight": plain(problem.mend.weight)}
        mend = _("Set %(name)s to %(weight)s") % words
    return Told("weights", sentence[0].upper() + sentence[1:], mend=mend)


def mended(criteria: CriteriaSet, factors: Factors) -> Factors:
    """Give the last weight what is missing to 100."""
    for problem in weight_problems(list(factors.numbers(WEIGHT).items()), "weights"):
        if problem.mend:
            factors.weights[problem.mend.code] = plain(problem.mend.weight)
    return factors


# What is shown


def page(request, account: Account, criteria: CriteriaSet, factors: Factors, status: int = 200, **more):
    context = looked_at(request, account, criteria, factors) | more
    return render(request, "relationships/account_criteria.html", context, status=status)


def looked_at(request, account: Account, criteria: CriteriaSet, factors: Factors) -> dict:
    found = told(criteria, factors)
    sees_boxes = may(request.user, Permission.SEE_PROFITABILITY)  # attractiveness may be calculated from profit
    own = factors.numbers(WEIGHT)
    is_read = len(own) == sum(map(bool, factors.weights.values()))
    total = sum(own.values(), Decimal(0)) if is_read else None
    return {
        "account": account,
        "criteria": criteria,
        "rows": [row_of(each, factors, found) for each in criteria.relationship],
        "total": sum_words(total),
        "is_full": total == FULL_WEIGHT,
        "told": found,
        "sum_told": [each for each in found if each.input == "weights"],
        "signed": OwnFactors.objects.select_related("changed_by").filter(account=account).first(),
        "preview": preview(request, account, criteria, factors) if sees_boxes and not found else None,
        "sees_boxes": sees_boxes,
        "may_edit": may(request.user, Permission.SCORE_ACCOUNTS),
        "has_own": bool(factors.weights),
    }


def row_of(criterion, factors: Factors, found: list[Told]) -> dict:
    def made(kind: str, value: str, label: str) -> Field:
        name = f"{criterion.code}.{kind}"
        words = _("%(label)s, %(name)s") % {"label": label, "name": criterion.name}
        return Field(name, value, words, [each for each in found if each.input == name], is_number=True)

    return {
        "criterion": criterion,
        "weight": made(WEIGHT, factors.weights.get(criterion.code, ""), _("Own weight")),
        "theirs": made(THEIRS, factors.theirs.get(criterion.code, ""), _("Best competitor’s score")),
    }


def preview(request, account: Account, criteria: CriteriaSet, factors: Factors) -> dict | None:
    """Where the published run's figures and scores would put the account with these factors."""
    run = run_of(request)
    own, theirs = factors.numbers(WEIGHT) or None, factors.numbers(THEIRS) or None
    found = stand_of(criteria, run, request.user, account, own, theirs) if run else None
    if found is None:
        return None
    known, scored = found
    strong = scored.strength
    return {
        "run": run,
        "before": named(known.box),
        "after": named(scored.place.box or ""),
        "moves": (scored.place.box or "") != known.box,
        "strength": shown(strong.weighted.score),
        "competitor": shown(strong.competitor.score),
        "relative": shown(strong.relative),
        "is_relative": strong.is_relative,
        "fell_back": strong.fell_back,
        "absolute_cut": criteria.absolute_cut,
        "relative_cut": criteria.relative_cut,
    }


def shown(score: Fraction | None) -> float | None:
    return None if score is None else float(score)


def named(box: str) -> str:
    return str(Box(box).label) if box else _("no box")
