"""The plane of the matrix: its axes with their cuts, as the criteria of a run set them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from relationships.core.criteria import MIDDLE_CUT, RELATIVE_CUT
from relationships.guidance import every, in_line
from relationships.models import Box, CriteriaSet, Position

MILLION = 1_000_000
MOST = 10  # both axes run from 0 to it


@dataclass(frozen=True)
class Across:
    """Where a strength stands across, 0…10. Where criteria compare it with the best competitor's, equal to the cut
    stands in the middle, whichever of both figures an account has."""

    relative_cut: float | None = None
    absolute_cut: float = 5.0

    def place(self, strength, relative) -> float | None:
        if self.relative_cut is None or strength is None:
            return None if strength is None else float(strength)
        shown = float(strength) / self.absolute_cut if relative is None else float(relative) / self.relative_cut
        return min(shown * MOST / 2, MOST)

    def squares(self, size: float):
        """The same in a query, in whole squares of that size."""
        strength, relative = (
            Cast(F(f"position__{name}"), BigIntegerField()) for name in ("relationship_strength", "relative_strength")
        )
        if self.relative_cut is None:
            return strength / int(size * MILLION)
        middle = MOST // 2
        return Case(
            When(
                position__relative_strength__isnull=False,
                then=relative * middle / int(self.relative_cut * size * MILLION),
            ),
            default=strength * middle / int(self.absolute_cut * size * MILLION),
            output_field=BigIntegerField(),
        )

    @property
    def cut(self) -> float:
        return self.absolute_cut if self.relative_cut is None else MOST / 2


def across_by(used: CriteriaSet | None) -> Across:
    """The axis of the relationship by a criteria set."""
    cut = (used.document.get("cut") or {}) if used else {}
    stated = float(cut.get("relationship", MIDDLE_CUT))
    if cut.get("basis") != "relative":
        return Across(absolute_cut=stated)
    is_ratio = stated <= 2 * RELATIVE_CUT
    return Across(stated if is_ratio else float(RELATIVE_CUT), float(MIDDLE_CUT) if is_ratio else stated)


def axes(across: Across | None = None) -> dict:
    """Both axes with the words at their ends."""
    up = {"name": _("Attractiveness"), "low": _("less attractive"), "high": _("more attractive")}
    strength = {"name": _("Relationship strength"), "low": _("weak"), "high": _("strong")}
    if across and across.relative_cut is not None:
        strength = {
            "name": _("Strength against the best competitor"),
            "low": _("weaker"),
            "high": _("stronger"),
            "ratio": across.relative_cut,
        }
    return {"attractiveness": up, "relationship": strength}


def boxes() -> list[dict]:
    """The four boxes with what each asks for, in one line."""
    said = every()
    return [{"code": box.value, "name": str(box.label), "guidance": in_line(said, box)} for box in Box]


def criteria_of(run) -> CriteriaSet | None:
    """The criteria set that placed the run's accounts, read once for each reading of the run."""
    if run is None:
        return None
    if not hasattr(run, "placed_by"):
        placed = Position.objects.in_run(run).values("criteria_set")[:1]
        run.placed_by = CriteriaSet.objects.filter(pk__in=placed).first()
    return run.placed_by


def in_criteria(run) -> dict[str, Callable]:
    """The column that says which criteria placed the accounts of a file's rows."""
    used = criteria_of(run)
    return {_("Criteria"): lambda _row: str(used) if used else None}


def cuts_of(run) -> dict:
    """The cuts of the criteria set that placed the run's accounts."""
    return cuts_in(criteria_of(run))


def cuts_in(used: CriteriaSet | None) -> dict:
    cut = (used.document.get("cut") or {}) if used else {}
    return {"attractiveness": float(cut.get("attractiveness", MIDDLE_CUT)), "relationship": across_by(used).cut}
