"""What-ifs side by side, and one as a file: a row for each account."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from kam_portal.templatetags.kam import compact, signed, whole
from kam_portal.whatif.study import units
from kam_portal.whatif.words import own_levers


def compared(studies: list, costs: bool) -> list[dict]:
    """Figures of the comparison, a cell for each scenario."""

    def row(label: str, figure: Callable, kind: str = "detail", write: Callable = signed) -> dict:
        return {"label": label, "cells": [write(figure(study)) for study in studies], "kind": kind}

    rows = [
        row(_("Accounts changed"), lambda study: study.count, write=whole),
        row(_("Accounts with levers of their own"), lambda study: study.own_count, write=whole),
        row(_("Net revenue"), lambda study: study.step(3).change),
        row(_("Gross margin"), lambda study: study.step(6).change),
        row(_("Cost to serve"), lambda study: study.step(6).change - study.steps[-1].change),
        row(_("Contribution"), lambda study: study.steps[-1].change, "total"),
        row(
            _("Contribution of all accounts you see, after"),
            lambda study: units(study.whales[1].total),
            write=compact,
        ),
        row(_("Erosion of the whale curve"), lambda study: units(study.whales[1].erosion - study.whales[0].erosion)),
        row(_("Accounts that change their box"), moved_boxes, write=whole),
    ]
    if costs:
        rows += [
            row(_("Usage saved"), lambda study: study.usage_saved),
            row(_("People released"), lambda study: study.people, write=whole),
            row(_("Cash saved"), lambda study: study.cash_saved),
            row(_("Cash effect with the gross margin"), lambda study: study.cash_effect, "total"),
        ]
    return rows


def moved_boxes(study) -> int:
    return sum(move.is_moved for move in study.moves.values())


EXPORTED = ("net_revenue", "gross_margin")


def export_columns() -> dict:
    """Heads of the file and how each cell is found in a row of `export_rows`."""
    heads = [_("Code"), _("Account")]
    for name in (_("Net revenue"), _("Gross margin"), _("Cost to serve"), _("Contribution")):
        heads += [_("%(figure)s before") % {"figure": name}, _("%(figure)s after") % {"figure": name}]
    heads += [_("Change"), _("Rank before"), _("Rank after"), _("Class before"), _("Class after"), _("Own levers")]
    return {head: lambda row, place=place: row[place] for place, head in enumerate(heads)}


def export_rows(study) -> list[list]:
    """A row for each account, in the order of the codes."""
    places = {place.account: place for place in study.places}
    window, outcome = study.selected.window, study.outcome
    columns = [
        figures for name in EXPORTED for figures in (getattr(window.statement, name), getattr(outcome.statement, name))
    ]
    columns += [window.costs.sum(axis=1), outcome.costs.sum(axis=1)]
    rows = zip(study.selected.ids, *(column.tolist() for column in columns), strict=True)
    said = own_levers(study.asked)
    return [export_row(places[account], amounts, said) for account, *amounts in rows]


def export_row(place, amounts: list[int], said: list[str]) -> list:
    money = [units(amount) for amount in amounts]
    standing = [place.rank_before, place.rank_after, place.class_before, place.class_after]
    own = "" if place.own is None else said[place.own]
    return [place.code, place.name, *money, place.before, place.after, place.change, *standing, own]
