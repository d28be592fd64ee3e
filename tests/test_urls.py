"""Every address × who asks × method × own, hidden or missing object. A new address is in here by being in the site
map; one that declares no policy, or whose parameters nobody explained, fails."""

import re
from datetime import date
from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken, Decision, WebhookEndpoint
from accounts.permissions import PERMISSIONS, Permission, Role
from accounts.rest.scopes import SCOPES
from kam_portal.api.policy import DeclaredPolicy
from kam_portal.webhooks import endpoints as webhooks
from profitability.models import Scenario
from relationships import notices
from relationships.models import (
    Action,
    Complaint,
    Contact,
    Contract,
    Notice,
    Objective,
    Plan,
    PlanVersion,
    Review,
    ReviewPoint,
    Signal,
    Touchpoint,
)
from relationships.plans.versions import document
from tests.factories import a_portfolio

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PUBLIC = {"sign_in", "healthz", "readyz", "ask", "digest_off"}  # need no sign-in
GUARD_THEMSELVES = ("admin/", "static/")  # Django's own
ROLES = tuple(Role)
OF_NORTH = (Role.MANAGER, Role.MEMBER, Role.LEAD)
OBJECTS = ("own", "hidden", "missing")


def addresses(resolver=None, prefix="") -> list[tuple[str, URLPattern]]:
    """Every pattern of the site with its whole route; but those that guard themselves."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern, route)
        elif not route.startswith(GUARD_THEMSELVES):
            found.append((route, pattern))
    return found


ADDRESSES = addresses()
EVERY_ADDRESS = pytest.mark.parametrize(("route", "pattern"), ADDRESSES, ids=[route or "/" for route, _ in ADDRESSES])


def values_of(route: str, portfolio) -> dict[str, tuple]:
    """What stands for each parameter: of an account of the team, of another team, and what does not exist."""
    sets = {"cost-model": "standard", "criteria": "default"}
    document = sets.get(route.partition("/")[0])
    if route.startswith("team/"):
        return {"code": ("north", "south", "nowhere")}
    return portfolio.values | {
        "code": (document, document, "XX") if document else ("N1", "S1", "XX"),
        "month": ("2026-01", "2026-01", "2099-01") if route.startswith("api/") else (202601, 202601, 209901),
    }


def values_in(portfolio) -> dict[str, tuple]:
    """The parameters that mean the same in every address."""
    return {
        "version": (1, 1, 999),
        "number": (1, 1, 999),
        "plan_id": (*ids_of(Plan), 999_999_999),
        "objective_id": (*review_ids(Objective, "plan"), 999_999_999),
        "action_id": (*ids_of(Action), 999_999_999),
        "contact_id": (*ids_of(Contact), 999_999_999),
        "version_id": (*versions_of_plans(), 999_999_999),
        "other": (1, 1, 999),
        "activity": ("visits", "visits", "XX"),
        "pool": ("service", "service", "XX"),
        "touchpoint_id": (*ids_of(Touchpoint), 999_999_999),
        "complaint_id": (*ids_of(Complaint), 999_999_999),
        "contract_id": (*ids_of(Contract), 999_999_999),
        "review_id": (*review_ids(Review, "plan"), 999_999_999),
        "point_id": (*review_ids(ReviewPoint, "review__plan"), 999_999_999),
        "user_id": (portfolio.user("manager").pk, portfolio.user("stranger").pk, 999_999_999),
        "run_id": (portfolio.run.pk, portfolio.run.pk, 999_999_999),
        "import_id": (1, 1, 999_999_999),
        "scenario_id": (*scenario_ids(), 999_999_999),
        "decision_id": (*decision_ids(), 999_999_999),
        "webhook_id": (*webhook_ids(), 999_999_999),
        "notice_id": (*notice_ids(), 999_999_999),
        "signal_id": (*signal_ids(), 999_999_999),
        "token": ("token", "token", "token"),
        "kind": ("order_lines", "order_lines", "nothing"),
        "part": ("commitment", "commitment", "nothing"),
        "file_type": ("csv", "csv", "exe"),
        "ending": ("csv", "csv", "exe"),
        "secret": ("secret", "secret", "secret"),
        "rest": ("nowhere/", "elsewhere/", "nothing/"),
    }


def address(route: str, portfolio, which: str) -> str:
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
    values = values_of(route, portfolio)
    names = re.findall(r"<(?:\w+:)?(\w+)>", route)
    assert set(names) <= set(values), f"say in values_of() what stands for {set(names) - set(values)}"
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]][OBJECTS.index(which)]), route)
    return f"/{filled}"


def is_personal(route: str, role: Role) -> bool:
    """Whether nobody else than its owner finds it; of people also their leads and executives."""
    if "user_id" in route:
        return role in (Role.MEMBER, Role.FINANCE)
    return "import_id" in route or (("webhook_id" in route or "notice_id" in route) and role != Role.MANAGER)


def is_api(pattern) -> bool:
    return hasattr(pattern.callback, "cls")


def policy_of(pattern, method: str) -> Permission | None:
    """The permission a method takes; None where there is no such method."""
    if not is_api(pattern):
        return pattern.callback.policy
    view = pattern.callback.cls
    if not hasattr(view, method.lower()):
        return None
    return view.policy[method] if isinstance(view.policy, dict) else view.policy


def has_account(route: str) -> bool:
    return "accounts/<path:code>" in route


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    cache.clear()
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": None, "anon": None})


@pytest.fixture
def portfolio(db):
    made = a_portfolio()
    for name, sharing in (("Shared", "everyone"), ("Secret", "nobody")):
        Scenario.objects.create(name=name, sharing=sharing, owner=made.user("stranger"), run=made.run)
    for who in ("manager", "stranger"):
        webhooks.create(made.user(who), "https://example.com/hook", ["run.published"], made.user(who))
        notices.tell([made.user(who)], "mention", "You were mentioned", "/notices/", None)
    for code in ("N1", "S1"):
        own = {"account": made.accounts[code], "logged_by": made.user("executive")}
        Touchpoint.objects.create(held_on="2026-03-01", **own)
        Complaint.objects.create(received_on="2026-03-01", text="Late", **own)
        years = {"from_on": "2026-01-01", "until_on": "2028-12-31", "created_by": made.user("executive")}
        Contract.objects.create(account=made.accounts[code], name="Supply", **years)
        plan = Plan.objects.create(account=made.accounts[code], **years)
        review = Review.objects.create(plan=plan, due_on="2026-04-01")
        ReviewPoint.objects.create(review=review, text="Stock")
        Decision.objects.create(
            account=made.accounts[code],
            outcome="admit",
            reason="Grows",
            proposed_on="2026-03-01",
            proposed_by=made.user("lead"),
        )
        Signal.objects.create(
            kind="stage_slipping",
            account=made.accounts[code],
            key=f"slipped:{code}",
            facts={"before": "integrated", "after": "basic", "on": "2026-01-01"},
            since_on="2026-03-01",
            seen_on="2026-03-01",
        )
    submit_plans(made)
    made.values = values_in(made)
    return made


def submit_plans(made) -> None:
    """A version of the plan of an account of the team, and of one of another team."""
    for code in ("N1", "S1"):
        years = {"from_on": "2026-01-01", "until_on": "2028-12-31", "created_by": made.user("executive")}
        plan, _new = Plan.objects.get_or_create(account=made.accounts[code], defaults=years)
        said = {"document": document(plan, made.run, date(2026, 3, 1)), "submitted_by": plan.account.manager}
        PlanVersion.objects.create(plan=plan, number=1, submitted_at="2026-03-01T09:00:00Z", **said)
        Objective.objects.create(plan=plan, text="More sales")
        Action.objects.create(plan=plan, account=plan.account, text="Call")
        Contact.objects.create(account=plan.account, name="Ada")


def ids_of(model) -> list[int]:
    """On an account of the team, and on one of another team."""
    return list(model.objects.order_by("account__code").values_list("pk", flat=True))


def review_ids(model, plan: str) -> list[int]:
    """Of a plan of the team, and of one of another team."""
    return list(model.objects.order_by(f"{plan}__account__code").values_list("pk", flat=True))


def versions_of_plans() -> list[int]:
    """Of the plan of an account of the team, and of one of another team."""
    return list(PlanVersion.objects.order_by("plan__account__code").values_list("pk", flat=True))


def decision_ids() -> list[int]:
    """On an account of the team, and on one of another team."""
    return list(Decision.objects.order_by("account__code").values_list("pk", flat=True))


def signal_ids() -> list[int]:
    """On an account of the team, and on one of another team."""
    return list(Signal.objects.order_by("account__code").values_list("pk", flat=True))


def notice_ids() -> list[int]:
    """To a manager of the team, and to somebody else."""
    return list(Notice.objects.order_by("pk").values_list("pk", flat=True))


def webhook_ids() -> list[int]:
    """Of a manager of the team, and of somebody else."""
    return list(WebhookEndpoint.objects.order_by("pk").values_list("pk", flat=True))


def scenario_ids() -> list[int]:
    """One that everyone opens, and one of somebody else alone."""
    return list(Scenario.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def ask(portfolio):
    """`ask("manager", "GET", "/…")`: the answer; whatever the call changed is undone."""
    signed_in: dict[str, Client] = {}

    def client(who: str) -> Client:
        if who not in signed_in:
            signed_in[who] = made = Client(raise_request_exception=False)
            if who.startswith("token"):
                _row, token = ApiToken.objects.create(
                    portfolio.user("manager"), scopes=SCOPES if who == "token" else []
                )
                made.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
            elif who != "anonymous":
                made.force_login(portfolio.user(who))
        return signed_in[who]

    def answer(who: str, method: str, path: str):
        asking = client(who)
        cookies = asking.cookies.output(header="", sep=";")
        body = {} if method == "GET" else {"content_type": "application/json", "data": "{}"}
        with transaction.atomic():
            response = getattr(asking, method.lower())(path, **body)
            response.told = told(response)
            transaction.set_rollback(True)
        asking.cookies = SimpleCookie(cookies)
        return response

    return answer


def told(response) -> tuple:
    """Everything a reader can tell an answer by; tokens against forgery differ each time."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    content = re.sub(rb"\b[A-Za-z0-9]{64}\b", b"", content)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return response.status_code, headers, content


