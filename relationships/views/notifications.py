"""How often one gets the e-mail of what needs attention, and the link in it that ends it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships.models import DigestSetting
from relationships.signals import digest

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store, private",
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SIGN_IN)
def notification_settings(request):
    """One's own choice, with what the mail would hold now."""
    if request.method == "POST":
        chosen = request.POST.get("frequency", "")
        if chosen not in DigestSetting.Frequency.values:
            messages.error(request, _("Choose how often."))
            return redirect("notification_settings")
        digest.set_frequency(request.user, chosen)
        messages.success(request, _("Saved."))
        return redirect("notification_settings")
    context = {
        "choices": DigestSetting.Frequency.choices,
        "chosen": digest.frequency_of(request.user),
        "digest": digest.digest_of(request.user, timezone.localdate()),
        "sends": settings.SENDS_EMAIL,
        "at": settings.DIGEST_AT,
    }
    return render(request, "relationships/signals/notifications.html", context)


@csrf_exempt  # mail programs post here of themselves (RFC 8058); the link is all the authority it takes
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
def digest_off(request, token):
    """Ends the e-mails to whom the link was sent. A look alone changes nothing: mail scanners follow links."""
    user = digest.user_of(token)
    if user is None:
        response = render(request, "survey/gone.html", status=404)
    else:
        if request.method == "POST":
            digest.set_frequency(user, DigestSetting.Frequency.NEVER)
        is_off = digest.frequency_of(user) == DigestSetting.Frequency.NEVER
        response = render(request, "mail/off.html", {"is_off": is_off})
    for name, value in HEADERS.items():
        response[name] = value
    return response
