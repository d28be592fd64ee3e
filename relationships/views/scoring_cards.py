"""What the page of one account's scoring shows of each criterion: fields, anchors, who said what, measured figures."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.utils.translation import gettext as _

from accounts.told import Field, Told, id_of
from profitability.explain.figures import FIGURES
from relationships.asking import TRUSTED
from relationships.core.criteria import Criterion, plain
from relationships.effects import Known
from relationships.evidence import Scored
from relationships.models import Rating
from relationships.opinions import BUYERS, OURS, Heard, Opinion, Opinions, heard, middle, spread
from relationships.views import scoring_sources as sources
from relationships.views.criteria_fields import Drawing, drawing_of
from relationships.wording import AXES, MEASURES, amount_of

SCORE, STATUS, EVIDENCE, LINK, UNKNOWN, WAS = "score", "status", "evidence", "link", "unknown", "was"
SAID_BY, SAID_ON = "said_by", "said_on"  # of what the buyer told us
KINDS = (SCORE, STATUS, EVIDENCE, LINK, UNKNOWN, SAID_BY, SAID_ON)
WIDE = 240  # of the line of dots
TRAIL_OF = {"attractiveness": "attractiveness", "relationship": "relationship_strength"}
Typed = dict[tuple[str, str], str]  # by criterion and kind of field


@dataclass(frozen=True)
class Dot:
    """One rater's latest score on the line from 0 to 10; equal ones stand on one another."""

    x: str
    y: int
    is_mine: bool
    words: str


@dataclass(frozen=True)
class Crowd:
    """What several people say of one criterion in one view: dots, their middle, how far they differ."""

    listed: list[Opinion]
    dots: list[Dot]
    middle: Decimal
    middle_x: str
    spread: Decimal | None

    @property
    def words(self) -> str:
        return "; ".join(dot.words for dot in self.dots)


@dataclass(frozen=True)
class Measured:
    """A measured criterion: the figure of the run, the scale, and the score that follows."""

    amount: str
    score: float | None
    drawing: Drawing
    label: str
    figure: str


@dataclass(frozen=True)
class Card:
    """One criterion of an axis."""

    criterion: Criterion
    axis: str
    score: Field | None = None
    evidence: Field | None = None
    link: Field | None = None
    said_by: Field | None = None
    said_on: Field | None = None
    status: str = Rating.Status.ASSUMED.value
    was: str = ""  # today's rating when the page was opened
    is_unknown: bool = False
    heard: Heard = field(default_factory=Heard)
    ours: Crowd | None = None
    buyers: Crowd | None = None
    hidden_count: int = 0  # of others' ratings, as long as one has not given one's own
    measured: Measured | None = None
    weight: Decimal = Decimal(0)  # for this account
    has_own_weight: bool = False

    @property
    def id(self) -> str:
        return id_of(self.criterion.code)

    @property
    def trail(self) -> str:
        return TRAIL_OF[self.axis]

    @property
    def asks_for_trust(self) -> bool:
        """Whether surveys ask customers for the same."""
        return self.axis == "relationship" and self.criterion.code == TRUSTED


@dataclass(frozen=True)
class Sight:
    """Who looks, in which view, on which day, and whether others' ratings wait for one's own."""

    user: object
    view: str
    today: date
    is_blind: bool


def cards_of(axis: str, criteria: Collection[Criterion], said: Opinions, account: int, sight: Sight, **more):
    typed, told, now = more["typed"], more["told"], more["now"]
    for each in criteria:
        if each.kind == "measured":
            card = Card(each, axis, measured=measured_of(each, now))
        else:
            card = judged_card(each, axis, said.get((account, each.code), []), sight, typed, told)
        own = more["own"] if axis == "relationship" else None
        weight = own.get(each.code, Decimal(0)) if own else each.weight
        yield replace(card, weight=weight, has_own_weight=bool(own))


