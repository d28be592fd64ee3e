import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from kam_portal.api.urls import urlpatterns
from relationships import asking
from relationships.models import Commitment, Complaint, Contract, ServiceLevel, Touchpoint


@pytest.fixture
def schema(api):
    return api("manager").get("/api/v1/schema/").json()


def test_the_description_is_valid_openapi(schema):
    assert schema["openapi"].startswith("3.1")
    validate(schema)


def test_every_endpoint_is_described(schema):
    undescribed = {"schema", "docs", "nowhere"}

    assert len(schema["paths"]) == len([pattern for pattern in urlpatterns if pattern.name not in undescribed])


def test_an_operation_tells_its_parameters_fields_and_errors(schema):
    scores = schema["paths"]["/api/v1/scores/"]["get"]

    assert {"box", "ordering", "page_size", "cursor", "run"} <= {each["name"] for each in scores["parameters"]}
    answer = scores["responses"]["200"]["content"]["application/json"]["schema"]
    assert "cost_to_serve_share" in answer["properties"]["results"]["items"]["properties"]
    assert "application/problem+json" in scores["responses"]["404"]["content"]
    assert {"bearer": []} in scores["security"]


def check(api, schema, path: str, route: str = "") -> list[dict]:
    """The rows that were found to fit."""
    described = schema["paths"][f"/api/v1/{route or path}/"]["get"]["responses"]["200"]
    validator = Draft202012Validator(described["content"]["application/json"]["schema"])
    for role in ("member", "finance"):
        answer = api(role).get(f"/api/v1/{path}/").json()
        validator.validate(answer)
    return answer.get("results", [])


@pytest.mark.parametrize("path", ["scores", "matrix", "accounts", "profitability", "rankings", "concentration", "runs"])
def test_what_a_list_answers_fits_its_description(api, schema, path):
    check(api, schema, path)


def test_what_is_told_of_customers_fits_its_description(api, schema, portfolio):
    account, user = portfolio.accounts["N1"], portfolio.user("manager")
    Touchpoint.objects.create(account=account, logged_by=user, held_on="2026-02-03")
    Complaint.objects.create(account=account, logged_by=user, received_on="2026-02-03", text="Late")
    contract = Contract.objects.create(account=account, created_by=user, name="Supply", from_on="2026-01-01")
    Commitment.objects.create(contract=contract, least=5)
    ServiceLevel.objects.create(contract=contract, least="0.9")
    asking.invite(account, asking.Guest("Jo"), user, timezone.now())

    for path in ("touchpoints", "complaints", "contracts", "surveys", "voice"):
        assert check(api, schema, path), path
    assert check(api, schema, f"contracts/{contract.pk}/service-levels", "contracts/{contract_id}/service-levels")


def test_description_and_page_need_sign_in(api):
    assert api().get("/api/v1/schema/").status_code == 401
    assert api().get("/api/v1/docs/").status_code == 302


def test_the_page_has_no_inline_script_or_style(api):
    page = api("member").get("/api/v1/docs/")

    assert page.status_code == 200
    assert b"<style" not in page.content and b"<script>" not in page.content
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    script = api("member").get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"] == "application/javascript"
    assert b"/schema/" in script.content or b"../schema" in script.content


@pytest.mark.parametrize("query", ["lang=xx", "version=a%0ab", "format=yaml"])
def test_the_description_takes_no_parameters(api, query):
    assert api("member").get(f"/api/v1/schema/?{query}").status_code == 400
