"""The load grid: numbers, filters, rights, export."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests import builders
from tests.integration.projects.staffing_scene import Company, start_monday

GRID = "/load/"


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


@pytest.fixture
def window() -> dict[str, str]:
    return {"from": start_monday().isoformat(), "weeks": "4"}


def test_overload_is_seen_from_the_plan_alone(
    company: Company, client_for: Any, window: dict[str, str]
) -> None:
    ana = company.make_person("Ana")
    company.make_person("Ben")
    for label in ("a", "b"):
        slot = company.make_slot(
            label, fte_hundredths=70, phase=company.make_project(label).phases.get()
        )
        builders.make_assignment(slot, ana)

    page = client_for(company.lead).get(GRID, window)

    rows = {row.person.name: row for row in page.context["grid"].rows}
    assert (rows["Ana"].weeks_over, rows["Ben"].weeks_over) == (4, 0)
    assert "th-load-over" in page.content.decode()
    assert "1.40" in page.content.decode()


def test_only_the_over_allocated_can_be_shown(
    company: Company, client_for: Any, window: dict[str, str]
) -> None:
    ana = company.make_person("Ana", weekly_hours=10)
    company.make_person("Ben")
    builders.make_assignment(company.make_slot(fte_hundredths=50), ana)

    page = client_for(company.lead).get(GRID, window | {"over": "on"})

    assert [row.person for row in page.context["grid"].rows] == [ana]


def test_filters_narrow_by_department_site_role_project_and_name(
    company: Company, client_for: Any, window: dict[str, str]
) -> None:
    ana = company.make_person("Ana", roles=[company.role])
    elsewhere = builders.make_site("lima", time_zone="America/Lima")
    company.make_person("Ben", site=elsewhere, department=builders.make_department("other"))
    builders.make_assignment(company.make_slot(), ana)
    client = client_for(company.lead)

    for query in (
        {"department": "apps"},
        {"site": "berlin"},
        {"role": company.role.key},
        {"project": company.project.key},
        {"q": "an"},
    ):
        rows = client.get(GRID, window | query).context["grid"].rows
        assert [row.person.name for row in rows] == ["Ana"], query


def test_a_bad_filter_is_said_and_left_out(
    company: Company, client_for: Any, window: dict[str, str]
) -> None:
    company.make_person("Ana")

    page = client_for(company.lead).get(GRID, {"weeks": "1000", "from": "soon", "site": "moon"})

    assert page.status_code == 200
    assert len(page.context["listing"].errors) == 3
    assert [row.person.name for row in page.context["grid"].rows] == ["Ana"]


def test_engineers_see_their_own_row_and_viewers_none(
    company: Company, cast: Any, client_for: Any, window: dict[str, str]
) -> None:
    company.make_person("Bo", user=cast.bo)
    company.make_person("Ana")

    own = client_for(cast.bo).get(GRID, window).context["grid"].rows
    none = client_for(cast.vi).get(GRID, window).context["grid"].rows

    assert [row.person.name for row in own] == ["Bo"]
    assert none == []


def test_the_export_holds_a_line_a_person_and_week(
    company: Company, client_for: Any, window: dict[str, str]
) -> None:
    ana = company.make_person("Ana")
    builders.make_assignment(company.make_slot(fte_hundredths=50), ana)

    answer = client_for(company.lead).get(GRID, window | {"format": "csv"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["person"], line["assigned"]) for line in lines] == [(ana.key, "0.5")] * 4


def test_the_number_of_queries_does_not_grow_with_the_people(
    company: Company,
    client_for: Any,
    window: dict[str, str],
    django_assert_max_num_queries: Any,
) -> None:
    for index in range(10):
        builders.make_assignment(company.make_slot(str(index)), company.make_person(f"P{index}"))
    client = client_for(company.lead)

    with django_assert_max_num_queries(25):
        assert len(client.get(GRID, window).context["grid"].rows) == 10


def test_without_people_the_page_says_what_to_do(cast: Any, client_for: Any) -> None:
    assert "/people/import/" in client_for(cast.ada).get(GRID).content.decode()
