"""What people say about a plan, one section or one line of it, and whom they name while they say it."""

import re

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from relationships import notices
from relationships.models import Plan, PlanComment
from relationships.plans.editing import Refused, found
from relationships.plans.readers import may_edit, readers
from relationships.plans.sections import SECTIONS

LONGEST = 5_000
NOTICE = "mention"
MENTION = re.compile(r"(?<![\w@.])@(?=\w)")


def say(user, plan: Plan, text: str, section: str = "", entry: int | None = None) -> PlanComment | Refused:
    """Keep a comment and tell those whom it names; whoever is named has to be able to see the plan."""
    text = text.strip().replace("\r\n", "\n")
    if not text or len(text) > LONGEST:
        return Refused(_("Say something, in at most %(count)s characters.") % {"count": LONGEST})
    if section and not is_there(plan, section, entry):
        return Refused(_("What this is about is not there any more."))
    named, problem = mentioned(plan, text)
    if problem:
        return Refused(problem)
    comment = PlanComment.objects.create(
        plan=plan, section=section, entry=entry, text=text, said_at=timezone.now(), said_by=user
    )
    comment.mentioned.set(named)
    words = {"name": user, "account": plan.account}
    told = _("%(name)s mentioned you in the plan of %(account)s") % words
    notices.tell(named, NOTICE, told, address(comment), user, plan=plan, account=plan.account)
    return comment


def is_there(plan: Plan, section: str, entry: int | None) -> bool:
    return section in SECTIONS and (entry is None or found(SECTIONS[section], plan, entry) is not None)


def address(comment: PlanComment) -> str:
    about = f"?section={comment.section}" if comment.section else ""
    about += f"&entry={comment.entry}" if comment.entry else ""
    return f"{reverse('plan_comments', args=[comment.plan.account.code])}{about}#comment-{comment.pk}"


def mentioned(plan: Plan, text: str) -> tuple[list[User], str]:
    """Those named with an @ before their name or e-mail, and what is wrong with one of the names, if anything is."""
    places = [match.end() for match in MENTION.finditer(text)]
    if not places:
        return [], ""
    people = list(User.objects.filter(is_active=True))
    may_see = set(readers(plan).values_list("pk", flat=True))
    found_ones: dict[int, User] = {}
    for place in places:
        user = named_at(text[place:], people, may_see)
        if user is None:
            word = text[place:].split()[0]
            return [], _("Nobody is called “%(name)s”. Choose a name of the list.") % {"name": word}
        if user.pk not in may_see:
            return [], _("%(name)s may not see this plan: take the name out, or let them see it.") % {"name": user}
        found_ones[user.pk] = user
    return list(found_ones.values()), ""


def named_at(text: str, people: list[User], may_see: set[int]) -> User | None:
    """Whose name or e-mail the text begins with: the longest; of two of one name who may see the plan."""
    low = text.casefold()
    fitting = [
        (len(name), user.pk in may_see, -user.pk, user)
        for user in people
        for name in (user.name, user.email)
        if name and low.startswith(name.casefold()) and not low[len(name) : len(name) + 1].isalnum()
    ]
    return max(fitting)[-1] if fitting else None


def written(comment: PlanComment) -> str:
    """The text for the page, with the names in it marked."""
    html = conditional_escape(comment.text)
    for user in sorted(comment.mentioned.all(), key=lambda each: -len(each.name)):
        for name in filter(None, (user.name, user.email)):
            pattern = re.compile(rf"@{re.escape(conditional_escape(name))}", re.IGNORECASE)
            html = pattern.sub(lambda match: format_html("<strong>{}</strong>", mark_safe(match[0])), html)  # noqa: S308
    return mark_safe(html.replace("\n", "<br>"))  # noqa: S308 - every part was escaped


def of(plan: Plan, section: str = "", entry: int | None = None) -> QuerySet[PlanComment]:
    """Comments on a plan, or on one section or line, those open first, then the latest."""
    rows = PlanComment.objects.filter(plan=plan)
    rows = rows.filter(section=section, entry=entry) if section else rows
    return rows.select_related("said_by", "resolved_by").prefetch_related("mentioned").order_by("said_at", "pk")


def open_counts(plan: Plan) -> dict[tuple[str, int | None], int]:
    """How many are open, by section and line."""
    counts: dict[tuple[str, int | None], int] = {}
    rows = PlanComment.objects.filter(plan=plan, resolved_at=None).values_list("section", "entry")
    for about in rows:
        counts[about] = counts.get(about, 0) + 1
    return counts


def may_resolve(user, comment: PlanComment) -> bool:
    """Who said it, who was named, and whoever edits the plan."""
    if user.pk == comment.said_by_id or user in comment.mentioned.all():
        return True
    return may_edit(user, comment.plan)


def resolve(user, comment: PlanComment, is_resolved: bool) -> bool:
    """Note that it is settled, or is not; False if somebody was faster."""
    rows = PlanComment.objects.filter(Q(resolved_at=None) if is_resolved else ~Q(resolved_at=None), pk=comment.pk)
    said = {"resolved_at": timezone.now(), "resolved_by": user} if is_resolved else dict.fromkeys(
        ("resolved_at", "resolved_by")
    )  # fmt: skip
    return bool(rows.update(**said))
