"""Imports over REST: a file goes in as by the command, and its report can be fetched."""

import yaml
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, row_or_404
from accounts.tables.mapping import LONGEST, Mapping
from accounts.tables.problems import Unusable
from kam_portal.api.idempotency import once
from kam_portal.api.problems import TooLarge
from kam_portal.uploads.drafts import visible_to

COUNTS = ("rows", "added", "changed", "unchanged", "skipped", "refused")
IMPORTS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("file_name", Kind.TEXT, "file_name", nullable=False),
    Column("sha256", Kind.TEXT, "sha256"),
    Column("dry_run", Kind.FLAG, "dry_run", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    *(Column(name, Kind.WHOLE, name, nullable=False) for name in COUNTS),
    Column("accepted", Kind.WHOLE, derive=lambda row: row["rows"] - row["skipped"] - row["refused"], nullable=False),
    Column("control_totals", Kind.DOCUMENT, "control_totals", nullable=False),
    Column("problems", Kind.DOCUMENT, "problems", nullable=False),
    Column("notes", Kind.DOCUMENT, "notes", nullable=False),
    Column("message", Kind.TEXT, "message"),
    Column("created_at", Kind.INSTANT, "created_at", nullable=False),
    Column("finished_at", Kind.INSTANT, "finished_at"),
)
LONGEST_WORD = 32
TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def row_of(import_id: int, user) -> dict:
    return row_or_404(visible_to(user).filter(pk=import_id), IMPORTS, user)


class Imports(ApiView):
    """Take a file in: nothing of it, or all. Answers at once; the report is at Location."""

    policy = {"POST": Permission.IMPORT_DATA}
    scope = {"POST": Scope.WRITE_IMPORTS}
    parser_classes = [MultiPartParser]
    takes_idempotency_key = True
    body_schema = {
        "multipart/form-data": {
            "type": "object",
            "properties": {
                "file": {"type": "string", "format": "binary"},
                "kind": {"type": "string", "description": "Left out, the file name tells"},
                "dry_run": {"type": "boolean"},
                "map": {"type": "string", "description": "The rules of a map, as YAML text or file"},
                "encoding": {"type": "string"},
                "decimal": {"type": "string", "enum": [".", ","]},
            },
            "required": ["file"],
            "additionalProperties": False,
        }
    }

    def post(self, request):
        asked = asked_import(request.data)
        return once(request, lambda: accepted_import(request, asked))

    def answer_schema(self, method):
        return schema_of(IMPORTS)


class ImportDetail(ApiView):
    """What became of one import: counts, control totals, and the problems by line."""

    policy = Permission.IMPORT_DATA
    scope = Scope.READ_IMPORTS

    def get(self, request, import_id):
        return Response(row_of(import_id, request.user))

    def answer_schema(self, method):
        return schema_of(IMPORTS)


def accepted_import(request, asked: dict) -> Response:
    from kam_portal.imports import KINDS, request_import  # loads pyarrow, which a web process starts without

    if asked["kind"] not in ("", *KINDS):
        raise ValidationError({"kind": [_("Choose one of: %(values)s.") % {"values": ", ".join(KINDS)}]})
    try:
        made = request_import(request.user, **asked)
    except Unusable as error:
        raise ValidationError({"file": [str(error)]}) from error
    address = request.build_absolute_uri(reverse("api:import", args=[made.pk]))
    return Response(row_of(made.pk, request.user), status=202, headers={"Location": address})


def asked_import(body) -> dict:
    """What `request_import` takes; ValidationError names every field that is not right."""
    problems = {name: [_("Unknown field.")] for name in body if name not in READERS}
    problems |= {name: [_("Given more than once.")] for name in body if len(body.getlist(name)) > 1}
    values = {}
    for name, read in READERS.items():
        try:
            values["mapping" if name == "map" else name] = read(body.get(name))
        except ValueError as error:
            problems[name] = [str(error)]
    if problems:
        raise ValidationError(problems)
    return values


def read_file(file):
    if not hasattr(file, "chunks"):
        raise ValueError(_("A file is needed."))
    if file.size > settings.IMPORT_MAX_BYTES:
        raise TooLarge(_("The file is larger than %(bytes)d bytes.") % {"bytes": settings.IMPORT_MAX_BYTES})
    return file


def read_word(text) -> str:
    if not isinstance(text or "", str) or "\0" in (text or "") or len(text or "") > LONGEST_WORD:
        raise ValueError(_("Not a word."))
    return text or ""


def read_mark(text) -> str:
    if text not in (None, "", ".", ","):
        raise ValueError(_("“.” or “,”."))
    return text or ""


def read_flag(text) -> bool:
    word = "" if text is None else str(text).lower()
    if word not in TRUE | FALSE:
        raise ValueError(_("true or false."))
    return word in TRUE


def read_map(given) -> dict:
    """The rules of a map, given as a file or as text; checked here, so that a typing error is told at once."""
    if given is None or given == "":
        return {}
    text = given.read(LONGEST + 1).decode("utf-8", errors="replace") if hasattr(given, "read") else given
    try:
        Mapping.of(text)
    except Unusable as error:
        raise ValueError(str(error)) from error
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds strings, lists, dicts only


READERS = {
    "file": read_file,
    "kind": read_word,
    "dry_run": read_flag,
    "map": read_map,
    "encoding": read_word,
    "decimal": read_mark,
}
