"""Lines of a plan taken out, put back as they were, and moved among the others."""

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from relationships.models import Plan, PlanChange
from relationships.plans import editing
from relationships.plans.editing import Conflict, Gone, Refused, Saved, found, gone, note, section_for, touch
from relationships.plans.sections import SECTIONS, Section

KEPT_DAYS = 30  # so long a line can be put back


def remove(user, plan: Plan, kind: str, entry_id: int, revision: int) -> PlanChange | Conflict | Gone:
    """Take a line out, if it still is of that revision. The change that comes back is what puts it back; its `before`
    holds the line with all that hung on it."""
    section = section_for(user, plan, kind, ())
    with transaction.atomic():
        entry = found(section, plan, entry_id)
        if entry is None:
            return gone(plan, kind, entry_id)
        kept = json.dumps(document(entry), cls=DjangoJSONEncoder)
        rows = section.model._default_manager.filter(pk=entry.pk, revision=revision)
        if not rows.update(revision=revision + 1):  # taken: whoever changes it now waits, and finds it gone
            return newer(plan, section, entry)
        noted = note(user, plan, kind, entry, PlanChange.Kind.REMOVED, before=kept)
        section.model._default_manager.get(pk=entry.pk).delete()
        touch(user, plan, kind)
    return noted


def newer(plan: Plan, section: Section, entry: Model) -> Conflict:
    """Somebody changed the line since it was read: who, and when."""
    last = PlanChange.objects.filter(plan=plan, section=section.code, entry=entry.pk).select_related("changed_by")
    last = last.order_by("-pk").first()
    by, at = (str(last.changed_by or ""), last.changed_at) if last else ("", None)
    return Conflict(entry, "", "", "", "", entry.revision, by, at)


def restore(user, plan: Plan, change_id: int) -> Saved | Refused:
    """Put a line back where it was, under its old number: comments on it and what it hung on find it again."""
    change = PlanChange.objects.filter(plan=plan, pk=change_id, kind=PlanChange.Kind.REMOVED).first()
    if change is None or change.section not in SECTIONS or not change.before:
        return Refused(_("There is nothing to put back."))
    section = section_for(user, plan, change.section, ())
    if (timezone.now() - change.changed_at).days >= KEPT_DAYS:
        return Refused(_("That was removed too long ago. The approved versions still hold it."))
    if found(section, plan, change.entry) is not None:
        return Refused(_("It is back already."))
    try:
        with transaction.atomic():
            entry = revived(section, plan, json.loads(change.before))
            note(user, plan, section.code, entry, PlanChange.Kind.ADDED, after=str(entry))
            touch(user, plan, section.code)
    except IntegrityError:
        return Refused(_("What it belonged to is not there any more."))
    return Saved(entry, {name: editing.text_of(entry, name) for name in section.fields})


def document(entry: Model) -> dict:
    """The line as a document: its own columns, and the rows that point to it."""
    own = {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}
    several = {
        field.name: list(getattr(entry, field.name).values_list("pk", flat=True)) for field in entry._meta.many_to_many
    }
    return {"own": own, "several": several, "pointing": dict(pointing(entry))}


def pointing(entry: Model) -> Iterator[tuple[str, list]]:
    """By accessor: of rows that would go too, their columns; of rows that would only lose their pointer, their ids."""
    for relation in entry._meta.related_objects:
        accessor = relation.get_accessor_name()
        if accessor is None:
            continue
        rows = getattr(entry, accessor).all()
        if relation.on_delete is models.CASCADE and not relation.many_to_many:
            columns = [field.attname for field in relation.related_model._meta.concrete_fields if not field.primary_key]
            yield accessor, list(rows.values(*columns))
        else:
            yield accessor, list(rows.values_list("pk", flat=True))


def revived(section: Section, plan: Plan, document: dict) -> Model:
    """The line and the rows around it, made anew."""
    fields = {field.attname: field for field in section.model._meta.concrete_fields}
    own = {name: fields[name].to_python(value) for name, value in document["own"].items() if name in fields}
    entry = section.model(**own | {"plan_id": plan.pk, "revision": own["revision"] + 1})
    for field in section.model._meta.concrete_fields:
        if field.is_relation and field.null and not there(field, getattr(entry, field.attname)):
            setattr(entry, field.attname, None)  # went meanwhile
    entry.save(force_insert=True)
    for name, ids in document["several"].items():
        manager = getattr(entry, name)
        manager.set(manager.model._default_manager.filter(pk__in=ids))
    for relation in section.model._meta.related_objects:
        _point_again(entry, relation, document["pointing"].get(relation.get_accessor_name() or "", ()))
    return entry


def there(field, key) -> bool:
    return key is None or field.related_model._default_manager.filter(pk=key).exists()


def _point_again(entry: Model, relation, rows) -> None:
    model = relation.related_model
    if relation.many_to_many:
        getattr(entry, relation.get_accessor_name()).set(model._default_manager.filter(pk__in=rows))
    elif relation.on_delete is models.CASCADE:
        columns = {field.attname: field for field in model._meta.concrete_fields}
        for row in rows:
            model._default_manager.create(**{name: columns[name].to_python(value) for name, value in row.items()})
    else:
        empty = {f"{relation.field.name}__isnull": True}
        model._default_manager.filter(pk__in=rows, **empty).update(**{relation.field.name: entry})


def move(user, plan: Plan, kind: str, entry_id: int, step: int) -> bool:
    """Put a line one place up (−1) or down (1) among those it is shown with. False where there is no further."""
    section = section_for(user, plan, kind, ())
    with transaction.atomic():
        Plan.objects.select_for_update().get(pk=plan.pk)  # one order at a time
        rows = list(section.rows(plan))
        entry = next((row for row in rows if row.pk == entry_id), None)
        if entry is None:
            return False
        beside = [row for row in rows if not section.group or group_of(row, section) == group_of(entry, section)]
        place = beside.index(entry) + step
        if not 0 <= place < len(beside):
            return False
        other = rows.index(beside[place])
        rows.insert(other, rows.pop(rows.index(entry)))
        for number, row in enumerate(rows):
            if row.place != number:
                section.model._default_manager.filter(pk=row.pk).update(place=number)
        touch(user, plan, kind)
    return True


def group_of(entry: Model, section: Section) -> str:
    return getattr(entry, section.group)
