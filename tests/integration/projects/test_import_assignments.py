"""Present assignments by CSV: two rules refuse, the rest are facts."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Assignment, PlanChange, ProjectSide
from tests.builders import (
    make_person,
    monday,
)
from tests.integration.projects.importing import (
    ASSIGNMENTS,
    errors,
    read,
)

pytestmark = pytest.mark.django_db


def test_assignment_rows_make_a_plan_change_and_keep_the_side(slots, company):
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-wei,,,,,,",
        "vision,nlp,,2,WEI@example.org,2027-02-01,2027-02-15,0.25,tentative,yes,on trial",
        "vision,ethics,,7,bo-berg,,,,,,",
    )
    assert result.errors == []
    assert result.created == 3
    first = Assignment.objects.get(slot__phase__key="requirements")
    assert (first.start_on, first.end_on, first.fte_hundredths) == (monday(), monday(4), 50)
    assert (first.status, first.locked) == ("confirmed", False)
    second = Assignment.objects.get(slot__phase__key="research")
    assert (second.n_weeks, second.fte_hundredths, second.status) == (2, 25, "tentative")
    assert (second.locked, second.reason) == (True, "on trial")
    assert set(ProjectSide.objects.values_list("person__key", "side")) == {
        ("li-wei", "build"),
        ("bo-berg", "review"),
    }
    change = PlanChange.objects.get()
    assert (change.kind, change.by, change.lines.count()) == ("import", company.ada, 3)
    line: Any = change.lines.get(assignment_id=second.pk)
    assert line.before is None
    assert (line.after["fte_hundredths"], line.after["slot"]) == (25, second.slot_id)
    assert Assignment.history.filter(history_user=company.ada).count() == 3


def test_overload_and_missing_skills_are_facts_and_import(slots, company):
    lines = [
        f"vision,nlp,{label},{phase},{person},,,1,,,"
        for label, phase, person in (("", 1, "li-wei"), ("b", 1, "bo-berg"), ("", 2, "li-wei"))
    ]
    assert read("assignments", company.ada, ASSIGNMENTS, *lines).committed


def test_who_builds_does_not_review_and_nobody_holds_two_slots_of_a_phase(slots, company):
    read("assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,,,,,,")
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,ethics,,7,li-wei,,,,,,",
        "vision,nlp,b,1,li-wei,,,,,,",
        "vision,nlp,,2,bo-berg,2027-02-01,2027-02-15,,,,",
        "vision,nlp,,2,bo-berg,2027-02-08,2027-02-22,,,,",
    )
    assert errors(result) == [(2, "person"), (3, "person"), (5, "person")]
    assert "in the plan" in result.errors[1].message
    assert "in line 4" in result.errors[2].message
    assert Assignment.objects.count() == 1
    assert PlanChange.objects.count() == 1


def test_both_sides_within_one_file_are_refused_too(slots, company):
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-wei,,,,,,",
        "vision,ethics,,7,li-wei,,,,,,",
    )
    assert errors(result) == [(3, "person")]
    assert not ProjectSide.objects.exists()


def test_a_side_of_the_past_blocks_though_no_assignment_is_left(slots, company):
    person = make_person(key="old-hand")
    ProjectSide.objects.create(project=slots, person=person, side="build")
    result = read("assignments", company.ada, ASSIGNMENTS, "vision,ethics,,7,old-hand,,,,,,")
    assert errors(result) == [(2, "person")]


def test_a_split_slot_and_a_moved_assignment_import(slots, company):
    read("assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,2027-01-04,2027-01-18,,,,")
    moved = read(
        "assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,2027-01-11,2027-01-18,,,,"
    )
    assert moved.errors == []
    assert (moved.updated, moved.created) == (1, 0)
    assert Assignment.objects.get().start_on == monday(1)
    line: Any = PlanChange.objects.latest("pk").lines.get()
    assert (line.before["start_on"], line.after["start_on"]) == ("2027-01-04", "2027-01-11")
    split = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-wei,2027-01-11,2027-01-18,,,,",
        "vision,nlp,,1,li-wei,2027-01-18,2027-02-01,,,,",
    )
    assert (split.created, split.unchanged) == (1, 1)


def test_assignment_rows_name_what_is_wrong(slots, company):
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-way,,,,,,",
        "vision,nlp,nope,1,li-wei,,,,,,",
        "vision,nlp,,1,li-wei,2027-01-06,,,,,",
        "vision,nlp,,1,li-wei,2027-01-04,2027-03-01,,,,",
        "vision,nlp,,1,li-wei,,,,firm,,",
    )
    assert errors(result) == [
        (2, "person"),
        (3, "label"),
        (4, "start_on"),
        (5, "start_on"),
        (6, "status"),
    ]
    assert "li-wei" in result.errors[0].message
