"""What the evidence says of the strength of one relationship: each component of core/strength.py with its figure.

It stands beside the scored strength and enters no score and no box. The contact map, what customers answered, exit
barriers and deliveries are read where their own pages read them; of money only a share is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import Run
from relationships import voice
from relationships.agreements.actuals import Ask, Deliveries, answers, deliveries, families
from relationships.contacts.mapping import ContactMap, Row, map_of
from relationships.contacts.words import percent
from relationships.core import contact_map, strength, survey
from relationships.core.agreements import Span, months_later
from relationships.models import ExitBarrier, Position
from relationships.queries import rests_on_profit

NAMED = 3  # people before the rest is counted
YEAR = 12  # months
CONTACTS, ASKED, BARRIERS, CONTRACTS = "contacts", "ask", "barriers", "contracts"  # where a figure comes from


@dataclass(frozen=True)
class Component:
    """One of the seven: 0…10 or not known, the figure it follows from, who or what is lacking, where it comes from."""

    code: str
    points: Fraction | None
    words: str  # the figure; of what is not known, why
    lacking: str = ""
    source: str = CONTACTS

    @property
    def shown(self) -> Decimal | None:
        return tenths(self.points)

    @property
    def width(self) -> int:
        """Of a bar of 100."""
        return 0 if self.points is None else round(10 * self.points)


@dataclass(frozen=True)
class Reading:
    """All components, the index over those known, and the strength as it was scored in the run."""

    components: list[Component]
    index: strength.Index
    scored: Decimal | None
    is_hidden: bool = False  # the scored strength rests on profit, which the reader may not see

    @property
    def shown(self) -> Decimal | None:
        return tenths(self.index.score)

    @property
    def scored_shown(self) -> Decimal | None:
        return None if self.scored is None else tenths(Fraction(self.scored))

    @property
    def gap(self) -> Decimal | None:
        """How much more the evidence says, as both figures are shown."""
        known = self.shown is not None and self.scored_shown is not None
        return self.shown - self.scored_shown if known else None

    @property
    def known_words(self) -> str:
        words = {"known": self.index.known, "all": len(self.components), "share": percent(self.index.coverage)}
        return _("%(known)s of %(all)s (%(share)s)") % words


@dataclass(frozen=True)
class Said:
    """The answers to one question of surveys within a year: how many people, and how many days ago the latest was."""

    heard: voice.Voice
    days: int | None


@dataclass(frozen=True)
class Found:
    """What the components are made of."""

    map: ContactMap
    trust: Said
    recommend: Said
    costs: list[Decimal | None]  # of leaving, for the customer; None: not estimated
    span: Span | None = None  # of the figures below
    came: Deliveries | None = None
    net_revenue: Fraction | None = None
    in_time: list[Row] = field(default_factory=list)
    quiet: list[Row] = field(default_factory=list)


def reading_of(user, account: Account, run: Run | None, position: Position | None, now: datetime) -> Reading:
    """As of today, from the same reads as the pages of contacts, surveys and contracts; in a fixed number of queries,
    however much there is of each."""
    components = list(components_of(found_of(user, account, run, now)))
    hides = position is not None and not may(user, Permission.SEE_PROFITABILITY)
    hides = hides and rests_on_profit(position, "relationship")
    scored = None if position is None or hides else position.relationship_strength
    return Reading(components, strength.index({each.code: each.points for each in components}), scored, hides)


def found_of(user, account: Account, run: Run | None, now: datetime) -> Found:
    today = timezone.localdate(now)
    mapped = map_of(account, today)
    planned = [row for row in mapped.rows if row.lines]
    asked = voice.asked_of(user, account)
    return Found(
        mapped,
        said_of_trust(asked, now),
        said([each for each in asked if each.number(survey.RECOMMEND) is not None], now),
        costs_of(account),
        *ledger_of(user, account, min(run.as_of, today) if run else None),
        in_time=[row for row in planned if row.heard_on and not row.is_quiet],
        quiet=[row for row in planned if row.is_quiet],
    )


def said_of_trust(asked: list[voice.Asked], now: datetime) -> Said:
    return said([each for each in asked if each.trust is not None], now)


def said(answered: list[voice.Asked], now: datetime) -> Said:
    heard = voice.voice_of(answered, now)
    last = heard.last_at
    return Said(heard, None if last is None else (timezone.localdate(now) - timezone.localdate(last)).days)


def trust_of(user, account: Account, now: datetime) -> Component:
    """What customers answered on trust, as a component."""
    return trust(said_of_trust(voice.asked_of(user, account), now))


def costs_of(account: Account) -> list[Decimal | None]:
    rows = ExitBarrier.objects.filter(account=account, removed_on__isnull=True, side=ExitBarrier.Side.THEIRS)
    return list(rows.values_list("cost", flat=True))


def ledger_of(user, account: Account, as_of: date | None) -> tuple[Span | None, Deliveries | None, Fraction | None]:
    """Twelve months up to the day of the figures, of the account and those under it that the reader sees: as service
    levels read them."""
    if as_of is None:
        return None, None, None
    span = Span(months_later(as_of + timedelta(days=1), -YEAR), as_of)
    members = families(user, [account.pk])[account.pk]
    came = answers({"year": Ask(members, span, "net_revenue")}, as_of)
    return span, deliveries(members, span), came["year"]


# The components


def components_of(found: Found) -> Iterator[Component]:
    yield coverage(found.map)
    yield seniority(found.map)
    yield frequency(found)
    yield trust(found.trust)
    yield recommendation(found.recommend)
    yield barriers(found)
    yield delivery(found)


def coverage(found: ContactMap) -> Component:
    share = found.decision_coverage
    if share is None:
        return Component("coverage", None, _("no buying role is noted"))
    roles = [row for row in found.rows if row.contact.buying_role]
    out = [row for row in roles if row.is_gap or row.is_quiet]
    words = _("%(met)s of %(all)s in touch") % {"met": len(roles) - len(out), "all": len(roles)}
    return Component("coverage", strength.of_share(share), words, lacking(_("not in touch: %s"), out))


def seniority(found: ContactMap) -> Component:
    apart = found.seniority
    if apart is None:
        return Component("seniority", None, _("no contact of a known level has a counterpart"))
    pairs = sum(len(row.lines) for row in found.rows if row.contact.level)
    words = ngettext("%(apart)s levels apart, %(n)s pair", "%(apart)s levels apart, %(n)s pairs", pairs)
    far = [row for row in found.rows if is_far(row)]
    words %= {"apart": written(apart), "n": pairs}
    return Component("seniority", strength.of_levels(apart), words, lacking(_("far apart: %s"), far))


def is_far(row: Row) -> bool:
    """Whether nobody of us is near this person's level."""
    ours = [contact_map.Colleague(line.user.pk, line.user.level) for line in row.lines]
    gap = contact_map.level_gap(contact_map.Person(row.contact.pk, row.contact.level), ours)
    return gap is not None and abs(gap) >= contact_map.FAR_APART


