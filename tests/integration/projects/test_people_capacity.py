"""The people-capacity report: who has time against what is open, by role and skill."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, start_monday

pytestmark = pytest.mark.django_db
REPORT = "/api/v1/projects/people-capacity/report/"


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def ask(client: Any, **query: Any) -> Any:
    window = {"from": start_monday().isoformat(), "weeks": 5}
    return client.get(REPORT, window | query)


def rows(answer: Any, key: str) -> list[dict[str, Any]]:
    return [row for row in answer.json()["rows"] if row["key"] == key]


def in_role(company: Company, name: str, *roles: Any, **fields: Any) -> Any:
    person = company.make_person(name, **fields)
    person.roles.set(roles or [company.role])
    return person


def test_a_role_has_what_its_people_have_less_what_they_do(company: Company, api_for: Any) -> None:
    """Ana is confirmed for 0.70, Ben tentative for 0.50 twice; a slot of 0.70 is held, one is not.

    Slots last four of the five weeks.
    """
    ana, ben = in_role(company, "Ana"), in_role(company, "Ben")
    builders.make_assignment(company.make_slot("held", fte_hundredths=70), ana)
    company.make_slot("open", fte_hundredths=30)
    for label in ("x", "y"):
        phase = company.make_project(label).phases.get()
        slot = company.make_slot(label, phase=phase, fte_hundredths=50, role=company.review)
        builders.make_assignment(slot, ben, status="tentative")

    found = rows(ask(api_for(company.lead)), company.role.key)

    assert len(found) == 5
    first = {key: found[0][key] for key in list(found[0])[5:13]}
    assert first == {
        "people": 2,
        "available": 2.0,
        "assigned": 0.7,
        "tentative": 1.0,
        "free": 0.3,
        "over": 0.0,
        "demand": 1.0,
        "open": 0.3,
    }
    assert (found[4]["available"], found[4]["free"], found[4]["open"]) == (2.0, 2.0, 0.0)


def test_work_beyond_what_somebody_has_is_over_and_not_taken_from_others(
    company: Company, api_for: Any
) -> None:
    ana = in_role(company, "Ana", weekly_hours=20)
    in_role(company, "Ben")
    builders.make_assignment(company.make_slot(fte_hundredths=80), ana)

    first = rows(ask(api_for(company.lead)), company.role.key)[0]

    assert (first["free"], first["over"]) == (1.0, 0.3)


def test_who_holds_two_roles_counts_in_each(company: Company, api_for: Any) -> None:
    in_role(company, "Ana", company.role, company.review)
    answer = ask(api_for(company.lead))

    assert [rows(answer, key)[0]["people"] for key in (company.role.key, company.review.key)] == [
        1,
        1,
    ]


def test_skills_count_in_the_weeks_in_which_they_hold(company: Company, api_for: Any) -> None:
    ana = in_role(company, "Ana")
    ana.skills.update(valid_to=weeks.add_weeks(start_monday(), 1))
    in_role(company, "Ben")
    company.make_slot(fte_hundredths=40)

    found = rows(ask(api_for(company.lead), by="skill"), company.skill.key)

    assert [row["people"] for row in found] == [2, 2, 1, 1, 1]
    assert [row["open"] for row in found] == [0.4, 0.4, 0.4, 0.4, 0.0]


def test_closed_projects_ask_for_nobody(company: Company, api_for: Any) -> None:
    company.make_slot(fte_hundredths=40)
    company.project.status = "cancelled"
    company.project.save()

    assert rows(ask(api_for(company.lead)), company.role.key) == []


def test_a_department_is_taken_with_those_below_it(company: Company, api_for: Any) -> None:
    below = builders.make_department("below", parent=company.department)
    other = builders.make_department("other")
    in_role(company, "Ana", department=below)
    in_role(company, "Ben", department=other)
    client = api_for(company.lead)

    def people(department: str) -> int:
        return sum(
            row["people"] for row in rows(ask(client, department=department), company.role.key)[:1]
        )

    assert (people(company.department.key), people("other"), people("")) == (1, 1, 2)
    assert ask(client, department="nowhere").status_code == 404


@pytest.mark.parametrize(
    ("who", "people", "money"),
    [("admin", 2, True), ("ada", 2, True), ("plan", 2, False), ("bo", 1, False), ("cy", 0, False)],
)
def test_each_sees_the_people_whose_load_they_may_see(
    company: Company, cast: Any, api_for: Any, who: str, people: int, money: bool
) -> None:
    """Bo is one of the two; open work is counted where the project's detail is seen."""
    in_role(company, "Ana")
    in_role(company, "Bo", user=cast.bo)
    company.make_slot(fte_hundredths=40)

    answer = ask(api_for(getattr(cast, who)))
    found = rows(answer, company.role.key)

    assert sum(row["people"] for row in found[:1]) == people
    assert any(row["open"] for row in found) == (who in {"admin", "ada", "plan"})
    assert [column["name"] for column in answer.json()["columns"]].count("mean_rate") == money
    if money:
        assert found[0]["mean_rate"] == 2000


def test_a_token_without_money_sees_no_rate(company: Company, api_for: Any) -> None:
    in_role(company, "Ana")

    answer = ask(api_for(company.lead, ("read",)))

    assert "mean_rate" not in answer.json()["rows"][0]


def test_who_asks_again_gets_304_until_the_plan_changes(company: Company, api_for: Any) -> None:
    in_role(company, "Ana")
    slot = company.make_slot()
    client = api_for(company.lead)
    for form in ("json", "csv"):
        first = ask(client, format=form)
        again = client.get(
            first.wsgi_request.get_full_path(), headers={"If-None-Match": first["ETag"]}
        )
        assert (first.status_code, again.status_code) == (200, 304)
        assert first["ETag"].startswith("W/")
        person = in_role(company, f"New for {form}")
        changed = client.get(
            first.wsgi_request.get_full_path(), headers={"If-None-Match": first["ETag"]}
        )
        assert changed.status_code == 200
        builders.make_assignment(slot, person, fte_hundredths=1)


def test_csv_has_the_columns_of_the_dictionary_in_their_order(
    company: Company, api_for: Any
) -> None:
    in_role(company, "Ana")
    client = api_for(company.lead)
    text = b"".join(ask(client, format="csv").streaming_content).decode("utf-8-sig")

    said = client.get("/api/v1/projects/people-capacity/columns/").json()

    head = next(csv.reader(text.splitlines()))
    assert head == [column["name"] for column in said["columns"]]
    assert all(column["description"] for column in said["columns"])


@pytest.mark.parametrize(
    "query",
    [
        {"by": "hair"},
        {"by": "\0"},
        {"from": "2027-01-05"},
        {"from": "soon"},
        {"weeks": "0"},
        {"weeks": "9" * 20},
        {"format": "xml"},
    ],
)
def test_hostile_parameters_are_refused(
    company: Company, api_for: Any, query: dict[str, str]
) -> None:
    answer = ask(api_for(company.lead), **query)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"


def test_the_report_takes_no_more_queries_for_more_people(
    company: Company, api_for: Any, django_assert_max_num_queries: Any
) -> None:
    for index in range(12):
        builders.make_assignment(company.make_slot(str(index)), in_role(company, f"P{index}"))
    client = api_for(company.lead)

    for by in ("role", "skill"):
        with django_assert_max_num_queries(16):
            assert ask(client, by=by).status_code == 200
