"""The measures as the page shows them: figures in decimals, tables of labels and cells, the finding in a sentence."""

from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam_portal.programme.cohorts import Compared
from kam_portal.programme.costs import KINDS
from kam_portal.programme.measures import Programme
from kam_portal.templatetags.kam import compact, money, points, share, share_signed, signed, whole


def decimal(value: Fraction | Decimal | int | None) -> Decimal | None:
    """As the filters of templates take it."""
    if value is None:
        return None
    exact = Fraction(value)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def finding(found: Programme) -> str:
    """What the programme brought against what it cost; what is known of it."""
    names = {"currency": settings.CURRENCY}
    if found.incremental is None:
        return _("Programme measures")
    gain = decimal(found.incremental)
    names |= {"gain": compact(abs(gain))}
    if found.roi is None:
        if gain < 0:
            return _("Key accounts fell %(gain)s %(currency)s behind comparable accounts") % names
        return _("Key accounts gained %(gain)s %(currency)s beyond comparable accounts") % names
    names |= {"cost": compact(found.cost.total), "roi": share(decimal(found.roi))}
    if gain < 0:
        text = _("Key accounts fell %(gain)s %(currency)s behind comparable accounts; the programme cost %(cost)s")
    else:
        text = _("Key accounts gained %(gain)s beyond comparable accounts at a cost of %(cost)s: ROI %(roi)s")
    return text % names


def growth_tables(found: Programme) -> list[dict]:
    """Once with the accounts that were key accounts when the window began, once with those of today."""
    return [
        {
            "title": _("Key accounts as of the start of the window"),
            "note": _("Accounts keep the group they had. This is the figure that counts."),
            "rows": growth_rows(found.kept),
            "compared": found.kept,
        },
        {
            "title": _("Key accounts as of today"),
            "note": _("For comparison: whoever was admitted since counts with what it had won already."),
            "rows": growth_rows(found.as_of_today),
            "compared": found.as_of_today,
        },
    ]


def growth_columns() -> list[str]:
    return [_("Accounts"), _("Before"), _("Now"), _("Change"), _("Growth")]


def in_columns(*cells: str) -> list[tuple[str, str]]:
    """Each with the name of its column: on a phone the rows are lists of labels and values."""
    return list(zip(growth_columns(), cells, strict=True))


def growth_rows(found: Compared) -> list[dict]:
    result = found.incremental
    rows = [
        ("", _("Key accounts"), found.accounts, result.key.before, result.key.now, result.key.growth),
        ("", _("All other accounts"), result.others.accounts, result.others.before, result.others.now,
         result.others.growth),
    ]  # fmt: skip
    listed = [
        {
            "kind": kind,
            "label": label,
            "cells": in_columns(whole(count), money(decimal(before)), money(decimal(now)),
                                signed(decimal(now - before)), share_signed(decimal(growth))),
        }
        for kind, label, count, before, now, growth in rows
    ]  # fmt: skip
    listed.append(
        {
            "kind": "detail",
            "label": _("Expected of key accounts, had they grown like comparable ones"),
            "cells": in_columns(
                "", "", "", signed(decimal(result.expected)), share_signed(decimal(result.expected_growth))
            ),
        }
    )
    listed.append(
        {
            "kind": "total",
            "label": _("Gained beyond that"),
            "cells": in_columns("", "", "", signed(decimal(result.incremental)), ""),
        }
    )
    return listed


def retention_rows(found: Programme) -> list[dict]:
    """From the net revenue at the start to what the same accounts bring now."""
    kept = found.kept.retention
    others = (found.kept.others_before.net_revenue, found.kept.others_now.net_revenue)
    steps = [
        (_("Net revenue in the earlier window"), kept.start, others[0], "total"),
        (_("Expansion"), kept.expansion, None, "detail"),
        (_("Contraction"), -kept.contraction, None, "detail"),
        (lost(kept.lost), -kept.churn, None, "detail"),
        (_("Net revenue of the same accounts now"), kept.now, others[1], "total"),
    ]
    rows = [
        {"label": label, "kind": kind, "cells": [money(decimal(key)), money(decimal(rest)) if rest is not None else ""]}
        for label, key, rest, kind in steps
    ]
    shares = [share(decimal(kept.share)), share(decimal(found.kept.others_kept))]
    return [*rows, {"label": _("Revenue retention"), "kind": "total", "cells": shares}]


def lost(count: int) -> str:
    return ngettext("Churn: %(count)s account bought nothing", "Churn: %(count)s accounts bought nothing", count) % {
        "count": count
    }


def cost_rows(found: Programme) -> list[dict]:
    cost = found.cost
    rows = [{"label": str(KINDS(kind).label), "cells": [money(amount)]} for kind, amount in cost.kinds.items()]
    return [*rows, {"label": _("Together"), "kind": "total", "cells": [money(cost.total)]}]


def others_served(found: Programme) -> dict | None:
    """The share that serving other accounts takes, in both windows."""
    if found.kept is None:
        return None
    before, now = found.kept.others_before.cost_share, found.kept.others_now.cost_share
    if before is None or now is None:
        return None
    return {
        "before": decimal(before),
        "now": decimal(now),
        "points": points(decimal(now - before)),
        "falls": now < before,
    }
