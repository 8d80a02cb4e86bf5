"""The first door of the API: a member, and for a token the scope that the method needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission

from teamhub.accounts import permissions
from teamhub.errors import NotAllowed

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsMember(BasePermission):
    """Logged in. What a member may see or change is decided by querysets and services."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        scope = "read" if request.method in SAFE_METHODS else "write"
        if not permissions.has_scope(request.user, scope):
            raise NotAllowed(
                _("This token does not have the scope “%(scope)s”.") % {"scope": scope},
                scope=scope,
            )
        return True
