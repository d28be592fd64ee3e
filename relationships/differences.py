"""What differs between two versions of a criteria set, in sentences; drafts that are still wrong can be compared."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from profitability.differences import Difference
from relationships.core.criteria import AXES
from relationships.core.criteria_form import CriterionLine, Lines
from relationships.wording import AXES as AXIS_NAMES
from relationships.wording import BASES, KINDS, MEASURES


def differences(before: Lines, after: Lines) -> list[Difference]:
    """From one version to the other: the cuts, then the criteria of both axes."""
    found = [*_of_cuts(before, after)]
    for axis in AXES:
        found += _of_axis(str(AXIS_NAMES[axis]), before.axis(axis), after.axis(axis))
    return found


def _of_cuts(before: Lines, after: Lines) -> Iterator[Difference]:
    subject = _("Cuts")
    yield from _changed(subject, _("attractiveness"), before.cut_attractiveness, after.cut_attractiveness)
    yield from _changed(subject, _("relationship strength"), before.cut_relationship, after.cut_relationship)
    yield from _changed(
        subject, _("strength is"), *(str(BASES.get(each.basis, each.basis)) for each in (before, after))
    )


def _of_axis(axis: str, before: list[CriterionLine], after: list[CriterionLine]) -> Iterator[Difference]:
    old, new = ({line.code: line for line in lines} for lines in (before, after))
    for code, line in new.items():
        if code not in old:
            words = _("criterion added to %(axis)s, weight %(weight)s") % {"axis": axis, "weight": line.weight or "–"}
            yield Difference(_named(line), words)
        else:
            yield from _of_criterion(_named(line), old[code], line)
    for code, line in old.items():
        if code not in new:
            words = _("criterion removed from %(axis)s (weight was %(weight)s)")
            yield Difference(_named(line), words % {"axis": axis, "weight": line.weight or "–"})
    kept = [code for code in old if code in new]
    if kept != [code for code in new if code in old]:
        yield Difference(axis, _("the order of the criteria"))


def _of_criterion(subject: str, old: CriterionLine, new: CriterionLine) -> Iterator[Difference]:
    yield from _changed(subject, _("name"), _named(old), _named(new))
    yield from _changed(subject, _("weight"), old.weight, new.weight)
    yield from _changed(subject, _("kind"), *(str(KINDS.get(each.kind, each.kind)) for each in (old, new)))
    yield from _changed(subject, _("measure"), *(str(MEASURES.get(each.measure, each.measure)) for each in (old, new)))
    yield from _changed(subject, _("scale"), _scale(old), _scale(new))
    for score in sorted({*old.anchors, *new.anchors}):
        words = _("anchor of %s:") % score
        yield from _changed(subject, words, *(each.anchors.get(score, "") for each in (old, new)))


def _scale(line: CriterionLine) -> str:
    if line.kind != "measured":
        return ""
    return ", ".join(f"{point.value or '–'}: {point.score or '–'}" for point in line.scale if not point.is_empty)


def _named(line: CriterionLine) -> str:
    return line.name or line.code or _("without a name")


def _changed(subject: str, what: str, old: str, new: str) -> Iterator[Difference]:
    if old != new:
        yield Difference(subject, f"{what} {old or '–'} → {new or '–'}")
