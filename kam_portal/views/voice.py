"""The voice of the customer: recommendation, trust, how many answer, and what they wrote; of all accounts in sight."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from kam_portal.downloads import download
from kam_portal.filters import without
from relationships import voice as heard
from relationships.core import survey

MOST_WORDS, MOST_WORDS_OF_ONE = 12, 50


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def voice(request):
    """All accounts the reader sees, each with its figures; or one of them (?account=CODE)."""
    now = timezone.now()
    account = asked_for(request)
    listed = heard.asked_of(request.user, account)
    rows = rows_of(listed, now)
    if request.GET.get("format") in {"csv", "xlsx"}:
        return download(request.GET["format"], "voice", columns(), rows)
    together = heard.voice_of(listed, now)
    points = [(day, each.nps) for day, each in heard.trend(listed, now) if each.nps.count]
    context = {
        "heading": heading(together),
        "account": account,
        "voice": together,
        "score": signed(together.nps.score),
        "chart": chart(points),
        "counts": [(date_format(day, "M Y"), nps.count) for day, nps in points],
        "rows": rows,
        "words": words_of(listed, MOST_WORDS_OF_ONE if account else MOST_WORDS),
        "tab": "voice",
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "relationships/touch/voice.html", context)


def asked_for(request) -> Account | None:
    code = request.GET.get("account")
    return get_object_or_404(Account.objects.visible_to(request.user), code=code) if code else None


def rows_of(listed, now) -> list[dict]:
    """The least satisfied first; without a score last."""
    voices = heard.by_account(listed, now)
    accounts = Account.objects.in_bulk(voices)
    rows = [
        {"account": accounts[pk], "voice": found, "score": signed(found.nps.score)}
        for pk, found in voices.items()
        if pk in accounts
    ]
    return sorted(rows, key=lambda row: (order(row["voice"].nps.score), row["account"].name))


def order(score: int | None) -> int:
    return 101 if score is None else score


def heading(found: heard.Voice) -> str:
    if found.nps.score is None:
        return _("Voice of the customer")
    words = {"score": signed(found.nps.score), "count": found.nps.count}
    return (
        _("Net promoter score %(score)s, from %(count)s answers") % words
        if found.nps.count > 1
        else (_("Net promoter score %(score)s, from a single answer") % words)
    )


def signed(score: int) -> str:
    return f"{score:+d}".replace("-", "−") if score else "0"


def chart(points) -> dict | None:
    """The score as of the end of each quarter; nothing to draw from one point."""
    if len(points) < 2:
        return None
    return {
        "label": _("Net promoter score of the year before each quarter’s end"),
        "format": "number",
        "limits": [-100, 100],
        "connect": True,
        "months": [f"{day:%Y-%m}" for day, _nps in points],
        "series": [{"name": _("Net promoter score"), "values": [nps.score for _day, nps in points]}],
    }


def words_of(listed, most: int) -> list[dict]:
    said = heard.verbatims(listed, most)
    accounts = Account.objects.in_bulk({each.account for each in said})
    return [
        {
            "account": accounts[each.account],
            "name": each.name,
            "day": timezone.localdate(each.answered_at),
            "text": each.answers[survey.COMMENT],
            "recommend": each.number(survey.RECOMMEND),
            "kind": _(survey.KINDS[each.kind].name) if each.kind in survey.KINDS else "",
        }
        for each in said
    ]


def columns() -> dict:
    return {
        _("Account"): lambda row: row["account"].name,
        _("Code"): lambda row: row["account"].code,
        _("Net promoter score"): lambda row: row["voice"].nps.score,
        _("Answers to it"): lambda row: row["voice"].nps.count,
        _("Promoters"): lambda row: row["voice"].nps.promoters,
        _("Detractors"): lambda row: row["voice"].nps.detractors,
        _("Trust, 1 to 7"): lambda row: row["voice"].trust,
        _("Asked"): lambda row: row["voice"].asked,
        _("Answered"): lambda row: row["voice"].answered,
        _("Open"): lambda row: row["voice"].open,
    }
