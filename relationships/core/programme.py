"""What a key account programme brings against what it costs. An undefined figure is None, never zero.

Return on investment: (profits − costs) ÷ costs, *profits* before the cost of the programme. Difference in differences:
what key accounts gained beyond what they would have gained had they grown as comparable others did. Break-even of one
account manager: St. Gallen Business School, case of Mettler-Toledo, 3.5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Group: TypeAlias = tuple[str, str]  # segment and country
FEWEST_PEERS = 5  # accounts: the growth of fewer says little


def growth(before: Fraction, after: Fraction) -> Fraction | None:
    """The change as a share of what there was before; None from nothing or from a loss."""
    return (after - before) / before if before > 0 else None


def roi(profits: Fraction, costs: Fraction) -> Fraction | None:
    """Return on what was spent, as a share: 0.5 is 50 %. Below −1 where profits are losses; None without costs."""
    return (profits - costs) / costs if costs > 0 else None


def break_even(cost: Fraction, margin_share: Fraction | None, baseline_sales: Fraction) -> Fraction | None:
    """The sales at which one account manager pays for himself: those there were without him and as many more as bring
    his cost in at the margin. None where sales bring no margin."""
    return None if margin_share is None or margin_share <= 0 else cost / margin_share + baseline_sales


def per_account(cost: Fraction, accounts: int) -> Fraction | None:
    """Cost ÷ accounts; None of no accounts."""
    return cost / accounts if accounts else None


@dataclass(frozen=True)
class Retention:
    """Net revenue of those who bought at the start, and what became of it. `start` + expansion − contraction − churn
    is what the same accounts bring now."""

    start: Fraction
    expansion: Fraction
    contraction: Fraction
    churn: Fraction
    accounts: int
    lost: int

    @property
    def now(self) -> Fraction:
        return self.start + self.expansion - self.contraction - self.churn

    @property
    def share(self) -> Fraction | None:
        """Net revenue retention; None without revenue at the start."""
        return self.now / self.start if self.start > 0 else None


def retention(accounts: Iterable[tuple[Fraction, Fraction]]) -> Retention:
    """Of (net revenue at the start, now) of each account. Whoever bought nothing at the start is no part of it, and
    whoever buys nothing now is lost; credits to a lost one count as lost, too."""
    expansion = contraction = churn = start = Fraction(0)
    count = lost = 0
    for before, now in accounts:
        if before <= 0:
            continue
        count, start = count + 1, start + before
        if now <= 0:
            lost, churn = lost + 1, churn + before - now
        elif now >= before:
            expansion += now - before
        else:
            contraction += before - now
    return Retention(start, expansion, contraction, churn, count, lost)


@dataclass(frozen=True)
class Change:
    """Contribution of some accounts together: before, now, and how many there are."""

    before: Fraction
    now: Fraction
    accounts: int

    @property
    def growth(self) -> Fraction | None:
        return growth(self.before, self.now)

    def plus(self, other: "Change") -> "Change":
        return Change(self.before + other.before, self.now + other.now, self.accounts + other.accounts)


NOTHING = Change(Fraction(0), Fraction(0), 0)


@dataclass(frozen=True)
class Incremental:
    """What key accounts gained beyond comparable others. `incremental` is None where `reason` says why:
    no_key, no_base (they contributed nothing before), no_peers (nobody to compare with)."""

    key: Change
    others: Change
    expected: Fraction | None  # change, had they grown as comparable others did
    incremental: Fraction | None
    matched: int  # key accounts compared with others of their own group
    reason: str = ""

    @property
    def expected_growth(self) -> Fraction | None:
        """The growth that comparable others had, each group with the weight it has among the key accounts."""
        return None if self.expected is None else self.expected / self.key.before


def incremental(key: Mapping[Group, Change], others: Mapping[Group, Change]) -> Incremental:
    """Difference in differences: (π_key,t − π_key,0) − g · π_key,0, group by group.

    `key`, `others`: contribution by segment and country. g is the growth of the others in the same group; where these
    are fewer than five or contributed nothing before, of the others in the same segment, else of all others. A group
    of key accounts that contributed nothing before has nothing to grow from: no growth is expected of it.
    """
    keys, rest = total(key.values()), total(others.values())
    if not keys.accounts:
        return Incremental(keys, rest, None, None, 0, "no_key")
    if keys.before <= 0:
        return Incremental(keys, rest, None, None, 0, "no_base")
    if rest.growth is None:
        return Incremental(keys, rest, None, None, 0, "no_peers")
    expected, matched = Fraction(0), 0
    for group, change in key.items():
        peers, is_own = peers_of(group, others)
        matched += change.accounts if is_own else 0
        expected += (peers.growth or Fraction(0)) * max(change.before, Fraction(0))
    return Incremental(keys, rest, expected, keys.now - keys.before - expected, matched)


def peers_of(group: Group, others: Mapping[Group, Change]) -> tuple[Change, bool]:
    """With whom a group is compared, and whether these are of its own segment and country."""
    own = others.get(group, NOTHING)
    if says_something(own):
        return own, True
    segment = total(change for (name, _country), change in others.items() if name == group[0])
    return (segment if says_something(segment) else total(others.values())), False


def says_something(change: Change) -> bool:
    return change.accounts >= FEWEST_PEERS and change.growth is not None


def total(changes: Iterable[Change]) -> Change:
    """All of them together."""
    found = NOTHING
    for change in changes:
        found = found.plus(change)
    return found
