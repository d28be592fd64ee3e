from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from profitability.models import Run


def test_of_many_equal_calls_at_once_one_is_done_and_all_are_answered_alike(transactional_db, monkeypatch):
    monkeypatch.setattr("kam_portal.recompute.hand_over", lambda run_id: None)
    finance = User.objects.create_user("finance@example.com", "Finance", "finance")
    _row, token = ApiToken.objects.create(finance, scopes=["runs:write"])

    def call(number: int) -> tuple[int, bytes]:
        client = APIClient(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "same"})
        body = {"to": "2026-02"} if number % 4 else {"to": "2026-01"}
        try:
            response = client.post("/api/v1/runs/", body, format="json")
            return response.status_code, response.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(call, range(24)))

    done = {answer for answer in answers if answer[0] == 202}
    assert len(done) == 1
    assert {status for status, _content in answers} == {202, 422}
    assert Run.objects.count() == 1
