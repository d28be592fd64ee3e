"""Deny by default: each API view declares its permission and its scope, by method where they differ."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from accounts.models import ApiToken
from accounts.permissions import may
from accounts.rest.scopes import Scope

SAFE = {"HEAD": "GET"}


class DeclaredPolicy(BasePermission):
    message = _("You may not do this, or the token has not the scope for it.")

    def has_permission(self, request, view) -> bool:
        policy, scope = declared(view, "policy", request.method), declared(view, "scope", request.method)
        if not request.user.is_authenticated:
            return False
        if policy is None:
            return True  # no such method here: answered by 405
        return may(request.user, policy) and in_scope(request.auth, scope)


def declared(view, name: str, method: str):
    """What a view declares for a method; None for a method it does not have."""
    value = getattr(view, name, None)
    if value is None:
        raise ImproperlyConfigured(f"{type(view).__name__} declares no {name}")
    method = SAFE.get(method, method)
    if not hasattr(view, method.lower()):
        return None
    return value[method] if isinstance(value, dict) else value


def in_scope(token, scope: Scope) -> bool:
    """A session may do all its user may; a token only what its scopes name."""
    return not isinstance(token, ApiToken) or scope == Scope.ANY or scope in token.scopes
