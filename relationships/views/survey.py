"""The survey that a customer answers by a link, without a login. The link's secret is all the authority there is."""

from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from relationships import asking
from relationships.forms import SurveyForm

A_MINUTE, AN_HOUR = 60, 3_600
LOOKS, ANSWERS, TRIES = 60, 10, 20  # a minute from an address; an hour by a link
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store, private",
}


@csrf_exempt  # no cookie gives authority here; and without referrers browsers send no origin to check
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
def ask(request, secret):
    """The questions, or the thanks for their answers. Unknown, expired and revoked links read alike."""
    response = limited(request, secret) or answered(request, secret)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def answered(request, secret: str):
    now = timezone.now()
    row = asking.invitation_of(secret)
    if row is not None and row.answered_at is not None:
        return thanks(request, row)
    if row is None or not asking.is_open(row, now):
        return render(request, "survey/gone.html", status=404)
    form = SurveyForm(row, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"row": row, "form": form, "minutes": asking.minutes(row), "company": settings.COMPANY}
        context["asker"] = asking.asker_of(row)
        return render(request, "survey/survey.html", context, status=422 if form.is_bound else 200)
    if not asking.answer(row, form.answers(), now):  # another answer, or the end of the link, was faster
        return answered(request, secret)
    asking.tell_asker(row)
    return redirect("ask", secret)


def thanks(request, row):
    """What became of the answers; of a second time that it does not count."""
    is_second = request.method == "POST"
    context = {"row": row, "is_second": is_second}
    return render(request, "survey/thanks.html", context, status=409 if is_second else 200)


# Limits


def limited(request, secret: str):
    """An answer for whoever asks too often; none for all others."""
    is_post = request.method == "POST"
    limits = [("look", address_of(request), LOOKS, A_MINUTE)]
    if is_post:
        limits += [("answer", address_of(request), ANSWERS, A_MINUTE), ("link", secret, TRIES, AN_HOUR)]
    for kind, who, most, seconds in limits:
        if is_beyond(kind, who, most, seconds):
            response = render(request, "survey/later.html", status=429)
            response["Retry-After"] = str(seconds)
            return response
    return None


def is_beyond(kind: str, who: str, most: int, seconds: int) -> bool:
    key = f"survey:{kind}:{sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it has just run out
        return False


def address_of(request) -> str:
    """Where the request comes from; behind a proxy the address that the proxy saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
