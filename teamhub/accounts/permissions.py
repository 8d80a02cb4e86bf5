"""What somebody is allowed to, from their groups and, for a token, its scopes."""

from __future__ import annotations

from typing import Any

from teamhub.accounts.groups import Group
from teamhub.errors import NotAllowed

SCOPES = ("read", "write", "money")


def group_names(user: Any) -> frozenset[str]:
    """Names of the user's groups, read once per instance."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    cached: frozenset[str] | None = getattr(user, "_group_names", None)
    if cached is None:
        cached = frozenset(user.groups.values_list("name", flat=True))
        if user.is_superuser:  # made by manage.py createsuperuser, outside of all groups
            cached |= {Group.ADMINISTRATOR.value}
        user._group_names = cached
    return cached


def in_group(user: Any, *groups: Group) -> bool:
    return bool(group_names(user) & {group.value for group in groups})


def is_administrator(user: Any) -> bool:
    return bool(getattr(user, "is_superuser", False)) or in_group(user, Group.ADMINISTRATOR)


def is_manager(user: Any) -> bool:
    return is_administrator(user) or in_group(user, Group.MANAGER)


def is_planner(user: Any) -> bool:
    return in_group(user, Group.PLANNER)


def is_viewer(user: Any) -> bool:
    return in_group(user, Group.VIEWER)


def has_scope(user: Any, scope: str) -> bool:
    """Sessions have every scope; a token those it was made with."""
    scopes = getattr(user, "token_scopes", None)
    return scopes is None or scope in scopes


def may_see_money(user: Any) -> bool:
    return is_manager(user) and has_scope(user, "money")


def may_see_load_of_all(user: Any) -> bool:
    return is_manager(user) or is_planner(user)


def require(condition: bool, message: Any) -> None:
    if not condition:
        raise NotAllowed(message)
