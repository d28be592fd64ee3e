"""Attractiveness may be calculated from contribution: with the scale known, it would give it away to the cent."""

import pytest


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("scores/", "attractiveness"),
        ("accounts/N1/scores/", "attractiveness"),
        ("matrix/", "attractiveness"),
        ("matrix/", "previous_attractiveness"),
    ],
)
def test_a_member_gets_no_attractiveness_and_a_manager_does(api, path, field):
    rows = {}
    for role in ("member", "manager"):
        answer = api(role).get(f"/api/v1/{path}").json()
        rows[role] = answer.get("results") or answer["points"]

    assert rows["member"]
    assert {row[field] for row in rows["member"]} == {None}
    assert any(row[field] is not None for row in rows["manager"])


def test_a_member_cannot_order_by_attractiveness(api):
    assert api("member").get("/api/v1/scores/?ordering=-attractiveness").status_code == 400
    assert api("manager").get("/api/v1/scores/?ordering=-attractiveness").status_code == 200