def judged_card(criterion: Criterion, axis: str, listed: list[Opinion], sight: Sight, typed: Typed, told: list[Told]):
    code, mine = criterion.code, heard(listed, sight.user, sight.view, sight.today)
    ours = heard(listed, sight.user, OURS, sight.today)
    buyers = heard(listed, sight.user, BUYERS, sight.today)
    waits = sight.is_blind and not mine.has_mine and not (sight.view == BUYERS and has_answered(buyers))
    own = {(code, kind): text for kind, text in texts_of(mine.today).items()} | typed

    def made(kind: str, label: str) -> Field:
        name = f"{code}.{kind}"
        words = _("%(label)s, %(name)s") % {"label": label, "name": criterion.name}
        found = [each for each in told if each.input == name]
        return Field(name, own.get((code, kind), ""), words, found, is_number=kind == SCORE)

    return Card(
        criterion,
        axis,
        score=made(SCORE, _("Score")),
        evidence=made(EVIDENCE, _("Evidence")),
        link=made(LINK, _("Link")),
        said_by=made(SAID_BY, _("Who said it")),
        said_on=made(SAID_ON, _("When")),
        status=own.get((code, STATUS), Rating.Status.ASSUMED.value),
        was=typed.get((code, WAS), mark_of(texts_of(mine.today))),
        is_unknown=bool(own.get((code, UNKNOWN))),
        heard=mine,
        ours=None if waits else crowd(ours, sight.user),
        buyers=None if waits else crowd(buyers, sight.user),
        hidden_count=len(ours.others) + len(buyers.others) if waits else 0,
    )


def has_answered(buyers: Heard) -> bool:
    """Whether a buyer told his score himself: then nobody has to guess it first."""
    return any(each.said_by for each in buyers.others)


def texts_of(rating: Opinion | None) -> dict[str, str]:
    """A rating as its fields hold it."""
    if rating is None:
        return {}
    source, evidence = sources.parted(rating.evidence) if rating.perspective == BUYERS else (None, rating.evidence)
    return {
        SCORE: plain(rating.score),
        STATUS: rating.status,
        EVIDENCE: evidence,
        LINK: rating.link,
        SAID_BY: source.name if source else "",
        SAID_ON: source.day if source else "",
    }


def mark_of(texts: dict[str, str]) -> str:
    """Short for a rating as its fields hold it, to tell whether it is still the same; empty for none."""
    if not texts.get(SCORE):
        return ""
    said = [texts.get(kind, "") for kind in (SCORE, STATUS, EVIDENCE, LINK, SAID_BY, SAID_ON)]
    return sha256("\x1f".join(said).encode()).hexdigest()[:16]


def crowd(found: Heard, user) -> Crowd | None:
    listed = found.all
    if not listed:
        return None
    center = middle(listed)
    assert center is not None
    return Crowd(listed, dots_of(listed, user), center, across(center), spread(listed))


def dots_of(listed: list[Opinion], user) -> list[Dot]:
    stacked: Counter[Decimal] = Counter()
    dots = []
    for each in listed:
        dots.append(Dot(across(each.score), 24 - 9 * stacked[each.score], each.is_of(user), words_of(each)))
        stacked[each.score] += 1
    return dots


def across(score: Decimal) -> str:
    return f"{float(score) / 10 * WIDE:.1f}"


def words_of(opinion: Opinion) -> str:
    return f"{opinion.whose} {plain(opinion.score)}"


def measured_of(criterion: Criterion, now: tuple[Known, Scored] | None) -> Measured:
    measure = criterion.measure or ""
    value = now[0].figures[measure] if now else None
    score = now[1].scores[criterion.code].value if now else None
    shown = "" if value is None else amount_of(measure, Decimal(str(round(float(value), 4))))
    return Measured(
        shown,
        None if score is None else float(score),
        drawing_of(criterion.scale or (), measure),
        str(MEASURES[measure]),
        measure if measure in FIGURES else "",
    )


def axes_of(criteria, view: str, sees_attractiveness: bool) -> list[tuple[str, str, tuple[Criterion, ...]]]:
    """The axes of a page: the buyer judges the relationship; attractiveness may give profit away."""
    shown = [name for name in AXES if name != "attractiveness" or (sees_attractiveness and view == OURS)]
    return [(name, str(AXES[name]), getattr(criteria, name)) for name in shown]
