"""A token for a name and a password."""

from __future__ import annotations

import unicodedata

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from teamhub.accounts import addresses
from teamhub.accounts import services as accounts
from teamhub.accounts.api.serializers import TokenIn, TokenOut
from teamhub.accounts.models import User


class AddressThrottle(ScopedRateThrottle):
    """Counts by the address that addresses.py believes; DRF's own takes the client's word."""

    def get_ident(self, request: Request) -> str:
        return addresses.client_ip(request._request) or ""


class TokenView(APIView):
    # A session or an older token says nothing here: the password does.
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AddressThrottle,)
    throttle_scope = "token"

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"  # else a wrong password would be a 403

    @extend_schema(request=TokenIn, responses=TokenOut, operation_id="auth_token")
    def post(self, request: Request) -> Response:
        """Answer with a new token. Locked out like the log-in; then the answer is 429."""
        asked = TokenIn(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        user = authenticate(
            request=request._request,  # axes marks Django's request, and its middleware reads it
            username=unicodedata.normalize("NFKC", data["username"]),
            password=data["password"],
        )
        if not isinstance(user, User):
            raise AuthenticationFailed(_("The user name or the password is not right."))
        token, secret = accounts.create_token(
            by=user,
            name=data["name"],
            scopes=data.get("scopes"),
            expiry_days=data.get("expiry_days"),
        )
        out = {
            "token": secret,
            "expiry": token.expiry,
            "name": token.name,
            "scopes": token.scopes,
        }
        response = Response(TokenOut(out).data)
        response["Cache-Control"] = "no-store"
        return response
