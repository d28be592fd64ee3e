"""Changes of a plan and of what stands in it. None is lost: each is one update that holds only while the entry still is
of the revision it was read at, and each is noted.

A change says what the field held when it was typed (`base`), or the revision seen. Somebody else's change of another
field of the same entry is no conflict; of the same field it is, and the answer tells yours, theirs and what was before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from relationships.models import Action, Plan, PlanChange, PlanSection
from relationships.plans import filling
from relationships.plans.readers import may_edit, sees
from relationships.plans.sections import SECTIONS, Section
from relationships.plans.typed import joined, text_of, value_of, words_of

TRIES = 50  # each time somebody else has changed the same entry at the same moment
NAME = 300


@dataclass(frozen=True)
class Saved:
    """The entry as it stands now; `texts` are all fields that this changed, as inputs hold them."""

    entry: Model
    texts: dict[str, str]

    @property
    def revision(self) -> int:
        return self.entry.revision


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the same field since: what each says, who it was, and the revision it has now."""

    entry: Model
    field: str
    yours: str
    theirs: str
    before: str
    revision: int
    by: str = ""
    at: datetime | None = None

    def words(self, side: str) -> str:
        """One of the three as people read it."""
        return words_of(self.entry, self.field, getattr(self, side))


@dataclass(frozen=True)
class Gone:
    """The entry is not there any more."""

    name: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Refused:
    """The message says why, in a sentence for the person."""

    message: str
    field: str = ""


Outcome = Saved | Conflict | Gone | Refused


class _NotAllowed(Exception):
    """Undoes the change that would have locked its author out."""


def change(
    user, plan: Plan, kind: str, entry_id: int | None, field: str, value: str,
    base: str | None = None, revision: int | None = None,
) -> Outcome:  # fmt: skip
    """Set one field to what was typed. Raises PermissionDenied for whoever may not edit the plan."""
    section = section_for(user, plan, kind, [field])
    for _try in range(TRIES):
        entry = found(section, plan, entry_id)
        if entry is None:
            return gone(plan, kind, entry_id)
        try:
            new = value_of(entry, field, value, plan)
        except ValidationError as error:
            return Refused(said(error), field)
        if not is_current(entry, field, base, revision):
            if canonical(entry, field, new) == text_of(entry, field):
                return Saved(entry, {field: text_of(entry, field)})  # both say the same
            return conflict(plan, section, entry, field, value, base)
        outcome = write(user, plan, section, entry, {field: new})
        if outcome is not None:
            return outcome
    return Refused(_("Too many people change this line at once. Try again."), field)


def save(user, plan: Plan, kind: str, entry_id: int | None, values: Mapping[str, Any], revision: int) -> Outcome:
    """Set several fields of one entry at once to values as the database has them, if it still is of that revision."""
    section = section_for(user, plan, kind, values)
    entry = found(section, plan, entry_id)
    if entry is None:
        return gone(plan, kind, entry_id)
    outcome = write(user, plan, section, entry, values) if entry.revision == revision else None
    return outcome or Conflict(entry, "", "", "", "", found_revision(section, plan, entry_id))


def add(user, plan: Plan, kind: str, typed: Mapping[str, str]) -> Saved | Refused:
    """A new entry at the end of its section, with what was typed."""
    section = section_for(user, plan, kind, typed)
    entry = blank(section, plan, user)
    try:
        values = {name: value_of(entry, name, typed[name], plan) for name in section.fields if name in typed}
    except ValidationError as error:
        return Refused(said(error))
    return put(user, plan, kind, values)


def put(user, plan: Plan, kind: str, values: Mapping[str, Any]) -> Saved | Refused:
    """The same with values as the database has them."""
    section = section_for(user, plan, kind, values)
    entry = blank(section, plan, user)
    values = dict(values) | filling.derived(user, plan, entry, values)
    rows = {name: value for name, value in values.items() if section.field(name).many_to_many}
    for name in values.keys() - rows.keys():
        setattr(entry, name, values[name])
    try:
        check(entry)
    except ValidationError as error:
        return Refused(said(error))
    with transaction.atomic():
        last = section.rows(plan).aggregate(last=Max("place"))["last"]
        entry.place = 0 if last is None else last + 1
        entry.save(force_insert=True)
        for name, chosen in rows.items():
            getattr(entry, name).set(chosen)
        note(user, plan, kind, entry, PlanChange.Kind.ADDED, after=str(entry))
        touch(user, plan, kind)
    return Saved(entry, {name: text_of(entry, name) for name in section.fields})


def blank(section: Section, plan: Plan, user) -> Model:
    entry = section.model(plan=plan, changed_by=user)
    if isinstance(entry, Action):
        entry.account_id, entry.created_by = plan.account_id, user
    return entry


def section_for(user, plan: Plan, kind: str, fields) -> Section:
    """The section, if this person may change these fields of it."""
    section = SECTIONS[kind]
    unknown = set(fields) - set(section.fields)
    if unknown:
        raise KeyError(f"{kind} has no {', '.join(sorted(unknown))}")
    if not may_edit(user, plan):
        raise PermissionDenied
    return section


def found(section: Section, plan: Plan, entry_id: int | None) -> Model | None:
    return section.rows(plan).filter(pk=plan.pk if section.is_of_plan else entry_id).first()


def found_revision(section: Section, plan: Plan, entry_id: int | None) -> int:
    entry = found(section, plan, entry_id)
    return entry.revision if entry else 0


def is_current(entry: Model, field: str, base: str | None, revision: int | None) -> bool:
    """Whether what the person saw is what stands there."""
    if base is None and revision is None:
        raise ValueError("say what the field held, or the revision seen")
    return revision == entry.revision or base == text_of(entry, field)


