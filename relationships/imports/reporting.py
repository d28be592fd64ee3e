"""To whom contacts report: named by e-mail or name within their account, also further down in the same file."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.imports import master
from accounts.tables import Table
from relationships.models import Contact

Key = tuple[int, str, str]
Person = tuple[Key, int, int | None]  # key, id, id of whom he reports to
Names = Mapping[tuple[int, str], Sequence[int]]


def settle_reporting(
    table: Table, reports: Mapping[Key, str], numbers: Mapping[Key, int], people: Sequence[Person], names: Names
) -> set[Key]:
    """Give contacts those they report to. Returns whose changed; names in the table who cannot be."""
    ids = {key: id for key, id, _boss in people}
    before = {id: boss for _key, id, boss in people}
    wanted = {}
    for key, text in reports.items():
        found = _found(key, text, ids, names)
        if text and len(found) != 1:
            reason = _("is several contacts of this account; name the e-mail") if found else _("is no contact of it")
            table.refuse(numbers[key], "reports_to", text, reason)
        wanted[ids[key]] = found[0] if len(found) == 1 else None
    _refuse_circles(table, reports, numbers, ids, {**before, **wanted})
    moved = {key for key in reports if wanted[ids[key]] != before[ids[key]]}
    if not table.problem_count:
        master.update(Contact, ["reports_to_id"], [(wanted[ids[key]], ids[key]) for key in moved])
    return moved


def _found(key: Key, text: str, ids: Mapping[Key, int], names: Names) -> Sequence[int]:
    if not text:
        return ()
    by_email = ids.get((key[0], text.lower(), "email"))
    return (by_email,) if by_email else names.get((key[0], text.lower()), ())


def _refuse_circles(table: Table, reports, numbers, ids: Mapping[Key, int], bosses: Mapping[int, int | None]) -> None:
    """Each circle is named once, at the first of its contacts in the file."""
    sound: set[int] = set()
    for key, text in reports.items():
        path: list[int] = []
        step: int | None = ids[key]
        while step is not None and step not in sound and step not in path:
            path.append(step)
            step = bosses[step]
        if step in path:
            table.refuse(numbers[key], "reports_to", text, _("makes a circle: nobody reports to himself in the end"))
        sound.update(path)
