"""Asking the customer: new invitations to the survey, by e-mail or as a link to copy, and their end."""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships import asking
from relationships.forms import InvitationForm
from relationships.models import Invitation
from relationships.views.relationship import LINK, back, one_of, page, sent_or_back, visible


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
@sent_or_back
@sensitive_variables("secret", "link")
def relationship_ask(request, code):
    """Invite somebody. The page shows the link once; until then the session keeps it."""
    account = visible(request, code)
    form = InvitationForm(account, request.POST)
    if not form.is_valid():
        return page(request, account, status=422, invitation_form=form)
    row, secret = asking.invite(account, form.guest(), request.user, timezone.now(), form.cleaned_data["kind"])
    link = request.build_absolute_uri(reverse("ask", args=[secret]))
    sent = send(row, link) if row.email else ""
    request.session[LINK] = {"url": link, "row": row.pk, "sent": sent}
    return back(account)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
@sent_or_back
def relationship_revoke(request, code):
    """End a link, answered or not."""
    account = visible(request, code)
    row = one_of(Invitation.objects.filter(account=account), request) or get_object_or_404(Invitation, pk=0)
    asking.revoke(account, row.pk, timezone.now())
    return back(account, "#ask")


@sensitive_variables("link")
def send(row: Invitation, link: str) -> str:
    """Send the link by e-mail, and say what became of it. Where no e-mail is set up there is the link to copy."""
    if not settings.SENDS_EMAIL:
        return _("No e-mail is set up here: copy the link and send it yourself.")
    said = {"row": row, "link": link, "minutes": asking.minutes(row), "asker": asking.asker_of(row)}
    text = render_to_string("survey/email.txt", said)
    subject = _("How do you see working with us?")
    mail = EmailMessage(subject, text, to=[row.email], reply_to=[row.created_by.email])
    try:
        mail.send()
    except (OSError, SMTPException):
        return _("The e-mail could not be sent: copy the link and send it yourself.")
    return _("Sent to %s.") % row.email
