"""How API calls say who they are: `Authorization: Token ...`, or the browser's session."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from teamhub.accounts.models import ApiToken, User

# "Last used" is written at most this often: a read must not become a write each time.
NOTE_USE_EVERY = timedelta(minutes=5)


class TokenAuthentication(KnoxAuthentication):
    """Knox' header; expired and revoked tokens are refused, not removed: their owner sees them."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        row = self._find(token)
        if row is None:
            raise AuthenticationFailed(_("This token is not valid."))
        if row.revoked_at is not None:
            raise AuthenticationFailed(_("This token was revoked."))
        if row.has_expired:
            raise AuthenticationFailed(_("This token has expired."))
        user, _row = self.validate_user(row)
        user.token_scopes = frozenset(row.scopes)
        _note_use(row)
        return user, row

    def authenticate_header(self, request: Request) -> str:
        return "Token"

    def _find(self, token: bytes) -> ApiToken | None:
        try:
            digest = hash_token(token.decode("ascii"))
        except (UnicodeDecodeError, ValueError, TypeError):
            return None
        row = ApiToken.objects.select_related("user").filter(digest=digest).first()
        return row if row is not None and compare_digest(row.digest, digest) else None


def _note_use(row: ApiToken) -> None:
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - NOTE_USE_EVERY:
        ApiToken.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTE_USE_EVERY), pk=row.pk
        ).update(last_used_at=now)


class SessionAuthentication(DRFSessionAuthentication):
    """The browser's session. With the header, DRF answers 401 and not 403 to strangers."""

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class _TokenScheme(OpenApiAuthenticationExtension):
    target_class = "teamhub.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token ` and the secret of an API token.",
        }


class _SessionScheme(OpenApiAuthenticationExtension):
    target_class = "teamhub.accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
