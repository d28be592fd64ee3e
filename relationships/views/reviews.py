"""Reviews of key account plans: which are due, planned and held, and how often they are to be."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account, Team, User
from accounts.permissions import Permission, may, needs
from profitability.runline import run_of
from relationships.models import Box, Plan, Review
from relationships.reviews import cadence
from relationships.reviews.due import SOON, Due, boxes_of, to_come

ALL = [("", gettext_lazy("All"))]
SHOWN = ("due", "planned", "held")
PAGE = 50
WEEKS = 13
WEEK = timedelta(days=7)
MOST_IN_A_WEEK = 4


class ReviewFilter(forms.Form):
    """Which reviews to show. Choices are those of the accounts that the reader sees."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[*ALL, *Review.Kind.choices])
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    manager = forms.ChoiceField(label=gettext_lazy("Manager"), required=False)
    box = forms.ChoiceField(label=gettext_lazy("Box"), required=False, choices=[*ALL, *Box.choices])
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    further = ()

    def __init__(self, data, plans: QuerySet[Plan]):
        super().__init__(data)
        accounts = Account.objects.filter(pk__in=plans.values("account"))
        teams = Team.objects.filter(pk__in=accounts.values("team")).order_by("name")
        managers = User.objects.filter(pk__in=accounts.values("manager")).order_by("name")
        self.fields["q"].label = _("Name or code")
        self.fields["team"].choices = ALL + list(teams.values_list("code", "name"))
        self.fields["manager"].choices = ALL + list(managers.values_list("pk", "name"))

    def chosen(self) -> dict[str, str]:
        """Those in use; one that is unknown leaves nothing."""
        self.is_valid()
        asked = {name: str(self.data.get(name, "")) for name in self.errors}
        found = self.cleaned_data | asked
        return {name: value for name, value in found.items() if value and name != "show"}

    def narrow(self, plans: QuerySet[Plan]) -> QuerySet[Plan]:
        self.is_valid()
        if self.errors:
            return plans.none()
        said = self.chosen()
        if "q" in said:
            plans = plans.filter(Q(account__name__icontains=said["q"]) | Q(account__code__icontains=said["q"]))
        if "team" in said:
            plans = plans.filter(account__team__code=said["team"])
        return plans.filter(account__manager=said["manager"]) if "manager" in said else plans

    def chips(self, query) -> list[dict]:
        listed = []
        for name, value in self.chosen().items():
            choices = {str(key): label for key, label in getattr(self.fields[name], "choices", [])}
            text = _("not among those you see") if name in self.errors else choices.get(value, value)
            listed.append({"label": self.fields[name].label, "value": text, "url": without(query, name)})
        return listed


def without(query, *names: str) -> str:
    """The address of this page without some parameters, on the first page."""
    left = query.copy()
    for name in (*names, "page"):
        left.pop(name, None)
    return f"?{left.urlencode()}"


@dataclass
class Week:
    """Seven days of the calendar strip, or all that is overdue."""

    start: date | None
    listed: list[Due] = field(default_factory=list)

    @property
    def shown(self) -> list[Due]:
        return self.listed[:MOST_IN_A_WEEK]

    @property
    def more(self) -> int:
        return len(self.listed) - len(self.shown)


def strip(listed: list[Due], today: date) -> list[Week]:
    """What is overdue, then thirteen weeks from this one on."""
    monday = today - timedelta(days=today.weekday())
    weeks = [Week(None), *(Week(monday + place * WEEK) for place in range(WEEKS))]
    for each in listed:
        place = 0 if each.is_overdue(today) else (each.due_on - monday).days // 7 + 1
        if place < len(weeks):
            weeks[place].listed.append(each)
    return weeks


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def reviews(request):
    """Reviews to come and held, with a calendar of the next weeks."""
    seen = Plan.objects.visible_to(request.user)
    form, today = ReviewFilter(request.GET, seen), timezone.localdate()
    plans = list(form.narrow(seen).select_related("account__team", "account__manager"))
    coming = [each for each in coming_of(request, plans) if fits(each, form.chosen())]
    due = [each for each in coming if each.is_overdue(today) or each.is_soon(today)]
    planned = [each for each in coming if each.review]
    show = request.GET.get("show") if request.GET.get("show") in SHOWN else "due"
    held = held_of(plans, form.chosen(), coming_boxes(request, plans))
    listed = {"due": due, "planned": planned, "held": held}
    context = {
        "form": form,
        "chips": form.chips(request.GET),
        "clear_url": f"?show={show}",
        "show": show,
        "tabs": tabs_of(request, show, listed),
        "page": Paginator(listed[show], PAGE).get_page(request.GET.get("page")),
        "weeks": strip(coming, today),
        "heading": heading_of(due, today),
        "today": today,
        "soon": today + SOON,
        "has_plans": bool(plans) or bool(form.chosen()),
        "may_edit": may(request.user, Permission.EDIT_PLANS),
        "may_steer": may(request.user, Permission.STEER_PROGRAMME),
    }
    return render(request, "relationships/review/list.html", context)


