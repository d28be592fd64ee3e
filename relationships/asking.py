"""Asking the customer: invitations to a short survey, by a link that needs no login, and what an answer becomes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, User
from relationships import notices
from relationships.core import stage, survey
from relationships.core.criteria import parse
from relationships.models import Contact, CriteriaSet, Invitation, Rating, StatedStage, View

LASTS = timedelta(days=30)
NOTICE = "survey"
SIGNED = Signer(salt="invitation")
MIDDLE = 5  # of scores from 0 to 10
TRUST, RECOMMEND, COMMENT = survey.TRUST, survey.RECOMMEND, survey.COMMENT


@dataclass(frozen=True)
class Guest:
    """Whom we ask."""

    name: str
    email: str = ""
    contact: Contact | None = None  # where it is one whom we know


def invite(
    account: Account, guest: Guest, user: User, now: datetime, kind: str = "relationship"
) -> tuple[Invitation, str]:
    """A new invitation, and its secret, which is told this once: only a hash of it is kept."""
    secret = SIGNED.sign(token_urlsafe(32))
    row = Invitation.objects.create(
        account=account,
        kind=kind,
        contact=guest.contact,
        name=guest.name,
        email=guest.email,
        secret_hash=hashed(secret),
        questions=questions(timezone.localdate(now), kind),
        created_by=user,
        expires_at=now + LASTS,
    )
    return row, secret


def hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def questions(day, kind: str = "relationship") -> list[dict[str, Any]]:
    """What a survey of that kind asks."""
    return ASKED[kind](day)


def of_relationship(day) -> list[dict[str, Any]]:
    """The stage, then each judged criterion of the relationship in force, then what these do not ask: trust, and
    whether they recommend us."""
    scored = scores(day)
    trust = [] if any(each["criterion"] == TRUSTED for each in scored) else [TRUSTS]
    return [
        {"code": survey.STANDING, "kind": "one", "text": "How do you stand with us?", "answers": standings()},
        *({"code": each.code, "kind": "one", "text": each.text, "answers": steps(each)} for each in survey.QUESTIONS),
        *scored,
        *trust,
        RECOMMENDS,
        BETTER,
    ]


def of_recommendation(_day) -> list[dict[str, Any]]:
    return [RECOMMENDS, {"code": COMMENT, "kind": "comment", "text": "Why?"}]


def of_trust(_day) -> list[dict[str, Any]]:
    return [*({"code": code, "kind": "trust", "text": text} for code, text in survey.TRUST_ITEMS.items()), BETTER]


def of_factors(day) -> list[dict[str, Any]]:
    return [*scores(day), BETTER]


def scores(day) -> list[dict[str, Any]]:
    """Each judged criterion of the relationship in force."""
    return [{"code": f"score_{code}", "kind": "score", "text": name, "criterion": code} for code, name in judged(day)]


TRUSTED = "trust"  # the criterion that asks the same as the item of that name
TRUSTS = {"code": TRUST, "kind": "trust", "text": survey.TRUST_ITEMS[TRUST]}
RECOMMENDS = {"code": RECOMMEND, "kind": "recommend", "text": "How likely are you to recommend us?"}
BETTER = {"code": COMMENT, "kind": "comment", "text": "What should we do better?"}
ASKED = {
    "relationship": of_relationship,
    "nps": of_recommendation,
    "trust": of_trust,
    "factors": of_factors,
}


def minutes(row: Invitation) -> int:
    """About how long answering takes."""
    return survey.KINDS[row.kind].minutes if row.kind in survey.KINDS else 1


def standings() -> list[list[str]]:
    return [[code, text] for code, text in survey.STANDINGS.items()]


def steps(question: survey.Question) -> list[list[str]]:
    return [[str(points), text] for points, text in enumerate(question.answers, start=1)]


def judged(day) -> list[tuple[str, str]]:
    row = CriteriaSet.objects.in_force(day)
    criteria = parse(row.document)[0] if row else None
    return [(each.code, each.name) for each in criteria.relationship if each.kind == "judged"] if criteria else []


def invitation_of(secret: str) -> Invitation | None:
    """The invitation of a link, unless it was revoked. A forged link does not reach the database."""
    try:
        SIGNED.unsign(secret)
    except BadSignature:
        return None
    rows = Invitation.objects.filter(secret_hash=hashed(secret), revoked_at__isnull=True)
    return rows.select_related("account", "created_by").first()


def is_open(row: Invitation, now: datetime) -> bool:
    return row.answered_at is None and row.revoked_at is None and row.expires_at > now


def revoke(account: Account, invitation_id: int, now: datetime) -> bool:
    """End a link. What was answered by it stays."""
    rows = Invitation.objects.filter(account=account, pk=invitation_id, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=now))


@transaction.atomic
def answer(row: Invitation, answers: Mapping[str, str], now: datetime) -> bool:
    """Keep the answers, once: the buyer's stage, and ratings of our relationship as he sees it. False if too late."""
    waiting = Invitation.objects.filter(
        pk=row.pk, answered_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    if not waiting.update(answered_at=now, answers=dict(answers)):
        return False
    row.answers = dict(answers)
    points = {each.code: int(answers[each.code]) for each in survey.QUESTIONS if answers.get(each.code)}
    said = survey.stage_of(answers.get(survey.STANDING, ""), points)
    if said:
        _state(row, said, answers.get(COMMENT, ""), now)
    is_known = row.pk not in strangers(row.account)
    for question in _scored(row):
        _rate(row, question, now, is_known)
    return True


def strangers(account: Account) -> set[int]:
    """Invitations of people who are not on the contact map: neither chosen from it, nor of a name or e-mail there.
    Anybody may make a link for any name, so what they answer is not taken as confirmed."""
    asked = list(Invitation.objects.filter(account=account, contact=None).values_list("pk", "name", "email"))
    noted = Contact.objects.filter(account=account).values_list("name", "email") if asked else ()
    known = {text.strip().casefold() for each in noted for text in each if text}
    return {number for number, *said in asked if not known & {text.strip().casefold() for text in said}}


def contradictions(said: Collection[StatedStage]) -> list[StatedStage]:
    """Of buyers' stages those that the scores of the same answer speak against."""
    rows = Invitation.objects.in_bulk([each.invitation_id for each in said if each.invitation_id])
    return [each for each in said if each.invitation_id and _contradicts(each.stage, rows[each.invitation_id])]


def _contradicts(said: str, row: Invitation) -> bool:
    """He is about to leave and scores us high, or he is close to us and scores us low."""
    scores = [int(row.answers[question["code"]]) for question in _scored(row)]
    if not scores:
        return False
    mean = sum(scores) / len(scores)
    return mean > MIDDLE if said == stage.DISINTEGRATING else said in stage.LADDER[3:] and mean < MIDDLE


def _scored(row: Invitation) -> list[dict[str, Any]]:
    """The questions that were answered by a score."""
    return [each for each in row.questions if each["kind"] == "score" and row.answers.get(each["code"])]


def asker_of(row: Invitation) -> str:
    """Who asks, and of which company; the e-mail is a login, so strangers do not see it."""
    words = {"name": row.created_by.name, "company": settings.COMPANY}
    return _("%(name)s of %(company)s") % words if settings.COMPANY else row.created_by.name


def tell_asker(row: Invitation) -> None:
    """Whoever asked hears of the answer."""
    words = {"name": row.name, "account": row.account.name, "survey": survey.KINDS[row.kind].name}
    text = _("%(name)s of %(account)s answered: %(survey)s") % words
    url = reverse("account_relationship", args=[row.account.code]) + "#ask"
    notices.tell([row.created_by], NOTICE, text, url, None, account=row.account)


def _state(row: Invitation, stage: str, reason: str, now: datetime) -> None:
    StatedStage.objects.create(
        account=row.account,
        view=View.BUYER,
        stage=stage,
        reason=reason,
        stated_on=timezone.localdate(now),
        stated_by=row.created_by,
        said_by=row.name,
        invitation=row,
    )


def _rate(row: Invitation, question: dict[str, Any], now: datetime, is_known: bool) -> None:
    """The buyer's own opinion, one of several where several are asked; the sender records it."""
    Rating.objects.update_or_create(
        account=row.account,
        criterion=question["criterion"],
        rater=row.created_by,
        rated_on=timezone.localdate(now),
        perspective=Rating.Perspective.BUYER,
        said_by=row.name,
        defaults={
            "score": Decimal(row.answers[question["code"]]),
            "status": Rating.Status.CONFIRMED if is_known else Rating.Status.ASSUMED,
            "evidence": (
                _("Survey answered by %s") if is_known else _("Survey answered by %s, who is not on the contact map")
            )
            % row.name,
        },
    )
