"""The gate of phase 2: people in its slots, devices for what must be served."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from capacity.gates import ranges
from capacity.selectors.joint_home import gates_lacking
from projects.models import Phase
from projects.services.phases import close_phase, missing_for
from teamhub.errors import Conflict
from tests.builders import (
    make_allocation,
    make_assignment,
    make_person,
    make_plan,
    make_project,
    make_role,
    make_seat,
    make_slot,
    make_workload,
    monday,
)
from tests.cast import Cast, api_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' first Monday, four weeks before phase 2."""
    monkeypatch.setattr(timezone, "localdate", lambda *args: monday())


@pytest.fixture
def phase(cast: Cast) -> Phase:
    """Phase 2, weeks 4 to 8, of a project whose phase 1 is closed."""
    project = make_project("Vision QA", phases=True, lead=cast.ada)
    project.phases.filter(key="requirements").update(
        closed_at="2027-01-04T08:00Z", closed_by=cast.ada
    )
    return project.phases.get(key="research")


def adopted(**fields: Any) -> Any:
    by = fields.pop("by")
    return make_plan(adopted_at="2027-01-04T08:00Z", adopted_by=by, **fields)


def told(phase: Phase) -> list[str]:
    return [str(one.text) for one in missing_for(phase)]


# --- slots ----------------------------------------------------------------------------------------


def test_a_slot_that_nobody_holds_keeps_it_open_and_is_named(cast: Cast, phase: Phase) -> None:
    make_slot(make_seat(phase.project, make_role(name_en="Architect"), label="Network"), phase)

    with pytest.raises(Conflict) as refusal:
        close_phase(phase, by=cast.ada)

    assert refusal.value.code == "gate_not_met"
    assert refusal.value.details["missing"] == [
        {
            "kind": "criterion",
            "key": "slots-filled",
            "text": "Nobody holds the slot of Architect Network: 2027-W05 to 2027-W08",
        }
    ]


def test_the_weeks_in_which_a_slot_is_not_filled_are_named(cast: Cast, phase: Phase) -> None:
    slot = make_slot(make_seat(phase.project, make_role(name_en="Architect")), phase)
    make_assignment(slot, end_on=monday(5))
    make_assignment(slot, start_on=monday(6), end_on=monday(7), fte_hundredths=30)
    make_assignment(slot, start_on=monday(6), end_on=monday(8), fte_hundredths=20)

    assert told(phase) == ["The slot of Architect is not filled in 2027-W06, 2027-W08"]


def test_filled_slots_of_a_project_without_workloads_close_it(cast: Cast, phase: Phase) -> None:
    make_assignment(make_slot(make_seat(phase.project), phase))

    assert close_phase(phase, by=cast.ada).is_closed


def test_open_slots_of_other_phases_do_not_matter(cast: Cast, phase: Phase) -> None:
    make_slot(make_seat(phase.project), phase.project.phases.get(key="training"))

    assert told(phase) == []


