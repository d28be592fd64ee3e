"""What the cost model calls the things that levers move."""

from collections.abc import Sequence

from profitability.core.cost_model import Activity, spoken
from profitability.core.measures import event_type
from profitability.wording import many_of

MOST_NAMES = 2


def event_names(activities: Sequence[Activity]) -> dict[str, str]:
    """Each kind of event that drives costs, by the names of the activities that are all about it."""
    found: dict[str, str] = {}
    for kind in dict.fromkeys(filter(None, map(event_type, measures_of(activities)))):
        users = [each for each in activities if kind in set(map(event_type, each.measures))]
        own = all({event_type(measure) for measure in each.measures} == {kind} for each in users)
        names = ", ".join(each.name for each in users)
        found[kind] = names if own and len(users) <= MOST_NAMES else many_of(f"{kind}.count")
    return found


def measures_of(activities: Sequence[Activity]) -> list[str]:
    """Every measure that drives a cost, once."""
    return list(dict.fromkeys(measure for each in activities for measure in each.measures))


def name_of_events(name: str, activities: Sequence[Activity]) -> str:
    """A lever of a whole kind of events, or of one of its figures."""
    return many_of(name) if event_type(name) else event_names(activities).get(name, many_of(f"{name}.count"))


def name_of_driver(measure: str, activities: Sequence[Activity]) -> str:
    """A measure; what one activity alone is about goes by its name."""
    users = [each for each in activities if measure in each.measures]
    return users[0].name if event_type(measure) and len(users) == len(users[0].measures) == 1 else many_of(measure)


def name_of_activity(code: str, activities: Sequence[Activity]) -> str:
    return next((each.name for each in activities if each.code == code), spoken(code))
