"""Managers who accept and undo at the same moment: no double booking, no lost acceptance."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from projects.models import Assignment, PlanChange, ProjectSide, ProposalRow, StaffingRun
from projects.services import assignments, staffing
from projects.services.undo import Undone, undo
from teamhub.errors import Conflict
from tests import builders
from tests.cast import make_cast
from tests.integration.projects.staffing_scene import Company
from tests.races import at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


def rounds(on_postgresql: int) -> int:
    """SQLite lets one writer in at a time: there a few rounds show what there is to see."""
    return on_postgresql if connection.vendor == "postgresql" else 4


class Rivals:
    """Ada leads left and shared, Olga leads right and deputises shared; both want the same."""

    def __init__(self) -> None:
        self.ada = make_cast().ada
        self.olga = builders.make_user("olga", "manager")
        company = Company(lead=self.ada)
        self.left = company.make_project("Left")
        self.right = company.make_project("Right", lead=self.olga)
        self.shared = company.make_project("Shared", deputies=[self.olga])
        self.people = {
            name: company.make_person(name) for name in ("Ana", "Cora", "Dan", "Eve", "Finn")
        }
        self.slots = {
            label: company.make_slot(label, phase=project.phases.get(), fte_hundredths=fte)
            for label, project, fte in (
                ("left", self.left, 80),
                ("left free", self.left, 50),
                ("right", self.right, 80),
                ("right free", self.right, 50),
                ("one", self.shared, 60),
                ("two", self.shared, 50),
                ("three", self.shared, 50),
            )
        }

    def proposal(self, by: Any, **wanted: tuple[str, int]) -> StaffingRun:
        """A finished run that proposes these people for these slots."""
        run = StaffingRun.objects.create(
            requested_by=by,
            status="succeeded",
            outcome="feasible",
            attempt=1,
            started_at=timezone.now(),
            finished_at=timezone.now(),
        )
        for name, (label, fte) in wanted.items():
            slot = self.slots[label]
            ProposalRow.objects.create(
                run=run,
                slot=slot,
                person=self.people[name],
                start_on=slot.start_on,
                end_on=slot.end_on,
                fte_hundredths=fte,
            )
        run.projects.set({self.slots[label].phase.project for label, _fte in wanted.values()})
        return run

    @staticmethod
    def start_again() -> None:
        ProposalRow.objects.update(
            decision="open", assignment=None, decided_by=None, decided_at=None
        )
        for model in (Assignment, ProjectSide):
            model.objects.all().delete()


@pytest.fixture
def rivals(transactional_db: None) -> Rivals:
    return Rivals()


def require_a_sound_plan(rivals: Rivals) -> None:
    """All work lies in the same four weeks, and everybody has 1.00 FTE."""
    held = list(Assignment.objects.select_related("slot__phase"))
    by_person, by_slot = Counter[int](), Counter[int]()
    for one in held:
        by_person[one.person_id] += one.fte_hundredths
        by_slot[one.slot_id] += one.fte_hundredths
    assert max(by_person.values(), default=0) <= 100
    needed = {slot.pk: slot.fte_hundredths for slot in rivals.slots.values()}
    assert all(taken <= needed[slot] for slot, taken in by_slot.items())
    in_phase = Counter((one.person_id, one.slot.phase_id) for one in held)
    assert max(in_phase.values(), default=0) <= 1
    sides = set(ProjectSide.objects.values_list("project_id", "person_id"))
    assert sides == {(one.slot.phase.project_id, one.person_id) for one in held}


def require_no_lost_row(results: list[Any], *, by: Any) -> None:
    """Each accepted row has its assignment; each other one was refused in words and is open."""
    rows = ProposalRow.objects.select_related("assignment").in_bulk()
    for done in results:
        assert isinstance(done, staffing.Acceptance), done
        for row in done.accepted:
            kept = rows[row.pk]
            assert kept.assignment is not None
            assert kept.decision == "accepted"
            made = kept.assignment
            assert (made.person_id, made.slot_id) == (row.person_id, row.slot_id)
        assert all(one["reason"] for one in done.refusals(by=by))
        assert {rows[row.pk].decision for row, _findings in done.refused} <= {"open"}
    assert Assignment.objects.count() == sum(len(done.accepted) for done in results)


@pytest.mark.timeout(600)  # four hundred acceptances, also on a machine that does much else
def test_two_managers_accept_clashing_proposals_at_once(rivals: Rivals) -> None:
    """They want Ana at 1.6 FTE, a slot twice, and Cora and Dan twice in a phase."""
    ours = rivals.proposal(
        rivals.ada, Ana=("left", 80), Cora=("one", 60), Dan=("two", 50), Eve=("left free", 50)
    )
    theirs = rivals.proposal(
        rivals.olga, Ana=("right", 80), Dan=("one", 50), Cora=("three", 50), Finn=("right free", 50)
    )
    first_served: Counter[str] = Counter()
    for number in range(rounds(200)):
        results = at_once(
            lambda: staffing.accept(ours, by=rivals.ada),
            lambda: staffing.accept(theirs, by=rivals.olga),
        )

        require_no_lost_row(results, by=rivals.ada)
        require_a_sound_plan(rivals)
        held = Counter(Assignment.objects.values_list("person__name", flat=True))
        assert held == {"Ana": 1, "Cora": 1, "Dan": 1, "Eve": 1, "Finn": 1}
        first_served[Assignment.objects.get(person__name="Ana").slot.project.name] += 1
        if number % 20 == 0:
            for done, by in zip(results, (rivals.ada, rivals.olga), strict=True):
                undo(done.change, by=by)
            assert not Assignment.objects.exists()
            assert not ProposalRow.objects.exclude(decision="open").exists()
        else:
            rivals.start_again()
    assert set(first_served) <= {"Left", "Right"}


def test_an_acceptance_beside_an_undo_books_the_person_once(rivals: Rivals) -> None:
    """The undo would bring Ana back to the left, the proposal takes her to the right."""
    made = assignments.assign(
        slot=rivals.slots["left"], person=rivals.people["Ana"], by=rivals.ada, locked=False
    )
    removal = assignments.remove(made, version=1, by=rivals.ada)
    run = rivals.proposal(rivals.olga, Ana=("right", 80))
    for _round in range(rounds(15)):
        back, taken = at_once(
            partial(undo, removal, by=rivals.ada),
            lambda: staffing.accept(run, by=rivals.olga),
        )

        require_a_sound_plan(rivals)
        if isinstance(back, Undone):
            assert taken.code == "nothing_accepted"
            assert Assignment.objects.get().pk == made.pk
            removal = undo(back.change, by=rivals.ada).change
        else:
            assert back.code == "changed_since"
            assert back.details["changed"][0]["by"] == "olga"
            assert Assignment.objects.get().slot == rivals.slots["right"]
            undo(taken.change, by=rivals.olga)


def test_two_undos_of_one_change_at_once_undo_it_once(rivals: Rivals) -> None:
    run = rivals.proposal(rivals.ada, Cora=("one", 60), Dan=("two", 50))
    change = staffing.accept(run, by=rivals.ada).change
    assert change is not None
    for _round in range(rounds(15)):
        results = at_once(
            partial(undo, change, by=rivals.ada),
            partial(undo, change, by=rivals.olga),
        )

        (won,) = [result for result in results if isinstance(result, Undone)]
        (lost,) = [result for result in results if isinstance(result, Conflict)]
        assert lost.code == "undone_already"
        assert not Assignment.objects.exists()
        assert PlanChange.objects.filter(undoes=change).count() == 1
        change = undo(won.change, by=rivals.ada).change  # and again
        assert Assignment.objects.count() == 2
