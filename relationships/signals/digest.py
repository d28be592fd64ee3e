"""The e-mail of what needs attention: who gets one today, what it tells, and that it goes out once.

Everything in it is read for its reader at the moment of sending, through the same `visible_to` as the pages. A mail is
claimed before it is sent (`sent_on`): of two tasks one sends it, and a task that is killed between the claim and the
mail server costs that person one mail, never a second one; what was in it stays open and is in the next. If the mail
server refuses it, the claim is given back and the next round tries again.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import Permission, Role, may
from relationships import notices
from relationships.models import Action, DigestSetting, Plan, Signal
from relationships.signals import kinds
from relationships.signals.sentences import sentence

MOST = 8  # of a kind; the pages have the others
SATURDAY = 5
SIGNED = Signer(salt="digest")
Frequency = DigestSetting.Frequency
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One thing to look at."""

    about: str
    text: str
    asks: str
    url: str


@dataclass(frozen=True)
class Digest:
    """What one person is told today."""

    user: User
    signals: list[Line] = field(default_factory=list)
    more_signals: int = 0
    actions: list[Line] = field(default_factory=list)
    more_actions: int = 0
    unread: int = 0

    def __bool__(self) -> bool:
        return bool(self.signals or self.actions or self.unread)

    @property
    def subject(self) -> str:
        """Counts alone: subjects are read over shoulders and on locked screens."""
        count = len(self.signals) + self.more_signals + len(self.actions) + self.more_actions
        if not count:
            return ngettext("%(count)s notice for you", "%(count)s notices for you", self.unread) % {
                "count": self.unread
            }
        return ngettext("%(count)s thing needs you today", "%(count)s things need you today", count) % {"count": count}


def digest_of(user: User, today: date) -> Digest:
    """As this person may see it now; empty for who may see nothing."""
    if not may(user, Permission.SIGN_IN):
        return Digest(user)
    signals, actions = signals_for(user, today), actions_for(user, today)
    return Digest(
        user,
        [signal_line(row) for row in signals.select_related("account")[:MOST]],
        max(signals.count() - MOST, 0),
        [action_line(row, today) for row in actions.select_related("account")[:MOST]],
        max(actions.count() - MOST, 0),
        notices.unread(user).count(),
    )


def signals_for(user: User, today: date) -> QuerySet[Signal]:
    """Whom a signal concerns: manager and sponsor of the account, the team of its plan, the leads of its team; of the
    whole portfolio whoever steers the programme. Actions stand in a list of their own."""
    rows = Signal.objects.visible_to(user).open(today).exclude(kind="action_overdue")
    concerns = Q(owner=user) | Q(account__sponsor=user)
    concerns |= Q(account__plan__in=Plan.people.through.objects.filter(user=user).values("plan"))
    if user.role == Role.LEAD:
        concerns |= Q(account__team__in=user.teams.values("pk"))
    if may(user, Permission.STEER_PROGRAMME):
        concerns |= Q(account=None)
    return rows.filter(concerns).order_by("-weight", "pk")


def actions_for(user: User, today: date) -> QuerySet[Action]:
    """One's own that are due today or overdue, and not put off."""
    rows = Action.objects.visible_to(user).open().filter(owner=user, due_on__lte=today)
    return rows.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=today)).order_by("due_on", "pk")


def signal_line(row: Signal) -> Line:
    about = row.account.name if row.account else _("The whole portfolio")
    path = reverse("account", args=[row.account.code]) if row.account else reverse("signals")
    return Line(f"{about} · {kinds.label(row.kind)}", sentence(row), kinds.asks(row.kind), address(path))


def action_line(row: Action, today: date) -> Line:
    days = (today - row.due_on).days
    when = ngettext("%(days)s day overdue", "%(days)s days overdue", days) % {"days": days} if days else _("due today")
    return Line(row.account.name, row.text, when, address(reverse("account", args=[row.account.code])))


def address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


# Who gets one, and once


def due(today: date) -> Iterator[User]:
    """Who wants one on this day and has had none: nobody at a weekend."""
    if today.weekday() >= SATURDAY:
        return
    monday = today - timedelta(days=today.weekday())
    had = Q(digest__frequency=Frequency.DAILY, digest__sent_on__gte=today)
    had |= Q(digest__frequency=Frequency.WEEKLY, digest__sent_on__gte=monday)
    wanted = User.objects.filter(is_active=True).exclude(had | Q(digest__frequency=Frequency.NEVER))
    yield from wanted.order_by("pk").iterator(chunk_size=200)


def send_all(today: date) -> int:
    """Send each person what is due, once; one that fails keeps nobody else from theirs. Returns how many were sent."""
    return sum(send(user, today) for user in due(today))


def send(user: User, today: date) -> bool:
    """Whether a mail went out. Without anything to tell none does, and none is looked for again that day."""
    setting, _made = DigestSetting.objects.get_or_create(user=user)
    if not claimed(setting, today):
        return False
    try:
        found = digest_of(user, today)
        if not found:
            return False
        mail(found).send()
    except Exception:
        DigestSetting.objects.filter(pk=setting.pk, sent_on=today).update(sent_on=setting.sent_on)
        logger.exception("The e-mail of what needs attention could not be sent to %s; it is tried again.", user.pk)
        return False
    where = "printed here, as there is no mail server" if is_printed() else "sent"
    logger.info("E-mail of what needs attention, %s: to %s, “%s”", where, user.email, found.subject)
    return True


def is_printed() -> bool:
    """As in the demo: mails stand in the terminal, or in the worker's log."""
    return settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def claimed(setting: DigestSetting, today: date) -> bool:
    """Take today's mail of this person, unless somebody has, or it was switched off meanwhile."""
    rows = DigestSetting.objects.filter(pk=setting.pk, sent_on=setting.sent_on).exclude(frequency=Frequency.NEVER)
    return (setting.sent_on is None or setting.sent_on < today) and bool(rows.update(sent_on=today))


def mail(found: Digest) -> EmailMultiAlternatives:
    """Text, and the same as simple HTML; mail programs offer to unsubscribe by one press (RFC 8058)."""
    off = address(reverse("digest_off", args=[token_of(found.user)]))
    context = {"digest": found, "off": off, "home": address("/"), "all": address(reverse("signals"))}
    context["settings"] = address(reverse("notification_settings"))
    headers = {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        found.subject, render_to_string("mail/digest.txt", context), to=[found.user.email], headers=headers
    )
    message.attach_alternative(render_to_string("mail/digest.html", context), "text/html")
    return message


# How often, and the link that ends it


def frequency_of(user: User) -> str:
    found = DigestSetting.objects.filter(user=user).values_list("frequency", flat=True).first()
    return found or Frequency.DAILY


def set_frequency(user: User, frequency: str) -> None:
    DigestSetting.objects.update_or_create(user=user, defaults={"frequency": frequency})


def token_of(user: User) -> str:
    return SIGNED.sign(str(user.pk))


def user_of(token: str) -> User | None:
    """Whose mails the link ends. A forged one does not reach the database."""
    try:
        pk = int(SIGNED.unsign(token))
    except (BadSignature, ValueError):
        return None
    return User.objects.filter(pk=pk).first()
