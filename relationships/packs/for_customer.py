"""The pack for the customer, drawn from nothing but its document."""

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relationships.packs.blocks import (
    DAY,
    NUMBER,
    Cell,
    Column,
    Deck,
    Figure,
    Figures,
    Lane,
    Page,
    Span,
    Table,
    Timeline,
    Trend,
    Words,
    is_filled,
)
from relationships.packs.customer import CustomerPack, Meeting, Person, Purchases
from relationships.packs.numbers import month_label
from relationships.packs.written import kind_of
from relationships.plans.measures import MEASURES

PARTS = {
    "review": gettext_lazy("The review, without notes and what is for us only"),
    "purpose": gettext_lazy("Purpose of the plan"),
    "purchases": gettext_lazy("What they bought"),
    "objectives": gettext_lazy("Objectives, as picked below"),
    "actions": gettext_lazy("Actions, as picked below"),
    "timeline": gettext_lazy("Timeline"),
    "needs": gettext_lazy("Needs that they told us"),
    "value": gettext_lazy("By what they count value"),
    "people": gettext_lazy("Who is who, names and titles"),
    "contracts": gettext_lazy("Contracts and their terms"),
}


def deck(pack: CustomerPack) -> Deck:
    return Deck(
        account=pack.customer,
        title=_("Business review") if pack.meeting else _("Joint plan"),
        mark=_("For %s") % pack.customer,
        is_for_customer=True,
        run="",  # the number of a calculation says nothing to a customer
        window=pack.window,
        as_of=_("as of %s") % date_format(pack.as_of, "j M Y") if pack.as_of else "",
        made_on=pack.today,
        currency=settings.CURRENCY if pack.purchases else "",
        pages=list(pages(pack)),
        facts=facts(pack),
        definitions=[(_("Net purchases"), _("What you bought at list prices less discounts and returns."))]
        if pack.purchases
        else [],
    )


def facts(pack: CustomerPack) -> list[tuple[str, str]]:
    years = f"{date_format(pack.from_on, 'M Y')} – {date_format(pack.until_on, 'M Y')}"
    listed = [(_("Purpose"), pack.purpose), (_("Your contact"), pack.manager), (_("Plan for"), years)]
    return [(label, text) for label, text in listed if text]


def pages(pack: CustomerPack) -> Iterator[Page]:
    """One page a subject that was chosen and has something in it."""
    if pack.meeting:
        yield from met(pack.meeting)
    if pack.purchases:
        yield bought(pack.purchases)
    listed = [
        Page("objectives", _("What we want to reach together"), [objectives(pack)]),
        Page("actions", _("What we do about it"), [actions(pack)]),
        Page("timeline", _("Timeline"), [timeline(pack)] if pack.has_timeline else []),
        Page("value", _("What counts for you"), list(valued(pack))),
        Page("people", _("Who is who"), list(people(pack))),
        Page("contracts", _("What is agreed"), [contracts(pack)]),
    ]
    yield from (page for page in listed if is_filled(page))


def met(meeting: Meeting) -> Iterator[Page]:
    people = [(_("Of us: %s"), meeting.ours), (_("Of you: %s"), meeting.theirs)]
    who = Words(_("Who takes part"), [said % ", ".join(names) for said, names in people if names])
    lead = f"{meeting.kind} · {date_format(meeting.day, 'j M Y')}"
    yield Page("agenda", _("Agenda"), [each for each in (who, Words(_("Points"), meeting.agenda)) if each.lines], lead)
    results = [
        Words(_("Decisions"), meeting.decisions),
        Words(_("What we change in how we work"), meeting.improvements),
    ]
    if meeting.next_on:
        results.append(Words(_("Next review"), [date_format(meeting.next_on, "j M Y")]))
    kept = [each for each in results if each.lines]
    if kept:
        yield Page("results", _("What was decided"), kept, lead)


def bought(found: Purchases) -> Page:
    figures = Figures(
        [
            Figure(_("Net purchases"), found.net_amount),
            Figure(_("Orders"), found.orders, NUMBER),
            Figure(_("Returns"), found.returns),
        ]
    )
    values = [None if each is None else float(each) for each in found.by_month]
    months = [month_label(each) for each in found.months]
    return Page(
        "purchases", _("What you bought"), [figures, Trend(_("Month by month"), months, [(_("Net purchases"), values)])]
    )


def objectives(pack: CustomerPack) -> Table:
    rows = [
        [each.text, *(measured(value, each.unit) for value in (each.baseline, each.now, each.target)), each.until_on]
        for each in pack.objectives
    ]
    columns = [
        Column(_("Objective"), weight=6), Column(_("Baseline"), NUMBER), Column(_("Now"), NUMBER),
        Column(_("Target"), NUMBER), Column(_("By"), DAY),
    ]  # fmt: skip
    return Table("", columns, rows)


def measured(value: Decimal | None, unit: str) -> Cell | None:
    if value is None:
        return None
    if unit in MEASURES:
        return Cell(value, kind_of(MEASURES[unit].unit))
    return Cell(value, NUMBER, unit)


def actions(pack: CustomerPack) -> Table:
    rows = [
        [each.text, each.ours, each.theirs, each.due_on, _("done") if each.is_done else _("open")]
        for each in pack.actions
    ]
    columns = [
        Column(_("Action"), weight=6),
        Column(_("Of us")),
        Column(_("Of you")),
        Column(_("Due"), DAY),
        Column(_("State")),
    ]
    return Table("", columns, rows)


def timeline(pack: CustomerPack) -> Timeline:
    aims = [Span(each.text, pack.from_on, each.until_on) for each in pack.objectives if each.until_on]
    steps = [
        Span(each.text, each.start_on or each.due_on, each.due_on, "done" if each.is_done else "")
        for each in pack.actions
        if each.due_on
    ]
    lanes = [Lane(_("Objectives"), aims), Lane(_("Actions"), steps)]
    return Timeline(_("Timeline"), pack.from_on, pack.until_on, pack.today, [lane for lane in lanes if lane.spans])


def valued(pack: CustomerPack) -> Iterator[Words | Table]:
    if pack.needs:
        yield Words(_("What you told us you need"), pack.needs)
    if pack.value:
        rows = [[each.text, measured(each.today, each.unit), measured(each.target, each.unit)] for each in pack.value]
        yield Table(
            _("By what you count value"),
            [Column(_("Metric"), weight=6), Column(_("Today"), NUMBER), Column(_("Target"), NUMBER)],
            rows,
        )


def people(pack: CustomerPack) -> Iterator[Table | Words]:
    """Theirs with our counterparts, then those of us who have none."""
    rows = [[each.name, each.title, ", ".join(each.counterparts)] for each in pack.their_people]
    columns = [Column(_("Of you"), weight=3), Column(_("Title"), weight=3), Column(_("Of us"), weight=3)]
    named = {name for each in pack.their_people for name in each.counterparts}
    rest = [each.name for each in others(pack.our_people, named)]
    if rows:
        yield Table("", columns, rows)
    if rest:
        yield Words(_("Also there for you") if rows else _("There for you"), [", ".join(rest)])


def others(ours: tuple[Person, ...], named: set[str]) -> list[Person]:
    return [each for each in ours if each.name not in named]


def contracts(pack: CustomerPack) -> Table:
    rows = [[each.name, each.kind, each.from_on, each.until_on] for each in pack.contracts]
    columns = [
        Column(_("Agreement"), weight=4),
        Column(_("Kind"), weight=3),
        Column(_("From"), DAY),
        Column(_("Until"), DAY),
    ]
    return Table("", columns, rows)
