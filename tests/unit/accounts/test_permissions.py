"""Rights follow from groups, and for tokens from scopes as well."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from teamhub.accounts import permissions
from teamhub.accounts.groups import LABELS, Group
from teamhub.accounts.time_zones import validate_time_zone
from teamhub.errors import NotAllowed


def user(*groups: Group, scopes: set[str] | None = None, superuser: bool = False) -> Any:
    made = SimpleNamespace(
        is_authenticated=True, is_superuser=superuser, _group_names=frozenset(groups)
    )
    if scopes is not None:
        made.token_scopes = frozenset(scopes)
    return made


def test_money_is_for_managers_and_administrators() -> None:
    may = {group for group in Group if permissions.may_see_money(user(group))}
    assert may == {Group.ADMINISTRATOR, Group.MANAGER}


def test_the_load_of_all_is_for_managers_planners_and_administrators() -> None:
    may = {group for group in Group if permissions.may_see_load_of_all(user(group))}
    assert may == {Group.ADMINISTRATOR, Group.MANAGER, Group.PLANNER}


def test_a_token_cuts_its_owners_rights_and_adds_none() -> None:
    manager = user(Group.MANAGER, scopes={"read"})
    assert not permissions.may_see_money(manager)
    assert permissions.may_see_money(user(Group.MANAGER, scopes={"read", "money"}))
    assert not permissions.may_see_money(user(Group.VIEWER, scopes={"read", "money"}))


def test_a_session_has_every_scope() -> None:
    assert all(permissions.has_scope(user(Group.VIEWER), scope) for scope in permissions.SCOPES)


def test_a_superuser_is_an_administrator_and_a_stranger_is_nothing() -> None:
    assert permissions.is_administrator(user(superuser=True))
    assert permissions.group_names(AnonymousUser()) == frozenset()
    assert not permissions.is_manager(AnonymousUser())


def test_require_refuses_with_the_message() -> None:
    permissions.require(True, "no")
    with pytest.raises(NotAllowed, match="only leads"):
        permissions.require(False, "only leads")


def test_every_group_has_a_label() -> None:
    assert set(LABELS) == set(Group)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe/", "x" * 300])
def test_a_name_that_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_time_zone(name)


def test_time_zones_of_the_database_are_taken() -> None:
    for name in ("UTC", "Asia/Shanghai", "Europe/Berlin"):
        validate_time_zone(name)
