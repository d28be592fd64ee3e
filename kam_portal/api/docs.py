"""The description of the API, and the page to try it out."""

from django.contrib.auth.views import redirect_to_login
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAuthenticated

from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.scopes import Scope
from accounts.rest.views import FirstRenderer


class Strict:
    """Sign-in and strict query parameters for the two views that are not ours."""

    policy = Permission.SIGN_IN
    scope = Scope.ANY
    schema = None
    content_negotiation_class = FirstRenderer
    metadata_class = None
    declared: dict[str, parameters.Parameter] = {}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        parameters.read_parameters(request.query_params, self.declared)


class Schema(Strict, SpectacularJSONAPIView):
    """The description of this API."""


class Docs(Strict, SpectacularSwaggerSplitView):
    """The description as a page to try things out. Its script comes apart, so the strict CSP holds."""

    declared = {"script": parameters.text()}
    template_name = "api/docs.html"

    def handle_exception(self, exc):
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        self.renderer_classes = self.settings.DEFAULT_RENDERER_CLASSES
        return super().handle_exception(exc)
