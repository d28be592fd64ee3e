"""What the portal fills in by itself when somebody changes a field of a plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from profitability.queries import published_run
from relationships.models import Action, Objective, Plan
from relationships.plans import measures
from relationships.plans.measures import MEASURES


def derived(user, plan: Plan, entry: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Further values that follow from those that are set."""
    if isinstance(entry, Action) and "state" in values:
        return done_day(entry, values["state"])
    if isinstance(entry, Objective) and values.get("measure") and "baseline" not in values:
        return {name: value for name, value in from_run(user, plan, values["measure"]).items() if name not in values}
    return {}


def done_day(action: Action, state: str) -> dict[str, Any]:
    """What is done was done on a day; what is not has none."""
    if state != Action.State.DONE:
        return {"done_on": None}
    return {"done_on": action.done_on or timezone.localdate()}


def from_run(user, plan: Plan, code: str) -> dict[str, Any]:
    """Where the account stands by a measure now, as far as this person may see it. A benchmark of another measure goes;
    what peers have differs by reader, so that it is shown to each and kept nowhere."""
    run, measure = published_run(), MEASURES[code]
    value = measures.values([plan.account_id], run, user).get(plan.account_id, {}).get(code)
    return {
        "unit": "",
        "direction": measure.direction,
        "baseline": value,
        "baseline_on": run.business_date if run and value is not None else None,
        "target": None,
        "benchmark": None,
        "benchmark_source": "",
    }


def check_needs(action: Action, chosen: Iterable[Action]) -> None:
    """An action waits for others, never for itself by way of them. Raises ValidationError."""
    waits = defaultdict(list)
    pairs = Action.needs.through.objects.filter(from_action__plan=action.plan_id)
    for waiting, needed in pairs.values_list("from_action_id", "to_action_id"):
        waits[waiting].append(needed)
    seen, ahead = set(), [each.pk for each in chosen]
    while ahead:
        each = ahead.pop()
        if each == action.pk:
            raise ValidationError(_("That would make a circle: the other one waits for this one."))
        if each not in seen:
            seen.add(each)
            ahead += waits[each]
