"""The fixtures that most tests stand on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from teamhub.accounts import permissions
from tests.cast import Cast


def test_the_cast_has_the_rights_of_their_groups(cast: Cast) -> None:
    assert permissions.is_manager(cast.ada)
    assert permissions.is_administrator(cast.admin)
    assert permissions.is_planner(cast.plan)
    assert not any(map(permissions.is_manager, [cast.bo, cast.cy, cast.vi, cast.rev]))


def test_a_client_is_logged_in(cast: Cast, client_for: Callable[..., Client]) -> None:
    assert client_for(cast.ada).session["_auth_user_id"] == str(cast.ada.pk)


@pytest.mark.parametrize(("scopes", "status"), [(("read",), 200), (("write",), 403)])
def test_a_token_carries_its_scopes(
    scopes: tuple[str, ...], status: int, cast: Cast, api_for: Callable[..., APIClient]
) -> None:
    assert api_for(cast.ada, scopes=scopes).get("/api/v1/projects/projects/").status_code == status
