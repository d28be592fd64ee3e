"""The grid of a workshop: accounts down, the judged criteria of one axis across, one rater's scores in it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import programme
from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.versions import NotPossible
from kam_portal.filters import ALL, CONDITIONS, PortfolioFilter
from profitability.models import Result
from relationships import outlook
from relationships.core.criteria import CriteriaSet, Criterion, plain
from relationships.core.scoring import Weighted, a_year_before
from relationships.effects import box_of
from relationships.evidence import Scored, own_criteria
from relationships.gaps import APART, EXPIRED, MISSING, Gaps, gaps
from relationships.judging import Cell as Place
from relationships.judging import Overtaken, is_news, rate, score_in, take_back
from relationships.models import Rating
from relationships.opinions import BUYERS, OURS, Heard, Opinion, heard, judged, opinions

STRENGTH, ATTRACTIVENESS = "relationship", "attractiveness"
SHEETS = {
    STRENGTH: gettext_lazy("Relationship strength"),
    ATTRACTIVENESS: gettext_lazy("Attractiveness"),
    BUYERS: gettext_lazy("What the buyer told us"),
}
OPEN, MINE = "open", "mine"
SHOWN = {
    OPEN: gettext_lazy("All that is left"),
    MISSING: gettext_lazy("Nobody has scored"),
    EXPIRED: gettext_lazy("Older than 12 months"),
    APART: gettext_lazy("Raters far apart"),
    MINE: gettext_lazy("Not scored by me"),
}
INSIDE, OUTSIDE = "in", "out"
MOST_CELLS = 1_000


class ScoringFilter(PortfolioFilter):
    """Which accounts are rows of the grid, and which axis it is for."""

    axis = forms.ChoiceField(required=False, choices=list(SHEETS.items()), widget=forms.HiddenInput)
    others = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    show = forms.ChoiceField(label=gettext_lazy("To score"), required=False, choices=[*ALL, *SHOWN.items()])
    programme = forms.ChoiceField(
        label=gettext_lazy("Programme"),
        required=False,
        choices=[*ALL, (INSIDE, gettext_lazy("In the programme")), (OUTSIDE, gettext_lazy("Outside it"))],
    )
    field_order = ("show", "team", "manager", "box", "programme", "segment", "q")

    def __init__(self, data, user):
        super().__init__(data, user)
        for name in ("country", "revenue_class", "losing"):
            self.fields.pop(name, None)

    @property
    def sheet(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("axis") or STRENGTH

    @property
    def shows_others(self) -> bool:
        self.is_valid()
        return self.cleaned_data.get("others") == "shown"

    def chosen(self) -> dict:
        return {name: value for name, value in super().chosen().items() if name not in ("axis", "others")}

    def unknown(self) -> dict[str, str]:
        return {name: text for name, text in super().unknown().items() if name not in ("axis", "others")}

    def narrowed(self, rows, left: Gaps, unscored) -> list[Result]:
        """The rows that the filters leave, the largest first."""
        if self.unknown():
            return rows.none()
        for name, value in self.chosen().items():
            rows = rows.filter(self.condition_of(name, value, left, unscored))
        return rows.order_by("-net_revenue", "code")

    def condition_of(self, name: str, value: str, left: Gaps, unscored) -> Q:
        if name == "programme":
            inside = Q(programme.is_member())
            return inside if value == INSIDE else ~inside
        if name == "show" and value == MINE:
            return unscored
        if name == "show":
            kept = [account for account, kinds in left.items() if value == OPEN or value in kinds.values()]
            return Q(account__in=kept)
        return CONDITIONS[name](value)


@dataclass(frozen=True)
class Sheet:
    """Whose scores, of which axis and view, on which day."""

    criteria: CriteriaSet
    user: object
    today: date
    name: str = STRENGTH

    @property
    def view(self) -> str:
        return BUYERS if self.name == BUYERS else OURS

    @property
    def axis(self) -> str:
        return ATTRACTIVENESS if self.name == ATTRACTIVENESS else STRENGTH

    @property
    def columns(self) -> list[Criterion]:
        return judged(getattr(self.criteria, self.axis))

    def column(self, code: str) -> Criterion | None:
        return next((each for each in self.columns if each.code == code), None)

    def place(self, account: Account, code: str) -> Place:
        return Place(account, code, self.user, self.today, self.view)

    def left(self) -> Gaps:
        return gaps(self.user, self.criteria, self.columns, self.today)

    def unscored(self) -> Q:
        """Accounts that lack one of the rater's own scores of the last 12 months."""
        scored = Q()
        for each in self.columns:
            own = Rating.objects.filter(rater=self.user, criterion=each.code, perspective=self.view)
            fresh = own.filter(rated_on__gte=a_year_before(self.today), rated_on__lte=self.today)
            scored &= Q(account__in=fresh.values("account"))
        return ~scored if self.columns else Q(pk__in=[])


