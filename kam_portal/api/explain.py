"""The trail over REST: any figure of an account down to its lines, and a resource cost forward to the accounts."""

from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.rest import parameters
from accounts.rest.columns import as_money, as_month
from accounts.rest.scopes import Scope
from accounts.rest.views import RUN_SCHEMA, ApiView
from kam_portal import trail
from profitability.api.run import OfRun
from profitability.explain import event_behind, events_behind, line_behind, lines_behind
from profitability.explain.figures import canonical
from profitability.explain.forward import NO_ACCOUNT, CostLine, cost_line, in_units
from relationships.since import Part, since

PAGE = 100
PLACE = parameters.whole(1, 1_000_000, 1, "Page of the list, 100 rows each")
FIGURE = parameters.text(
    "A figure of the statement (contribution, cost_to_serve, net_revenue …), the code of an activity, revenue_rank, "
    "revenue_class, attractiveness, relationship_strength or box; default: the last figure the reader may see"
)
NUMBER = {"type": ["number", "null"]}
TEXT = {"type": ["string", "null"]}
ROWS = {"type": ["array", "null"], "items": {"type": "object"}}
LIST = {
    "type": ["object", "null"],
    "properties": {"count": {"type": "integer"}, "next": {**TEXT, "format": "uri"}, "results": ROWS},
}


