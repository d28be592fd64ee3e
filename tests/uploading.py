"""Uploads as a browser sends them, and what the workers would do with them at once."""

import re
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Import
from kam_portal.imports import perform_import
from kam_portal.uploads.looks import look_into

ACCOUNTS = "code,name,country\nA1,Alpha,DE\nA2,Beta,FR\n"


def upload(client: Client, text: str | bytes = ACCOUNTS, name: str = "accounts.csv", **fields):
    """Send the form of the first page; the answer."""
    content = text.encode() if isinstance(text, str) else text
    given = {"once": str(uuid4()), "file": SimpleUploadedFile(name, content), **fields}
    return client.post("/imports/", given)


def draft(client: Client, text: str | bytes = ACCOUNTS, name: str = "accounts.csv", **fields) -> Import:
    """A draft that a worker has looked into."""
    answer = upload(client, text, name, **fields)
    assert answer.status_code == 302, answer.content.decode()
    return looked_into(Import.objects.get(pk=int(answer.url.split("/")[2])))


def looked_into(record: Import) -> Import:
    look_into(record.pk)
    record.refresh_from_db()
    return record


def fields_of(client: Client, record: Import) -> dict[str, str]:
    """What the form beside the columns would send, untouched."""
    form = client.get(page(record)).context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}


def check(client: Client, record: Import, **changes) -> Import:
    """Start the check of a draft, and have it done."""
    answer = client.post(page(record), {**fields_of(client, record), "action": "check", **changes})
    assert answer.status_code == 302, errors(answer)
    return performed(record)


def performed(record: Import) -> Import:
    perform_import(record.pk)
    record.refresh_from_db()
    return record


def import_now(client: Client, record: Import, once: str | None = None) -> Import:
    """Press “Import now” and have it done."""
    answer = client.post(page(record), {"action": "import", "once": once or str(uuid4())})
    return performed(Import.objects.get(pk=int(answer.url.split("/")[2])))


def page(record: Import) -> str:
    return f"/imports/{record.pk}/"


def errors(answer) -> list[str]:
    """The errors that the page shows."""
    found = re.findall(r'class="(?:field-error|notice notice-error)"[^>]*>([^<]*)', answer.content.decode())
    return [text.strip() for text in found if text.strip()]
