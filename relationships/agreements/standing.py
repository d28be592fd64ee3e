"""Where contracts stand: the term that runs, the day for notice, and each promise against what came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from relationships.agreements.actuals import Ask, answers, deliveries, families
from relationships.core.agreements import (
    Span,
    Standing,
    Term,
    months_later,
    period_at,
    standing_of_level,
    standing_of_sum,
)
from relationships.models import Commitment, Contract, ServiceLevel, ServiceReading

SUMS = {Commitment.Measure.NET_REVENUE, Commitment.Measure.UNITS, Commitment.Measure.ORDERS}
NOTICE_DAYS = 90  # ahead, in which the day of notice is said to be near


def decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / value.denominator


@dataclass(frozen=True)
class Promise:
    """A commitment in the period in which the day of the figures lies."""

    row: Commitment
    span: Span
    actual: Fraction | None
    gone: Fraction
    standing: Standing

    @property
    def actual_number(self) -> Decimal | None:
        return decimal(self.actual)

    @property
    def gone_number(self) -> Decimal | None:
        return decimal(self.gone) if self.span.until_on else None


@dataclass(frozen=True)
class Level:
    """A service level over the last twelve months (or since the contract began), and over the last three."""

    row: ServiceLevel
    span: Span
    actual: Fraction | None
    lately: Fraction | None
    standing: Standing
    reading: ServiceReading | None = None  # the latest one, of a level that no ledger holds

    @property
    def actual_number(self) -> Decimal | None:
        return decimal(self.actual)

    @property
    def lately_number(self) -> Decimal | None:
        return decimal(self.lately)


@dataclass
class Agreed:
    """One contract with where it stands."""

    row: Contract
    running: Span | None
    notice_by: date | None
    today: date
    promises: list[Promise] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)

    @property
    def days_to_notice(self) -> int | None:
        return None if self.notice_by is None else (self.notice_by - self.today).days

    @property
    def is_notice_near(self) -> bool:
        return self.days_to_notice is not None and 0 <= self.days_to_notice <= NOTICE_DAYS

    @property
    def renews_on(self) -> date | None:
        """The day on which it is renewed, once it is too late for notice."""
        late = self.days_to_notice is not None and self.days_to_notice < 0
        until = self.running.until_on if self.running else None
        return until + timedelta(days=1) if late and until else None

    @property
    def broken(self) -> int:
        """Promises and service levels that are behind or missed."""
        return sum(each.standing in {"behind", "missed"} for each in (*self.promises, *self.levels))


def term_of(contract: Contract) -> Term:
    renews = contract.renewal_months or 0 if contract.renewal == Contract.Renewal.RENEWS else 0
    return Term(contract.from_on, contract.until_on, renews, contract.notice_days, contract.ended_on)


def agreed(contract: Contract, today: date) -> Agreed:
    term = term_of(contract)
    return Agreed(contract, term.running(today), term.notice_by(today), today)


def promised(user, contracts: Sequence[Contract], today: date, as_of: date | None) -> list[Agreed]:
    """Each contract with its commitments against the ledger up to `as_of`; in a fixed number of queries."""
    found = {row.pk: agreed(row, today) for row in contracts}
    commitments = list(Commitment.objects.filter(contract__in=found).order_by("pk"))
    members = families(user, {row.account_id for row in contracts})
    spans = {each.pk: span_of(each, found[each.contract_id], as_of or today) for each in commitments}
    asked = {
        f"c{each.pk}": Ask(members[found[each.contract_id].row.account_id], span, each.measure, each.category)
        for each in commitments
        if (span := spans[each.pk]) is not None
    }
    came = answers(asked, as_of) if as_of else {}
    for each in commitments:
        if (span := spans[each.pk]) is not None:
            found[each.contract_id].promises.append(promise(each, span, came.get(f"c{each.pk}"), as_of))
    return list(found.values())


def span_of(commitment: Commitment, of: Agreed, on: date) -> Span | None:
    """The period that counts: of the term that ran on that day, else of the first or the last one."""
    term = term_of(of.row)
    running = term.running(on) or of.running
    if running is None:
        begun = on >= of.row.from_on
        running = Span(of.row.from_on, of.row.ended_on or of.row.until_on) if begun else None
    return None if running is None else period_at(running, commitment.period, on)


def promise(row: Commitment, span: Span, actual: Fraction | None, as_of: date | None) -> Promise:
    gone = span.share_gone(as_of) if as_of else Fraction(0)
    least, most = limit(row.least), limit(row.most)
    if row.measure in SUMS:
        standing = standing_of_sum(actual, least, most, gone, as_of is not None and span.is_over(as_of))
    else:
        standing = standing_of_level(actual, least, most)
    return Promise(row, span, actual, gone, standing)


def limit(value) -> Fraction | None:
    return None if value is None else Fraction(value)


def with_levels(user, found: Agreed, as_of: date | None) -> Agreed:
    """The contract together with its service levels."""
    rows = list(ServiceLevel.objects.filter(contract=found.row).prefetch_related("readings__read_by").order_by("pk"))
    counted = any(row.measure != ServiceLevel.Measure.OWN for row in rows) and as_of is not None
    year, quarter = spans_back(found.row, as_of, 12), spans_back(found.row, as_of, 3)
    members = families(user, [found.row.account_id])[found.row.account_id] if counted else frozenset()
    long, short = (deliveries(members, each) if counted and each else None for each in (year, quarter))
    found.levels = [level(row, year, long, short) for row in rows]
    return found


def spans_back(contract: Contract, as_of: date | None, months: int) -> Span | None:
    """The months before the day of the figures that the contract was in force."""
    if as_of is None or contract.from_on > as_of:
        return None
    until = min(as_of, contract.ended_on) if contract.ended_on else as_of
    return Span(max(contract.from_on, months_later(until + timedelta(days=1), -months)), until)


def level(row: ServiceLevel, span: Span | None, long, short) -> Level:
    if row.measure == ServiceLevel.Measure.OWN:
        last = max(row.readings.all(), key=lambda each: each.month, default=None)
        actual, lately = (None if last is None else Fraction(last.value)), None
    else:
        last, actual, lately = None, long and long.share(row.measure), short and short.share(row.measure)
    return Level(row, span, actual, lately, standing_of_level(actual, limit(row.least), limit(row.most)), last)


def confidential(contracts: Iterable[Agreed]) -> Agreed | None:
    """The confidentiality agreement in force, if there is one: the one that runs longest."""
    running = [each for each in contracts if each.running and each.row.kind == Contract.Kind.CONFIDENTIALITY]
    return max(running, key=lambda each: each.running.until_on or date.max, default=None)
