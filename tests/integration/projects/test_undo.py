"""Undo restores exactly what a change of the plan did, or says what has changed since."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import (
    Assignment,
    PlanChange,
    ProjectSide,
    ProposalRow,
    StaffingRequest,
    StaffingRun,
)
from projects.services import answers, assignments, plan, staffing
from projects.services.undo import undo
from teamhub import weeks
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, NotAllowed
from tests import builders
from tests.integration.projects.importing import read
from tests.integration.projects.staffing_scene import Company, solve

pytestmark = pytest.mark.both_databases


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


@pytest.fixture
def olga(company: Company) -> Any:
    """The lead of another department, to whom Pat belongs."""
    olga = builders.make_user("olga", "manager")
    platform = builders.make_department("platform")
    platform.leads.add(olga)
    company.make_person("Pat", level=5, department=platform)
    return olga


def propose(company: Company, **arguments: Any) -> StaffingRun:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1, **arguments)
    solve(run)
    return run


def the_plan() -> dict[int, dict[str, Any]]:
    """All that the plan says; versions only ever grow."""
    found = {one.pk: plan.snapshot(one) for one in Assignment.objects.all()}
    return {pk: {k: v for k, v in kept.items() if k != "version"} for pk, kept in found.items()}


def sides() -> set[tuple[int, int, str]]:
    return set(ProjectSide.objects.values_list("project_id", "person_id", "side"))


def decisions(run: StaffingRun) -> dict[int, tuple[Any, ...]]:
    rows = run.rows.values_list("pk", "decision", "assignment", "replaces", "decided_by", "reason")
    return {pk: tuple(rest) for pk, *rest in rows}


def refused(change: PlanChange, by: Any, **arguments: Any) -> list[dict[str, Any]]:
    """What has changed since, of an undo that leaves all as it is."""
    before = the_plan(), sides(), PlanChange.objects.count()
    with pytest.raises(Conflict) as refusal:
        undo(change, by=by, **arguments)
    assert refusal.value.code == "changed_since"
    said = "Undo the rest alone" if refusal.value.details["left"] else "change it by hand"
    assert said in str(refusal.value)
    assert (the_plan(), sides(), PlanChange.objects.count()) == before
    return list(refusal.value.details["changed"])


def test_an_acceptance_with_moves_is_undone_and_redone_exactly(company: Company) -> None:
    """Ben gives way to Ana and a second slot is filled; all of it comes and goes."""
    ben, slot = company.make_person("Ben", level=2), company.make_slot("a")
    held = assignments.assign(
        slot=slot, person=ben, by=company.lead, locked=False, reason="As a start."
    )
    company.make_slot("b", level=3)
    ana, cem = company.make_person("Ana", level=5), company.make_person("Cem", level=3)
    run = propose(company)
    rows = list(run.rows.order_by("pk"))
    move = ProposalRow.objects.create(
        run=run,
        slot=slot,
        person=ana if rows[0].person == cem else cem,
        start_on=slot.start_on,
        end_on=slot.end_on,
        fte_hundredths=50,
        replaces=held,
    )
    before = the_plan(), sides(), decisions(run)

    done = staffing.accept(run, by=company.lead)
    accepted = the_plan(), sides(), decisions(run)
    assert done.change is not None
    assert (len(done.accepted), held.pk in the_plan()) == (2, False)
    undone = undo(done.change, by=company.lead, reason="Too early.")

    assert (the_plan(), sides(), decisions(run)) == before
    assert len(undone.restored) == 3
    assert Assignment.objects.get(pk=held.pk).version == 2
    assert [one.history_type for one in Assignment.history.filter(id=held.pk)] == ["+", "-", "+"]
    move.refresh_from_db()
    assert (move.decision, move.replaces) == ("open", held)
    event = AuditEvent.objects.get(verb="plan.undo")
    assert (event.reason, event.object_id) == ("Too early.", str(done.change.pk))

    redone = undo(undone.change, by=company.lead)
    assert (the_plan(), sides(), decisions(run)) == accepted
    undo(redone.change, by=company.lead)
    assert (the_plan(), sides(), decisions(run)) == before
    staffing.accept(run, by=company.lead)
    assert len(the_plan()) == 2


def test_a_change_is_undone_once_and_by_name(company: Company) -> None:
    assignments.assign(slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead)
    change = PlanChange.objects.get()
    undo(change, by=company.lead)

    with pytest.raises(Conflict) as refusal:
        undo(change, by=company.lead)

    assert (refusal.value.code, refusal.value.details["by"]) == ("undone_already", "ada")
    assert not Assignment.objects.exists()


def test_hand_edits_get_their_old_values_back(company: Company) -> None:
    slot, ana, ben = company.make_slot(), company.make_person("Ana"), company.make_person("Ben")
    made = assignments.assign(slot=slot, person=ana, by=company.lead)
    first = the_plan()
    half = weeks.add_weeks(slot.start_on, 2)
    assignments.change(
        made, version=1, by=company.lead, end_on=half, fte_hundredths=20, locked=False, reason="Ill"
    )
    second = the_plan()
    made.refresh_from_db()
    assignments.change(made, version=2, by=company.lead, person=ben)
    shorter, other_person = PlanChange.objects.order_by("pk")[1:3]

    undo(other_person, by=company.lead)
    assert the_plan() == second
    undo(shorter, by=company.lead)
    assert the_plan() == first
    assert Assignment.objects.get().version > 3


def test_an_undone_acceptance_withdraws_its_requests_and_redo_asks_again(
    company: Company, olga: Any
) -> None:
    company.make_slot(level=5)
    run = propose(company)
    done = staffing.accept(run, by=company.lead)
    asked = StaffingRequest.objects.get()
    assert done.change is not None
    undone = undo(done.change, by=company.lead)

    assert not StaffingRequest.objects.exists()
    assert not Assignment.objects.exists()
    assert run.rows.get().decision == "open"
    withdrawn = AuditEvent.objects.get(verb="request.withdraw")
    assert withdrawn.object_id == str(asked.pk)
    with pytest.raises((Conflict, NotAllowed)):
        answers.answer_request(asked, approve=True, by=olga)
    undo(undone.change, by=company.lead)
    again = StaffingRequest.objects.get()
    assert (again.status, again.assignment) == ("open", Assignment.objects.get())
    assert (again.department, again.asked_by) == (asked.department, company.lead)
    answers.answer_request(again, approve=True, by=olga)
    assert Assignment.objects.get().status == "confirmed"


@pytest.mark.parametrize("approve", [True, False])
def test_an_undone_answer_waits_for_an_answer_again(
    company: Company, olga: Any, approve: bool
) -> None:
    company.make_slot(level=5)
    run = propose(company)
    done = staffing.accept(run, by=company.lead)
    asked = StaffingRequest.objects.get()
    before = the_plan(), decisions(run)
    answers.answer_request(asked, approve=approve, by=olga, reason="So be it.")
    assert done.change is not None
    (answered,) = refused(done.change, company.lead)
    assert answered["by"] == "olga"

    undo(PlanChange.objects.get(kind="request"), by=company.lead)

    asked.refresh_from_db()
    assert (asked.status, asked.answered_by, asked.reason) == ("open", None, "")
    assert asked.assignment == Assignment.objects.get()
    assert (the_plan(), decisions(run)) == before
    undo(done.change, by=company.lead)
    assert not Assignment.objects.exists()


def test_an_import_is_undone_too(company: Company) -> None:
    """New rows go, changed ones get back what they had."""
    head = "project,phase,role,label,person,start_on,end_on,fte_share,status"
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    for label in ("a", "b"):
        company.make_slot(label)
    at = f"{company.project.key},design,nlp-role"
    read("assignments", company.lead, head, f"{at},a,{ana.key},,,0.3,confirmed")
    before = the_plan()
    lines = (f"{at},a,{ana.key},,,0.5,confirmed", f"{at},b,{ben.key},,,0.5,confirmed")
    read("assignments", company.lead, head, *lines)
    assert len(the_plan()) == 2

    undo(PlanChange.objects.latest("pk"), by=company.lead)

    assert the_plan() == before


def test_what_changed_since_is_told_with_who_and_when_and_the_rest_can_be_undone(
    company: Company, cast: Any
) -> None:
    for label in ("a", "b", "c"):
        company.make_slot(label)
        company.make_person(f"P{label}")
    run = propose(company)
    done = staffing.accept(run, by=company.lead)
    assert done.change is not None
    less, gone, free = Assignment.objects.order_by("pk")
    assignments.change(less, version=1, by=cast.admin, fte_hundredths=20)
    assignments.remove(gone, version=1, by=cast.admin)

    changed = {one["assignment"]: one for one in refused(done.change, company.lead)}

    assert set(changed) == {less.pk, gone.pk}
    assert "effort" in changed[less.pk]["what"]
    assert "removed" in changed[gone.pk]["what"]
    assert {one["by"] for one in changed.values()} == {"admin"}
    assert all(one["at"] for one in changed.values())
    undone = undo(done.change, by=company.lead, partial=True)
    assert [line.assignment_id for line in undone.restored] == [free.pk]
    assert {line.assignment_id for line, _why in undone.kept} == {less.pk, gone.pk}
    assert set(the_plan()) == {less.pk}
    assert run.rows.filter(decision="open").count() == 1


def test_a_slot_that_somebody_else_took_meanwhile_blocks_the_undo(
    company: Company, cast: Any
) -> None:
    slot = company.make_slot(fte_hundredths=80)
    made = assignments.assign(slot=slot, person=company.make_person("Ana"), by=company.lead)
    assignments.remove(made, version=1, by=company.lead, reason="Ill.")
    assignments.assign(slot=slot, person=company.make_person("Ben"), by=cast.admin)
    removal = PlanChange.objects.get(reason="Ill.")

    (blocked,) = refused(removal, company.lead)

    assert (blocked["by"], "Ben" in blocked["what"]) == ("admin", True)
    assert refused(removal, company.lead, partial=True) == [blocked]  # nothing is left to undo


def test_work_taken_elsewhere_since_blocks_the_undo_but_old_breaches_do_not(
    company: Company,
) -> None:
    ana = company.make_person("Ana", max_concurrent_projects=5)
    slots = [
        company.make_slot(name, phase=company.make_project(name).phases.get(), fte_hundredths=80)
        for name in ("x", "y", "z")
    ]
    over = [
        assignments.assign(slot=slot, person=ana, by=company.lead, reason="I know.")
        for slot in slots[:2]
    ]
    assignments.remove(over[1], version=1, by=company.lead, reason="Off.")
    removal = PlanChange.objects.get(reason="Off.")

    undone = undo(removal, by=company.lead)  # she was over before
    assert len(the_plan()) == 2
    redone = undo(undone.change, by=company.lead)
    assignments.assign(slot=slots[2], person=ana, by=company.lead, reason="Here instead.")
    (blocked,) = refused(redone.change, company.lead)
    assert "Ana would be over" in blocked["what"]


def test_a_builder_who_reviews_by_now_does_not_come_back(company: Company) -> None:
    ana = company.make_person("Ana")
    made = assignments.assign(slot=company.make_slot("b"), person=ana, by=company.lead)
    assignments.remove(made, version=1, by=company.lead, reason="Off.")
    review = company.make_slot("r", role=company.review)
    assignments.assign(slot=review, person=ana, by=company.lead)

    (blocked,) = refused(PlanChange.objects.get(reason="Off."), company.lead)

    assert "review" in blocked["what"]


def test_a_slot_that_moved_says_its_weeks(company: Company) -> None:
    slot = company.make_slot()
    made = assignments.assign(slot=slot, person=company.make_person("Ana"), by=company.lead)
    assignments.remove(made, version=1, by=company.lead, reason="Off.")
    slot.start_on = weeks.add_weeks(slot.start_on, 1)
    slot.save()

    (blocked,) = refused(PlanChange.objects.get(reason="Off."), company.lead)

    assert slot.start_on.isoformat() in blocked["what"]


def test_only_who_may_edit_all_projects_of_the_change_may_undo_it(
    company: Company, cast: Any
) -> None:
    second = company.make_project("Second")
    company.make_slot("a")
    company.make_slot("b", phase=second.phases.get())
    for name in ("Ana", "Ben"):
        company.make_person(name)
    run = staffing.propose_team(projects=[company.project, second], by=company.lead, seconds=1)
    solve(run)
    done = staffing.accept(run, by=company.lead, projects=[company.project, second.pk])
    company.project.deputies.add(cast.plan)
    assert done.change is not None

    with pytest.raises(NotAllowed):
        undo(done.change, by=cast.plan)
    second.deputies.add(cast.plan)

    assert len(undo(done.change, by=cast.plan).restored) == 2


def test_accepting_by_project_leaves_the_rows_of_others_open(company: Company, cast: Any) -> None:
    second = company.make_project("Second")
    company.make_slot("a")
    company.make_slot("b", phase=second.phases.get())
    for name in ("Ana", "Ben"):
        company.make_person(name)
    run = staffing.propose_team(projects=[company.project, second], by=company.lead, seconds=1)
    solve(run)

    with pytest.raises(NotAllowed):
        staffing.accept(run, by=cast.plan, projects=[second])
    done = staffing.accept(run, by=company.lead, projects=[second])

    assert [row.slot.phase.project for row in done.accepted] == [second]
    assert run.rows.get(slot__phase__project=company.project).decision == "open"
    with pytest.raises(Conflict, match="Second") as refusal:
        staffing.accept(run, by=company.lead, projects=[second])
    assert refusal.value.code == "nothing_open"
