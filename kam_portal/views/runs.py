"""Starting a run: the site asks for it, because a run goes through several apps."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, needs
from kam_portal.recompute import request_run
from profitability.forms import WindowForm
from profitability.views.runs import runs_page


@require_POST
@needs(Permission.RECOMPUTE)
def start_run(request):
    """Ask for a run over the months given, or over the last twelve, and go to its page."""
    form = WindowForm(request.POST)
    if not form.is_valid():
        return runs_page(request, form, status=422)
    run = request_run(request.user, form.cleaned_data["month_from"], form.cleaned_data["month_to"])
    messages.success(
        request, _("Run %(number)s is asked for. You may leave this page: it goes on.") % {"number": run.pk}
    )
    return redirect("run", run.pk)