def frequency(found: Found) -> Component:
    """Of those with a counterpart; who is new and not yet expected to be heard of counts for neither."""
    due = len(found.in_time) + len(found.quiet)
    if not due:
        return Component("frequency", None, _("nobody with a counterpart was due to be heard of"))
    words = _("%(met)s of %(all)s heard of in time") % {"met": len(found.in_time), "all": due}
    points = strength.of_share(Fraction(len(found.in_time), due))
    return Component("frequency", points, words, lacking(_("quiet: %s"), found.quiet, quiet_words))


def trust(said: Said) -> Component:
    mean = said.heard.trust
    if mean is None:
        return Component("trust", None, _("nobody answered within a year"), source=ASKED)
    words = _("%(mean)s of 7") % {"mean": written(mean)}
    count = said.heard.trust_count
    return Component("trust", strength.of_trust(mean), told(words, count, said), few(count), ASKED)


def recommendation(said: Said) -> Component:
    nps = said.heard.nps
    if nps.score is None:
        return Component("recommendation", None, _("nobody answered within a year"), source=ASKED)
    sign = "+" if nps.score > 0 else "−" if nps.score < 0 else ""
    words = _("NPS %(score)s") % {"score": f"{sign}{abs(nps.score)}"}
    points = strength.of_recommendation(nps.score)
    return Component("recommendation", points, told(words, nps.count, said), few(nps.count), ASKED)


def few(count: int) -> str:
    return _("few answers say little") if count < voice.FEW else ""


def told(words: str, count: int, said: Said) -> str:
    """With how many answered and how long ago."""
    number = ngettext("%s answer", "%s answers", count) % count
    days = ngettext("the latest %s day ago", "the latest %s days ago", said.days) % said.days
    return f"{words}, {number}, {days if said.days else _('the latest today')}"


def barriers(found: Found) -> Component:
    known = [cost for cost in found.costs if cost is not None]
    points = strength.of_barriers(sum(known) if known else None, found.net_revenue)
    if points is None:
        return Component("barriers", None, no_barrier(found.costs, known), source=BARRIERS)
    assert found.net_revenue is not None
    words = _("%s of a year’s net revenue") % percent(Fraction(sum(known)) / found.net_revenue)
    open_ = len(found.costs) - len(known)
    rest = ngettext("%s more is not estimated", "%s more are not estimated", open_) % open_
    return Component("barriers", points, words, rest if open_ else "", BARRIERS)


def no_barrier(costs: list, known: list) -> str:
    if not costs:
        return _("nothing is noted that holds the customer")
    return _("no net revenue to hold the cost against") if known else _("what is noted is not estimated")


def delivery(found: Found) -> Component:
    came = found.came
    shares = (came.share("on_time_share"), came.share("complete_share")) if came else (None, None)
    points = strength.of_delivery(*shares)
    if points is None or found.span is None:
        return Component("delivery", None, _("no order with a day of shipping within a year"), source=CONTRACTS)
    day = date_format(found.span.until_on, "j M Y")
    names = (_("%s on time"), _("%s in one delivery"))
    parts = [name % percent(share) for name, share in zip(names, shares, strict=True) if share is not None]
    orders = ngettext("%(n)s order up to %(day)s", "%(n)s orders up to %(day)s", came.orders)
    words = orders % {"n": number_format(came.orders, force_grouping=True), "day": day}
    late = ngettext("%s order late", "%s orders late", came.late) % came.late if came.late else ""
    return Component("delivery", points, ", ".join((*parts, words)), late, CONTRACTS)


# In words


def tenths(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)


def written(value: Fraction | Decimal) -> str:
    return number_format(tenths(Fraction(value)), 1).replace("-", "−")


def lacking(text: str, rows: list[Row], name=lambda row: row.contact.name) -> str:
    """The first of them by name, and how many more there are."""
    if not rows:
        return ""
    listed = ", ".join(name(row) for row in rows[:NAMED])
    more = len(rows) - NAMED
    return text % listed + (ngettext(" and %s more", " and %s more", more) % more if more > 0 else "")


def quiet_words(row: Row) -> str:
    if row.days is None:
        return _("%s (never)") % row.contact.name
    return ngettext("%(name)s (%(n)s day)", "%(name)s (%(n)s days)", row.days) % {
        "name": row.contact.name,
        "n": row.days,
    }
