"""How API calls say who they are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class TokenAuthentication(KnoxAuthentication):
    def validate_user(self, auth_token: Any) -> Any:
        if auth_token.revoked_at is not None:
            raise AuthenticationFailed(_("This token has been revoked."))
        user, token = super().validate_user(auth_token)
        user.token_scopes = frozenset(token.scopes)
        return user, token


class SessionAuthentication(DRFSessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        return "Token"
