"""Projects, phases and seats by CSV: what they write and what they refuse."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.models import Phase, Project, Seat, Slot
from tests.builders import (
    make_assignment,
    make_person,
    make_project,
    make_role,
    make_seat,
    make_slot,
    monday,
)
from tests.integration.projects.importing import (
    PROJECTS,
    SEATS,
    errors,
    exported,
    read,
)

pytestmark = pytest.mark.django_db
# --- projects -------------------------------------------------------------------------------------


def test_a_project_row_makes_a_project_with_seven_phases(company):
    result = read(
        "projects",
        company.ada,
        PROJECTS,
        "vision,Vision QA,,apps,berlin,ADA@example.org,bo; plan,1,active,2027-W02,1000.50,",
    )

    assert result.errors == []
    assert (result.created, result.committed) == (1, True)
    project = Project.objects.get(key="vision")
    assert (project.lead, project.priority, project.status) == (company.ada, 1, "active")
    assert (str(project.budget), project.start_on) == ("1000.50", monday(1))
    assert {user.username for user in project.deputies.all()} == {"bo", "plan"}
    assert project.phases.count() == 7


def test_a_template_builds_the_whole_project(company, reference):
    line = "shop,Shop,,apps,berlin,ada,,2,planned,2027-01-04,,recommender"
    assert read("projects", company.ada, PROJECTS, line).committed
    project = Project.objects.get(key="shop")
    assert project.domain == "recommender"
    assert project.seats.exists()
    again = read("projects", company.ada, PROJECTS, line)
    assert (again.unchanged, again.errors) == (1, [])


def test_project_rows_name_what_is_wrong_and_nothing_is_written(company):
    result = read(
        "projects",
        company.ada,
        PROJECTS,
        "vision,Vision QA,,apps,berlin,ada,,1,active,2027-01-04,,",
        "a1,A,,app,berlin,ada,,1,active,2027-01-04,,",
        "a2,A,,apps,berlin,nobody,,1,active,2027-01-04,,",
        "a3,A,,apps,berlin,bo,,1,active,2027-01-04,,",
        "a4,A,,apps,berlin,ada,,1,active,2027-01-06,,",
        "a5,A,cooking,apps,berlin,ada,,1,active,2027-01-04,,",
        "a6,A,,apps,berlin,ada,,9,active,2027-01-04,-5,",
        "a7,A,,apps,berlin,ada,,1,active,2027-01-04,,risk-control",
        "a/8,A,,apps,berlin,ada,,1,active,2027-01-04,,",
        "vision,Again,,apps,berlin,ada,,1,active,2027-01-04,,",
    )
    assert errors(result) == [
        (3, "department"),
        (4, "lead"),
        (5, "lead"),
        (6, "start_on"),
        (7, "domain"),
        (8, "budget"),
        (8, "priority"),
        (9, "template"),
        (10, "key"),
        (11, "key"),
    ]
    texts = {error.row: error.message for error in result.errors}
    assert "apps" in texts[3]
    assert "2027-01-04 and 2027-01-11" in texts[6]
    assert not Project.objects.exists()


def test_a_column_that_is_left_out_keeps_its_value(company):
    project = make_project(
        "Vision QA",
        key="vision",
        phases=True,
        lead=company.ada,
        budget=500,
        priority=4,
        deputies=[company.bo],
    )
    result = read(
        "projects",
        company.ada,
        "key,name,department,site,lead,start_on",
        f"vision,New name,{project.department.key},{project.site.key},ada,2027-01-04",
    )
    assert (result.updated, result.errors) == (1, [])
    project.refresh_from_db()
    assert (project.name, project.budget, project.priority) == ("New name", Decimal(500), 4)
    assert list(project.deputies.all()) == [company.bo]
    assert project.history.first().history_user == company.ada


def test_a_token_without_money_imports_no_budgets(company):
    company.ada.token_scopes = ["read", "write"]
    line = "vision,Vision QA,,apps,berlin,ada,,1,active,2027-01-04,1000,"
    assert errors(read("projects", company.ada, PROJECTS, line)) == [(1, "budget")]
    assert b"budget" not in exported("projects", company.ada)


# --- phases ---------------------------------------------------------------------------------------


def test_phases_take_their_weeks_and_the_first_ones_are_the_plan(vision, company):
    header = "project,phase,start_on,end_on"
    result = read("phases", company.ada, header, "vision,1,2027-01-11,2027-02-01")
    assert (result.updated, result.errors) == (1, [])
    phase = vision.phases.get(key="requirements")
    assert (phase.start_on, phase.end_on) == (monday(1), monday(4))
    assert phase.slip_weeks == 0
    read("phases", company.ada, header, "vision,requirements,2027-01-11,2027-02-15")
    phase.refresh_from_db()
    assert phase.slip_weeks == 2


def test_phase_rows_name_what_is_wrong(vision, company):
    slot = make_slot(make_seat(vision), vision.phases.get(key="design"))
    make_assignment(slot, make_person("Wei"))
    result = read(
        "phases",
        company.ada,
        "project,phase,start_on,end_on",
        "visio,1,2027-01-04,2027-02-01",
        "vision,8,2027-01-04,2027-02-01",
        "vision,2,2027-02-01,2027-01-04",
        "vision,design,2027-06-07,2027-07-05",
        "vision,4,2027-01-05,2027-07-05",
    )
    assert errors(result) == [
        (2, "project"),
        (3, "phase"),
        (4, "end_on"),
        (5, "start_on"),
        (6, "start_on"),
    ]
    assert "vision" in result.errors[0].message
    assert "Wei" in result.errors[3].message
    assert not Phase.objects.filter(version__gt=1).exists()


# --- seats ----------------------------------------------------------------------------------------


def test_seat_rows_make_seats_slots_and_their_skills(vision, company):
    result = read(
        "seats",
        company.ada,
        SEATS,
        "vision,nlp,search,1,,,0.5,nlp:3;python:2,1,yes",
        "vision,nlp,search,2,2027-02-08,2027-02-15,100%,,,",
        "vision,ethics,,7,,,0.05,,,no",
    )
    assert result.errors == []
    assert result.created == 3
    assert Seat.objects.count() == 2
    first = Slot.objects.get(phase__key="requirements")
    assert (first.start_on, first.end_on) == (monday(), monday(4))
    assert (first.fte_hundredths, first.priority, first.must_fill) == (50, 1, True)
    assert {(need.skill.key, need.level) for need in first.skills.all()} == {
        ("nlp", 3),
        ("python", 2),
    }
    second = Slot.objects.get(phase__key="research")
    assert (second.n_weeks, second.fte_hundredths, second.priority) == (1, 100, None)
    assert Slot.history.filter(history_user=company.ada).count() == 3
    assert Seat.history.count() == 2


def test_seat_rows_change_slots_and_count_what_stays(vision, company):
    lines = ["vision,nlp,,1,,,0.5,nlp:3,,", "vision,nlp,,2,,,0.5,nlp:3,,"]
    read("seats", company.ada, SEATS, *lines)
    result = read("seats", company.ada, SEATS, lines[0], "vision,nlp,,2,,,0.6,nlp:4,,yes")
    assert (result.created, result.updated, result.unchanged) == (0, 1, 1)
    slot = Slot.objects.get(phase__key="research")
    assert (slot.fte_hundredths, slot.must_fill, slot.version) == (60, True, 2)
    assert [need.level for need in slot.skills.all()] == [4]
    assert slot.history.count() == 2
    only = read("seats", company.ada, SEATS, lines[0], "vision,nlp,,2,,,0.6,nlp:5,,yes")
    assert only.updated == 1


def test_seat_rows_name_what_is_wrong(vision, company):
    held = make_slot(make_seat(vision, make_role("cv")), vision.phases.get(key="design"))
    make_assignment(held, make_person("Wei"))
    result = read(
        "seats",
        company.ada,
        SEATS,
        "vision,nlb,,1,,,0.5,,,",
        "vision,nlp,a,1,,,1.5,,,",
        "vision,nlp,b,1,,,0.5,nlp,,",
        "vision,nlp,c,1,,,0.5,cobol:3,,",
        "vision,nlp,d,1,2027-01-05,,0.5,,,",
        "vision,nlp,e,1,2027-01-04,2027-03-01,0.5,,,",
        "vision,nlp,x,2,,,0.5,,,",
        "vision,Nlp,X,2,,,0.5,,,",
        "vision,cv,,3,2027-03-08,,0.5,,,",
    )
    assert errors(result) == [
        (2, "role"),
        (3, "fte_share"),
        (4, "skills"),
        (5, "skills"),
        (6, "start_on"),
        (7, "start_on"),
        (9, "phase"),
        (10, "start_on"),
    ]
    assert "nlp" in result.errors[0].message
    assert "2027-01-04 and 2027-01-11" in result.errors[4].message
    assert "Wei" in result.errors[7].message
    assert Slot.objects.count() == 1