@dataclass(frozen=True)
class Cell:
    """One score in the grid: today's to be typed over, an earlier one behind it."""

    place: str  # account and criterion, as its inputs are named
    label: str
    heard: Heard
    text: str
    is_confirmed: bool
    gap: str = ""
    problem: str = ""
    was: str = ""  # today's rating when the page was opened
    is_overruled: bool = False  # by what the buyer said

    @property
    def before(self) -> str:
        return plain(self.heard.before.score) if self.heard.before else ""


@dataclass(frozen=True)
class Now:
    """Where an account would stand now, and how much of the axis is scored."""

    box: str
    is_provisional: bool
    coverage: float
    score: float | None
    is_self_scored: bool
    by_buyer: int  # of the judged criteria scored
    judged: int
    firm: outlook.Firm

    @property
    def firmness(self) -> str:
        """settled, fragile, provisional, or none where there is no box."""
        if not self.box:
            return "none"
        return "provisional" if self.is_provisional else self.firm.firmness


@dataclass(frozen=True)
class Row:
    account: Account
    net_revenue: object
    cells: list[Cell]
    now: Now | None
    own_weights: list[Decimal] = field(default_factory=list)  # of the columns, where they are not the set's

    @property
    def has_mine(self) -> bool:
        return any(cell.heard.has_mine for cell in self.cells)


@dataclass
class Typed:
    """What was sent of some cells: texts and marks by account and criterion; and what was wrong with them."""

    texts: dict[tuple[int, str], str] = field(default_factory=dict)
    confirmed: set[tuple[int, str]] = field(default_factory=set)
    was: dict[tuple[int, str], str] = field(default_factory=dict)
    wrong: dict[tuple[int, str], str] = field(default_factory=dict)
    changed: set[tuple[int, str]] = field(default_factory=set)


def name_of(account: int, code: str) -> str:
    return f"{account}:{code}"


def typed_in(sent) -> Typed:
    """The cells of a form; names that are none are left alone."""
    found = Typed()
    for name in list(sent)[:MOST_CELLS]:
        kind, _colon, place = name.partition(":")
        account, _colon, code = place.partition(":")
        if kind not in ("s", "c", "w") or not account.isdecimal() or len(account) > 18:
            continue
        if kind == "c":
            found.confirmed.add((int(account), code))
        else:
            (found.texts if kind == "s" else found.was)[int(account), code] = sent[name].strip()[:40]
    return found


def keep(sheet: Sheet, typed: Typed) -> None:
    """Keep each sound cell by itself; what is refused is told at its place."""
    accounts = Account.objects.visible_to(sheet.user).in_bulk({account for account, _code in typed.texts})
    said = opinions(list(accounts), sheet.columns, sheet.today)
    for (account, code), text in typed.texts.items():
        if account not in accounts or sheet.column(code) is None:
            typed.wrong[account, code] = _("There is no such account or criterion any more: reload the page.")
            continue
        old = heard(said.get((account, code), ()), sheet.user, sheet.view, sheet.today).today
        try:
            if _keep_one(sheet.place(accounts[account], code), text, typed, mark_of(old)):
                typed.changed.add((account, code))
        except NotPossible as problem:
            typed.wrong[account, code] = str(problem)
        except Overtaken:
            typed.wrong[account, code] = overtaken(old, typed.was.get((account, code), ""), text)
            typed.was[account, code] = mark_of(old)


