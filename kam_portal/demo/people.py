"""The people of the demo: its six logins, and the sales employees of the source."""

import unicodedata
from collections import Counter

from kam_portal.demo.source import Employee, Reseller

DOMAIN = "demo.kam-portal.example"
PASSWORD = "show-me-the-whale-curve"  # noqa: S105 - printed on the demo's sign-in page
LOGIN_NAMES = {
    "manager": "Nora Quinn",
    "member": "Ben Osei",
    "lead": "Clara Moreau",
    "finance": "Ivan Petrov",
    "executive": "Helen Park",
    "admin": "Sam Ortiz",
}
LOGIN_TEAM = "Southwest"  # of the lead and the member; the manager has own accounts, and no team
REGION_LEADS = {"North America": "Stephen Jiang", "Europe": "Amy Alberts", "Pacific": "Syed Abbas"}
VICE_PRESIDENT = "Brian Welcker"


def demo_logins() -> list[tuple[str, str, str, str]]:
    """Role, name, e-mail and password of one login for each role."""
    return [(role, name, login_email(role), PASSWORD) for role, name in LOGIN_NAMES.items()]


def login_email(role: str) -> str:
    return f"{role}@{DOMAIN}"


def employee_email(name: str) -> str:
    """firstname.lastname in plain letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    first, *last = plain.split()
    return f"{first}.{'-'.join(last)}@{DOMAIN}"


def team_code(territory: str) -> str:
    return territory.lower().replace(" ", "-")


def team_rows(resellers: list[Reseller]) -> list[dict]:
    """One team for each sales territory."""
    territories = sorted({reseller.territory for reseller in resellers})
    return [{"code": team_code(territory), "name": territory} for territory in territories]


def user_rows(resellers: list[Reseller], employees: list[Employee]) -> list[dict]:
    """The logins, then the sales employees. Only the logins get a password."""
    return [_login_row(role, name) for role, name in LOGIN_NAMES.items()] + [
        _employee_row(employee, resellers) for employee in employees
    ]


def _login_row(role: str, name: str) -> dict:
    team = team_code(LOGIN_TEAM) if role in {"lead", "member"} else ""
    return {"email": login_email(role), "name": name, "role": role, "team_code": team}


def _employee_row(employee: Employee, resellers: list[Reseller]) -> dict:
    territories = Counter(reseller.territory for reseller in resellers if reseller.manager == employee.name)
    home = max(territories, key=lambda territory: (territories[territory], territory), default="")
    return {
        "email": employee_email(employee.name),
        "name": employee.name,
        "role": _role(employee.title),
        "team_code": team_code(home),
    }


def _role(title: str) -> str:
    if title.startswith("Vice President"):
        return "executive"
    return "lead" if title.endswith("Sales Manager") else "manager"