@EVERY_ADDRESS
def test_every_address_declares_its_policy(route, pattern):
    if is_api(pattern):
        view = pattern.callback.cls
        assert DeclaredPolicy in view.permission_classes
        assert view.policy and view.scope is not None
    elif pattern.name in PUBLIC:
        assert pattern.callback.login_required is False
    else:
        assert isinstance(pattern.callback.policy, Permission)
        assert getattr(pattern.callback, "login_required", True)


@EVERY_ADDRESS
def test_a_stranger_gets_nowhere(route, pattern, portfolio, ask):
    for method in METHODS:
        for which in OBJECTS:
            response = ask("anonymous", method, address(route, portfolio, which))

            if pattern.name in PUBLIC:
                assert response.status_code < 500
            elif is_api(pattern) and pattern.name != "docs":
                assert response.status_code == 401
            else:
                assert response.status_code in (302, 401)
                assert response.status_code != 302 or response.url.startswith("/sign-in/")


@EVERY_ADDRESS
def test_each_role_gets_what_the_policy_says(route, pattern, portfolio, ask):
    for role in ROLES:
        for method in METHODS:
            answers = {which: ask(role, method, address(route, portfolio, which)) for which in OBJECTS}
            statuses = {response.status_code for response in answers.values()}
            assert max(statuses) < 500, (role, method)
            if pattern.name in PUBLIC:
                continue
            needed = policy_of(pattern, method)
            if needed is None:
                assert statuses == {405}, (role, method)
            elif needed not in PERMISSIONS[role]:
                assert statuses == {403}, (role, method)
            elif method == "GET" and pattern.name != "nowhere" and not is_personal(route, role):
                assert answers["own"].status_code in (200, 302, 405), (role, method)


