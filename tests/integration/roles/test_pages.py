"""The pages about people: who opens them, what they show, what their forms do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roles.models import Person
from teamhub.accounts.models import User
from tests.builders import (
    make_absence,
    make_department,
    make_person,
    make_role,
    make_site,
    make_skill,
    make_user,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]
FOR_MEMBERS = [
    "/people/",
    "/people/departments/",
    "/people/sites/",
    "/people/roles/",
    "/people/roles/skills/",
    "/people/roles/map/",
    "/people/roles/learning/",
]
FOR_MANAGERS = [
    "/people/new/",
    "/people/import/",
    "/people/departments/new/",
    "/people/sites/new/",
    "/people/roles/skills/new/",
]


def text(response: Any, status: int = 200) -> str:
    content: str = response.content.decode()
    assert response.status_code == status, content[:2000]
    return content


@pytest.fixture
def wei(db: None) -> Person:
    """With a rate, an e-mail address and an absence whose reason is private."""
    today = timezone.localdate()
    person = make_person(
        "Wei Zhang",
        key="wei",
        email="wei@example.com",
        department=make_department("vision", name_en="Vision Lab"),
        site=make_site("shanghai", name_en="Shanghai"),
        roles=[make_role("cv-role", name_en="Vision role")],
        rate_per_fte_week=Decimal("98765"),
        weekly_hours=Decimal("36.5"),
        skills={make_skill("python", name_en="Python"): 4},
    )
    make_absence(
        person, today + timedelta(days=10), today + timedelta(days=12), reason="knee surgery"
    )
    return person


# --- who opens what


@pytest.mark.parametrize("address", FOR_MEMBERS)
def test_every_member_reads_the_catalog_and_the_lists(
    cast: Cast, client_for: Clients, client: Client, reference: None, address: str
) -> None:
    for user in cast.everybody():
        text(client_for(user).get(address))
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("address", FOR_MANAGERS)
def test_only_managers_open_what_changes_the_company(
    cast: Cast, client_for: Clients, client: Client, address: str
) -> None:
    for user in cast.everybody():
        status = 200 if user in {cast.ada, cast.admin} else 403
        assert client_for(user).get(address).status_code == status, user
    assert client.get(address).status_code == 302


def test_edit_pages_of_a_person_open_for_managers_and_their_leads(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    lead = make_user("lead")
    wei.department.leads.add(lead)
    held, absence = wei.skills.get(), wei.absences.get()
    for end in ("edit/", "skills/new/", f"skills/{held.pk}/"):
        for user in (*cast.everybody(), lead):
            status = 200 if user in {cast.ada, cast.admin, lead} else 403
            found = client_for(user).get(f"/people/{wei.pk}/{end}").status_code
            assert found == status, (user, end)
    wei.user = cast.bo
    wei.save()
    for end in ("absences/new/", f"absences/{absence.pk}/"):
        for user in (*cast.everybody(), lead):
            status = 200 if user in {cast.ada, cast.admin, lead, cast.bo} else 403
            found = client_for(user).get(f"/people/{wei.pk}/{end}").status_code
            assert found == status, (user, end)


def test_parts_of_another_person_are_not_found(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    other, ada = make_person(), client_for(cast.ada)
    held, absence = wei.skills.get(), wei.absences.get()
    for end in (f"skills/{held.pk}/", f"absences/{absence.pk}/"):
        assert ada.get(f"/people/{other.pk}/{end}").status_code == 404
        answer = ada.post(f"/people/{other.pk}/{end}remove/", {"version": 1})
        assert answer.status_code == 404
    for number in (999999, 10**30):
        assert ada.get(f"/people/{number}/").status_code == 404


# --- what is shown to whom


def test_the_person_page_shows_money_load_and_reasons_to_the_right_ones(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    lead = make_user("lead")
    wei.department.leads.add(lead)
    wei.user = cast.bo
    wei.save()
    for user in (*cast.everybody(), lead):
        page = text(client_for(user).get(f"/people/{wei.pk}/"))
        assert "Wei Zhang" in page
        assert "Python" in page
        load = user in {cast.ada, cast.admin, cast.plan, cast.bo, lead}
        assert ("98,765" in page or "98765" in page) == (user in {cast.ada, cast.admin}), user
        assert ("36.5" in page, "wei@example.com" in page) == (load, load), user
        assert ("absences-title" in page) == load, user
        assert ("knee surgery" in page) == (user in {cast.admin, cast.bo}), user


def test_the_list_shows_no_money_and_no_address(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    for user in cast.everybody():
        page = text(client_for(user).get("/people/"))
        assert "98" not in page.split("people-list")[1].split("</section>")[0]
        assert "wei@example.com" not in page


def test_an_absence_form_shows_the_reason_to_administrators_and_the_person(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    wei.user = cast.bo
    wei.save()
    address = f"/people/{wei.pk}/absences/{wei.absences.get().pk}/"
    for user in (cast.ada, cast.admin, cast.bo):
        page = text(client_for(user).get(address))
        assert ("knee surgery" in page) == (user != cast.ada)


def test_a_lead_gets_no_field_for_the_rate(cast: Cast, client_for: Clients, wei: Person) -> None:
    lead = make_user("lead")
    wei.department.leads.add(lead)
    address = f"/people/{wei.pk}/edit/"
    assert "rate_per_fte_week" not in text(client_for(lead).get(address))
    assert "98765" in text(client_for(cast.ada).get(address))


def test_an_expired_skill_is_marked_and_not_listed(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    held = wei.skills.get()
    held.valid_to = timezone.localdate() - timedelta(days=1)
    held.save()
    assert "expired" in text(client_for(cast.bo).get(f"/people/{wei.pk}/"))
    htmx: Any = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "people-list"}
    rows = text(client_for(cast.bo).get("/people/", **htmx))
    assert "Wei Zhang" in rows
    assert "Python" not in rows
    found = text(client_for(cast.bo).get("/people/?skill=python", **htmx))
    assert "Wei Zhang" not in found


# --- the list


def names(response: Any) -> list[str]:
    text(response)
    return [person.name for person in response.context["listing"].rows]


def test_the_list_is_searched_filtered_sorted_and_paged(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    skill = wei.skills.get().skill
    below = make_department("vision-qa", parent=wei.department)
    make_person("Anna", skills={skill: 2}, department=below)
    make_person("Zoe", key="zz-top")
    client = client_for(cast.bo)
    assert names(client.get("/people/")) == ["Anna", "Wei Zhang", "Zoe"]
    assert names(client.get("/people/?sort=-name")) == ["Zoe", "Wei Zhang", "Anna"]
    assert names(client.get("/people/?q=zhang")) == ["Wei Zhang"]
    assert names(client.get("/people/?q=zz")) == ["Zoe"]
    assert names(client.get("/people/?role=cv-role")) == ["Wei Zhang"]
    assert names(client.get("/people/?skill=python")) == ["Anna", "Wei Zhang"]
    assert names(client.get("/people/?skill=python&min_level=3")) == ["Wei Zhang"]
    assert names(client.get("/people/?min_level=2")) == ["Anna", "Wei Zhang"]
    assert names(client.get("/people/?site=shanghai")) == ["Wei Zhang"]
    assert names(client.get("/people/?department=vision")) == ["Anna", "Wei Zhang"]
    assert names(client.get("/people/?department=vision-qa")) == ["Anna"]
    assert names(client.get("/people/?size=1&page=2")) == ["Wei Zhang"]


def test_a_filter_that_makes_no_sense_is_named_and_left_out(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    for query in ("role=poet", "min_level=9", "site=x%00", "sort=rate_per_fte_week", "page=x"):
        page = client_for(cast.bo).get(f"/people/?{query}")
        assert names(page) == ["Wei Zhang"], query
        if not query.startswith("page"):
            assert page.context["listing"].errors, query


def test_the_list_takes_the_same_queries_for_three_and_for_thirty(
    cast: Cast, client_for: Clients, wei: Person, django_assert_num_queries: Callable[..., Any]
) -> None:
    client, skill = client_for(cast.admin), wei.skills.get().skill
    client.get("/people/")
    for _ in range(2):
        make_person(skills={skill: 2}, roles=[make_role()])
    # session, user, groups; roles, skills, sites, departments and leads for the filters;
    # count, rows, roles, skills
    with django_assert_num_queries(15):
        client.get("/people/")
    for _ in range(27):
        make_person(skills={skill: 2}, roles=[make_role()], user=make_user())
    with django_assert_num_queries(15):
        client.get("/people/")


def test_the_other_lists_keep_their_queries(
    cast: Cast, client_for: Clients, reference: None, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        make_person(skills={make_skill(): 2})
    client = client_for(cast.ada)
    for address in FOR_MEMBERS[1:]:
        with django_assert_max_num_queries(11):
            client.get(address)


def test_empty_lists_say_what_to_do(cast: Cast, client_for: Clients) -> None:
    assert "/people/import/" in text(client_for(cast.ada).get("/people/"))
    assert "/people/import/" not in text(client_for(cast.bo).get("/people/"))
    assert "Clear filters" in text(client_for(cast.bo).get("/people/?q=nobody"))
    for address in (
        "/people/departments/",
        "/people/sites/",
        "/people/roles/",
        "/people/roles/skills/",
        "/people/roles/map/",
    ):
        assert "th-empty" in text(client_for(cast.ada).get(address)), address