def canonical(entry: Model, field: str, value) -> str:
    """A value as `text_of` would say it once it is kept."""
    if entry._meta.get_field(field).many_to_many:
        return joined(row.pk for row in value)
    was = getattr(entry, field)
    setattr(entry, field, value)
    text = text_of(entry, field)
    setattr(entry, field, was)
    return text


def conflict(plan: Plan, section: Section, entry: Model, field: str, yours: str, base: str | None) -> Conflict:
    last = latest(plan, section.code, entry.pk, field)
    by, at = (str(last.changed_by or ""), last.changed_at) if last else ("", None)
    return Conflict(entry, field, yours, text_of(entry, field), base or "", entry.revision, by, at)


def latest(plan: Plan, kind: str, entry_id: int | None, field: str) -> PlanChange | None:
    rows = PlanChange.objects.filter(plan=plan, section=kind, field=field).select_related("changed_by")
    rows = rows if SECTIONS[kind].is_of_plan else rows.filter(entry=entry_id)
    return rows.order_by("-pk").first()


def gone(plan: Plan, kind: str, entry_id: int | None) -> Gone:
    rows = PlanChange.objects.filter(plan=plan, section=kind, entry=entry_id, kind=PlanChange.Kind.REMOVED)
    last = rows.select_related("changed_by").order_by("-pk").first()
    return Gone(last.name, str(last.changed_by or ""), last.changed_at) if last else Gone("")


def write(user, plan: Plan, section: Section, entry: Model, values: Mapping[str, Any]) -> Saved | Refused | None:
    """Keep values if the entry still is as it was read, and note each; None when somebody was faster."""
    values = dict(values) | filling.derived(user, plan, entry, values)
    before = {name: text_of(entry, name) for name in values}
    values = {name: value for name, value in values.items() if canonical(entry, name, value) != before[name]}
    words = {name: words_of(entry, name, before[name]) for name in values}
    if not values:
        return Saved(entry, {})
    try:
        with transaction.atomic():
            return kept(user, plan, section, entry, values, words)
    except ValidationError as error:
        return Refused(said(error))
    except _NotAllowed:
        return Refused(_("You would not see the plan any more: add yourself to the plan team first."))


def kept(user, plan: Plan, section: Section, entry: Model, values: dict[str, Any], words: dict[str, str]):
    """The update with its notes, all or nothing."""
    rows = {name: value for name, value in values.items() if section.field(name).many_to_many}
    own = {name: values[name] for name in values.keys() - rows.keys()}
    for name, value in own.items():
        setattr(entry, name, value)
    check(entry)
    if "needs" in rows:
        filling.check_needs(entry, rows["needs"])
    if not updated(user, entry, own):
        return None
    for name, chosen in rows.items():
        getattr(entry, name).set(chosen)
    for name, was in words.items():
        note(user, plan, section.code, entry, field=name, before=was, after=words_of(entry, name, text_of(entry, name)))
    touch(user, plan, section.code)
    if section.is_of_plan:
        plan.refresh_from_db()
        if not sees(user, plan):
            raise _NotAllowed
    return Saved(entry, {name: text_of(entry, name) for name in values})


def updated(user, entry: Model, values: dict[str, Any]) -> bool:
    """One update that holds only while the entry is of the revision it was read at."""
    own = {} if isinstance(entry, Plan) else {"changed_by": user, "changed_at": timezone.now()}
    rows = type(entry)._default_manager.filter(pk=entry.pk, revision=entry.revision)
    if not rows.update(**values, **own, revision=F("revision") + 1):
        return False
    entry.revision += 1
    return True


def check(entry: Model) -> None:
    """What the database would refuse, in words. Raises ValidationError."""
    entry.clean_fields(exclude=[field.name for field in entry._meta.fields if field.is_relation])
    entry.validate_constraints()


def said(error: ValidationError) -> str:
    return " ".join(dict.fromkeys(map(str, error.messages)))


def note(
    user, plan: Plan, kind: str, entry: Model, what=PlanChange.Kind.CHANGED, field="", before="", after=""
) -> PlanChange:  # fmt: skip
    """Write down a change."""
    is_plan = isinstance(entry, Plan)
    return PlanChange.objects.create(
        plan=plan,
        section=kind,
        entry=None if is_plan else entry.pk,
        name="" if is_plan else str(entry)[:NAME],
        kind=what,
        field=field,
        before=before,
        after=after,
        changed_at=timezone.now(),
        changed_by=user,
    )


def touch(user, plan: Plan, kind: str) -> None:
    """The section changed now, or was found still true. The row is taken before its entries are counted, so that of two
    who add at once the later one counts both."""
    said_now = {"changed_at": timezone.now(), "changed_by": user}
    rows = PlanSection.objects.filter(plan=plan, section=kind)
    if not rows.update(**said_now):
        try:
            with transaction.atomic():
                PlanSection.objects.create(plan=plan, section=kind, **said_now)
        except IntegrityError:  # somebody has just made it
            rows.update(**said_now)
    rows.update(entries=count(plan, SECTIONS[kind]))


def count(plan: Plan, section: Section) -> int:
    if section.is_of_plan:
        return int(Plan.objects.filter(pk=plan.pk).exclude(purpose="").exists())
    return section.rows(plan).count()


def confirm(user, plan: Plan, kind: str) -> None:
    """Say that a section was looked at and still holds. Raises PermissionDenied."""
    section_for(user, plan, kind, ())
    with transaction.atomic():
        touch(user, plan, kind)
