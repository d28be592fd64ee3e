"""Bearer tokens: hashed, expiring, of a user who is still active."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiToken

USE_NOTED_EVERY = timedelta(minutes=1)  # not a write for each call


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. Every refusal reads the same, so it tells nothing about the token."""

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        token = self.token_of(words[1]) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed(_("The token is not valid."))
        return token.user, token

    def token_of(self, given: bytes) -> ApiToken | None:
        now = timezone.now()
        digest = hash_token(given.decode("latin-1"))
        token = ApiToken.objects.select_related("user").filter(digest=digest, user__is_active=True).first()
        if token is None or (token.expiry and token.expiry <= now):
            return None
        if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token

    def authenticate_header(self, request):
        return 'Bearer realm="KAM Portal"'
