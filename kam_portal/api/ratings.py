"""Ratings over REST: what raters say of accounts by judged criteria. A POST is today's rating of whoever asks."""

from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.paging import Sort
from accounts.rest.parameters import Parameter
from accounts.rest.scopes import Scope
from accounts.rest.views import ListView, row_or_404
from accounts.versions import NotPossible
from kam_portal.api.idempotency import once
from profitability.api.run import OfPublishedRun
from relationships.imports.judged import Criteria
from relationships.judging import LONGEST_EVIDENCE, Cell, check, link_in, rate, score_in
from relationships.models import Rating
from relationships.opinions import OURS, criteria_on

RATINGS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("criterion", Kind.TEXT, "criterion", nullable=False),
    Column("score", Kind.SHARE, "score", nullable=False),
    Column("perspective", Kind.TEXT, "perspective", nullable=False),
    Column("status", Kind.TEXT, "status", nullable=False),
    Column("rater_email", Kind.TEXT, "rater__email", nullable=False),
    Column("rated_on", Kind.DAY, "rated_on", nullable=False),
    Column("evidence", Kind.TEXT, "evidence"),
    Column("link", Kind.TEXT, "link"),
)
NEWEST = {"-rated_on": Sort("-rated_on", "rated_on", descending=True, tie="pk")}
SAID = {
    "criterion": {"type": "string"},
    "score": {"type": "number", "minimum": 0, "maximum": 10},
    "perspective": {"type": "string", "enum": list(Rating.Perspective.values), "default": OURS},
    "status": {"type": "string", "enum": list(Rating.Status.values)},
    "evidence": {"type": "string", "maxLength": LONGEST_EVIDENCE},
    "link": {"type": "string", "format": "uri", "description": "http or https"},
}
CHOICES = {"perspective": Rating.Perspective.values, "status": Rating.Status.values}


def read_day(given: str) -> date:
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("A day is written YYYY-MM-DD."))
    return day


SINCE = Parameter(read_day, {"type": "string", "format": "date"}, "On this day or later")


def ratings_for(user) -> QuerySet[Rating]:
    """Of the accounts that the reader sees; without attractiveness for who may not see profit, which it may rest on."""
    rows = Rating.objects.all()
    if not may(user, Permission.SEE_ALL_ACCOUNTS):
        rows = rows.filter(account__in=Account.objects.visible_to(user))
    if may(user, Permission.SEE_PROFITABILITY):
        return rows
    known = Criteria()
    return rows.filter(criterion__in=known.of_relationship - known.of_attractiveness)


def body_schema(*more: str) -> dict:
    fields = {name: {"type": "string"} for name in more} | SAID
    required = [*more, "criterion", "score"]
    whole = {"type": "object", "properties": fields, "required": required, "additionalProperties": False}
    return {"application/json": whole}


class Ratings(OfPublishedRun, ListView):
    """Ratings, the newest first; a POST keeps one's own of today, in place of one given earlier that day."""

    policy = {"GET": Permission.SEE_ACCOUNTS, "POST": Permission.SCORE_ACCOUNTS}
    scope = {"GET": Scope.READ_RATINGS, "POST": Scope.WRITE_RATINGS}
    columns = RATINGS
    filters = {
        "account": ("account__code", parameters.text("Code of the account")),
        "criterion": ("criterion", parameters.text()),
        "perspective": ("perspective", parameters.choice(Rating.Perspective.values)),
        "status": ("status", parameters.choice(Rating.Status.values)),
        "rater": ("rater__email__iexact", parameters.text("E-mail of the rater")),
        "rated_since": (
            "rated_on__gte",
            Parameter(read_day, {"type": "string", "format": "date"}, "On this day or later"),
        ),
    }
    ordering = "-rated_on"
    takes_idempotency_key = True
    accepted = 201
    body_schema = body_schema("account_code")

    def rows_of(self, request, run):
        return ratings_for(request.user)

    def sorts(self, user):
        return NEWEST

    def post(self, request):
        asked = asked_rating(request.data, "account_code")
        account = Account.objects.visible_to(request.user).filter(code=asked["account_code"]).first()
        if account is None:
            raise ValidationError({"account_code": [_("There is no such account.")]})
        return once(request, lambda: kept(request, account, asked))

    def answer_schema(self, method):
        return schema_of(RATINGS) if method == "POST" else super().answer_schema(method)


class AccountRatings(Ratings):
    """The ratings of one account, the newest first; a POST keeps one's own of today."""

    filters = {name: each for name, each in Ratings.filters.items() if name != "account"}
    body_schema = body_schema()

    def rows_of(self, request, run, code):
        account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
        return ratings_for(request.user).filter(account=account)

    def post(self, request, code):
        account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
        asked = asked_rating(request.data)
        return once(request, lambda: kept(request, account, asked))


def asked_rating(body, *more: str) -> dict:
    """What is said, as texts and a score; or every problem by its field."""
    if not isinstance(body, dict):
        raise ValidationError({"": [_("An object with criterion and score.")]})
    problems = {name: [_("Unknown field.")] for name in body.keys() - {*SAID, *more}}
    found: dict = {"perspective": OURS} | dict(body)
    for name in (*more, "criterion", "perspective", *(set(SAID) & body.keys() - {"score"})):
        if not isinstance(found.get(name), str) or "\0" in found[name]:
            problems[name] = [_("A text is needed.")]
        elif name in CHOICES and found[name] not in CHOICES[name]:
            problems[name] = [_("Choose one of: %(values)s.") % {"values": ", ".join(CHOICES[name])}]
    problems |= {name: [str(problem)] for name, problem in _read(found, problems)}
    if problems:
        raise ValidationError(problems)
    return found


def _read(found: dict, problems: dict):
    """Put the score and the link as they are kept; yield what is wrong with them."""
    score = found.get("score")
    try:
        stated = isinstance(score, int | float | str) and not isinstance(score, bool)
        found["score"] = score_in(str(score)) if stated else None
        if found["score"] is None:
            raise NotPossible(_("A number from 0 to 10."))
    except NotPossible as problem:
        yield "score", problem
    try:
        if "link" in found and "link" not in problems:
            found["link"] = link_in(found["link"])
    except NotPossible as problem:
        yield "link", problem
    if "evidence" not in problems and len(found.get("evidence", "")) > LONGEST_EVIDENCE:
        yield "evidence", _("At most 10,000 characters.")


def kept(request, account: Account, asked: dict) -> Response:
    today = timezone.localdate()
    try:
        check(criteria_on(today), asked["criterion"], asked["perspective"])
    except NotPossible as problem:
        raise ValidationError({"criterion": [str(problem)]}) from None
    cell = Cell(account, asked["criterion"], request.user, today, asked["perspective"])
    rate(cell, asked["score"], **{name: asked[name] for name in ("status", "evidence", "link") if name in asked})
    row = Rating.objects.filter(**cell.key)
    return Response(row_or_404(row, RATINGS, request.user), status=201)
