"""The people that most tests meet, and the clients they use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.builders import make_user

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from teamhub.accounts.models import User

SCOPES = ("read", "write", "money")


@dataclass(frozen=True)
class Cast:
    """Ada manages, Bo is an engineer, Cy is a stranger; the others are named for their group."""

    ada: User
    bo: User
    cy: User
    admin: User
    plan: User
    vi: User
    rev: User
    ml: User
    legal: User
    boss: User
    owner: User
    api: User

    def everybody(self) -> list[User]:
        return list(vars(self).values())


def make_cast() -> Cast:
    from teamhub.accounts.groups import Group

    return Cast(
        ada=make_user("ada", Group.MANAGER),
        bo=make_user("bo", Group.ENGINEER),
        cy=make_user("cy"),
        admin=make_user("admin", Group.ADMINISTRATOR),
        plan=make_user("plan", Group.PLANNER),
        vi=make_user("vi", Group.VIEWER),
        rev=make_user("rev", Group.REVIEWER),
        ml=make_user("ml", Group.ML_ENGINEER),
        legal=make_user("legal", Group.LEGAL),
        boss=make_user("boss", Group.EXECUTIVE),
        owner=make_user("owner", Group.BUSINESS_OWNER),
        api=make_user("api", Group.API_CLIENT),
    )


def api_client(user: User, scopes: Iterable[str] = SCOPES) -> APIClient:
    """A client that sends a new token of the user with every request."""
    from django.utils.timezone import now
    from rest_framework.test import APIClient

    from teamhub.accounts.models import ApiToken

    # Used just now: noting its first use would be one query more in tests that count them.
    _row, token = ApiToken.objects.create(
        user=user, name="tests", scopes=list(scopes), last_used_at=now()
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client
