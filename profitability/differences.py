"""What differs between two versions of a cost model, in sentences; drafts that are still wrong can be compared too."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profitability.core.cost_model import spoken
from profitability.core.model_form import ActivityLine, Entry, Lines, PoolLine
from profitability.wording import KINDS, many_of, one_of

PHASES = {
    "presale": gettext_lazy("Presale"),
    "production": gettext_lazy("Production"),
    "delivery": gettext_lazy("Delivery"),
    "post_sale": gettext_lazy("Post-sale"),
}
LEVELS = {"unit": gettext_lazy("Unit"), "batch": gettext_lazy("Batch"), "customer": gettext_lazy("Customer")}
METHODS = {
    "direct": gettext_lazy("Direct"),
    "step_down": gettext_lazy("Step-down"),
    "reciprocal": gettext_lazy("Reciprocal"),
}


@dataclass(frozen=True)
class Difference:
    """One difference: the pool or activity it is about, and what it is."""

    subject: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


def differences(before: Lines, after: Lines) -> list[Difference]:
    """From one version to the other: the model itself, its pools, its activities."""
    names = {pool.code: _named(pool) for pool in (*before.pools, *after.pools)}
    return [*_of_model(before, after, names), *_of_pools(before, after, names), *_of_activities(before, after, names)]


def _named(line: PoolLine | ActivityLine) -> str:
    return line.name or spoken(line.code) or _("without a name")


def _of_model(before: Lines, after: Lines, names: dict[str, str]) -> Iterator[Difference]:
    subject = _("Model")
    yield from _changed(subject, _("currency"), before.currency, after.currency)
    yield from _changed(
        subject, _("support method"), *(str(METHODS.get(each.support_method, "–")) for each in (before, after))
    )
    orders = [", ".join(names.get(code, code) for code in each.order) or "–" for each in (before, after)]
    yield from _changed(subject, _("order of the support pools"), *orders)


def _of_pools(before: Lines, after: Lines, names: dict[str, str]) -> Iterator[Difference]:
    yield from _come_and_gone(before.pools, after.pools, _("pool added"), _("pool removed"))
    for old, new in _pairs(before.pools, after.pools):
        subject = names[new.code]
        yield from _changed(subject, _("name"), _named(old), _named(new))
        yield from _changed(subject, _("kind"), str(KINDS.get(old.kind, old.kind)), str(KINDS.get(new.kind, new.kind)))
        yield from _entries(subject, old.serves, new.serves, lambda code: _("share for %s") % names.get(code, code))


def _of_activities(before: Lines, after: Lines, names: dict[str, str]) -> Iterator[Difference]:
    yield from _come_and_gone(before.activities, after.activities, _("activity added"), _("activity removed"))
    for old, new in _pairs(before.activities, after.activities):
        yield from _of_activity(_named(new), old, new, names)


def _of_activity(subject: str, old: ActivityLine, new: ActivityLine, names: dict[str, str]) -> Iterator[Difference]:
    yield from _changed(subject, _("name"), _named(old), _named(new))
    yield from _changed(subject, _("phase"), *(str(PHASES.get(each.phase, each.phase)) for each in (old, new)))
    yield from _changed(subject, _("level"), *(str(LEVELS.get(each.level, each.level)) for each in (old, new)))
    if old.basis != new.basis:
        yield Difference(subject, _by_shares(new.basis))
    yield from _changed(subject, _("pool"), *(names.get(each.pool, each.pool) or "–" for each in (old, new)))
    yield from _changed(subject, _("driver"), *(_driver(each.driver) for each in (old, new)))
    yield from _entries(subject, old.minutes, new.minutes, lambda code: _("minutes per %s") % one_of(code))
    yield from _entries(subject, old.shares, new.shares, lambda code: _("share of %s") % names.get(code, code))


def _by_shares(basis: str) -> str:
    if basis == "shares":
        return _("takes shares of pools instead of time")
    return _("takes time instead of shares of pools")


def _driver(measure: str) -> str:
    return many_of(measure) if measure else "–"


def _pairs(before: list, after: list) -> Iterator[tuple]:
    """Lines of the same code."""
    old = {line.code: line for line in before if line.code}
    return ((old[line.code], line) for line in after if line.code in old)


def _come_and_gone(before: list, after: list, came: str, went: str) -> Iterator[Difference]:
    old, new = {line.code for line in before}, {line.code for line in after}
    yield from (Difference(_named(line), came) for line in after if line.code not in old)
    yield from (Difference(_named(line), went) for line in before if line.code not in new)


def _changed(subject: str, what: str, old: str, new: str) -> Iterator[Difference]:
    if old != new:
        yield Difference(subject, f"{what} {old or '–'} → {new or '–'}")


def _entries(subject: str, before: list[Entry], after: list[Entry], what) -> Iterator[Difference]:
    old, new = ({entry.name: entry.number for entry in each if not entry.is_empty} for each in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if name not in old:
            yield Difference(subject, _("%(what)s added: %(number)s") % {"what": what(name), "number": new[name]})
        elif name not in new:
            yield Difference(
                subject, _("%(what)s removed (was %(number)s)") % {"what": what(name), "number": old[name]}
            )
        else:
            yield from _changed(subject, what(name), *_alike(old[name], new[name]))


def _alike(old: str, new: str) -> tuple[str, str]:
    """Two numbers with the same decimals, so that the eye sees which digit moved: 0.55 and 0.60."""
    if "/" in old + new or not (old.replace(".", "").isdigit() and new.replace(".", "").isdigit()):
        return old, new
    places = max(-int(Decimal(number).as_tuple().exponent) for number in (old, new))
    return f"{Decimal(old):.{places}f}", f"{Decimal(new):.{places}f}"
