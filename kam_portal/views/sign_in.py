"""Signing in and out."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.models.user import ROLE_NAMES
from accounts.permissions import Permission, needs


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("This e-mail and password do not match. Check both and try again."),
        "inactive": _("This login is switched off."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget.input_type = "email"


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    """The sign-in page; on a demo it also offers the demo logins."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request, *args, **kwargs):
        """A part of a page whose session has ended meanwhile sends the whole page to sign in, and back."""
        if request.htmx:
            back = request.htmx.current_url_abs_path or "/"
            return HttpResponse(headers={"HX-Redirect": f"{request.path}?{urlencode({'next': back})}"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | (demo_context() if settings.DEMO else {})


def demo_context() -> dict:
    """The demo logins by role, and what of the demo is real."""
    from kam_portal.demo.note import DEMO_NOTE
    from kam_portal.demo.people import demo_logins

    roles = dict(ROLE_NAMES)
    listed = [
        {"role": roles[role], "name": name, "email": email, "password": password}
        for role, name, email, password in demo_logins()
    ]
    return {"demo_logins": listed, "demo_note": DEMO_NOTE}


sign_in = SignIn.as_view()
sign_out = needs(Permission.SIGN_IN)(views.LogoutView.as_view())
