"""The cause of a signal in one sentence, from its facts: named and dated."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relationships.models import Commitment, Signal
from relationships.signals import words

Facts = Mapping[str, Any]


def sentence(signal: Signal) -> str:
    return told(signal.kind, signal.facts)


def told(kind: str, facts: Facts) -> str:
    """Nothing of a kind that there is no more."""
    return SENTENCES[kind](facts) if kind in SENTENCES else ""


def contribution_falling(facts: Facts) -> str:
    text = _("Contribution fell by %(share)s to %(now)s in %(months)s, against %(before)s in %(earlier)s; %(cause)s.")
    if Decimal(facts["now"]) < 0:
        text = _("Contribution turned to %(now)s in %(months)s, from %(before)s in %(earlier)s; %(cause)s.")
    cause = CAUSES[facts["cause"]](words.money(facts["effect"]), facts)
    return text % {
        "share": words.percent(facts["share"]),
        "now": words.money(facts["now"]),
        "before": words.money(facts["before"]),
        "months": words.months(*facts["months"]),
        "earlier": words.months(*facts["earlier"]),
        "cause": cause,
    }


CAUSES: dict[str, Callable[[str, Facts], str]] = {
    "sales": lambda size, facts: _("most of it by lower sales (%(size)s)") % {"size": size},
    "margin": lambda size, facts: _("most of it by a lower gross margin on what it buys (%(size)s)") % {"size": size},
    "phase": lambda size, facts: (
        _("most of it by a higher cost to serve in %(phase)s (%(size)s)")
        % {"size": size, "phase": words.PHASES[facts["phase"]]}
    ),
}


def unprofitable(facts: Facts) -> str:
    values = {
        "loss": words.money(facts["loss"]),
        "months": words.months(*facts["months"]),
    }
    if facts["cause"] == "margin":
        return _("Loses %(loss)s in %(months)s: it is sold below cost of goods and freight.") % values
    values |= {"phase": words.PHASES[facts["cause"]], "cost": words.money(facts["cost"])}
    return _("Loses %(loss)s after cost to serve in %(months)s; %(phase)s alone costs %(cost)s.") % values


def gone_quiet(facts: Facts) -> str:
    if facts["names"]:
        names = ", ".join(
            _("%(name)s (%(when)s)") % {"name": name, "when": words.day(on) if on else _("never")}
            for name, on in facts["names"]
        )
        more = ngettext(" and %s other", " and %s others", facts["more"]) % facts["more"] if facts["more"] else ""
        text = _("Who counts there has not heard from us for more than %(days)s: %(names)s%(more)s.")
        return text % {"days": words.days(facts["expected"]), "names": names, "more": more}
    if not facts["last"]:
        return _("No meeting, visit or call is on record; %(days)s are the most here.") % {
            "days": words.days(facts["expected"])
        }
    text = _("Last in touch on %(day)s, %(days)s ago; %(expected)s are the most here.")
    return text % {
        "day": words.day(facts["last"]),
        "days": words.days(facts["days"]),
        "expected": words.days(facts["expected"]),
    }


def stage_slipping(facts: Facts) -> str:
    return _("The relationship slipped from %(before)s to %(after)s on %(day)s.") % {
        "before": words.stage(facts["before"]),
        "after": words.stage(facts["after"]),
        "day": words.day(facts["on"]),
    }


def strength_falling(facts: Facts) -> str:
    text = _("Relationship strength fell from %(before)s to %(after)s since %(month)s")
    values = {
        "before": words.number(facts["before"], 1),
        "after": words.number(facts["after"], 1),
        "month": words.month(facts["month"]),
    }
    told = text % values
    if not facts["criterion"]:
        return f"{told}."
    return _("%(told)s, most by %(criterion)s (%(effect)s).") % {
        "told": told,
        "criterion": facts["criterion"],
        "effect": words.number(facts["effect"], 1),
    }


def plan_stale(facts: Facts) -> str:
    values = {"day": words.day(facts["on"]), "days": words.days(facts["days"]), "every": words.days(facts["every"])}
    if not facts["reviewed"]:
        return _("Begun on %(day)s, %(days)s ago, and never reviewed; it is stale after %(every)s.") % values
    return _("Last reviewed on %(day)s, %(days)s ago; a plan of its box is stale after %(every)s.") % values


def no_plan(facts: Facts) -> str:
    return _("In %(box)s and in the programme since %(day)s, and there is no plan.") % {
        "box": words.box(facts["box"]),
        "day": words.day(facts["on"]),
    }


def action_overdue(facts: Facts) -> str:
    values = {
        "count": facts["count"],
        "text": facts["text"],
        "day": words.day(facts["on"]),
        "days": words.days(facts["days"]),
        "owner": _("; %(name)s has it") % {"name": facts["owner"]} if facts["owner"] else _("; nobody has it"),
    }
    is_planned = facts.get("planned")  # those of the plan and the others of an account are two signals
    if facts["count"] == 1:
        text = _("“%(text)s” was due on %(day)s, %(days)s ago%(owner)s.")
        text = _("In the plan: “%(text)s” was due on %(day)s, %(days)s ago%(owner)s.") if is_planned else text
    elif is_planned:
        text = _("%(count)s actions of the plan; the oldest, “%(text)s”, was due on %(day)s, %(days)s ago%(owner)s.")
    else:
        text = _("%(count)s actions of no plan; the oldest, “%(text)s”, was due on %(day)s, %(days)s ago%(owner)s.")
    return text % values


def review_due(facts: Facts) -> str:
    values = {"day": words.day(facts["on"]), "days": words.days(abs(facts["days"]))}
    if not facts["planned"]:
        return _("By the cadence of its box a review is due by %(day)s, and none is planned.") % values
    if facts["days"] < 0:
        return _("The review of %(day)s is overdue for %(days)s.") % values
    return _("A review is planned for %(day)s.") % values


def concentration_rising(facts: Facts) -> str:
    text = _("The ten largest customers make up %(after)s of net revenue, %(before)s in the window to %(month)s")
    values = {
        "after": words.tenth_percent(facts["after"]),
        "before": words.tenth_percent(facts["before"]),
        "month": words.month(facts["month"]),
    }
    largest = _("the largest one alone %(share)s") % {"share": words.tenth_percent(facts["largest"])}
    return f"{text % values}; {largest}."


def score_expiring(facts: Facts) -> str:
    text = ngettext(
        "%(old)s of %(all)s score is or will be more than a year old by %(day)s; the oldest is of %(oldest)s.",
        "%(old)s of %(all)s scores are or will be more than a year old by %(day)s; the oldest is of %(oldest)s.",
        facts["all"],
    )
    return text % {
        "old": facts["old"],
        "all": facts["all"],
        "day": words.day(facts["by"]),
        "oldest": words.day(facts["oldest"]),
    }


def contract_ending(facts: Facts) -> str:
    values = {"name": facts["name"], "end": words.day(facts["end"]), "notice": words.day(facts["notice"])}
    if facts["renews"]:
        return _("%(name)s renews itself after %(end)s unless notice is given by %(notice)s.") % values
    return _("%(name)s ends on %(end)s.") % values


def commitment_missed(facts: Facts) -> str:
    text = _("%(contract)s: %(measure)s from %(from)s to %(until)s is not what %(side)s committed to.")
    measure = str(Commitment.Measure(facts["measure"]).label)
    return text % {
        "contract": facts["contract"],
        "measure": f"{measure} ({facts['category']})" if facts["category"] else measure,
        "from": words.day(facts["from"]),
        "until": words.day(facts["until"]),
        "side": _("the customer") if facts["side"] == Commitment.Side.CUSTOMER else _("we"),
    }


def complaint_open(facts: Facts) -> str:
    return _("“%(text)s”, received on %(day)s, has been open for %(days)s.") % {
        "text": facts["text"],
        "day": words.day(facts["on"]),
        "days": words.days(facts["days"]),
    }


def detractor(facts: Facts) -> str:
    return _("%(name)s answered %(score)s of 10 on %(day)s.") % {
        "name": facts["name"],
        "score": facts["score"],
        "day": words.day(facts["on"]),
    }


SENTENCES: dict[str, Callable[[Facts], str]] = {
    each.__name__: each
    for each in (
        contribution_falling, unprofitable, gone_quiet, stage_slipping, strength_falling, plan_stale, no_plan,
        action_overdue, review_due, concentration_rising, score_expiring, contract_ending, commitment_missed,
        complaint_open, detractor,
    )
}  # fmt: skip
