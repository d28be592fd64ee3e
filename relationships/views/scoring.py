"""Scoring one account, criterion by criterion: what each score means, what one said before, what others say."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from accounts.told import Told
from accounts.versions import NotPossible
from profitability.runline import run_of
from relationships import outlook
from relationships.core import scoring
from relationships.core.criteria import CriteriaSet, Criterion, plain
from relationships.effects import box_of
from relationships.evidence import own_criteria
from relationships.judging import Cell, Overtaken, check, is_news, link_in, rate, score_in, take_back
from relationships.models import Box, Rating
from relationships.opinions import BUYERS, OURS, criteria_on, judged, opinions
from relationships.strengths import trust_of
from relationships.views import scoring_sources as sources
from relationships.views.scoring_cards import (
    EVIDENCE,
    KINDS,
    LINK,
    SAID_BY,
    SAID_ON,
    SCORE,
    STATUS,
    UNKNOWN,
    WAS,
    Sight,
    Typed,
    axes_of,
    cards_of,
    mark_of,
    texts_of,
)

LONGEST = 10_000


@dataclass
class Sheet:
    """One rater's page of one account: the criteria, the view, and what is typed."""

    account: Account
    criteria: CriteriaSet
    user: object
    view: str
    today: date
    typed: Typed = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    @property
    def to_judge(self) -> list[Criterion]:
        """What the view judges: the buyer says nothing of how attractive he is."""
        ours = self.criteria.attractiveness if self.view == OURS else ()
        return judged((*ours, *self.criteria.relationship))

    def text(self, code: str, kind: str) -> str:
        """As typed; who does not know says nothing else."""
        return "" if self.typed.get((code, UNKNOWN)) else self.typed.get((code, kind), "")

    def cell(self, code: str) -> Cell:
        return Cell(self.account, code, self.user, self.today, self.view)


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_scoring(request, code):
    """The criteria in force with their anchors, the own ratings and those of others."""
    sheet = sheet_of(request, code, request.GET)
    return page(request, sheet)


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_scoring_check(request, code):
    """What is to be told beside the fields as they are now, and where they would put the account; nothing is saved."""
    sheet = sheet_of(request, code, request.POST)
    if sheet.criteria is None:
        return redirect("account_scoring", sheet.account.code)
    read(sheet, request.POST)
    return render(request, "relationships/_scoring_told.html", looked_at(request, sheet))


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_scoring_save(request, code):
    """Keep what was changed on the page of today's ratings; a score that was emptied there is taken back."""
    sheet = sheet_of(request, code, request.POST)
    if sheet.criteria is None:
        return redirect("account_scoring", sheet.account.code)
    read(sheet, request.POST)
    sheet.told += not_asked(sheet, request.POST)
    if sheet.told:
        return page(request, sheet, status=422)
    with transaction.atomic():
        news = news_of(sheet)
        for criterion in news:
            keep(sheet, criterion)
    if sheet.told:
        return page(request, sheet, status=409)
    messages.success(request, _("Saved.") if news else _("Nothing was changed."))
    return redirect(address(sheet, request.POST.get("others")))


def news_of(sheet: Sheet) -> list[str]:
    """Criteria whose rating was changed on the page; none where another window was faster, which is told."""
    found = []
    for each in sheet.to_judge:
        now = today_of(sheet, each.code)
        try:
            if is_news(sheet.typed.get((each.code, WAS)), mark_of(said_of(sheet, each.code)), mark_of(now)):
                found.append(each.code)
        except Overtaken:
            sheet.typed[each.code, WAS] = mark_of(now)
            sheet.told.append(Told(f"{each.code}.{SCORE}", overtaken(now)))
    return [] if sheet.told else found


def today_of(sheet: Sheet, code: str) -> dict[str, str]:
    """The stored rating of today as its fields hold it, held until the end of the transaction."""
    row = Rating.objects.select_for_update().filter(**sheet.cell(code).key).first()
    return texts_of(row)


def overtaken(now: dict[str, str]) -> str:
    if not now:
        return _("Taken back meanwhile in another window. Nothing was saved yet: save again to give yours.")
    told = _("Meanwhile %(score)s was saved in another window. Nothing was saved yet: save again to replace it.")
    return told % {"score": now[SCORE]}