def coming_boxes(request, plans: list[Plan]) -> dict[int, str]:
    """The boxes of those of the plans' accounts that the reader sees, read once a request."""
    if not hasattr(request, "boxes_of_plans"):
        request.boxes_of_plans = boxes_of(plans, run_of(request), request.user)
    return request.boxes_of_plans


def coming_of(request, plans: list[Plan]) -> list[Due]:
    return to_come(plans, coming_boxes(request, plans), cadence.rhythms())


def fits(due: Due, said: dict) -> bool:
    return said.get("kind", due.kind) == due.kind and said.get("box", due.box) == due.box


def held_of(plans: list[Plan], said: dict, boxes: dict[int, str]) -> QuerySet[Review]:
    """Those held, the latest first."""
    kept = [
        plan.pk for plan in plans if said.get("box", boxes.get(plan.account_id, "")) == boxes.get(plan.account_id, "")
    ]
    rows = Review.objects.held().filter(plan__in=kept)
    rows = rows.filter(kind=said["kind"]) if "kind" in said else rows
    return rows.select_related("plan__account__manager").order_by("-held_on", "-pk")


def tabs_of(request, show: str, listed: dict) -> list[dict]:
    labels = {"due": _("Due"), "planned": _("Planned"), "held": _("Held")}
    found = []
    for name, label in labels.items():
        query = request.GET.copy()
        query.pop("page", None)
        query["show"] = name
        count = listed[name].count() if name == "held" else len(listed[name])
        found.append({"label": label, "url": f"?{query.urlencode()}", "active": name == show, "count": count})
    return found


def heading_of(due: list[Due], today: date) -> str:
    """What the page finds."""
    late = sum(each.is_overdue(today) for each in due)
    soon = len(due) - late
    if late and soon:
        parts = {"late": late, "soon": soon}
        return (
            ngettext(
                "%(late)s review is overdue, %(soon)s more due within 14 days",
                "%(late)s reviews are overdue, %(soon)s more due within 14 days",
                late,
            )
            % parts
        )
    if late:
        return ngettext("%(late)s review is overdue", "%(late)s reviews are overdue", late) % {"late": late}
    if soon:
        return ngettext("%(n)s review is due within 14 days", "%(n)s reviews are due within 14 days", soon) % {
            "n": soon
        }
    return _("No review is due within 14 days")


# How often


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def review_cadence(request):
    """How often plans are reviewed, by the box of their account."""
    return cadence_page(request)


def cadence_page(request, typed: dict | None = None, error: str = "", status: int = 200):
    found = cadence.rhythms()
    rows = [
        {
            "box": box,
            "label": cadence.LABELS[box],
            "rhythm": rhythm,
            "kind": Review.Kind(rhythm.kind),
            "mark": cadence.mark_of(rhythm),
            "typed": (typed or {}).get(box)
            or {"kind": rhythm.kind, "months": rhythm.months, "days": rhythm.stale_days},
        }
        for box, rhythm in found.items()
    ]
    may_steer = may(request.user, Permission.STEER_PROGRAMME)
    context = {"rows": rows, "kinds": Review.Kind, "error": error, "may_steer": may_steer, "team": cadence.TEAM}
    return render(request, "relationships/review/cadence.html", context, status=status)


@require_POST
@needs(Permission.STEER_PROGRAMME)
def review_cadence_save(request):
    """Keep how often; nothing of it where one figure is none or somebody else was faster."""
    names = ("kind", "months", "days")
    typed = {box: {name: request.POST.get(f"{box}.{name}", "") for name in names} for box in cadence.SHIPPED}
    wanted = {box: said_of(box, said) for box, said in typed.items() if any(said.values())}
    if None in wanted.values():
        error = _("Months run from 0 to %(months)s (0: no review), days from 1 to %(days)s.")
        limits = {"months": cadence.MOST_MONTHS, "days": cadence.MOST_DAYS}
        return cadence_page(request, typed, error % limits, 422)
    seen = {box: request.POST.get(f"{box}.seen", "") for box in wanted}
    try:
        changed = cadence.state(wanted, seen, request.user, timezone.now())
    except cadence.Outdated:
        error = _("Somebody has changed it meanwhile: nothing was saved. Look at both and save again.")
        return cadence_page(request, typed, error, 409)
    messages.success(request, _("Saved.") if changed else _("Nothing had changed."))
    return redirect(reverse("review_cadence"))


def said_of(box: str, said: dict[str, str]) -> tuple[str, int, int] | None:
    """What is typed of one box; None where it is no rhythm. The team's own reviews are always team reviews."""
    kind = Review.Kind.TEAM.value if box == cadence.TEAM else said["kind"]
    months, days = (
        whole(said[name], most) for name, most in (("months", cadence.MOST_MONTHS), ("days", cadence.MOST_DAYS))
    )
    if kind not in Review.Kind.values or months is None or not days:
        return None
    return kind, months, days


def whole(text: str, most: int) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= most else None
