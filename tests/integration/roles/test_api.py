"""People, the catalog and the import for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from roles.models import Person, Site, Skill
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
Api = Callable[..., APIClient]
PEOPLE = "/api/v1/roles/people/"
IMPORT = "/api/v1/roles/import/"


@pytest.fixture
def wei(db: None) -> Person:
    person = make_person(
        "Wei Zhang",
        key="wei",
        email="wei@example.com",
        department=make_department("vision"),
        site=make_site("shanghai"),
        roles=[make_role("cv-role")],
        rate_per_fte_week=Decimal(9876),
        skills={make_skill("python"): 4},
    )
    make_absence(person, date(2027, 1, 4), date(2027, 1, 8), reason="knee surgery")
    return person


def keys(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [person["key"] for person in answer.json()["results"]]


def test_a_person_comes_with_what_every_member_sees(cast: Cast, api_for: Api, wei: Person) -> None:
    (shown,) = api_for(cast.bo).get(PEOPLE).json()["results"]
    assert shown == {
        "id": wei.pk,
        "key": "wei",
        "name": "Wei Zhang",
        "department": "vision",
        "site": "shanghai",
        "time_zone": "Europe/Berlin",
        "roles": ["cv-role"],
        "skills": [
            {
                "skill": "python",
                "name": "Python",
                "level": 4,
                "valid_from": None,
                "valid_to": None,
                "evidence": "",
                "state": "valid",
            }
        ],
    }


def test_fields_are_left_out_for_those_who_may_not_see_them(
    cast: Cast, api_for: Api, wei: Person
) -> None:
    lead = make_user("lead")
    wei.department.leads.add(lead)
    wei.user = cast.bo
    wei.save()
    make_person(email="other@example.com")
    for user in (*cast.everybody(), lead):
        client = api_for(user)
        listed = {one["key"]: one for one in client.get(PEOPLE).json()["results"]}
        detail = client.get(f"{PEOPLE}{wei.pk}/").json()
        sees_all = user in {cast.ada, cast.admin, cast.plan}
        load = sees_all or user in {cast.bo, lead}
        for shown in (listed["wei"], detail):
            assert ("weekly_hours" in shown, "email" in shown) == (load, load), user
            assert ("rate_per_fte_week" in shown) == (user in {cast.ada, cast.admin}), user
        assert ("absences" in detail) == load, user
        assert sum("email" in one for one in listed.values()) == 2 * sees_all or (load and 1)
        assert "surgery" not in str(detail)


def test_a_token_without_the_scope_money_sees_no_rate(
    cast: Cast, api_for: Api, wei: Person
) -> None:
    assert "9876.00" in str(api_for(cast.ada).get(PEOPLE).json())
    assert "9876" not in str(api_for(cast.ada, scopes=("read", "write")).get(PEOPLE).json())
    assert api_for(cast.ada, scopes=("write", "money")).get(PEOPLE).status_code == 403


def test_without_a_token_nobody_gets_in(client: Any, wei: Person) -> None:
    for address in (PEOPLE, f"{PEOPLE}{wei.pk}/", "/api/v1/roles/skills/"):
        assert client.get(address).status_code == 401
    assert client.post(IMPORT).status_code == 401


def test_people_are_filtered(cast: Cast, api_for: Api, wei: Person) -> None:
    low = make_department("vision-qa", parent=wei.department)
    python = Skill.objects.get(key="python")
    make_person("Anna", key="anna", department=low, skills={python: 2})
    make_person("Zoe", key="zoe")
    get: Any = api_for(cast.bo).get
    assert keys(get(PEOPLE)) == ["anna", "wei", "zoe"]
    assert keys(get(PEOPLE, {"search": "zhang wei"})) == ["wei"]
    assert keys(get(PEOPLE, {"role": "cv-role"})) == ["wei"]
    assert keys(get(PEOPLE, {"skill": "python"})) == ["anna", "wei"]
    assert keys(get(PEOPLE, {"skill": "python", "min_level": 3})) == ["wei"]
    assert keys(get(PEOPLE, {"min_level": 2})) == ["anna", "wei"]
    assert keys(get(PEOPLE, {"site": "shanghai"})) == ["wei"]
    assert keys(get(PEOPLE, {"department": "vision"})) == ["anna", "wei"]
    assert keys(get(PEOPLE, {"limit": 1, "page": 2})) == ["wei"]
    assert get(PEOPLE, {"limit": 1}).json()["count"] == 3


@pytest.mark.parametrize(
    "query",
    [
        {"role": "poet"},
        {"skill": "telepathy"},
        {"site": "mars"},
        {"department": "no one"},
        {"min_level": "6"},
        {"min_level": "high"},
        {"page": "0"},
    ],
)
def test_a_filter_that_makes_no_sense_is_400_in_words(
    cast: Cast, api_for: Api, wei: Person, query: dict[str, str]
) -> None:
    answer = api_for(cast.bo).get(PEOPLE, query)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid"
    assert next(iter(query)) in error["message"]


def test_the_list_takes_the_same_queries_for_three_and_for_thirty(
    cast: Cast, api_for: Api, wei: Person, django_assert_num_queries: Callable[..., Any]
) -> None:
    client = api_for(cast.ada)
    client.get(PEOPLE)
    skill = Skill.objects.get(key="python")
    # token, groups, count, rows, roles, levels, skills, whose load
    with django_assert_num_queries(8):
        client.get(PEOPLE)
    for _ in range(29):
        make_person(skills={skill: 1}, roles=[make_role()])
    with django_assert_num_queries(8):
        assert len(client.get(PEOPLE).json()["results"]) == 30


def test_a_person_who_is_not_there_is_404(cast: Cast, api_for: Api) -> None:
    answer = api_for(cast.ada).get(f"{PEOPLE}123456/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_state_of_a_level_is_that_of_today(cast: Cast, api_for: Api, wei: Person) -> None:
    held = wei.skills.get()
    held.valid_to = timezone.localdate() - timedelta(days=1)
    held.save()
    (level,) = api_for(cast.bo).get(f"{PEOPLE}{wei.pk}/").json()["skills"]
    assert level["state"] == "expired"


def test_the_small_lists_are_read_by_members(cast: Cast, api_for: Api, reference: None) -> None:
    make_department("low", parent=make_department("top"))
    make_site("berlin")
    client = api_for(cast.bo)
    answers = {
        noun: client.get(f"/api/v1/roles/{noun}/").json()["results"]
        for noun in ("departments", "sites", "roles", "skills")
    }
    assert [(one["key"], one["parent"]) for one in answers["departments"]] == [
        ("low", "top"),
        ("top", None),
    ]
    assert answers["sites"][0]["time_zone"] == "Europe/Berlin"
    assert {"key", "side", "discipline"} <= set(answers["roles"][0])
    assert len(answers["skills"]) == Skill.objects.count() > 40


# --- the import


def send(client: APIClient, kind: str, data: str, **more: Any) -> Any:
    file = SimpleUploadedFile(f"{kind}.csv", data.encode(), "text/csv")
    return client.post(IMPORT, {"kind": kind, "file": file, **more}, format="multipart")


def test_a_company_comes_in_over_the_api(cast: Cast, api_for: Api) -> None:
    client = api_for(cast.ada)
    departments = "key,name,parent\nvision,Vision,\n"
    people = "key,name,department,site,time_zone\nwei,Wei,vision,berlin,Europe/Berlin\n"
    skills = "person,skill,level\nwei,s1,4\n"
    assert send(client, "departments", departments).json() == {
        "rows": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "errors": [],
        "beside": [],
    }
    made = send(client, "people", people, create_missing=1).json()
    assert (made["created"], made["beside"]) == (1, ["site berlin (Europe/Berlin)"])
    assert send(client, "skills", skills, create_missing=1).json()["created"] == 1
    assert send(client, "absences", "person,first_on,last_on\nwei,2027-01-04,2027-01-05\n").json()[
        "created"
    ]
    assert Site.objects.get().key == "berlin"
    assert send(client, "skills", skills, create_missing=1).json()["unchanged"] == 1


def test_errors_answer_422_with_row_column_and_message(cast: Cast, api_for: Api) -> None:
    answer = send(api_for(cast.ada), "people", "key,name,department,site\nwei,Wei,no,nowhere\n")
    assert answer.status_code == 422
    said = answer.json()
    assert [(one["row"], one["column"]) for one in said["errors"]] == [
        (2, "department"),
        (2, "site"),
    ]
    assert all(one["message"] for one in said["errors"])
    assert (said["error"]["code"], said["created"]) == ("invalid", 0)
    assert not Person.objects.exists()


def test_a_dry_run_writes_nothing(cast: Cast, api_for: Api) -> None:
    text = "key,name\nvision,Vision\n"
    answer = send(api_for(cast.ada), "departments", text, dry_run=1)
    assert (answer.status_code, answer.json()["created"]) == (200, 1)
    answer = send(api_for(cast.ada), "departments", text)
    assert answer.json()["created"] == 1


def test_an_unknown_kind_and_a_missing_file_are_400(cast: Cast, api_for: Api) -> None:
    client = api_for(cast.ada)
    assert send(client, "salaries", "key\n").json()["error"]["details"]["field"] == "kind"
    answer = client.post(IMPORT, {"kind": "people"}, format="multipart")
    assert answer.status_code == 400
    assert "file" in answer.json()["error"]["details"]["fields"]


def test_only_managers_with_a_writing_token_import(cast: Cast, api_for: Api) -> None:
    text = "key,name\nvision,Vision\n"
    for user in cast.everybody():
        status = 200 if user in {cast.ada, cast.admin} else 403
        assert send(api_for(user), "departments", text).status_code == status, user
    assert send(api_for(cast.ada, scopes=("read",)), "departments", text).status_code == 403


def test_a_token_without_money_imports_no_rates(cast: Cast, api_for: Api, wei: Person) -> None:
    text = "key,name,department,site,rate_per_fte_week\nwei,Wei,vision,shanghai,1\n"
    client = api_for(cast.ada, scopes=("read", "write"))
    answer = send(client, "people", text)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["column"] == "rate_per_fte_week"
    assert "9876" not in str(send(client, "people", text.replace(",1\n", ",\n")).json())
    wei.refresh_from_db()
    assert wei.rate_per_fte_week == Decimal(9876)
