"""What customers said in surveys over REST, to be read: each that was asked, and all together by account."""

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import SHARE_UNIT, Column, Kind
from accounts.rest.paging import Sort
from accounts.rest.parameters import Parameter
from accounts.rest.scopes import Scope
from accounts.rest.views import ListView
from kam_portal.api.ratings import SINCE
from profitability.api.run import OfPublishedRun
from relationships import voice
from relationships.core import survey
from relationships.models import Invitation

STATES = {"answered": False, "unanswered": True}  # whether the time of the answer is missing
SURVEYS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("account_code", Kind.TEXT, "account__code", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("name", Kind.TEXT, "name", nullable=False),
    Column("contact_id", Kind.WHOLE, "contact_id"),
    Column("asked_at", Kind.INSTANT, "created_at", nullable=False),
    Column("asked_by", Kind.TEXT, "created_by__email", nullable=False),
    Column("expires_at", Kind.INSTANT, "expires_at", nullable=False),
    Column("revoked_at", Kind.INSTANT, "revoked_at"),
    Column("answered_at", Kind.INSTANT, "answered_at"),
    Column("recommend", Kind.WHOLE),  # 0 to 10
    Column("trust", Kind.QUANTITY),  # the mean of its questions, 1 to 7
    Column("comment", Kind.TEXT),
)
VOICE = (
    Column("account_code", Kind.TEXT, "code", nullable=False),
    Column("net_promoter_score", Kind.WHOLE),
    Column("promoters", Kind.WHOLE, nullable=False),
    Column("passives", Kind.WHOLE, nullable=False),
    Column("detractors", Kind.WHOLE, nullable=False),
    Column("trust", Kind.QUANTITY),
    Column("trust_answers", Kind.WHOLE, nullable=False),
    Column("asked", Kind.WHOLE, nullable=False),
    Column("answered", Kind.WHOLE, nullable=False),
    Column("open", Kind.WHOLE, nullable=False),
    Column("response_share", Kind.SHARE),
    Column("last_answered_at", Kind.INSTANT),
)


def read_state(given: str) -> bool:
    if given not in STATES:
        raise ValueError(_("Choose one of: %(values)s.") % {"values": ", ".join(STATES)})
    return STATES[given]


class Surveys(OfPublishedRun, ListView):
    """Surveys sent to people of the accounts in sight, with what came back, the latest first."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SURVEYS
    columns, ordering = SURVEYS, "-id"
    filters = {
        "account": ("account__code", parameters.text("Code of the account")),
        "kind": ("kind", parameters.choice(survey.KINDS)),
        "state": ("answered_at__isnull", Parameter(read_state, {"type": "string", "enum": list(STATES)})),
        "answered_since": ("answered_at__date__gte", SINCE),
    }

    def rows_of(self, request, run):
        return Invitation.objects.filter(account__in=Account.objects.visible_to(request.user).values("pk"))

    def sorts(self, user):
        return {"-id": Sort("-id", "pk", descending=True, tie="pk")}

    def columns_for(self, user):
        return (*SURVEYS, Column("answers", Kind.DOCUMENT, "answers"))

    def finished(self, listed, run):
        return [row | told_answers(row.pop("answers")) for row in listed]


def told_answers(answers: dict | None) -> dict:
    trust = voice.trust_in(answers)
    return {
        "recommend": voice.number_in(answers, survey.RECOMMEND),
        "trust": None if trust is None else trust.quantize(SHARE_UNIT),
        "comment": (answers or {}).get(survey.COMMENT) or None,
    }


class Voice(OfPublishedRun, ListView):
    """What the customers in sight said within a year, by account; the latest answer of each person counts."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SURVEYS
    columns, ordering = VOICE, "account_code"
    filters = {
        "account": ("code", parameters.text("Code of the account")),
        "team": ("team__code", parameters.text("Code of the account’s team")),
        "manager": ("manager__email__iexact", parameters.text("E-mail of the account’s manager")),
    }

    def rows_of(self, request, run):
        return Account.objects.visible_to(request.user).filter(
            Exists(Invitation.objects.filter(account=OuterRef("pk")))
        )

    def sorts(self, user):
        return {"account_code": Sort("account_code", "code")}

    def finished(self, listed, run):
        named = Account.objects.filter(code__in=[row["account_code"] for row in listed])
        accounts = dict(named.values_list("code", "pk"))
        asked = voice.asked_in(Invitation.objects.filter(account__in=accounts.values()))
        heard = voice.by_account(asked, timezone.now())
        return [row | told_voice(heard[accounts[row["account_code"]]]) for row in listed]


def told_voice(found: voice.Voice) -> dict:
    share = found.response_share
    return {
        "net_promoter_score": found.nps.score,
        "promoters": found.nps.promoters,
        "passives": found.nps.passives,
        "detractors": found.nps.detractors,
        "trust": found.trust,
        "trust_answers": found.trust_count,
        "asked": found.asked,
        "answered": found.answered,
        "open": found.open,
        "response_share": None if share is None else share.quantize(SHARE_UNIT),
        "last_answered_at": found.last_at,
    }
