"""A web process answers every page and every file without loading what only imports and runs need."""

import sys

from tests.test_architecture import output_of

CODE = """
import sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
call_command("migrate", verbosity=0)
from tests.factories import a_portfolio
portfolio = a_portfolio()
for who in ("manager", "executive", "finance"):
    client = Client()
    client.force_login(portfolio.user(who))
    for path in ("/", "/accounts/", "/accounts/N1/", "/matrix/", "/search/?q=a", "/glossary/", "/ranking/",
                 "/accounts/?format=csv", "/matrix/?format=xlsx", "/what-if/new/?price=1&minimum_order=100",
                 "/effort/inputs/"):
        response = client.get(path)
        assert response.status_code == 200, path
        response.close()
print(sorted({"pandas", "pyarrow", "openpyxl", "scipy"} & set(sys.modules)))
"""


def test_pages_and_files_are_answered_without_pandas(tmp_path):
    environment = {
        "DJANGO_SETTINGS_MODULE": "kam_portal.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'web.sqlite3'}",
        "VAR_DIR": str(tmp_path),
    }

    status, output = output_of(sys.executable, "-c", CODE, **environment)

    assert status == 0, output
    assert output.strip().splitlines()[-1] == "[]"