class Explain(OfRun, ApiView):
    """One figure of an account: its formula, what it adds up from with links, and a page of the lines behind it."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_PROFITABILITY
    declared = OfRun.declared | {
        "figure": FIGURE,
        "month": parameters.month("One month of the run; default: its whole window"),
        "lines": PLACE,
        "events": PLACE,
    }

    def get(self, request, code):
        run = self.run(request)
        figure = canonical(self.asked["figure"] or trail.default_figure(request.user))
        if not trail.is_known(run, figure, request.user):
            raise ValidationError({"figure": [_("There is no such figure.")]})
        account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
        month = self.month(run)
        found = trail.find(run, account, figure, month, request.user) if run else None
        answer = {"code": account.code, "name": account.name, "figure": figure, "month": as_month(month)}
        return Response(answer | self.body(run, account, found, month) | {"run": self.run_summary(run)})

    def month(self, run) -> int | None:
        month = self.asked["month"]
        if month and run and not run.month_from <= month <= run.month_to:
            raise ValidationError({"month": [_("The run does not cover this month.")]})
        return month

    def body(self, run, account, found: trail.Found | None, month: int | None) -> dict:
        blank = dict.fromkeys(("label", "kind", "formula", "value", "closes", "inputs", "readings"))
        blank |= dict.fromkeys(("exact", "rounding", "activity", "pools", "lines", "events"))
        if found is None:
            return blank
        told = {"label": found.label, "kind": found.kind, "formula": formula_of(found)}
        write = {"rank": self.rank, "score": self.score, "box": self.box}.get(found.kind, self.amount)
        return blank | told | write(run, account, found, month)

    def url(self, code: str, figure: str, month: int | None = None) -> str:
        path = reverse("api:explain", args=[code])
        query = f"?figure={figure}" + (f"&month={as_month(month)}" if month else "")
        run = f"&run={self.asked['run']}" if self.asked["run"] else ""
        return self.request.build_absolute_uri(f"{path}{query}{run}")

    # Amounts

    def amount(self, run, account, found: trail.Found, month: int | None) -> dict:
        explanation = found.explanation
        readings = [self.reading(account, each, month) for each in explanation.readings]
        told = {
            "value": as_money(explanation.amount),
            "closes": explanation.closes,
            "inputs": readings[0]["parts"] if readings else [],
            "readings": readings,
        }
        if explanation.lines:
            told |= {"exact": explanation.lines.exact, "rounding": explanation.lines.rounding}
            told["lines"] = self.listed("lines", explanation.lines.rows, amount_line)
        return told | (self.activity(run, account, found, month) if found.activity else {})

    def reading(self, account, reading, month: int | None) -> dict:
        parts = [
            {
                "figure": part.figure,
                "label": part.label or None,
                "month": as_month(part.month),
                "sign": part.sign,
                "value": as_money(part.amount),
                "url": self.url(account.code, part.figure, part.month or month),
            }
            for part in reading.parts
        ]
        return {"by": reading.code, "total": as_money(reading.total), "parts": parts}

    def activity(self, run, account, found: trail.Found, month: int | None) -> dict:
        """The months of an activity, then what it counted, and for readers of costs the pools it draws on."""
        activity, months = found.activity, (month, month) if month else (run.month_from, run.month_to)
        rows = [
            month_row(row, activity) | {"url": self.url(account.code, found.name, row.month)}
            for row in found.trail.months
        ]
        shown = [row for row in rows if month in (None, parameters.read_month(row["month"]))]
        about = {"code": activity.code, "phase": activity.phase, "level": activity.level, "rule": found.rule}
        return {
            "activity": about | {"months": shown},
            "inputs": shown,
            "closes": sum((row["cost"] for row in shown), Decimal(0)) == found.explanation.amount,
            "pools": [self.pool(*pool) for pool in found.pools] or None,
            "lines": self.behind("lines", lines_behind, line_behind, run, account, activity, months),
            "events": self.behind("events", events_behind, event_behind, run, account, activity, months),
        }

    def pool(self, code: str, name: str, rows) -> dict:
        months = [
            {
                "month": as_month(row.month),
                "input": row.input,
                "support_in": row.support_in,
                "practical_minutes": row.practical_minutes,
                "used_minutes": row.used_minutes,
                "url": self.request.build_absolute_uri(reverse("api:cost_line", args=[code, as_month(row.month)])),
            }
            for row in rows
        ]
        return {"code": code, "name": name, "months": months}

    def behind(self, name: str, find, say, run, account, activity, months) -> dict | None:
        counts = [measure for measure in activity.measures if ("." in measure) == (name == "events")]
        if not counts:
            return None
        write = event_row if name == "events" else order_line_row
        return self.listed(name, find(account, activity, months, run), lambda row: write(say(row, activity)))

    def listed(self, name: str, rows, write) -> dict:
        """A page of rows, with the address of the next one."""
        page = Paginator(rows, PAGE).get_page(self.asked[name])
        return {
            "count": page.paginator.count,
            "next": next_page(self.request, name, page),
            "results": [write(row) for row in page.object_list],
        }

    # Ranks, scores, boxes

    def rank(self, run, account, found: trail.Found, month) -> dict:
        placed = found.explanation
        told = {"figure": "net_revenue", "label": _("Net revenue"), "value": as_money(placed.net_revenue)}
        places = [{"code": row.code, "rank": row.rank, "value": row.value} for row in placed.neighbours]
        return {
            "value": placed.rank if placed.figure == "revenue_rank" else placed.abc_class or None,
            "inputs": [
                told | {"url": self.url(account.code, "net_revenue")},
                {"figure": "count", "label": _("Accounts"), "value": placed.count, "of_company": placed.of_company},
                {"figure": "share", "label": _("Share"), "value": placed.share},
                {"figure": "before", "label": _("Share that comes before"), "value": placed.before},
            ],
            "readings": [{"by": "rank", "parts": places}],
        }

    def score(self, run, account, found: trail.Found, month) -> dict:
        scored = found.explanation
        criteria = [
            {
                "criterion": each.code,
                "label": each.name,
                "kind": each.kind,
                "weight": each.weight,
                "score": each.score,
                "points": each.points and each.points.quantize(Decimal("0.000001")),
                "url": self.url(account.code, each.figure) if each.figure and not scored.is_hidden else None,
            }
            for each in scored.criteria
        ]
        return {"value": scored.score, "closes": scored.closes, "inputs": criteria}

    def box(self, run, account, found: trail.Found, month) -> dict:
        boxed = found.explanation
        axes = [("relationship_strength", boxed.strength, boxed.cut_strength, boxed.position.relationship_coverage)]
        if trail.is_known(run, "attractiveness", self.request.user):
            position = boxed.position
            axes.insert(
                0,
                ("attractiveness", position.attractiveness, boxed.cut_attractiveness, position.attractiveness_coverage),
            )
        inputs = [
            {"figure": name, "value": score, "cut": cut, "coverage": covered, "url": self.url(account.code, name)}
            for name, score, cut, covered in axes
        ]
        return {"value": boxed.position.box or None, "inputs": inputs, "readings": self.since(run, account)}

    def since(self, run, account) -> list[dict]:
        """What moved both scores since the run before, and the cuts they are held against."""
        profit = may(self.request.user, Permission.SEE_PROFITABILITY)
        found = since(run, account, profit)
        return [
            {
                "by": "change",
                "run": found.run.pk,
                "figure": axis.figure,
                "before": axis.before,
                "after": axis.after,
                "total": axis.total,
                "parts": [part_row(part) for part in axis.parts],
                "reach": [part_row(part) for part in axis.reach],
            }
            for axis in (found.axes if found else ())
        ]

    def answer_schema(self, method):
        texts = dict.fromkeys(("code", "name", "figure", "month", "label", "kind", "formula"), TEXT)
        value = {"type": ["number", "string", "null"], "description": "The figure: an amount, a score, a rank, a box"}
        numbers = {"exact": {**NUMBER, "description": "The exact sum of the ledger"}, "rounding": NUMBER}
        lists = {"inputs": ROWS, "readings": ROWS, "pools": ROWS, "lines": LIST, "events": LIST}
        others = {"closes": {"type": ["boolean", "null"]}, "activity": {"type": ["object", "null"]}, "run": RUN_SCHEMA}
        properties = {**texts, "value": value, **numbers, **lists, **others}
        return {"type": "object", "properties": properties, "required": list(properties)}


class ExplainCostLine(OfRun, ApiView):
    """One month's cost of a pool: where it went, and the accounts that bear it, the largest first."""

    policy = Permission.SEE_COSTS
    scope = Scope.READ_PROFITABILITY
    declared = OfRun.declared | {"accounts": PLACE}

    def get(self, request, pool, month):
        run = self.run(request)
        line = cost_line(run, pool, month_or_404(month)) if run else None
        if line is None:
            raise Http404
        return Response(self.told(line) | {"run": self.run_summary(run)})

    def told(self, line: CostLine) -> dict:
        spread, balance = line.spread, line.balance
        places = [{"activity": code, "value": in_units(cost)} for code, cost in spread.activities.items()]
        return {
            "pool": line.pool.code,
            "name": line.pool.name,
            "month": as_month(line.month),
            "value": as_money(line.amount),
            "input": balance.input,
            "support_in": balance.support_in,
            "exact": line.ledger and line.ledger.amount,
            "closes": line.closes,
            "activities": places,
            "pools": [{"pool": code, "value": in_units(cost)} for code, cost in spread.pools.items()],
            **{name: in_units(spread.elsewhere[name]) for name in ("unused", "channel", "corporate", "unassigned")},
            "no_account": in_units(spread.accounts[NO_ACCOUNT]),
            "accounts": self.bearers(line),
        }

    def bearers(self, line: CostLine) -> dict:
        borne = {account: cost for account, cost in line.spread.accounts.items() if account != NO_ACCOUNT and cost}
        seen = Account.objects.visible_to(self.request.user).values_list("pk", "code")
        rows = sorted(((borne[pk], code) for pk, code in seen if pk in borne), key=lambda row: (-row[0], row[1]))
        page = Paginator(rows, PAGE).get_page(self.asked["accounts"])
        results = [
            {
                "code": code,
                "value": in_units(cost),
                "url": self.request.build_absolute_uri(
                    f"{reverse('api:explain', args=[code])}?figure=cost_to_serve&month={as_month(line.month)}"
                ),
            }
            for cost, code in page.object_list
        ]
        return {"count": len(rows), "next": next_page(self.request, "accounts", page), "results": results}

    def answer_schema(self, method):
        numbers = (
            "value",
            "input",
            "support_in",
            "exact",
            "unused",
            "channel",
            "corporate",
            "unassigned",
            "no_account",
        )
        properties = {
            **dict.fromkeys(("pool", "name", "month"), TEXT),
            **dict.fromkeys(numbers, NUMBER),
            "closes": {"type": "boolean"},
            "activities": ROWS,
            "pools": ROWS,
            "accounts": LIST,
            "run": RUN_SCHEMA,
        }
        return {"type": "object", "properties": properties, "required": list(properties)}


