"""The administrator's pages over accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group as GroupRow
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from teamhub.accounts import permissions
from teamhub.accounts import services as accounts
from teamhub.accounts.groups import Group, sync_groups
from teamhub.accounts.models import User
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed
from tests.builders import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def fields(user: User, **changes: Any) -> dict[str, Any]:
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "groups": [group.name for group in user.groups.all()],
        "is_active": True,
    } | changes


def test_migrate_makes_the_groups_and_makes_them_once() -> None:
    assert set(GroupRow.objects.values_list("name", flat=True)) == set(Group)
    sync_groups()
    call_command("migrate", verbosity=0)
    assert GroupRow.objects.count() == len(Group)


def test_the_pages_are_for_administrators(cast: Any, client_for: Any, client: Client) -> None:
    pages = [
        reverse("accounts:user-list"),
        reverse("accounts:user-detail", args=[cast.bo.pk]),
        reverse("accounts:user-invite"),
        reverse("accounts:user-list") + "?format=csv",
    ]
    for page in pages:
        assert client.get(page).status_code == 302
        for user in cast.everybody():
            expected = 200 if user == cast.admin else 403
            assert client_for(user).get(page).status_code == expected, (user, page)


def test_a_change_of_groups_takes_effect_and_is_written_down(cast: Any, client_for: Any) -> None:
    page = reverse("accounts:user-detail", args=[cast.cy.pk])
    data = fields(cast.cy, groups=["manager", "reviewer"], first_name="Cy", is_active="on")
    assert client_for(cast.admin).post(page, data).status_code == 302
    assert set(cast.cy.groups.values_list("name", flat=True)) == {"manager", "reviewer"}
    event = AuditEvent.objects.get(verb="user.change")
    assert event.by == cast.admin
    assert event.before
    assert event.after
    assert (event.before["groups"], event.after["groups"]) == ([], ["manager", "reviewer"])
    assert "password" not in event.after


def test_saving_without_a_change_writes_no_event(cast: Any) -> None:
    accounts.change_user(user=cast.bo, by=cast.admin, **fields(cast.bo))
    assert not AuditEvent.objects.exists()


def test_a_deactivated_user_is_out_at_once(cast: Any, client_for: Any) -> None:
    inside = client_for(cast.bo)
    assert inside.get("/").status_code == 200
    page = reverse("accounts:user-detail", args=[cast.bo.pk])
    data = fields(cast.bo)
    del data["is_active"]
    assert client_for(cast.admin).post(page, data).status_code == 302
    assert inside.get("/").status_code == 302
    credentials = {"username": "bo", "password": PASSWORD}
    assert Client().post(reverse("accounts:login"), credentials).status_code == 200


def test_nobody_takes_the_administration_from_themself(cast: Any, client_for: Any) -> None:
    make_user("second", Group.ADMINISTRATOR)
    changes: list[dict[str, Any]] = [{"groups": []}, {"is_active": False}]
    for change in changes:
        with pytest.raises(Conflict, match="yourself"):
            accounts.change_user(user=cast.admin, by=cast.admin, **fields(cast.admin, **change))
    page = reverse("accounts:user-detail", args=[cast.admin.pk])
    answer = client_for(cast.admin).post(page, fields(cast.admin, groups=[], is_active="on"))
    assert answer.status_code == 422
    assert "yourself" in answer.content.decode()


def test_another_administrator_can_be_removed_while_one_stays(cast: Any) -> None:
    second = make_user("second", Group.ADMINISTRATOR)
    accounts.change_user(user=second, by=cast.admin, **fields(second, groups=[]))
    assert not second.groups.exists()


def test_the_last_administrator_stays_though_the_other_has_just_lost_the_right(cast: Any) -> None:
    second = make_user("second", Group.ADMINISTRATOR)
    assert permissions.is_administrator(cast.admin)  # remembered for the rest of the request
    cast.admin.groups.clear()
    with pytest.raises(Conflict, match="last"):
        accounts.change_user(user=second, by=cast.admin, **fields(second, groups=[]))
    assert second.groups.exists()


def test_an_address_belongs_to_one_account(cast: Any, client_for: Any) -> None:
    page = reverse("accounts:user-detail", args=[cast.bo.pk])
    answer = client_for(cast.admin).post(page, fields(cast.bo, email="ADA@example.org"))
    assert answer.status_code == 422
    with pytest.raises(InvalidInput):
        accounts.change_user(
            user=cast.bo, by=cast.admin, **fields(cast.bo, email="ada@EXAMPLE.org")
        )


@pytest.mark.parametrize("group", ["king", "Manager", ""])
def test_unknown_groups_are_refused(group: str, cast: Any, client_for: Any) -> None:
    with pytest.raises(InvalidInput):
        accounts.change_user(user=cast.bo, by=cast.admin, **fields(cast.bo, groups=[group]))
    page = reverse("accounts:user-detail", args=[cast.bo.pk])
    data = fields(cast.bo, groups=[group])
    assert client_for(cast.admin).post(page, data).status_code == 422


def test_only_administrators_change_accounts(cast: Any) -> None:
    for user in cast.everybody():
        if user != cast.admin:
            with pytest.raises(NotAllowed):
                accounts.change_user(user=user, by=user, **fields(user, groups=["administrator"]))


def test_the_list_filters_searches_and_exports(cast: Any, client_for: Any) -> None:
    client = client_for(cast.admin)
    page = reverse("accounts:user-list")
    accounts.invite(email="wei@example.org", full_name="Wei Lin", groups=[], by=cast.admin)
    User.objects.filter(pk=cast.cy.pk).update(is_active=False)

    def names(**query: str) -> list[str]:
        return [row["user"].username for row in client.get(page, query).context["rows"]]

    assert names(group="manager") == ["ada"]
    assert names(state="invited") == ["wei"]
    assert names(state="inactive") == ["cy"]
    assert "wei" not in names(state="active")
    assert names(q="lin wei") == ["wei"]
    assert names(sort="-username", size="1") == ["wei"]
    text = b"".join(client.get(page, {"format": "csv", "q": "ada"}).streaming_content).decode()
    assert text.splitlines()[1].startswith("ada,,ada@example.org,Manager,active")


def test_the_list_takes_the_same_queries_for_many(
    cast: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        make_user(None, "engineer")
    client = client_for(cast.admin)
    with django_assert_max_num_queries(10):
        client.get(reverse("accounts:user-list"))


def test_a_number_that_nobody_has_is_404(cast: Any, client_for: Any) -> None:
    client = client_for(cast.admin)
    assert client.get(reverse("accounts:user-detail", args=[10**9])).status_code == 404
    assert client.get("/accounts/users/99999999999999999999999/").status_code == 404


def test_no_page_carries_inline_style_or_script(cast: Any, client_for: Any) -> None:
    import re

    client = client_for(cast.admin)
    pages = ["account", "password-change", "token-list", "token-create", "user-list", "user-invite"]
    addresses = [reverse(f"accounts:{name}") for name in pages]
    addresses.append(reverse("accounts:user-detail", args=[cast.bo.pk]))
    for page in [*addresses, reverse("audit:event-list")]:
        html = client.get(page).content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html), page
        assert html.count("<h1>") == 1
