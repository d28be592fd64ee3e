"""Parents of accounts: named by code, also further down in the same file; never in a circle."""

from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.tables import Table

from . import master

Links = dict[str, tuple[int, str]]


def settle_parents(table: Table, links: Links) -> set[str]:
    """Give accounts their parents: code → (row of the file, code of the parent or ''). Returns who moved."""
    if not links:
        return set()
    ids, parents = {}, {}
    for id, code, parent_id in Account.objects.values_list("id", "code", "parent_id"):
        ids[code], parents[id] = id, parent_id
    links = {code: link for code, link in links.items() if code in ids}
    _refuse_unknown(table, links, ids)
    wanted = {ids[code]: ids.get(parent) for code, (_row, parent) in links.items()}
    _refuse_circles(table, links, ids, {**parents, **wanted})
    moved = {code for code in links if wanted[ids[code]] != parents[ids[code]]}
    if not table.problem_count:
        master.update(Account, ["parent_id"], [(wanted[ids[code]], ids[code]) for code in moved])
    return moved


def _refuse_unknown(table: Table, links: Links, ids: dict[str, int]) -> None:
    for row, parent in links.values():
        if parent and parent not in ids:
            table.refuse(row, "parent_code", parent, _("is no account, here or in the file"))


def _refuse_circles(table: Table, links: Links, ids: dict[str, int], parents: dict[int, int | None]) -> None:
    """Each circle is named once, at the first of its accounts in the file."""
    names = {id: code for code, id in ids.items()}
    sound: set[int] = set()
    for code, (row, parent) in links.items():
        path: list[int] = []
        step: int | None = ids[code]
        while step is not None and step not in sound and step not in path:
            path.append(step)
            step = parents[step]
        if step in path:
            circle = " → ".join(names[each] for each in [*path[path.index(step) :], step])
            table.refuse(row, "parent_code", parent, _("makes a circle of parents: %s") % circle)
        sound.update(path)