def address(sheet: Sheet, others: str | None) -> str:
    query = {name: value for name, value in (("view", sheet.view), ("others", others)) if value and value != OURS}
    return reverse("account_scoring", args=[sheet.account.code], query=query)


def sheet_of(request, code: str, query) -> Sheet:
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    today = timezone.localdate()
    view = BUYERS if query.get("view") == BUYERS else OURS
    return Sheet(account, criteria_on(today), request.user, view, today)


def read(sheet: Sheet, sent) -> None:
    """What is typed, and what keeps it from being saved."""
    for each in sheet.to_judge:
        for kind in KINDS:
            text = sent.get(f"{each.code}.{kind}", "").strip()[: LONGEST + 1]
            sheet.typed[each.code, kind] = text.replace("\r\n", "\n")
        is_there = f"{each.code}.{SCORE}" in sent or sheet.typed[each.code, UNKNOWN]
        if is_there and f"{each.code}.{WAS}" in sent:
            sheet.typed[each.code, WAS] = sent[f"{each.code}.{WAS}"][:40]
        sheet.told += problems(sheet, each)


def problems(sheet: Sheet, criterion: Criterion):
    code = criterion.code
    day_in = partial(sources.day_in, today=sheet.today)
    for kind, understand in ((SCORE, score_in), (LINK, link_in), (SAID_BY, sources.name_in), (SAID_ON, day_in)):
        try:
            understand(sheet.text(code, kind))
        except NotPossible as problem:
            yield Told(f"{code}.{kind}", str(problem))
    said = [sheet.text(code, kind) for kind in (EVIDENCE, LINK, SAID_BY, SAID_ON)]
    if any(said) and not sheet.text(code, SCORE):
        yield Told(f"{code}.{SCORE}", _("Evidence is kept with a score: give one."))
    if said[3] and not said[2]:
        yield Told(f"{code}.{SAID_BY}", _("Say who said it."))
    if len(sources.joined(said[2], said[3], said[0])) > LONGEST:
        yield Told(f"{code}.{EVIDENCE}", _("At most 10,000 characters."))


def not_asked(sheet: Sheet, sent) -> list[Told]:
    """Scores of what nobody judges here are refused, not left out in silence."""
    asked = {each.code for each in sheet.to_judge}
    found = []
    if sent.get("view", "") not in ("", OURS, BUYERS):
        found.append(Told("view", _("There is no such view.")))
    for name in sent:
        code, _dot, kind = name.rpartition(".")
        if kind == SCORE and code not in asked and sent[name].strip():
            found.append(Told(name, _("“%s” is no criterion to judge here.") % code[:100]))
    return found


def said_of(sheet: Sheet, code: str) -> dict[str, str]:
    """What is typed of one criterion, sound, as the fields of a rating; nothing without a score."""
    score = score_in(sheet.text(code, SCORE))
    if score is None:
        return {}
    is_buyers = sheet.view == BUYERS
    return {
        SCORE: plain(score),
        STATUS: status_of(sheet, code),
        EVIDENCE: sheet.text(code, EVIDENCE),
        LINK: link_in(sheet.text(code, LINK)),
        SAID_BY: sources.name_in(sheet.text(code, SAID_BY)) if is_buyers else "",
        SAID_ON: sources.day_in(sheet.text(code, SAID_ON), sheet.today) if is_buyers else "",
    }


def keep(sheet: Sheet, code: str) -> None:
    """Store the rating of today as it is typed."""
    check(sheet.criteria, code, sheet.view)
    said = said_of(sheet, code)
    if not said:
        take_back(sheet.cell(code))
        return
    evidence = sources.joined(said[SAID_BY], said[SAID_ON], said[EVIDENCE])
    rate(sheet.cell(code), Decimal(said[SCORE]), status=said[STATUS], evidence=evidence, link=said[LINK])


def status_of(sheet: Sheet, code: str) -> str:
    found = sheet.text(code, STATUS)
    return found if found in Rating.Status.values else Rating.Status.ASSUMED.value


