"""What is told beside the fields of a criteria set: what must be settled, and what is worth a look."""

import re
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.told import Told
from relationships.core.criteria import AXES, RELATIVE_CUT, Problem, code_problems, parse, plain
from relationships.core.criteria_form import CriterionLine, Lines, code_from, document_of, input_of, number_of
from relationships.models import AccountCriterion, CriteriaSet, Rating

USUAL = range(3, 8)  # three to five are recommended; a few more are not worth a word
PROMINENT = (0, 5, 10)


def told(lines: Lines, row: CriteriaSet | None = None, valid_from=None) -> list[Told]:
    """Everything there is to say: problems first, then warnings."""
    return [*problems_of(lines), *warnings_of(lines), *_about_day(row, valid_from)]


def problems_of(lines: Lines) -> list[Told]:
    """What keeps the set from being ready."""
    found, problems = parse(document_of(lines))
    return [_problem(lines, problem) for problem in problems or code_problems(found, known_codes())]


def checked(document: object):
    """Parsed; a version that is not stored yet may not bring codes that make no name for a criterion."""
    found, problems = parse(document)
    if found is None or CriteriaSet.objects.filter(code=found.code, version=found.version).exists():
        return found, problems
    problems = code_problems(found, known_codes())
    return (None if problems else found), problems


def known_codes() -> set[str]:
    """Codes of criteria that somebody has rated, or given own weights: another code would lose them."""
    rated = Rating.objects.order_by().values_list("criterion", flat=True).distinct()
    return {*rated, *AccountCriterion.objects.order_by().values_list("criterion", flat=True).distinct()}


def _problem(lines: Lines, problem: Problem) -> Told:
    name = input_of(lines, problem)
    if problem.mend is None:
        return Told(name, in_words(lines, problem))
    names = {line.code or code_from(line.name): line.name for line in lines.axis(name)}
    mend = {"name": names.get(problem.mend.code) or problem.mend.code, "weight": plain(problem.mend.weight)}
    sentence = problem.message.partition(";")[0] + "."
    return Told(name, sentence[0].upper() + sentence[1:], mend=_("Set %(name)s to %(weight)s") % mend)


def in_words(lines: Lines, problem: Problem) -> str:
    """The message for somebody who fills in a form; the others speak of the document as it is."""
    path, message = problem.path, problem.message
    if path in AXES:
        return _("Add a criterion.") if "needs a list" in message else message
    if path.endswith(".code"):
        return _of_code(lines, problem)
    if path.endswith((".measure", ".kind")) and "it must be one of" in message:
        return _("Choose what is measured.") if path.endswith(".measure") else _("Choose a kind.")
    if path.endswith(".scale"):
        return _("A scale needs at least two points: a value, and the score it gets.")
    return _of_text(message)


def _of_code(lines: Lines, problem: Problem) -> str:
    """A code that is there twice names the other criterion; the form knows them by their names."""
    if "is used already" in problem.message:
        code, listed = problem.message.partition(" ")[0], [each for axis in AXES for each in lines.axis(axis)]
        first = next((line for line in listed if _code(line) == code), None)
        return _("“%(name)s” has this code already.") % {"name": (first and first.name) or code}
    if "is no code" in problem.message:
        return _("A code has small letters a to z, digits, _ and -.")
    return _of_text(problem.message)


def _of_text(message: str) -> str:
    """What a field is to hold."""
    if message.startswith("is missing"):
        return _("A number is missing.") if "number" in message else _("This is missing.")
    if "must be a number" in message:
        return _("This is no number, or has more than six decimals.")
    between = re.search(r"it must lie between (\S+) and (\S+)$", message)
    if between:
        return _("A number from %(least)s to %(most)s.") % {"least": between[1], "most": between[2]}
    larger = re.match(r"must have a larger value than the point before, (\S+)$", message)
    if larger:
        return _("The value must be larger than that of the point before, %s.") % larger[1]
    return message[:1].upper() + message[1:] + "."


def warnings_of(lines: Lines) -> Iterator[Told]:
    """What does not keep the set from being ready, but would surprise."""
    yield from _about_cut(lines)
    for axis in AXES:
        rows = lines.axis(axis)
        if rows and len(rows) not in USUAL:
            text = _("%s criteria: three to five serve best, more blur each other.") % len(rows)
            yield Told(axis, text, True)
        for place, line in enumerate(rows):
            if line.kind == "judged" and not all(line.anchors.get(score) for score in PROMINENT):
                text = _("Describe 0, 5 and 10, so that all raters mean the same.")
                yield Told(f"{axis}[{place}].anchors", text, True)
    yield from _without_ratings(lines)
    yield from _without_own_weights(lines)


def _about_cut(lines: Lines) -> Iterator[Told]:
    """A cut for our own score says nothing about the quotient: that one is then compared with 1."""
    cut = number_of(lines.cut_relationship)
    if lines.basis == "relative" and isinstance(cut, int | float) and cut > 2 * RELATIVE_CUT:
        text = _(
            "Against the best competitor strong begins at 1 then; %s is for accounts without his scores. Write 1 if "
            "you mean level with him."
        )
        yield Told("cut.relationship", text % lines.cut_relationship, True)


def _without_ratings(lines: Lines) -> Iterator[Told]:
    rated = set(Rating.objects.order_by().values_list("criterion", flat=True).distinct())
    for axis in AXES:
        for place, line in enumerate(lines.axis(axis)):
            if rated and line.kind == "judged" and _code(line) and _code(line) not in rated:
                text = _("Nobody has rated this yet: until then boxes are provisional, or there is none.")
                yield Told(f"{axis}[{place}].code", text, True)


def _without_own_weights(lines: Lines) -> Iterator[Told]:
    """Own weights are for the criteria they were given for: with others, the set's count."""
    known = {_code(line) for line in lines.relationship}
    rows = AccountCriterion.objects.filter(weight__isnull=False).exclude(criterion__in=known)
    count = rows.order_by().values("account").distinct().count()
    if count:
        sentence = ngettext(
            "%s account has own weights for criteria that are not here: the set’s would count for it.",
            "%s accounts have own weights for criteria that are not here: the set’s would count for them.",
            count,
        )
        yield Told("relationship", sentence % count, True)


def _code(line: CriterionLine) -> str:
    return line.code or code_from(line.name)


def _about_day(row: CriteriaSet | None, valid_from) -> Iterator[Told]:
    """A version for an earlier day than that of another one does not come into force; one for a day that is over
    changes no run that was."""
    today = timezone.localdate()
    current = CriteriaSet.objects.in_force(today) if row else None
    if valid_from is not None and valid_from < today:
        yield Told("valid_from", _("It counts from the next run; earlier runs keep their boxes."), True)
    if current is None or current.pk == row.pk or current.valid_from is None:
        return
    if valid_from == current.valid_from:
        yield Told("valid_from", _("It replaces %s, which has the same first day.") % current, True)
    if valid_from is None or valid_from < current.valid_from:
        text = _("%(set)s is valid from %(day)s: an earlier day leaves that one in force.")
        yield Told("valid_from", text % {"set": current, "day": current.valid_from.isoformat()}, True)