def _keep_one(place: Place, text: str, typed: Typed, now: str) -> bool:
    """Whether today's rating is another one now."""
    score, key = score_in(text), (place.account.pk, place.criterion)
    is_confirmed = key in typed.confirmed
    said = "" if score is None else mark(score, is_confirmed)
    is_new = is_news(typed.was.get(key), said, now)
    typed.was[key] = said
    if not is_new:
        return False
    if score is None:
        return take_back(place)
    status = Rating.Status.CONFIRMED if is_confirmed else Rating.Status.ASSUMED
    return rate(place, score, status=status.value)


def mark(score: Decimal, is_confirmed: bool) -> str:
    """A cell's score and mark in one, as the page takes them along."""
    return f"{plain(score)}|{int(is_confirmed)}"


def mark_of(rating: Opinion | None) -> str:
    return mark(rating.score, rating.is_confirmed) if rating else ""


def overtaken(rating: Opinion | None, before: str, yours: str) -> str:
    """What another window of the same rater did, what stood there before, and what was typed here."""
    none = _("none")
    said = {"before": before.partition("|")[0] or none, "yours": yours or none}
    if rating is None:
        told = _("Taken back meanwhile in another window. Before: %(before)s. Yours: %(yours)s. Enter keeps yours.")
        return told % said
    told = _(
        "Meanwhile %(score)s was saved in another window. Before: %(before)s. Yours: %(yours)s. Enter keeps yours."
    )
    return told % (said | {"score": plain(rating.score)})


def rows_of(sheet: Sheet, results: list[Result], run, left: Gaps, typed: Typed | None = None) -> list[Row]:
    """The accounts with the rater's scores and where they would stand now."""
    ids = [result.account_id for result in results]
    said = opinions(ids, sheet.columns, sheet.today)
    standing = now_of(sheet, run, ids)
    own = own_criteria(sheet.criteria, ids)[0] if sheet.axis == STRENGTH else {}
    typed = typed or Typed()
    return [
        Row(
            result.account,
            result.net_revenue,
            [
                cell_of(
                    sheet,
                    result.account,
                    each,
                    said.get((result.account_id, each.code), ()),
                    left.get(result.account_id, {}).get(each.code, ""),
                    typed,
                )
                for each in sheet.columns
            ],
            standing.get(result.account_id),
            [own[result.account_id].get(each.code, Decimal(0)) for each in sheet.columns if result.account_id in own],
        )
        for result in results
    ]


def cell_of(sheet: Sheet, account: Account, criterion: Criterion, said, gap: str, typed: Typed) -> Cell:
    found, key = heard(said, sheet.user, sheet.view, sheet.today), (account.pk, criterion.code)
    problem = typed.wrong.get(key, "")
    today = plain(found.today.score) if found.today else ""
    return Cell(
        name_of(*key),
        f"{account.name}: {criterion.name}",
        found,
        typed.texts[key] if problem else today,
        key in typed.confirmed if problem else bool(found.today and found.today.is_confirmed),
        gap,
        problem,
        typed.was.get(key, "") if problem else mark_of(found.today),
        sheet.name == STRENGTH and any(each.perspective == BUYERS for each in said),
    )


def now_of(sheet: Sheet, run, accounts: list[int]) -> dict[int, Now]:
    """Where these accounts would stand now; nothing of their boxes for who may not see profit."""
    if run is None or not may(sheet.user, Permission.SEE_PROFITABILITY):
        return {}
    found = outlook.now(sheet.criteria, run, sheet.user, accounts, sheet.today)
    firm = outlook.firm(sheet.criteria, found)
    return {account: _now(sheet, scored, firm[account]) for account, (_known, scored) in found.items()}


def _now(sheet: Sheet, scored: Scored, firm: outlook.Firm) -> Now:
    on_axis: Weighted = scored.attractiveness.weighted if sheet.axis == ATTRACTIVENESS else scored.strength.weighted
    scores = [scored.scores[each.code] for each in sheet.columns if scored.scores[each.code].value is not None]
    return Now(
        box_of(scored),
        scored.place.provisional,
        float(on_axis.coverage),
        None if on_axis.score is None else float(on_axis.score),
        sheet.axis == STRENGTH and scored.strength.self_scored,
        sum(each.perspective == BUYERS for each in scores),
        len(scores),
        firm,
    )
