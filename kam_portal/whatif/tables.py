"""What-ifs side by side, and one as a file: a row for each account."""

from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kam_portal.templatetags.kam import money, signed, whole
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
        row(_("Cash at once"), lambda study: study.cash_effect, "total"),
        row(
            _("Contribution of all accounts you see, after"),
            lambda study: units(study.whales[1].total),
            write=money,
        ),
        row(_("Erosion of the whale curve"), lambda study: units(study.whales[1].erosion - study.whales[0].erosion)),
        row(_("Accounts that change their box"), moved_boxes, write=whole),
    ]
    if costs:
        rows += [
            row(_("Usage saved"), lambda study: study.usage_saved),
            row(_("People released"), lambda study: study.released, write=whole),
            row(_("People to be hired"), lambda study: study.hired, write=whole),
            row(_("Cash of people and pools"), lambda study: study.cash_saved),
        ]
    return rows


def finding(names: list[str], studies: list) -> str:
    """Which of them bring most, and which in cash; the same in whichever order they stand."""
    gains, cash = ([figure(study) for study in studies] for figure in (contribution_change, cash_effect))
    best, richest = leaders(names, gains), leaders(names, cash)
    words = {"best": quoted(best), "change": signed(max(gains)), "currency": settings.CURRENCY}
    words |= {"cash": signed(max(cash))}
    if best == richest and len(best) == 1 and max(cash) > 0:
        return _("%(best)s brings most: contribution %(change)s %(currency)s, cash at once %(cash)s") % words
    if len(best) == len(names):
        found = _("All change contribution by %(change)s %(currency)s") % words
    else:
        text = ngettext(
            "%(best)s brings most contribution, %(change)s %(currency)s",
            "%(best)s bring most contribution, %(change)s %(currency)s",
            len(best),
        )
        found = text % words
    return f"{found}; {cash_finding(names, cash)}"


def cash_finding(names: list[str], cash: list[Decimal]) -> str:
    richest, words = leaders(names, cash), {"cash": signed(max(cash))}
    if max(cash) <= 0:
        return _("none brings cash at once")
    if len(richest) == len(names):
        return _("all bring the same cash, %(cash)s") % words
    return _("%(richest)s most cash, %(cash)s") % (words | {"richest": quoted(richest)})


def leaders(names: list[str], figures: list[Decimal]) -> list[str]:
    """All that have the highest figure, by name."""
    return sorted(name for name, figure in zip(names, figures, strict=True) if figure == max(figures))


def quoted(names: list[str]) -> str:
    return get_text_list([f"“{name}”" for name in names], _("and"))


def contribution_change(study) -> Decimal:
    return study.steps[-1].change


def cash_effect(study) -> Decimal:
    return study.cash_effect


def moved_boxes(study) -> int:
    return sum(move.is_moved for move in study.moves.values())


STATEMENT = {
    "list_amount": "list_sales",
    "discount_amount": "discounts",
    "return_amount": "returns",
    "net_revenue": "net_revenue",
    "cost_amount": "cost_of_goods",
    "freight_amount": "freight",
    "gross_margin": "gross_margin",
}
FIGURES = {
    "net_revenue": gettext_lazy("Net revenue"),
    "gross_margin": gettext_lazy("Gross margin"),
    "cost_to_serve": gettext_lazy("Cost to serve"),
    "contribution": gettext_lazy("Contribution"),
}


def amounts_of(study) -> dict[str, dict[str, Decimal]]:
    """The profit and loss of all chosen accounts before, after, and the change, by the names of a run's figures."""
    window, outcome, found = study.selected.window, study.outcome, {}
    sides = zip(("before", "after"), (window, outcome), study.phases, (study.before, study.after), strict=True)
    for when, side, phases, contribution in sides:
        found[when] = {name: units(getattr(side.statement, source).sum()) for name, source in STATEMENT.items()}
        found[when] |= {name: units(costs.sum()) for name, costs in phases.items()}
        found[when] |= {"cost_to_serve": units(side.costs.sum()), "contribution": units(sum(contribution))}
    found["change"] = {name: found["after"][name] - before for name, before in found["before"].items()}
    return found


def account_rows(study, first: int = 0, last: int | None = None) -> list[dict]:
    """Some of the chosen accounts, in the order of the codes: figures before and after, rank, class, own levers."""
    said = own_levers(study.asked, study.selected.window.activities)
    places = {place.account: place for place in study.places}
    sides, span = (study.selected.window, study.outcome), slice(first, last)
    columns = [getattr(side.statement, name)[span] for name in ("net_revenue", "gross_margin") for side in sides]
    columns += [side.costs[span].sum(axis=1) for side in sides]
    listed = [*(column.tolist() for column in columns), study.before[span], study.after[span]]
    figures = zip(*listed, strict=True)
    return [
        account_row(places[account], amounts, said)
        for account, amounts in zip(study.selected.ids[span], figures, strict=True)
    ]


def account_row(place, amounts: tuple[int, ...], said: list[str]) -> dict:
    names = [f"{name}_{when}" for name in FIGURES for when in ("before", "after")]
    return {
        "code": place.code,
        "name": place.name,
        **dict(zip(names, map(units, amounts), strict=True)),
        "change": place.change,
        "rank_before": place.rank_before,
        "rank_after": place.rank_after,
        "class_before": place.class_before or None,
        "class_after": place.class_after or None,
        "own_levers": None if place.own is None else said[place.own],
    }


def export_columns() -> dict:
    """Heads of the file and how each cell is found in a row of `account_rows`."""
    heads = {"code": _("Code"), "name": _("Account")}
    for name, label in FIGURES.items():
        heads[f"{name}_before"] = _("%(figure)s before") % {"figure": label}
        heads[f"{name}_after"] = _("%(figure)s after") % {"figure": label}
    heads |= {"change": _("Change"), "rank_before": _("Rank before"), "rank_after": _("Rank after")}
    heads |= {"class_before": _("Class before"), "class_after": _("Class after"), "own_levers": _("Own levers")}
    return {head: lambda row, name=name: "" if row[name] is None else row[name] for name, head in heads.items()}
