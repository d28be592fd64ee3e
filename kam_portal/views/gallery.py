"""The gallery: every component and chart on one page with made-up figures, to look at and to test."""

from random import Random

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs

MONEY = {"currency": "USD", "digits": 2}
FIRST = [
    "Bike",
    "Metro",
    "Riders",
    "Alpine",
    "Central",
    "Harbour",
    "Northern",
    "Summit",
    "Valley",
    "Western",
    "Coastal",
]
SECOND = [
    "World",
    "Sports",
    "Outfitters",
    "Cycles",
    "Supply",
    "Depot",
    "Trading",
    "Gear",
    "Wheels",
    "Partners",
    "Stores",
]
MONTHS = [f"2025-{month:02d}" for month in (11, 12)] + [f"2026-{month:02d}" for month in range(1, 11)]


class SampleFilter(forms.Form):
    """A filter form as the list pages have one."""

    q = forms.CharField(label="Name or code", required=False)
    team = forms.ChoiceField(choices=[("", "All"), ("north", "North"), ("south", "South")], required=False)
    box = forms.ChoiceField(choices=[("", "All"), ("star", "Star"), ("status", "Status")], required=False)
    provisional = forms.BooleanField(label="Only provisional", required=False)


class SampleForm(forms.Form):
    """A form with help and an error."""

    reason = forms.CharField(help_text="One sentence: it appears in the history.", widget=forms.Textarea({"rows": 2}))
    month = forms.CharField(label="Month", initial="2026-13")


@require_safe
@needs(Permission.SIGN_IN)
def gallery(request):
    """Every component of templates/components with sample figures."""
    return render(request, "gallery.html", samples())


def samples(accounts: int = 420) -> dict:
    """What gallery.html needs."""
    rows = sample_accounts(accounts)
    return {
        "matrix": matrix(rows),
        "whale": whale(rows),
        "pareto": pareto(rows[:60]),
        "waterfall": waterfall(),
        "phases": phases(),
        "trend": trend(),
        "share_trend": share_trend(),
        "rows": rows[:8],
        "statement": statement(),
        "columns": ["Amount", "Share"],
        "spark": [3, 4, None, 5, 4, 6, 7, 6, 8, 9, 8, 10],
        "spark_loss": [4, 3, 2, 2, 1, -1, -2, -1, -3],
        "filter_form": SampleFilter({"team": "north"}),
        "chips": [
            {"label": "Team", "value": "North", "url": "?"},
            {"label": "Box", "value": "Star", "url": "?team=north"},
        ],
        "sample_form": SampleForm({"reason": "", "month": "2026-13"}),
        "tabs": sample_tabs(),
        "crumbs": [{"label": "Accounts", "url": "#"}, {"label": "North", "url": "#"}],
        "problems": problems(),
        "page": Paginator(range(412), 50).page(3),
    }


def dice_of(seed: int) -> Random:
    """Chance that is the same each time, so that pictures of the page can be compared."""
    return Random(seed)  # noqa: S311 - not for secrets


def sample_accounts(count: int) -> list[dict]:
    """Accounts, largest first; some of the large ones lose money, some small ones are provisional or have no sales."""
    dice = dice_of(20261121)
    return [sample_account(dice, place, count) for place in range(count)]


def sample_account(dice: Random, place: int, count: int) -> dict:
    """One account whose sales fall with its place."""
    revenue = round(4_200_000 / (place + 1) ** 0.85 * dice.uniform(0.8, 1.2), 2) if place % 41 != 40 else 0.0
    margin = dice.gauss(0.16, 0.12) - (0.3 if place in (2, 7, 19) or place > count * 0.8 else 0)
    relationship, attractiveness = (min(10.0, max(0.0, round(dice.gauss(5.2, 2.1), 2))) for _ in range(2))
    return {
        "code": f"A{place + 1:04d}",
        "name": f"{dice.choice(FIRST)} {dice.choice(SECOND)}",
        "revenue": revenue,
        "contribution": None if place % 53 == 52 else round(revenue * margin, 2) - (900 if place > 60 else 0),
        "relationship": relationship,
        "attractiveness": attractiveness,
        "previous": (relationship + dice.uniform(-1, 1), attractiveness) if place % 9 == 0 else (None, None),
        "box": box(relationship, attractiveness),
        "provisional": int(place % 11 == 3),
        "class": "A" if place < 12 else "B" if place < 40 else "C",
        "url": f"#A{place + 1:04d}",
        "spark": [round(dice.uniform(0.6, 1.4) * revenue / 12, 2) for _ in range(12)],
    }


def box(relationship: float, attractiveness: float) -> str:
    """The box of two scores; on the cut counts as high."""
    if attractiveness >= 5:
        return "strategic" if relationship >= 5 else "star"
    return "status" if relationship >= 5 else "streamline"


