"""The log of complaints: logged, followed up, closed with a remedy, counted."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from relationships import complaints
from relationships.models import Complaint
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db
NEW = "/complaints/new/"


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def signed_in(portfolio, who: str) -> Client:
    client = Client()
    client.force_login(portfolio.user(who))
    return client


def said(**more) -> dict:
    told = {"account": "N1", "received_on": "2026-03-01", "subject": "delivery", "severity": "2", "text": "Late"}
    return told | more


def logged(portfolio, code: str = "N1", **more) -> Complaint:
    fields = {"received_on": date(2026, 3, 1), "text": "Late", "logged_by": portfolio.user("manager")} | more
    return Complaint.objects.create(account=portfolio.accounts[code], **fields)


def test_a_complaint_is_logged_and_stands_in_the_list_and_the_history(portfolio):
    client = signed_in(portfolio, "member")

    response = client.post(NEW, said(text="Half of it came late"))

    row = Complaint.objects.get()
    assert (response.status_code, response.url) == (302, f"/complaints/{row.pk}/")
    assert (row.account.code, row.subject, row.severity, row.logged_by.role) == ("N1", "delivery", 2, "member")
    for address in ("/complaints/", "/accounts/N1/activity/"):
        assert "Half of it came late" in client.get(address).content.decode()


def test_it_is_closed_only_with_what_was_done_and_not_before_it_came(portfolio):
    row, client = logged(portfolio), signed_in(portfolio, "manager")
    url = f"/complaints/{row.pk}/"

    silent = client.post(url, said(closed_on="2026-03-05", revision="1"))
    early = client.post(url, said(closed_on="2026-02-05", remedy="Sent again", revision="1"))
    assert (silent.status_code, early.status_code) == (422, 422)
    assert "Say what was done" in silent.content.decode()

    assert client.post(url, said(closed_on="2026-03-05", remedy="Sent again", revision="1")).status_code == 302
    row.refresh_from_db()
    assert (row.closed_on, row.remedy, row.revision) == (date(2026, 3, 5), "Sent again", 2)
    assert complaints.days_open(row, timezone.localdate()) == 4


def test_two_who_follow_up_at_once_do_not_overwrite_each_other(portfolio):
    row, client = logged(portfolio), signed_in(portfolio, "manager")
    Complaint.objects.update(cause="Fog", revision=2)

    response = client.post(f"/complaints/{row.pk}/", said(cause="Strike", revision="1"))

    assert response.status_code == 409
    assert "Fog" in response.content.decode() and "Strike" in response.content.decode()
    assert Complaint.objects.get().cause == "Fog"


def test_a_member_follows_up_own_ones_and_reads_the_others(portfolio):
    row, client = logged(portfolio), signed_in(portfolio, "member")
    url = f"/complaints/{row.pk}/"

    assert client.post(url, said(revision="1")).status_code == 403
    assert "data-touch" not in client.get(url).content.decode()
    Complaint.objects.update(owner=portfolio.user("member"))
    assert client.post(url, said(revision="1")).status_code == 302


def test_other_teams_find_nothing(portfolio):
    row = logged(portfolio, "S1", text="Secret")
    client = signed_in(portfolio, "manager")

    assert client.get(f"/complaints/{row.pk}/").status_code == 404
    page = client.get("/complaints/").content.decode()
    assert "Secret" not in page and "No complaint is open" in page
    assert client.post(NEW, said(account="S1")).status_code == 422


def test_the_list_filters_counts_and_goes_out_as_a_file(portfolio):
    today = timezone.localdate()
    logged(portfolio, text="Wrong price", subject="invoice")
    logged(portfolio, text="Scratched", subject="quality", received_on=today - timedelta(days=9), closed_on=today)
    logged(portfolio, text="Torn", subject="quality", received_on=today - timedelta(days=2), closed_on=today)
    client = signed_in(portfolio, "lead")

    page = client.get("/complaints/").content.decode()
    assert "1 complaint is open" in page
    assert page.index("Wrong price") < page.index("Scratched")  # open ones first
    only = client.get("/complaints/", {"subject": "quality", "state": "closed"}).content.decode()
    assert "Torn" in only and "Wrong price" not in only
    export = b"".join(client.get("/complaints/", {"format": "csv", "state": "open"}).streaming_content).decode()
    assert "Wrong price" in export and "Torn" not in export
    rows = Complaint.objects.exclude(closed_on=None)
    assert complaints.usual_days(rows, today) == 6  # the median of 9 and 2, rounded half to even
    assert [(row["subject"], row["all"], row["open"]) for row in complaints.by_subject(Complaint.objects.all())] == [
        ("quality", 2, 0),
        ("invoice", 1, 1),
    ]
