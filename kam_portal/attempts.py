"""Attempts to import files: made together in one transaction, taken back together, and recorded either way."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from pathlib import Path

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports.outcome import Outcome, TotalsDiffer
from accounts.models import Import
from accounts.numbers import plain
from accounts.queue import take_turn
from accounts.tables import Mapping, Unusable
from accounts.tables.problems import LISTED
from kam_portal.imports import KINDS
from profitability.models.closing import LEDGER_IS_CLOSED

State = Import.State


class Busy(Exception):
    """Another import has its turn."""


class NothingImported(Exception):
    """Takes back all that was done in the transaction."""


@dataclass
class Attempt:
    """One file on its way in. `kept_as` is the id of an Import row that was there before the attempt."""

    record: Import
    path: Path
    mapping: Mapping
    kept_as: int | None = field(init=False)
    read_notes: list[str] = field(default_factory=list)  # what is to say of the file whatever becomes of it

    def __post_init__(self) -> None:
        self.kept_as = self.record.pk

    def make(self) -> None:
        """Import the file and note in the record what came of it."""
        record = self.record
        record.state = State.RUNNING
        record.save()
        try:
            with self.path.open("rb") as file:
                record.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            module = import_module(KINDS[record.kind])
            (self._table if hasattr(module, "SCHEMA") else self._document)(module)
        except Unusable as error:
            self._end(State.UNUSABLE, self._said(error))
        except TotalsDiffer as error:
            self._end(State.FAILED, str(error))
        except IntegrityError as error:
            if LEDGER_IS_CLOSED not in str(error):
                raise
            self._end(State.REFUSED, _("A month that the file would change is closed: reopen it first."))
        except OSError as error:
            self._end(State.UNUSABLE, _("%(file)s cannot be read: %(reason)s.") % self._named(reason=error.strerror))

    def _table(self, module) -> None:
        from accounts.tables import read

        table = read(self.path, module.SCHEMA, self.mapping, self.record.encoding, self.record.decimal)
        try:
            with transaction.atomic():
                outcome = module.load(table, self.record)
        except IntegrityError:
            # A key that comes twice stops the database before the reader, at the end of the file, says where.
            outcome = self._read_to_the_end(module, table)
            if not table.problem_count:
                raise
        counts = table.counts
        self.record.rows, self.record.skipped, self.record.refused = counts.rows, counts.skipped, counts.refused
        self.read_notes = _notes(table)
        self._note(outcome, table.problems, bool(table.problem_count))

    def _read_to_the_end(self, module, table) -> Outcome:
        """Read the file once more, taking each key once: whatever else is wrong with it is told too."""
        table.takes_keys_once = True
        try:
            with transaction.atomic():
                return module.load(table, self.record)
        except IntegrityError:
            for _batch in table.batches():
                pass
            return Outcome()

    def _document(self, module) -> None:
        outcome = module.load(self.path, self.record)
        self.record.rows = 1
        self.record.refused = int(bool(outcome.problems))
        self._note(outcome, outcome.problems, bool(outcome.problems))

    def _note(self, outcome: Outcome, problems: Sequence, is_refused: bool) -> None:
        record = self.record
        record.added, record.changed, record.unchanged = outcome.added, outcome.changed, outcome.unchanged
        record.control_totals, record.notes = outcome.totals, [*self.read_notes, *outcome.notes]
        record.problems = [{**each.as_dict(), "file": record.file_name} for each in problems[:LISTED]]
        if is_refused:
            self.take_back()
        self._end(State.REFUSED if is_refused else State.DONE)

    def take_back(self) -> None:
        """Nothing went in: the record tells what was read, and of nothing that was done."""
        record = self.record
        record.added = record.changed = record.unchanged = 0
        record.control_totals, record.notes = {}, self.read_notes

    def _end(self, state: str, message: str = "") -> None:
        self.record.state, self.record.message = state, message
        self.record.finished_at = timezone.now()
        self.record.save()

    def _said(self, error: Unusable) -> str:
        own = error.file == self.path.name
        return f"{self.record.file_name}: {error.sentence}" if own else str(error)

    def _named(self, **names) -> dict:
        return {"file": self.record.file_name, **names}

    def write_again(self) -> None:
        """The row of an attempt that was rolled back."""
        self.record.pk = self.kept_as
        self.record._state.adding = self.kept_as is None
        self.record.save()


def _notes(table) -> list[str]:
    notes = []
    if table.unknown_columns:
        notes.append(_("Columns that were not read: %s.") % ", ".join(table.unknown_columns))
    for header, count in table.rounded.items():
        notes.append(
            _("%(count)s values of %(column)s have more than four decimals and were rounded.")
            % {"count": count, "column": header}
        )
    return [*notes, *(in_doubt(header, text) for header, text in table.doubtful.items())]


def in_doubt(header: str, text: str) -> str:
    """What was made of a number that may mean thousands."""
    said = _(
        "%(column)s: “%(text)s” is read as %(number)s. If the point parts thousands, choose a comma as the "
        "decimal mark."
    )
    return said % {"column": header, "text": text, "number": plain(Decimal(text))}


def together(attempts: Sequence[Attempt], wait: bool = True) -> list[Import]:
    """Make all attempts in one transaction. What is refused in one takes back all; a dry run always does.

    Raises Busy when another import has its turn and it should not wait.
    """
    try:
        with transaction.atomic():
            if not take_turn(wait):
                raise Busy
            if not _done_elsewhere(attempts):
                for attempt in attempts:
                    attempt.make()
                _settle(attempts)
    except NothingImported:
        _write_again(attempts)
    except Busy:
        raise
    except Exception as error:
        _write_failure(attempts, error)
        raise
    return [attempt.record for attempt in attempts]


def _done_elsewhere(attempts: Sequence[Attempt]) -> bool:
    """Whether a message came twice and the other worker was first."""
    for attempt in attempts:
        if attempt.kept_as:
            attempt.record.refresh_from_db()
    return any(attempt.record.is_finished for attempt in attempts)


def _settle(attempts: Sequence[Attempt]) -> None:
    failed = [attempt.record.file_name for attempt in attempts if attempt.record.state != State.DONE]
    for attempt in attempts:
        record = attempt.record
        if failed and record.state == State.DONE:
            attempt.take_back()
            record.state = State.REFUSED
            record.message = _("Nothing was imported; refused: %s.") % ", ".join(failed)
    if failed or any(attempt.record.dry_run for attempt in attempts):
        raise NothingImported


def _write_again(attempts: Sequence[Attempt]) -> None:
    with transaction.atomic():
        for attempt in attempts:
            attempt.write_again()


def _write_failure(attempts: Sequence[Attempt], error: Exception) -> None:
    """Nothing is left of the attempts but the record that they failed."""
    if isinstance(error, OperationalError) and "locked" in str(error):
        raise Busy from error
    for attempt in attempts:
        attempt.take_back()
        attempt.record.state, attempt.record.finished_at = State.FAILED, timezone.now()
        attempt.record.message = _("The import stopped with an error; nothing was imported: %s") % error
    _write_again(attempts)