@EVERY_ADDRESS
def test_hidden_and_missing_are_the_same_bytes(route, pattern, portfolio, ask):
    if not has_account(route):
        return
    asking = [role for role in ROLES if Permission.SEE_ALL_ACCOUNTS not in PERMISSIONS[role]]
    for role in [*asking, "token"] if is_api(pattern) else asking:
        for method in METHODS:
            hidden = ask(role, method, address(route, portfolio, "hidden"))
            missing = ask(role, method, address(route, portfolio, "missing"))

            assert hidden.told == missing.told, (role, method)
            assert hidden.status_code in (403, 404, 405)


@pytest.mark.servers
@EVERY_ADDRESS
def test_no_answer_names_an_account_of_another_team(route, pattern, portfolio, ask):
    for role in (*OF_NORTH, Role.ADMIN, "token"):
        _status, _headers, content = ask(role, "GET", address(route, portfolio, "own")).told

        assert b"Account S" not in content
        assert not re.search(rb"\bS[1-6]\b", content)


@EVERY_ADDRESS
def test_a_token_needs_the_scope(route, pattern, portfolio, ask):
    path = address(route, portfolio, "own")

    for method in METHODS:
        response = ask("token without scope", method, path)
        if not is_api(pattern):
            assert response.status_code == 302 or pattern.name in PUBLIC  # pages take no tokens
        elif policy_of(pattern, method) and pattern.name not in {"schema", "docs", "nowhere"}:
            assert response.status_code == 403
    if is_api(pattern) and policy_of(pattern, "GET") in PERMISSIONS[Role.MANAGER] and pattern.name != "nowhere":
        assert ask("token", "GET", path).status_code == 200


def test_the_walk_finds_the_api():
    assert len([route for route, _pattern in ADDRESSES if route.startswith("api/v1/")]) >= 20