def part_row(part: Part) -> dict:
    return {"cause": part.cause, "criterion": part.code or None, "label": part.name, "points": part.points}


def month_or_404(text: str) -> int:
    try:
        return parameters.read_month(text)
    except ValueError:
        raise Http404 from None


def next_page(request, name: str, page: Page) -> str | None:
    if not page.has_next():
        return None
    query = request.query_params.copy()
    query[name] = str(page.next_page_number())
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def formula_of(found: trail.Found) -> str:
    if found.rule:
        return found.rule
    formula = getattr(found.explanation, "formula", "")
    return str(formula or found.explanation.figure.formula)


def month_row(row, activity) -> dict:
    return {
        "month": as_month(row.month),
        "quantities": dict(zip(activity.measures, row.quantities, strict=True)),
        "minutes": row.minutes,
        "rate": row.rate,
        "cost": row.cost,
    }


def amount_line(line) -> dict:
    return line_row(line) | {"amount": line.counted}


def order_line_row(behind) -> dict:
    return line_row(behind.record) | counted(behind)


def line_row(line) -> dict:
    return {
        "order_id": line.order_id,
        "line_no": line.line_no,
        "ordered_on": line.ordered_on,
        "product": line.product.code if line.product else None,
        "quantity": line.quantity,
    }


def event_row(behind) -> dict:
    event = behind.record
    return {"event_id": event.event_id, "event_type": event.event_type, "occurred_on": event.occurred_on} | counted(
        behind
    )


def counted(behind) -> dict:
    counts = [{"of": name, "quantity": quantity} for name, quantity in behind.quantities]
    return {"counts_as": counts, "minutes": behind.minutes}
