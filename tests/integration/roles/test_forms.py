"""Forms of people, skills, absences, departments; import page; search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from roles.models import Absence, Department, Person, PersonSkill, Site, Skill
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


def test_a_manager_adds_and_edits_a_person(cast: Cast, client_for: Clients, wei: Person) -> None:
    client = client_for(cast.ada)
    values = {
        "key": "li",
        "name": "Li Na",
        "department": wei.department.pk,
        "site": wei.site.pk,
        "weekly_hours": "40",
        "max_concurrent_projects": "2",
        "rate_per_fte_week": "3000",
    }
    answer = client.post("/people/new/", values)
    person = Person.objects.get(key="li")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{person.pk}/")
    assert person.time_zone == wei.site.time_zone
    values |= {"name": "Li Na 2", "version": "1", "time_zone": "Asia/Tokyo"}
    assert client.post(f"/people/{person.pk}/edit/", values).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.key, person.time_zone) == ("Li Na 2", "li", "Asia/Tokyo")
    page = text(client.post(f"/people/{person.pk}/edit/", values | {"name": "Late"}), 412)
    assert "Somebody changed" in page
    person.refresh_from_db()
    assert person.name == "Li Na 2"


def test_a_form_with_mistakes_comes_back_with_them(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    page = text(client_for(cast.ada).post("/people/new/", {"key": "wei", "name": ""}), 422)
    assert "already exists" in page
    assert "This field is required" in page
    assert Person.objects.count() == 1


def test_a_rate_sent_by_a_lead_is_not_taken(cast: Cast, client_for: Clients, wei: Person) -> None:
    lead = make_user("lead")
    wei.department.leads.add(lead)
    values = {
        "version": 1,
        "name": "Wei",
        "department": wei.department.pk,
        "site": wei.site.pk,
        "time_zone": "UTC",
        "weekly_hours": "40",
        "max_concurrent_projects": "2",
        "rate_per_fte_week": "1",
    }
    assert client_for(lead).post(f"/people/{wei.pk}/edit/", values).status_code == 302
    wei.refresh_from_db()
    assert (wei.name, wei.rate_per_fte_week) == ("Wei", Decimal("98765"))


def test_skills_are_added_changed_and_removed_by_form(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    client, skill = client_for(cast.ada), make_skill("rust")
    base = f"/people/{wei.pk}/skills/"
    assert client.post(f"{base}new/", {"skill": skill.pk, "level": 3}).status_code == 302
    held = PersonSkill.objects.get(skill=skill)
    assert text(client.post(f"{base}{held.pk}/", {"level": 6, "version": 1}), 422)
    assert client.post(f"{base}{held.pk}/", {"level": 5, "version": 1}).status_code == 302
    held.refresh_from_db()
    assert (held.level, held.version) == (5, 2)
    assert client.post(f"{base}{held.pk}/remove/", {"version": 1}).status_code == 412
    assert client.post(f"{base}{held.pk}/remove/", {}).status_code == 400
    assert client.get(f"{base}{held.pk}/remove/").status_code == 405
    assert client.post(f"{base}{held.pk}/remove/", {"version": 2}).status_code == 302
    assert not PersonSkill.objects.filter(skill=skill).exists()


def test_people_enter_their_own_absences(cast: Cast, client_for: Clients, wei: Person) -> None:
    wei.user = cast.bo
    wei.save()
    client, base = client_for(cast.bo), f"/people/{wei.pk}/absences/"
    days = {"first_on": "2027-05-03", "last_on": "2027-05-07", "reason": "holiday"}
    assert client.post(f"{base}new/", days).status_code == 302
    absence = Absence.objects.get(first_on=date(2027, 5, 3))
    assert absence.reason == "holiday"
    moved = days | {"last_on": "2027-05-10", "version": 1}
    assert client.post(f"{base}{absence.pk}/", moved).status_code == 302
    absence.refresh_from_db()
    assert (absence.last_on, absence.version) == (date(2027, 5, 10), 2)
    text(client.post(f"{base}new/", days | {"last_on": "2027-05-01"}), 422)
    assert client.post(f"{base}{absence.pk}/remove/", {"version": 2}).status_code == 302


def test_a_manager_who_moves_an_absence_keeps_its_reason(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    absence = wei.absences.get()
    values = {"first_on": "2027-05-03", "last_on": "2027-05-04", "version": 1, "reason": "gossip"}
    address = f"/people/{wei.pk}/absences/{absence.pk}/"
    assert client_for(cast.ada).post(address, values).status_code == 302
    absence.refresh_from_db()
    assert (absence.last_on, absence.reason) == (date(2027, 5, 4), "knee surgery")


def test_departments_sites_and_skills_are_made_by_form(cast: Cast, client_for: Clients) -> None:
    client = client_for(cast.ada)
    client.post("/people/departments/new/", {"key": "top", "name_en": "Top", "leads": [cast.bo.pk]})
    top = Department.objects.get(key="top")
    assert top.leads.get() == cast.bo
    edit = f"/people/departments/{top.pk}/edit/"
    assert client.post(edit, {"name_en": "Head"}).status_code == 302
    text(client.post(edit, {"name_en": "Head", "parent": top.pk}), 422)
    client.post("/people/sites/new/", {"key": "x", "name_en": "X", "time_zone": "Asia/Tokyo"})
    site = Site.objects.get(key="x")
    text(client.post(f"/people/sites/{site.pk}/edit/", {"name_en": "X", "time_zone": "Moon"}), 422)
    client.post("/people/roles/skills/new/", {"key": "rust", "name_en": "Rust"})
    assert Skill.objects.get(key="rust").is_own
    top.refresh_from_db()
    assert (top.name_en, top.parent) == ("Head", None)


def test_people_are_imported_over_the_page(cast: Cast, client_for: Clients) -> None:
    client = client_for(cast.ada)
    make_department("vision")
    csv = b"key,name,department,site,time_zone\nwei,Wei,vision,berlin,Europe/Berlin\n"

    def upload(**more: str) -> Any:
        file = SimpleUploadedFile("people.csv", csv, "text/csv")
        return client.post("/people/import/", {"kind": "people", "file": file, **more})

    assert "berlin" in text(upload(), 422)
    answer = upload(create_missing="1")
    text(answer)
    assert not Person.objects.exists()
    token = answer.context["token"]
    assert client.post("/people/import/", {"token": token}).status_code == 422
    done = client.post("/people/import/", {"token": token, "create_missing": "1"})
    assert (done.status_code, done["Location"]) == (302, "/people/")
    assert Person.objects.get().site.key == "berlin"


# --- search


def test_the_search_finds_people_departments_and_skills(
    cast: Cast, client_for: Clients, wei: Person
) -> None:
    for query in ("zhang", "vision lab", "python"):
        page = text(client_for(cast.bo).get("/search/", {"q": query}))
        assert "/people/" in page.split("<main")[1], query
