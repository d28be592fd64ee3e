"""The administrator's pages: an imported person gets a password in the browser."""

import pytest
from django.test import Client

from accounts.models import User

PASSWORD = "a long way to Tipperary"


@pytest.fixture
def admin(client, db) -> Client:
    client.force_login(User.objects.create_user("admin@example.com", "Admin", "admin", "pw"))
    return client


@pytest.fixture
def imported(db) -> User:
    return User.objects.create_user("new@example.com", "New", "finance")


def test_somebody_imported_is_given_a_password(admin, imported):
    path = f"/admin/accounts/user/{imported.pk}/"
    assert "../password/" in admin.get(f"{path}change/").content.decode()

    assert admin.get(f"{path}password/").status_code == 200
    answer = admin.post(f"{path}password/", {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"})

    assert answer.status_code == 302
    imported.refresh_from_db()
    assert imported.check_password(PASSWORD)


def test_a_short_password_is_refused(admin, imported):
    sent = {"password1": "short", "password2": "short", "usable_password": "true"}

    answer = admin.post(f"/admin/accounts/user/{imported.pk}/password/", sent)

    assert answer.status_code == 200
    imported.refresh_from_db()
    assert not imported.has_usable_password()


def test_only_an_administrator_gives_passwords(client, imported):
    client.force_login(User.objects.create_user("f@example.com", "F", "finance", "pw"))

    assert client.get(f"/admin/accounts/user/{imported.pk}/password/").status_code == 302


@pytest.mark.parametrize("rest", ["1/xyz/", "1/", "nowhere/at/all/"])
@pytest.mark.parametrize("kind", ["user", "team", "apitoken"])
def test_an_address_that_leads_nowhere_is_not_found(admin, kind, rest):
    assert admin.get(f"/admin/accounts/{kind}/{rest}").status_code == 404


def test_people_are_still_added_and_listed(admin):
    sent = {"email": "x@example.com", "name": "X", "role": "lead", "password1": PASSWORD, "password2": PASSWORD}

    assert admin.get("/admin/accounts/user/add/").status_code == 200
    assert admin.post("/admin/accounts/user/add/", sent).status_code == 302
    assert "x@example.com" in admin.get("/admin/accounts/user/").content.decode()
    assert User.objects.get(email="x@example.com").role == "lead"
