"""Pages of figures: profit and loss, the months of the window, and the account's place in the matrix through time."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relationships.models import Box, Forecast, Position
from relationships.packs.blocks import (
    BEFORE,
    EXPECTED,
    MONEY,
    NOW,
    SCORE,
    SHARE,
    Bubble,
    Column,
    Figure,
    Figures,
    Page,
    Plane,
    Step,
    Table,
    Trend,
    Waterfall,
)
from relationships.packs.reader import Asked
from relationships.packs.written import written
from relationships.reviews.figures import amount
from relationships.reviews.shown import share

MOST_PLACES = 4  # earlier ones of the account in the matrix
TAKEN_AWAY = {"discount_amount", "return_amount", "cost_amount", "freight_amount", "presale", "production", "delivery",
              "post_sale"}  # fmt: skip


def lines() -> list[tuple[str, str, bool]]:
    """The statement from list sales down: name, label, whether it is a total."""
    return [
        ("list_amount", _("List sales"), True),
        ("discount_amount", _("Discounts"), False),
        ("return_amount", _("Returns"), False),
        ("net_revenue", _("Net revenue"), True),
        ("cost_amount", _("Cost of goods"), False),
        ("freight_amount", _("Freight"), False),
        ("gross_margin", _("Gross margin"), True),
        ("presale", _("Presale"), False),
        ("production", _("Production"), False),
        ("delivery", _("Delivery"), False),
        ("post_sale", _("Post-sale"), False),
        ("contribution", _("Contribution"), True),
    ]


def pages(asked: Asked) -> Iterator[Page]:
    if asked.figures is None or "amounts" not in asked.figures:
        return
    known = [line for line in lines() if line[0] in asked.figures["amounts"]]
    blocks = [headlines(asked), waterfall(asked, known)]
    yield Page("pnl", headline(asked), blocks, subject=_("Figures"))
    yield Page("statement", _("Profit and loss"), [(statement(asked, known), trend(asked))])
    if asked.sees_profit and (found := plane(asked)):
        yield Page("position", _("Position through time"), [(found, places(asked))])


def headline(asked: Asked) -> str:
    """The finding in one sentence."""
    earned = amount(asked.figures, "contribution")
    if earned is None:
        return _("What it buys")
    words = {"name": asked.plan.account.name}
    return (
        _("%(name)s loses money after cost to serve") if earned < 0 else _("%(name)s earns money after cost to serve")
    ) % words


def headlines(asked: Asked) -> Figures:
    found = asked.figures
    net, wallet, margin = amount(found, "net_revenue"), share(found, "share_of_wallet"), amount(found, "gross_margin")
    items = [
        Figure(_("Net revenue"), net, note=grown(asked)),
        Figure(_("Gross margin"), margin, note=of_revenue(margin, net)),
    ]
    if asked.sees_profit:
        cost, earned = amount(found, "cost_to_serve"), amount(found, "contribution")
        items.append(Figure(_("Cost to serve"), cost, note=of_revenue(cost, net)))
        items.append(Figure(_("Contribution"), earned, note=of_revenue(earned, net)))
    elif wallet is not None:
        items.append(Figure(_("Share of wallet"), wallet, SHARE))
    return Figures(items)


def grown(asked: Asked) -> str:
    growth = share(asked.figures, "growth")
    return "" if growth is None else _("growth %s") % written(growth, SHARE)


def of_revenue(part: Decimal | None, net: Decimal | None) -> str:
    return _("%s of net revenue") % written(part / net, SHARE) if part is not None and net and net > 0 else ""


def waterfall(asked: Asked, known: list) -> Waterfall:
    steps = [Step(label, amount(asked.figures, name), is_total) for name, label, is_total in known]
    last = _("From list sales to contribution") if asked.sees_profit else _("From list sales to gross margin")
    return Waterfall(last, steps)


def trend(asked: Asked) -> Trend:
    names = {"net_revenue": _("Net revenue"), "gross_margin": _("Gross margin"), "contribution": _("Contribution")}
    series = asked.figures["series"]
    drawn = [(label, [as_float(each) for each in series[name]]) for name, label in names.items() if name in series]
    return Trend(_("Month by month"), [month_label(each) for each in asked.figures["months"]], drawn)


def as_float(text: str | None) -> float | None:
    return None if text is None else float(text)


def month_label(month: int) -> str:
    return date_format(date(month // 100, month % 100, 1), "M y")


def statement(asked: Asked, known: list) -> Table:
    net, rows = amount(asked.figures, "net_revenue"), []
    for name, label, _is_total in known:
        value = amount(asked.figures, name)
        value = -value if name in TAKEN_AWAY else value
        rows.append([label, value, value / net if net and net > 0 else None])
    totals = frozenset(place for place, line in enumerate(known) if line[2])
    columns = [Column(_("Line"), weight=4), Column(settings.CURRENCY, MONEY), Column(_("Of net revenue"), SHARE)]
    return Table("", columns, rows, totals=totals)


# The matrix


def plane(asked: Asked) -> Plane | None:
    """Where the account stood, stands and is expected to stand, on both axes as the latest run had them."""
    now = asked.figures.get("position")
    if not now or now["attractiveness"] is None or now["relationship_strength"] is None:
        return None
    cuts, bubbles = cuts_of(asked), [*earlier(asked), *current(asked), *expected(asked)]
    strong, weak = (Box.STRATEGIC, Box.STATUS), (Box.STAR, Box.STREAMLINE)
    corners = [str(each.label) for pair in zip(weak, strong, strict=True) for each in pair]
    return Plane(
        _("Attractiveness and relationship strength"), _("Relationship strength"), _("Attractiveness"), *cuts, corners,
        bubbles, settings.MATRIX_ORIENTATION == "strong_left",
    )  # fmt: skip


def cuts_of(asked: Asked) -> tuple[float, float]:
    row = (
        Position.objects.in_run(asked.run).filter(account=asked.plan.account_id).select_related("criteria_set").first()
    )
    cut = row.criteria_set.document.get("cut", {}) if row and row.criteria_set else {}
    return float(cut.get("relationship", 5)), float(cut.get("attractiveness", 5))


def known_places(asked: Asked) -> list[Position]:
    """Of earlier runs that were published, the latest ones, oldest first."""
    rows = Position.objects.filter(
        account=asked.plan.account_id,
        run__published_at__lt=asked.run.published_at,
        attractiveness__isnull=False,
        relationship_strength__isnull=False,
    )
    listed = rows.select_related("run", "result").order_by("-run__published_at")[:MOST_PLACES]
    return sorted(listed, key=lambda row: row.run.published_at)


def earlier(asked: Asked) -> Iterator[Bubble]:
    for row in known_places(asked):
        size = float(row.result.net_revenue)
        label = month_label(row.run.month_to)
        yield Bubble(label, float(row.relationship_strength), float(row.attractiveness), size, BEFORE)


def current(asked: Asked) -> Iterator[Bubble]:
    now, size = asked.figures["position"], float(amount(asked.figures, "net_revenue"))
    yield Bubble(asked.plan.account.name, float(now["relationship_strength"]), float(now["attractiveness"]), size, NOW)


def expected(asked: Asked) -> Iterator[Bubble]:
    """The latest forecast that was stated by the day of the figures; what it leaves open stays as it is."""
    rows = Forecast.objects.filter(account=asked.plan.account_id).order_by("-stated_on", "-pk")
    row, now = rows.first(), asked.figures["position"]
    if row is None or (row.attractiveness is None and row.relationship_strength is None):
        return
    x = row.relationship_strength if row.relationship_strength is not None else now["relationship_strength"]
    y = row.attractiveness if row.attractiveness is not None else now["attractiveness"]
    size = float(row.net_revenue or amount(asked.figures, "net_revenue"))
    yield Bubble(_("expected %s") % row.horizon_on.year, float(x), float(y), size, EXPECTED)


def places(asked: Asked) -> Table:
    """The same as a table, the latest first."""
    now = asked.figures["position"]
    rows = [[_("Now"), str(Box(now["box"]).label) if now["box"] else "", number(now["attractiveness"]),
             number(now["relationship_strength"])]]  # fmt: skip
    for row in reversed(known_places(asked)):
        rows.append(
            [month_label(row.run.month_to), row.get_box_display(), row.attractiveness, row.relationship_strength]
        )
    columns = [Column(_("When")), Column(_("Box")), Column(_("Attractiveness"), SCORE), Column(_("Strength"), SCORE)]
    return Table(_("Through time"), columns, rows)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
