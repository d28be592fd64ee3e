"""What the demo's people say about hours: how many they have, how they may be spread, and what some accounts answer."""

from datetime import datetime

from accounts.models import Account, Team, User
from kam_portal.demo.people import employee_email, login_email, team_code
from relationships.models import EffortCapacity, EffortLimit, EffortResponse

TEAM = "Southwest"
HOURS = {"Linda Mitchell": 90, "Michael Blythe": 60, "Shu Ito": 70}
OF_THE_MANAGER = {"Southwest": 230, "Northwest": 80}  # too few for what is done today
LEAST_SHARES = {"star": "0.15"}
MOST_SHARES = {"status": "0.25"}  # who asks for most is served less
RESPONSES = {  # lost with half of the hours, gained with twice as many, least, most, movable
    "AW00000490": (500, 900, 3, 12, False),  # Extraordinary Bike Works: a star that was left waiting
    "AW00000599": (150, 20, 30, None, False),  # Westside Plaza: loses money, and is used to being served
    "AW00000433": (None, None, 6, None, False),
    "AW00000236": (None, None, None, None, True),  # a colleague of the team may take it
}


def state_hours(now: datetime) -> None:
    """Store it as the team's lead and the manager would type it."""
    lead, manager = (User.objects.get(email=login_email(role)) for role in ("lead", "manager"))
    by_lead, by_manager = ({"changed_at": now, "changed_by": user} for user in (lead, manager))
    teams = {team.code: team for team in Team.objects.all()}
    people = {name: User.objects.get(email=employee_email(name)) for name in HOURS}
    capacities = [(people[name], TEAM, hours) for name, hours in HOURS.items()]
    capacities += [(manager, team, hours) for team, hours in OF_THE_MANAGER.items()]
    for person, team, hours in capacities:
        EffortCapacity.objects.create(manager=person, team=teams[team_code(team)], hours=hours, **by_lead)
    for name, shares in (("least_share", LEAST_SHARES), ("most_share", MOST_SHARES)):
        for box, share in shares.items():
            EffortLimit.objects.create(team=teams[team_code(TEAM)], box=box, **{name: share}, **by_lead)
    for code, (lost, gained, least, most, movable) in RESPONSES.items():
        EffortResponse.objects.create(
            account=Account.objects.get(code=code),
            lost_at_half=lost,
            gained_at_double=gained,
            least_hours=least,
            most_hours=most,
            is_movable=movable,
            **by_manager,
        )