def matrix(rows: list[dict]) -> dict:
    """The matrix chart of the sample accounts."""
    return MONEY | {
        "label": f"Matrix of {len(rows)} accounts: relationship strength against attractiveness",
        "orientation": "strong_left",
        "cuts": {"attractiveness": 5.0, "relationship": 5.0},
        "axis": {
            "attractiveness": {"low": "low", "high": "high", "name": "Account attractiveness"},
            "relationship": {"low": "weak", "high": "strong", "name": "Relationship strength"},
        },
        "boxes": [
            {"code": "strategic", "name": "Strategic", "guidance": "Invest: joint plans, senior time"},
            {"code": "star", "name": "Star", "guidance": "Develop: win the relationship"},
            {"code": "status", "name": "Status", "guidance": "Maintain: keep, watch the cost"},
            {"code": "streamline", "name": "Streamline", "guidance": "Streamline: serve at lower cost"},
        ],
        "points": [point(row) for row in rows],
        "density": [
            [x / 2 + 0.25, y / 2 + 0.25, 1 + 60 // (1 + abs(x - 9) * abs(y - 10))]
            for x in range(4, 16)
            for y in range(5, 16)
        ],
    }


def point(row: dict) -> list:
    """One bubble."""
    return [
        *(row[key] for key in ("code", "name", "relationship", "attractiveness", "revenue", "contribution")),
        *(row["box"], row["provisional"], *row["previous"], row["url"]),
    ]


def whale(rows: list[dict]) -> dict:
    """The whale curve of the sample accounts."""
    ranked = sorted((row for row in rows if row["contribution"] is not None), key=lambda row: -row["contribution"])
    points, total = [], 0.0
    for place, row in enumerate(ranked, start=1):
        total += row["contribution"]
        points.append([place, row["name"], row["contribution"], round(total, 2), row["url"]])
    peak = max(points, key=lambda entry: entry[3])
    return MONEY | {
        "label": "Whale curve: cumulative contribution, best account first",
        "points": points,
        "total": round(total, 2),
        "peak": peak[3],
        "peak_place": peak[0],
    }


def pareto(rows: list[dict]) -> dict:
    """The ranking by revenue of the sample accounts."""
    ranked = sorted(rows, key=lambda row: -row["revenue"])
    total, running, points = sum(row["revenue"] for row in ranked), 0.0, []
    for place, row in enumerate(ranked, start=1):
        before = running / total
        running += row["revenue"]
        letter = "A" if before < 0.8 else "B" if before < 0.95 else "C"
        points.append([place, row["name"], row["revenue"], running / total, letter, row["url"]])
    label = "Ranking by net revenue with classes A, B and C"
    return MONEY | {"label": label, "measure": "Net revenue", "points": points, "cut_share": 0.8}


def waterfall() -> dict:
    """From list sales to contribution."""
    steps = [
        ("List sales", 4_812_400.0, "total"),
        ("Discounts", 388_120.5, "minus"),
        ("Returns", 96_400.25, "minus"),
        ("Net revenue", 4_327_879.25, "total"),
        ("Cost of goods", 2_904_300.0, "minus"),
        ("Freight", 121_870.4, "minus"),
        ("Gross margin", 1_301_708.85, "total"),
        ("Presale", 214_300.0, "minus"),
        ("Production", 96_210.0, "minus"),
        ("Delivery", 341_050.75, "minus"),
        ("Post-sale", 148_900.1, "minus"),
        ("Contribution", 501_248.0, "total"),
    ]
    named = [
        {"name": name, "amount": amount, "kind": kind, "url": f"#{place}"}
        for place, (name, amount, kind) in enumerate(steps)
    ]
    return MONEY | {"label": "From list sales to contribution", "steps": named}


def phases() -> dict:
    """Cost to serve by phase and month."""
    dice = dice_of(4)
    names = {"presale": "Presale", "production": "Production", "delivery": "Delivery", "post_sale": "Post-sale"}
    series = [
        {"code": code, "name": name, "values": [round(dice.uniform(8_000, 30_000), 2) for _ in MONTHS]}
        for code, name in names.items()
    ]
    return MONEY | {"label": "Cost to serve by phase and month", "months": MONTHS, "series": series}


def trend() -> dict:
    """Two measures by month, with a gap."""
    dice = dice_of(5)
    revenue = [round(dice.uniform(300_000, 420_000), 2) for _ in MONTHS]
    contribution = [round(value * dice.uniform(-0.02, 0.2), 2) for value in revenue]
    contribution[4] = None
    series = [{"name": "Net revenue", "values": revenue}, {"name": "Contribution", "values": contribution}]
    return MONEY | {"label": "Net revenue and contribution by month", "months": MONTHS, "series": series}


def share_trend() -> dict:
    """One share by month."""
    values = [0.182, 0.19, 0.186, 0.201, 0.214, 0.205, 0.22, 0.231, 0.228, 0.24, 0.236, 0.251]
    series = [{"name": "Cost to serve, share of net revenue", "values": values}]
    return {"label": "Cost to serve as a share of net revenue", "months": MONTHS, "series": series, "format": "share"}


def statement() -> list[dict]:
    """Lines of a statement."""
    return [
        {"label": "Net revenue", "cells": ["4,327,879.25", "100.0 %"], "kind": "total", "url": "#revenue"},
        {"label": "Cost of goods", "cells": ["−2,904,300.00", "−67.1 %"]},
        {"label": "Freight", "cells": ["−121,870.40", "−2.8 %"]},
        {"label": "Gross margin", "cells": ["1,301,708.85", "30.1 %"], "kind": "total"},
        {"label": "Delivery", "cells": ["−341,050.75", "−7.9 %"], "url": "#delivery"},
        {"label": "Express orders", "cells": ["−212,400.00", "−4.9 %"], "kind": "detail"},
        {"label": "Contribution", "cells": ["501,248.00", "11.6 %"], "kind": "total"},
    ]


def sample_tabs() -> list[dict]:
    """Tabs of an account page."""
    names = ["Overview", "P&L", "Relationship", "Plan", "Activity", "History"]
    return [
        {"label": name, "url": f"#{name}", "active": name == "P&L", "count": 14 if name == "Activity" else None}
        for name in names
    ]


def problems() -> list[dict]:
    """Problems as an import reports them."""
    return [
        {
            "file": "order_lines.csv",
            "line": 218,
            "column": "net_amount",
            "reason": "“1.234,50” is not a number with a decimal point",
        },
        {"file": "order_lines.csv", "line": 1904, "column": "ordered_on", "reason": "1899-12-30 is before 1990-01-01"},
        {"file": "accounts.xlsx", "line": None, "column": None, "reason": "the sheet has no column “code”"},
    ]
