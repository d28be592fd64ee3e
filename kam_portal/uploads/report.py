"""What a page says of an import: the finding in a sentence, what is safe, and what comes next."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Import
from accounts.permissions import Permission, may
from kam_portal.templatetags.kam import NOTHING, quantity, whole, written
from kam_portal.uploads.kinds import OF_THE_RUN, label

State = Import.State
FEW_LINES, FEW_VALUES = 5, 3  # of equal problems
COUNTED = {"rows", "quantity", "minutes", "practical_minutes"}  # the other control totals are money


@dataclass(frozen=True)
class Alike:
    """Problems of one column for one reason: often one mistake stands behind all of them."""

    column: str
    reason: str
    lines: list[int]
    values: list[str]  # each once

    @property
    def rest(self) -> int:
        return len(self.lines) - FEW_LINES

    @property
    def first_lines(self) -> str:
        return ", ".join(str(line) for line in self.lines[:FEW_LINES]) if any(self.lines) else ""

    @property
    def examples(self) -> list[str]:
        return self.values[:FEW_VALUES]


@dataclass(frozen=True)
class Report:
    """An import with its sentences."""

    record: Import
    user: object

    @property
    def kind_label(self) -> str:
        return label(self.record.kind) or "–"

    @property
    def result(self) -> str:
        """The state in a word or two, for a list."""
        record = self.record
        words = {
            State.DRAFT: _("Not started"),
            State.WAITING: _("Waiting"),
            State.RUNNING: _("Under way"),
            State.DONE: _("Checked") if record.dry_run else _("Imported"),
            State.REFUSED: _("Check: refused") if record.dry_run else _("Refused"),
            State.UNUSABLE: _("Unusable"),
            State.FAILED: _("Failed"),
        }
        return words[State(record.state)]

    @property
    def changed_something(self) -> bool:
        return self.record.state == State.DONE and not self.record.dry_run

    @property
    def tone(self) -> str:
        """success, warning or info: how the finding is marked, beside its words."""
        if not self.record.is_finished:
            return "info"
        return "success" if self.record.state == State.DONE else "warning"

    @property
    def finding(self) -> str:
        record = self.record
        if not record.is_finished:
            return self._under_way()
        if record.state == State.DONE:
            return self._went_well()
        if record.state == State.REFUSED and record.refused:
            rows = {"refused": whole(record.refused), "rows": whole(record.rows)}
            sentence = ngettext(
                "%(refused)s of %(rows)s rows is refused.", "%(refused)s of %(rows)s rows are refused.", record.refused
            )
            return sentence % rows
        return record.message or record.state_label

    def _under_way(self) -> str:
        if self.record.state == State.WAITING:
            return _("Waiting for its turn.")
        return _("Checking the file.") if self.record.dry_run else _("Importing the file.")

    def _went_well(self) -> str:
        record = self.record
        if not record.added + record.changed:
            return _("Nothing new: all %s rows are stored already.") % whole(record.unchanged)
        counts = [
            (record.added, _("%s to add") if record.dry_run else _("%s added")),
            (record.changed, _("%s to change") if record.dry_run else _("%s changed")),
            (record.unchanged, _("%s unchanged")),
            (record.skipped, _("%s left out by rule")),
        ]
        stated = ", ".join(words % whole(count) for count, words in counts if count)
        return (_("The file can go in: %s.") if record.dry_run else _("Imported: %s.")) % stated

    @property
    def safety(self) -> str:
        """What has happened to the ledger, in plain words."""
        if not self.record.is_finished:
            return _("You may leave this page: the work goes on. A file goes in as a whole or not at all.")
        if self.changed_something:
            return _("Figures change with the next run.") if self.feeds_runs else ""
        if self.record.dry_run and self.record.state == State.DONE:
            return _("This was a check: nothing was imported, everything is as it was before.")
        kept = _("A file goes in as a whole or not at all: nothing of it was imported, everything is as it was before.")
        return f"{kept} {self._advice()}".strip()

    def _advice(self) -> str:
        if self.record.state == State.REFUSED and self.record.refused:
            return _("Correct the file and upload it again, or change columns or rules.")
        return ""

    @property
    def message(self) -> str:
        """Further words, unless they are the finding."""
        return "" if self.record.message == self.finding else self.record.message

    @property
    def feeds_runs(self) -> bool:
        return self.record.kind in OF_THE_RUN

    @property
    def can_go_in(self) -> bool:
        """A check that went well, on a file that nobody has imported since."""
        record = self.record
        would_change = record.added + record.changed > 0
        return bool(
            record.dry_run and record.state == State.DONE and record.file and would_change and not self.imported
        )

    @property
    def can_be_edited(self) -> bool:
        return bool(self.record.is_finished and self.record.file)

    @property
    def can_recompute(self) -> bool:
        something_new = self.changed_something and self.record.added + self.record.changed > 0
        return something_new and self.feeds_runs and may(self.user, Permission.RECOMPUTE)

    @property
    def imported(self) -> Import | None:
        """The import for real of this check's file, if it went in or is on its way."""
        if not (self.record.dry_run and self.record.file):
            return None
        same = Import.objects.filter(file=self.record.file.name, dry_run=False, pk__gt=self.record.pk)
        return same.filter(state__in=[State.WAITING, State.RUNNING, State.DONE]).order_by("-pk").first()

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        """Label, number, and what the number means."""
        record, planned = self.record, self.record.dry_run
        taken = [
            (_("To add") if planned else _("Added"), record.added, _("their key is new")),
            (
                _("To change") if planned else _("Changed"),
                record.changed,
                _("the earlier version stays in the history"),
            ),
            (_("Unchanged"), record.unchanged, _("stored just so already")),
        ]
        return [
            (_("Rows in the file"), record.rows, _("without the line of column names")),
            *(taken if record.state == State.DONE else []),
            (_("Left out by rule"), record.skipped, _("rows that the map leaves out")),
            (_("Refused"), record.refused, _("rows with a problem")),
        ]

    @property
    def totals(self) -> list[dict]:
        """Control totals line by line: of the file, of the ledger, and their difference."""
        sides = self.record.control_totals if self.record.state == State.DONE else {}
        stated, stored = sides.get("file", {}), sides.get("ledger", {})
        return [total(name, decimal(stated[name]), decimal(stored.get(name))) for name in stated]

    @property
    def problems(self) -> list[Alike]:
        """The problems in the order of the file, equal ones as one."""
        found: dict[tuple[str, str], Alike] = {}
        for each in self.record.problems:
            alike = found.setdefault((each["column"], each["reason"]), Alike(each["column"], each["reason"], [], []))
            alike.lines.append(each["line"])
            if each["value"] and each["value"] not in alike.values:
                alike.values.append(each["value"])
        return list(found.values())

    @property
    def more_problems(self) -> bool:
        return self.record.refused > len(self.record.problems)


def total_label(name: str) -> str:
    labels = {
        "rows": _("Rows"),
        "quantity": _("Quantity"),
        "list": _("List amount"),
        "discount": _("Discounts"),
        "net": _("Net amount"),
        "cost": _("Cost of goods"),
        "freight": _("Freight"),
        "minutes": _("Minutes"),
        "amount": _("Amount"),
        "practical_minutes": _("Practical minutes"),
    }
    return labels.get(name, name)


def decimal(text) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def total(name: str, stated: Decimal | None, stored: Decimal | None) -> dict[str, str]:
    """One line of control totals; money with all four decimals of the ledger, so that it can be compared."""
    difference = None if stated is None or stored is None else stated - stored
    show = quantity if name in COUNTED else exact
    return {"label": total_label(name), "file": show(stated), "ledger": show(stored), "difference": show(difference)}


def exact(amount: Decimal | None) -> str:
    return NOTHING if amount is None else written(amount, 4)
