"""The ladder of one account as its page shows it: each rung with its evidence, both views, and how it came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from profitability.models import Run
from relationships import stages
from relationships.core import stage as core
from relationships.core.stage import Item, StageOf
from relationships.models import ExitBarrier, Invitation, Position, Stage, StageEvidence, StatedStage, View
from relationships.stages import Facts

FOR_VIEW = "relationship"  # the survey whose answers are the buyer’s view
LEFT, RIGHT, TOP, STEP = 150, 275, 44, 34  # of the drawing of both views


@dataclass(frozen=True)
class Row:
    """One piece of evidence: whether it holds (None: not known), the fact behind it, the latest finding on it."""

    item: Item
    holds: bool | None
    fact: str
    finding: StageEvidence | None
    may_be_judged: bool


@dataclass(frozen=True)
class Rung:
    stage: str
    label: str
    rows: list[Row]
    is_reached: bool
    is_next: bool
    is_ours: bool
    is_buyers: bool


@dataclass(frozen=True)
class Ladder:
    """The rungs, highest first; what the next one lacks; the stage as it would be if a run were made now."""

    rungs: list[Rung]
    missing: list[Row]
    now: StageOf
    shown: str  # what the evidence alone shows


def ladder(account: Account, run: Run | None, today: date) -> Ladder:
    """By the figures of the published run, and all that was said up to today."""
    facts, said = facts_of(account, run), stages.said_of([account.pk], today)[account.pk]
    evidence, now = stages.evidence_of(facts, said), stages.stage_of(facts, said)
    rows = rows_of(account, facts, evidence, today)
    shown = core.reached(evidence)
    lacking = {item.code for item in core.missing(evidence)}
    rungs = [rung(stage, rows, shown, now) for stage in reversed(core.LADDER)]
    return Ladder(rungs, [row for row in rows if row.item.code in lacking], now, shown)


def facts_of(account: Account, run: Run | None) -> Facts:
    return stages.facts_of(run, [account.pk])[account.pk]


def rung(stage: str, rows: list[Row], shown: str, now: StageOf) -> Rung:
    place = core.rank(stage)
    own = [row for row in rows if row.item.stage == stage]
    return Rung(
        stage,
        str(Stage(stage).label),
        own,
        is_reached=place <= core.rank(shown),
        is_next=place == core.rank(shown) + 1,
        is_ours=now.supplier == stage,
        is_buyers=now.buyer == stage,
    )


def rows_of(account: Account, facts: Facts, evidence: dict, today: date) -> list[Row]:
    found = StageEvidence.objects.filter(account=account, found_on__lte=today).select_related("found_by")
    latest = {finding.item: finding for finding in found.order_by("found_on", "pk")}
    texts = fact_texts(account, facts)
    return [
        Row(item, evidence[item.code], texts.get(item.code, ""), latest.get(item.code), is_for_people(item.code, facts))
        for item in core.CHECKLIST
    ]


def is_for_people(code: str, facts: Facts) -> bool:
    """Whether a finding counts: the portal does not know better."""
    return code not in stages.HOLDS or stages.HOLDS[code](facts) is None


# The facts in words


def fact_texts(account: Account, facts: Facts) -> dict[str, str]:
    met = stages.in_contact([account.pk], timezone.localdate())
    functions = ", ".join(sorted({function for _account, function, *_rest in met if function}))
    contacts = ngettext("%s contact", "%s contacts", facts.contacts) % facts.contacts
    if facts.contacts:
        in_contact = ngettext("%s function", "%s functions", facts.functions) % facts.functions
        in_contact += f": {functions}" if functions else ""
        levels = _("%(theirs)s of theirs, %(ours)s of ours") % {"theirs": facts.their_levels, "ours": facts.our_levels}
    else:
        in_contact = levels = _("no contacts noted yet")
    return {
        "in_touch": contacts,
        "ordered": _("yes") if facts.has_ordered else _("none"),
        "repeat_orders": ngettext("%s order", "%s orders", facts.orders) % facts.orders,
        "two_functions": in_contact,
        "three_functions": in_contact,
        "two_levels": levels,
        "wallet_share": _wallet(facts),
        "exit_cost": _exit_costs(facts),
    }


def _wallet(facts: Facts) -> str:
    if facts.wallet_share is None:
        return _("what they spend in all is not known")
    return f"{100 * facts.wallet_share:.0f}\u202f%"


def _exit_costs(facts: Facts) -> str:
    sides = {side.value: str(side.label) for side in ExitBarrier.Side if not facts.exit_costs.get(side.value)}
    return _("estimated for both") if not sides else _("not estimated: %s") % ", ".join(sides.values()).lower()


# Both views


@dataclass(frozen=True)
class Heard:
    """What the buyers answered that counts, newest first; the day on which somebody was asked for the view who may
    still answer; else the day on which somebody was last asked for it, and whether anybody was asked anything else."""

    answers: Sequence[StatedStage] = ()
    asked_on: date | None = None
    before_on: date | None = None
    is_asked_otherwise: bool = False

    @property
    def leaving(self) -> list[StatedStage]:
        return [row for row in self.answers if row.stage == core.DISINTEGRATING]

    @property
    def leaving_words(self) -> str:
        """Who is about to leave, and since when we know."""
        named = ", ".join(
            _("%(name)s on %(day)s") % {"name": row.said_by or _("not named"), "day": day_words(row.stated_on)}
            for row in self.leaving
        )
        return _("The buyer is about to leave: %s") % named

    @property
    def silence(self) -> str:
        """Why our view stands alone."""
        if self.asked_on:
            return _("our view alone: the buyer was asked on %s, no answer yet") % day_words(self.asked_on)
        if self.before_on:
            return _("our view alone: the buyer was last asked on %s") % day_words(self.before_on)
        if self.is_asked_otherwise:
            return _("our view alone: the buyer was not asked for this view")
        return _("our view alone: nobody asked the buyer")


def day_words(day: date) -> str:
    return formats.date_format(day, "j M Y")


def heard_of(account: Account, now: datetime) -> Heard:
    asked = Invitation.objects.filter(account=account).filter(Q(revoked_at=None) | ~Q(answered_at=None))
    listed = list(asked.order_by("-created_at").values_list("kind", "created_at", "answered_at", "expires_at"))
    for_view = [(asked_at, at is None and until > now) for kind, asked_at, at, until in listed if kind == FOR_VIEW]
    waiting_on = next((timezone.localdate(asked_at) for asked_at, is_open in for_view if is_open), None)
    before_on = timezone.localdate(for_view[0][0]) if for_view else None
    return Heard(buyers_answers(account, timezone.localdate(now)), waiting_on, before_on, len(listed) > len(for_view))


def gap_sentence(found: StageOf, heard: Heard | None = None) -> str:
    """What both views together say, in one sentence."""
    heard = heard or Heard()
    if not found.stage:
        return _("Nothing is known of this relationship yet")
    if heard.leaving:
        return heard.leaving_words
    if found.is_provisional:
        view = heard.silence if found.supplier else _("the buyer’s view alone")
        return _("%(stage)s, by %(view)s") % {"stage": Stage(found.stage).label, "view": view}
    if core.is_apart(found.supplier, found.buyer):
        return _("The buyer is about to leave") if found.buyer == core.DISINTEGRATING else _("We see it falling apart")
    return _rungs_apart(found)


def _rungs_apart(found: StageOf) -> str:
    apart = core.asymmetry(found.supplier, found.buyer) or 0
    if not apart:
        return _("%s, and the buyer sees it as we do") % Stage(found.stage).label
    words = (
        ngettext("%(stage)s: we see it %(n)s rung higher", "%(stage)s: we see it %(n)s rungs higher", apart)
        if apart > 0
        else ngettext(
            "%(stage)s: the buyer sees it %(n)s rung higher", "%(stage)s: the buyer sees it %(n)s rungs higher", -apart
        )
    )
    return words % {"stage": Stage(found.stage).label, "n": abs(apart)}


def drawing(found: StageOf) -> dict:
    """Both views as points on the ladder, and the line between them."""
    listed = list(reversed(core.LADDER))
    if core.DISINTEGRATING in (found.supplier, found.buyer):
        listed.append(core.DISINTEGRATING)
    height = {stage: TOP + place * STEP for place, stage in enumerate(listed)}
    return {
        "rows": [{"label": Stage(stage).label, "y": height[stage], "text_y": height[stage] + 4} for stage in listed],
        "left": LEFT,
        "right": RIGHT,
        "height": TOP + len(listed) * STEP - 8,
        "ours": height.get(found.supplier),
        "buyers": height.get(found.buyer),
    }


# What came before


def positions_of(account: Account) -> list[Position]:
    """Stages in published runs, newest first; of equal ones in a row the first alone."""
    rows = Position.objects.filter(account=account, run__published_at__isnull=False).select_related("run")
    found: list[Position] = []
    for row in rows.order_by("run__published_at", "pk")[:200]:
        if not found or views(row) != views(found[-1]):
            found.append(row)
    return found[::-1]


def views(row: Position) -> tuple[str, str, str]:
    return row.stage, row.stage_supplier, row.stage_buyer


def statements_of(account: Account) -> QuerySet[StatedStage]:
    rows = StatedStage.objects.filter(account=account).select_related("stated_by")
    return rows.order_by("-stated_on", "-pk")


def we_stated(account: Account, today: date) -> StatedStage | None:
    """Our latest statement; none where it took the earlier back."""
    row = statements_of(account).filter(view=View.SUPPLIER, stated_on__lte=today).first()
    return row if row and row.stage else None


def buyers_answers(account: Account, today: date) -> list[StatedStage]:
    """What the buyers answered that counts, newest first."""
    rows = statements_of(account).filter(view=View.BUYER, stated_on__lte=today)
    return [row for row in reversed(stages.counted(list(rows)[::-1], today)) if row.stage]
