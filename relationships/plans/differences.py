"""What differs between two documents of a plan, in sentences; and between a version and the plan of today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Account
from profitability.differences import Difference
from profitability.models import Run
from relationships.models import Plan, PlanVersion
from relationships.plans.rewording import Piece, pieces
from relationships.plans.versions import Cell, Document, document, readable

NOTHING = "–"


@dataclass(frozen=True)
class Rewritten(Difference):
    """One text that is another now. `label` names the field; empty for the line itself."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        return pieces(self.before, self.after)


def differences(before: Document, after: Document) -> list[Difference]:
    """What people wrote otherwise, section by section. Both documents as their reader may see them."""
    old = {section["code"]: section["entries"] for section in before["sections"]}
    return [
        each
        for section in after["sections"]
        for each in _of_section(section["label"], old.get(section["code"], []), section["entries"])
    ]


def moved(before: Document, after: Document) -> list[tuple[str, str, str]]:
    """What the runs say otherwise of the account: which figure, then, now; empty where a run does not know it."""
    old, new = ({cell["field"]: cell for cell in each["figures"]} for each in (before, after))
    listed = [(new.get(field) or old[field], old.get(field, {}), new.get(field, {})) for field in {**new, **old}]
    rows = [(str(either["label"]), then.get("text", ""), now.get("text", "")) for either, then, now in listed]
    return [row for row in rows if row[1] != row[2]]


def _of_section(label: str, before: list[Document], after: list[Document]) -> Iterator[Difference]:
    old = {entry["id"]: entry for entry in before}
    for entry in after:
        if entry["id"] not in old:
            yield Difference(label, _("added: %(line)s") % {"line": _quoted(entry)})
        else:
            yield from _of_entry(label, old[entry["id"]], entry)
    kept = {entry["id"] for entry in after}
    for entry in before:
        if entry["id"] not in kept:
            yield Difference(label, _("removed: %(line)s") % {"line": _quoted(entry)})


def _of_entry(label: str, before: Document, after: Document) -> Iterator[Difference]:
    subject = f"{label}, {_quoted(after)}" if after["name"] else label
    if before["name"] != after["name"]:
        yield Rewritten(label, f"{_quoted(before)} → {_quoted(after)}", "", before["name"], after["name"])
    yield from _of_cells(subject, *(_written(each) for each in (before, after)))


def _written(entry: Document) -> dict[str, Cell]:
    return {cell["field"]: cell for cell in entry["cells"] if not cell.get("figure")}


def _of_cells(subject: str, old: dict[str, Cell], new: dict[str, Cell]) -> Iterator[Difference]:
    for field in dict.fromkeys([*new, *old]):
        texts = [cells[field]["text"] if field in cells else "" for cells in (old, new)]
        if texts[0] != texts[1]:
            label = (new.get(field) or old[field])["label"]
            yield Rewritten(subject, f"{label} {_shown(texts[0])} → {_shown(texts[1])}", label, *texts)


def _shown(text: str) -> str:
    """A long text by its beginning."""
    return NOTHING if not text else text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


LONGEST = 160


def _quoted(entry: Document) -> str:
    return f"“{_shown(entry['name'])}”"


def since_approval(
    plan: Plan, user, run: Run | None, today: date, rows: Mapping[str, list] | None = None, is_seen: bool | None = None
) -> tuple[PlanVersion | None, list[Difference]]:
    """The version in force, and what was written since it was submitted, as far as this person may see it. `rows` and
    `is_seen`: the entries by section, and whether the account is in sight, where that is known already."""
    version = plan.versions.filter(state=PlanVersion.State.APPROVED).first()
    if version is None:
        return None, []
    if is_seen is None:
        is_seen = Account.objects.visible_to(user).filter(pk=plan.account_id).exists()
    documents = (version.document, document(plan, run, today, rows))
    before, now = (readable(each, user, plan.account, is_seen) for each in documents)
    return version, differences(before, now)
