"""A write that is sent again, because its answer got lost, happens once."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import IdempotencyKey
from kam_portal.api.problems import KeyUsedBefore
from kam_portal.api.rendering import dumps

KEPT = timedelta(days=1)
LONGEST = 255


def once(request, act: Callable[[], Response]) -> Response:
    """Do it, or give the answer of the first time. The key is inserted in the transaction of the write: of two
    equal calls at once the second waits for the first, and a call that fails leaves no key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with transaction.atomic():
            return act()
    if not 0 < len(key) <= LONGEST or not key.isprintable():
        raise ValidationError({"Idempotency-Key": [_("1 to 255 printable characters.")]})
    with transaction.atomic():
        IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        asked = fingerprint(request)
        row, new = IdempotencyKey.objects.get_or_create(user=request.user, key=key, defaults={"fingerprint": asked})
        return first_answer(row, act()) if new else same_answer(row, asked)


def first_answer(row: IdempotencyKey, response: Response) -> Response:
    row.status, row.location = response.status_code, response.headers.get("Location", "")
    row.answer = dumps(response.data).decode()
    row.save()
    return response


def same_answer(row: IdempotencyKey, asked: str) -> Response:
    if row.fingerprint != asked:
        raise KeyUsedBefore(_("This Idempotency-Key was used for another request."))
    return Response(orjson.Fragment(row.answer), status=row.status, headers={"Location": row.location})


def fingerprint(request) -> str:
    """Of the method, the address and the body, files by their content."""
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    fields = request.data if isinstance(request.data, dict) else {"": request.data}
    files = request.FILES.dict()
    plain = {name: value for name, value in fields.items() if name not in files}
    digest.update(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS))
    for name in sorted(files):
        digest.update(f"\n{name} {files[name].name}\n".encode())
        for chunk in files[name].chunks():
            digest.update(chunk)
        files[name].seek(0)
    return digest.hexdigest()