# What is shown


def page(request, sheet: Sheet, status: int = 200):
    if sheet.criteria is None:
        return render(request, "relationships/scoring.html", {"account": sheet.account})
    return render(request, "relationships/scoring.html", looked_at(request, sheet), status=status)


def looked_at(request, sheet: Sheet) -> dict:
    sees_boxes = may(request.user, Permission.SEE_PROFITABILITY)  # attractiveness may be calculated from profit
    may_score = may(request.user, Permission.SCORE_ACCOUNTS)
    asked = request.GET if request.method == "GET" else request.POST
    sight = Sight(request.user, sheet.view, sheet.today, may_score and asked.get("others") != "shown")
    run, now = run_of(request), None
    if run:
        now = outlook.now(sheet.criteria, run, request.user, [sheet.account.pk], sheet.today, hand_of(sheet))
        now = now.get(sheet.account.pk)
    return {
        "account": sheet.account,
        "criteria": sheet.criteria,
        "view": sheet.view,
        "is_buyers": sheet.view == BUYERS,
        "others": asked.get("others", ""),
        "is_blind": sight.is_blind,
        "axes": axes(sheet, sight, sees_boxes, now),
        "told": sheet.told,
        "preview": preview(run, now, sheet) if now and sees_boxes else None,
        "sees_boxes": sees_boxes,
        "may_score": may_score,
        "statuses": Rating.Status.choices,
        "trust_heard": partial(trust_of, request.user, sheet.account, timezone.now()),  # read where a card shows it
    }


def axes(sheet: Sheet, sight: Sight, sees_attractiveness: bool, now) -> list[dict]:
    shown = axes_of(sheet.criteria, sheet.view, sees_attractiveness)
    said = opinions([sheet.account.pk], [each for _axis, _name, listed in shown for each in listed], sheet.today)
    own = own_criteria(sheet.criteria, [sheet.account.pk])[0].get(sheet.account.pk)
    more = {"typed": sheet.typed, "told": sheet.told, "now": now, "own": own}
    found = []
    for axis, name, listed in shown:
        cards = list(cards_of(axis, listed, said, sheet.account.pk, sight, **more))
        by_kind = {kind: [card for card in cards if card.criterion.kind == kind] for kind in ("judged", "measured")}
        found.append({"name": name} | by_kind)
    return found


def hand_of(sheet: Sheet) -> outlook.Hand | None:
    """What is typed and sound, as ratings of today."""
    typed = {}
    for each in sheet.to_judge if sheet.typed else ():
        try:
            score = score_in(sheet.text(each.code, SCORE))
        except NotPossible:
            continue
        if score is None and not sheet.typed.get((each.code, WAS)):
            continue  # nothing to take back
        typed[each.code] = score if score is None else rating_of(sheet, each.code, score)
    return outlook.Hand(sheet.account.pk, sheet.user.email, sheet.view, typed)


def rating_of(sheet: Sheet, code: str, score: Decimal) -> scoring.Rating:
    confirmed = status_of(sheet, code) == Rating.Status.CONFIRMED
    return scoring.Rating(sheet.user.email, sheet.today, score, sheet.view, confirmed)


def preview(run, now, sheet: Sheet) -> dict:
    """Where every rating up to today, and what is typed, would put the account."""
    known, scored = now
    up, across = scored.attractiveness.weighted, scored.strength
    return {
        "run": run,
        "before": named(known.box),
        "after": named(box_of(scored)),
        "box": box_of(scored),
        "is_provisional": scored.place.provisional,
        "moves": box_of(scored) != known.box,
        "attractiveness": shown(up.score),
        "attractiveness_coverage": shown(up.coverage),
        "strength": shown(across.weighted.score),
        "strength_coverage": shown(across.weighted.coverage),
        "self_scored": across.self_scored,
        "firm": outlook.firm(sheet.criteria, {sheet.account.pk: now})[sheet.account.pk],
    }


def shown(exact) -> float | None:
    return None if exact is None else float(exact)


def named(box: str) -> str:
    return str(Box(box).label) if box else _("no box")