def test_weeks_that_are_gone_cannot_be_filled_any_more(
    phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = make_slot(make_seat(phase.project), phase)
    make_assignment(late, start_on=monday(6))
    make_slot(make_seat(phase.project, make_role(name_en="Nobody’s")), phase)
    monkeypatch.setattr(timezone, "localdate", lambda *args: monday(6))

    assert told(phase) == ["Nobody holds the slot of Nobody’s: 2027-W05 to 2027-W08"]


# --- devices --------------------------------------------------------------------------------------


def test_without_an_adopted_plan_it_says_so_and_names_what_must_be_served(
    cast: Cast, phase: Phase
) -> None:
    make_workload(phase.project, name_en="Ranking", must_serve=True)
    make_workload(phase.project, name_en="Extra")

    missing = missing_for(phase)

    assert {one.key for one in missing} == {"devices-planned"}
    assert [str(one.text) for one in missing] == [
        "No plan adopted: no adopted capacity plan has looked at the workloads of this project "
        "yet. A planner computes and adopts one.",
        "“Ranking” must be served: 100% of its work has no devices in 2027-W01 to 2027-W08",
    ]


def test_an_adopted_plan_that_serves_what_must_be_served_closes_it(
    cast: Cast, phase: Phase
) -> None:
    work = make_workload(phase.project, must_serve=True)
    extra = make_workload(phase.project)
    plan = adopted(by=cast.plan)
    row = make_allocation(work, plan=plan)
    plan.left_out.create(workload=extra)
    assert len(told(phase)) == 1  # the row was refused: it does not count

    type(row).objects.update(adopted=True)

    assert close_phase(phase, by=cast.ada).is_closed


def test_the_weeks_in_which_serving_lacks_devices_are_named(cast: Cast, phase: Phase) -> None:
    work = make_workload(
        phase.project,
        name_en="Serving",
        kind="online_inference",
        weeks=None,
        must_serve=True,
        end_on=monday(5),
    )
    plan = adopted(by=cast.plan)
    make_allocation(work, plan=plan, adopted=True, start_on=monday(1), end_on=monday(3))

    assert told(phase) == [
        "“Serving” must be served and lacks devices in 2027-W01, 2027-W04 to 2027-W05"
    ]


def test_the_part_of_other_work_that_has_no_devices_is_named(cast: Cast, phase: Phase) -> None:
    work = make_workload(phase.project, name_en="Training", must_serve=True, weeks=4)
    make_allocation(work, plan=adopted(by=cast.plan), adopted=True, end_on=monday(1))

    assert told(phase) == [
        "“Training” must be served: 75% of its work has no devices in 2027-W01 to 2027-W08"
    ]


def test_a_plan_of_other_projects_is_none(cast: Cast, phase: Phase) -> None:
    make_workload(phase.project)
    make_allocation(plan=adopted(by=cast.plan), adopted=True)

    assert [text[:15] for text in told(phase)] == ["No plan adopted"]


def test_work_that_is_served_by_hand_needs_no_plan(cast: Cast, phase: Phase) -> None:
    make_allocation(make_workload(phase.project, must_serve=True), state="locked")

    assert told(phase) == []


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_closed_work_needs_no_plan(cast: Cast, phase: Phase, status: str) -> None:
    make_workload(phase.project, must_serve=True, status=status)

    assert told(phase) == []


def test_work_whose_weeks_are_over_says_what_to_do(cast: Cast, phase: Phase) -> None:
    work = make_workload(
        phase.project,
        name_en="Old",
        must_serve=True,
        start_on=monday(-3),
        end_on=monday(-1),
    )
    plan = adopted(by=cast.plan)
    plan.left_out.create(workload=work)

    assert told(phase) == [
        "“Old” must be served and its weeks are over (2026-W51 to 2026-W52): write down that it "
        "is done or cancelled, or give it new weeks"
    ]


def test_other_gates_do_not_ask(cast: Cast, phase: Phase) -> None:
    make_workload(phase.project, must_serve=True)
    design = phase.project.phases.get(key="design")
    make_slot(make_seat(phase.project), design)
    close_or_not = missing_for(design)

    assert [one.kind for one in close_or_not] == ["phase"]


# --- where it is told -----------------------------------------------------------------------------


def test_programs_and_pages_tell_the_same(cast: Cast, phase: Phase, client_for: Any) -> None:
    make_workload(phase.project, must_serve=True, name_en="Ranking")
    page = f"/phases/{phase.pk}/close/"

    answer = api_client(cast.ada).post(f"/api/v1/projects/phases/{phase.pk}/close/")
    shown = client_for(cast.ada).post(page)

    texts = [one["text"] for one in answer.json()["error"]["details"]["missing"]]
    assert (answer.status_code, shown.status_code, len(texts)) == (409, 409, 2)
    assert all(text in shown.content.decode() for text in texts)


def test_home_tells_which_phases_2_cannot_close(
    cast: Cast, phase: Phase, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_slot(make_seat(phase.project), phase)
    make_workload(phase.project, must_serve=True)
    assert gates_lacking(cast.ada, monday(3)) == []  # it has not begun

    (one,) = gates_lacking(cast.ada, monday(4))

    assert (one.phase, one.n_slots, one.n_workloads, one.no_plan) == (phase, 1, 1, True)
    assert gates_lacking(cast.cy, monday(4)) == []
    monkeypatch.setattr(timezone, "localdate", lambda *args: monday(4))
    page = " ".join(client_for(cast.ada).get("/").content.decode().split())
    assert "no plan adopted" in page
    assert "1 slot open" in page
    assert "1 workload without devices" in page


def test_more_projects_are_no_more_queries(cast: Cast, phase: Phase) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            gates_lacking(cast.ada, monday(4))
        return len(queries)

    make_workload(phase.project, must_serve=True)
    gates_lacking(cast.ada, monday(4))
    few = count()
    for _each in range(3):
        project = make_project(phases=True)
        second = project.phases.get(key="research")
        make_assignment(make_slot(make_seat(project), second), make_person(), end_on=monday(5))
        make_allocation(make_workload(project, must_serve=True))

    assert count() == few


def test_the_reasons_are_told_in_the_readers_language(cast: Cast, phase: Phase) -> None:
    make_workload(phase.project, must_serve=True, name_en="Ranking", name_zh="排序")

    with translation.override("zh-hans"):
        assert "排序" in told(phase)[1]


def test_weeks_are_told_as_ranges() -> None:
    assert ranges([]) == ""
    assert ranges([monday(), monday(1), monday(3), monday(5), monday(6), monday(7)]) == (
        "2027-W01 to 2027-W02, 2027-W04, 2027-W06 to 2027-W08"
    )
