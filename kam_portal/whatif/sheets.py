"""A scenario as a workbook that stands alone: what it says, what comes of it, capacity, and each account."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.tables.writing import SheetOf
from kam_portal.templatetags.kam import quantity, whole
from kam_portal.whatif.tables import account_rows, export_columns
from kam_portal.whatif.words import assumptions, basis, in_words
from profitability.balances import pool_names
from profitability.core.lever_document import changes_of
from profitability.models import Scenario


def tables(bench, kept: Scenario) -> list[SheetOf]:
    """The sheets; capacity for those who see costs."""
    study, columns = bench.study, export_columns()
    accounts = ([cell(row) for cell in columns.values()] for row in account_rows(study))
    found: list[SheetOf] = [
        (_("Levers"), [_("What"), _("Value")], [*origin(bench, kept), *levers(bench), *rests_on(bench)]),
        (_("Profit and loss"), [_("Line"), _("Before"), _("After"), _("Change"), _("Currency")], [*statement(bench)]),
    ]
    if bench.costs:
        found.append((_("Capacity"), capacity_heads(), [*capacity(study)]))
    return [*found, (_("Accounts"), list(columns), accounts)]


def origin(bench, kept: Scenario) -> Iterator[tuple[str, str]]:
    """Whose scenario of what it is."""
    yield _("Scenario"), kept.name
    if kept.note:
        yield _("Note"), kept.note
    yield _("By"), str(kept.owner)
    yield _("Last changed"), date_format(kept.changed_at, "j M Y H:i")
    yield _("Run"), f"{kept.run.pk}, {kept.run.window_label}, {kept.run.model_label}"
    yield _("Accounts"), basis(bench.study.count) if bench.asked.sees_all else bench.partly()
    for chip in bench.asked.filter.chips(bench.query):
        yield str(chip.label), chip.text
    if codes := bench.asked.form.listed_codes():
        yield str(bench.asked.form.fields["codes"].label), " ".join(codes)


def levers(bench) -> Iterator[tuple[str, str]]:
    """What is changed for all, for some, and how capacity is valued."""
    asked, activities = bench.asked.what_if, bench.study.selected.window.activities
    for said in in_words(changes_of(asked.levers), activities):
        yield _("Lever of all"), said
    for own in asked.own:
        yield _("Exception: %(codes)s") % {"codes": " ".join(own.codes)}, "; ".join(in_words(own.changes, activities))
    if bench.costs:
        yield _("Practical minutes of a person in a month"), quantity(bench.study.valuation.person_minutes)
        names = pool_names(bench.run)
        for pool in asked.avoidable:
            yield _("Saved usage is cash in"), names.get(pool, pool)


def rests_on(bench) -> Iterator[tuple[str, str]]:
    for text in assumptions(bench.asked.what_if):
        yield _("Rests on"), text
    if small := bench.study.small_orders:
        words = {"below": whole(small["below"]), "all": whole(small["all"]), "fewer": whole(small["fewer"])}
        words |= {"refused": whole(small["refused"])}
        text = _("%(below)s of %(all)s below the minimum; %(refused)s refused, joining leaves %(fewer)s fewer")
        yield _("Orders"), text % words


def statement(bench) -> Iterator[tuple]:
    """The lines of the statement, then what is saved of usage and in cash."""
    study = bench.study
    for step in study.steps:
        yield step.label, step.before, step.after, step.change, settings.CURRENCY
    saved = [(_("Usage saved"), study.usage_saved), (_("Cash of people and pools"), study.cash_saved)]
    for label, amount in (*saved, (_("Cash at once"), study.cash_effect)):
        yield label, None, None, amount, settings.CURRENCY


def capacity_heads() -> list[str]:
    return [
        _("Code"),
        _("Pool"),
        _("Minutes saved"),
        _("Minutes unused then"),
        _("Usage saved"),
        _("People released"),
        _("People to be hired"),
        _("Cash saved"),
        _("Currency"),
    ]


def capacity(study) -> Iterator[tuple]:
    for line in study.capacity():
        minutes, people = (line.saved_minutes, line.left_minutes), (line.released, line.hired)
        yield line.code, line.name, *minutes, line.usage, *people, line.cash, settings.CURRENCY
