"""Deny by default: a view that declares no policy is refused, and one whose policy the user lacks answers 403."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import JsonResponse

from accounts.permissions import may

OPEN_MODULES = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.staticfiles",
)  # guard themselves


class PolicyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SECURE_SSL_REDIRECT and request.path.startswith("/api/") and not request.is_secure():
            problem = {"type": "about:blank", "title": "Use https", "status": 403}
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request, view, args, kwargs):
        if self.guards_itself(view):
            return
        policy = getattr(view, "policy", None)
        if policy is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} declares no policy")
        if request.user.is_authenticated and not may(request.user, policy):
            raise PermissionDenied

    @staticmethod
    def guards_itself(view) -> bool:
        """Public pages, Django's admin, and API views: those declare a policy to REST framework."""
        if getattr(view, "login_required", True) is False or hasattr(view, "cls"):
            return True
        return view.__module__.startswith(OPEN_MODULES)
