"""Touchpoints from a calendar: an .ics file is looked into first, then what was chosen comes in."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships import calendars, meetings

PAGE = "relationships/touch/calendar.html"
BACK = {"30": gettext_lazy("30 days"), "90": gettext_lazy("90 days"), "365": gettext_lazy("a year")}
AHEAD = 90  # days
HOUR = 60 * 60
SALT = "meetings-of-"


class CalendarForm(forms.Form):
    """Which file, and how far back."""

    file = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )
    back = forms.ChoiceField(label=gettext_lazy("From the last"), choices=BACK.items(), initial="90")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > calendars.LARGEST:
            raise ValidationError(_("It is larger than %s MB.") % (calendars.LARGEST >> 20))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_TOUCHPOINTS)
def touchpoints_import(request):
    """Look into a calendar, then bring in what was chosen."""
    if request.method != "POST":
        return render(request, PAGE, {"form": CalendarForm()})
    if "meetings" in request.POST:
        return brought_in(request)
    form = CalendarForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return preview(request, form, look_into(form))
        except calendars.Unreadable as problem:
            form.add_error("file", str(problem))
    return render(request, PAGE, {"form": form}, status=422)


def look_into(form: CalendarForm) -> list[calendars.Meeting]:
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    window = calendars.day_window(today, int(form.cleaned_data["back"]), AHEAD, zone)
    return calendars.meetings(form.cleaned_data["file"].read(), window, zone)


def preview(request, form: CalendarForm, listed: list[calendars.Meeting]):
    matched = meetings.match(request.user, listed)
    concerned = {each.key.rpartition("@")[0] for each in matched.found}
    kept = [packed(each) for each in listed if each.uid in concerned]
    new, changed = matched.of(meetings.NEW), matched.of(meetings.CHANGED)
    context = {
        "form": form,
        "matched": matched,
        "new": new,
        "changed": changed,
        "groups": [(new, ""), (changed, _("has changed"))],
        "known": matched.of(meetings.KNOWN),
        "meetings": signing.dumps(kept, salt=salt(request), compress=True),
        "today": timezone.localdate(),
    }
    return render(request, PAGE, context)


def salt(request) -> str:
    """What one person looked at, nobody else sends."""
    return f"{SALT}{request.user.pk}"


def packed(each: calendars.Meeting) -> list:
    return [each.uid, each.starts_at.isoformat(), each.minutes, each.subject, list(each.emails)]


def unpacked(uid, starts_at, minutes, subject, emails) -> calendars.Meeting:
    return calendars.Meeting(uid, datetime.fromisoformat(starts_at), minutes, subject, tuple(emails))


def brought_in(request):
    try:
        kept = signing.loads(request.POST["meetings"], salt=salt(request), max_age=HOUR)
    except signing.BadSignature:
        messages.error(request, _("That was looked at more than an hour ago. Choose the file again."))
        return redirect("touchpoints_import")
    matched = meetings.match(request.user, [unpacked(*each) for each in kept])
    counts = meetings.bring_in(request.user, matched, set(request.POST.getlist("key")))
    words = {"new": counts[meetings.NEW], "changed": counts[meetings.CHANGED], "known": counts[meetings.KNOWN]}
    messages.success(request, _("From the calendar: %(new)s new, %(changed)s changed, %(known)s as before.") % words)
    return redirect("touchpoints")
