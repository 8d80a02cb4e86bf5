"""Overbook, queue, move, split: each does what it says, in one change, or nothing at all."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import (
    Assignment,
    PlanChange,
    ProposalRow,
    Slot,
    StaffingRequest,
    StaffingRun,
    WaitingPlace,
)
from projects.selectors.plan_state import Piece
from projects.selectors.slot_choices import options
from projects.selectors.waiting import places_of
from projects.services import assignments, slot_choices, waiting
from roles.models import Person
from teamhub import weeks
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale, TeamHubError
from tests import builders
from tests.cast import make_cast
from tests.integration.projects.staffing_scene import Company, start_monday
from tests.races import at_once

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def week(n: int) -> Any:
    return weeks.add_weeks(start_monday(), n)


def piece(slot: Slot, person: Person, **fields: Any) -> Piece:
    slot = assignments.read_slot(slot.pk)
    filled: dict[str, Any] = {
        "start_on": slot.start_on,
        "end_on": slot.end_on,
        "fte_hundredths": slot.fte_hundredths,
    }
    return Piece(slot, person, **(filled | fields))


def busy(company: Company, person: Person, name: str = "Other", **fields: Any) -> Assignment:
    """0.8 FTE of somebody, in all four weeks, in another project of the same lead."""
    lead = fields.pop("lead", company.lead)
    project = company.make_project(name, lead=lead, department=company.department)
    slot = company.make_slot(name, phase=project.phases.get(), fte_hundredths=80)
    return builders.make_assignment(slot, person, **fields)


def kept() -> list[tuple[str, Any, Any, int]]:
    rows = Assignment.objects.order_by("person__name", "start_on")
    return [(row.person.name, row.start_on, row.end_on, row.fte_hundredths) for row in rows]


@pytest.mark.both_databases
def test_plain_assigns_whom_nothing_stands_in_the_way_of_and_names_the_choices_otherwise(
    company: Company,
) -> None:
    slot, ana, ben = company.make_slot(), company.make_person("Ana"), company.make_person("Ben")
    busy(company, ben)

    placed = slot_choices.assign_plain(piece(slot, ana, end_on=week(2)), by=company.lead)
    with pytest.raises(Conflict) as refusal:
        slot_choices.assign_plain(piece(slot, ben, start_on=week(2)), by=company.lead)

    assert placed.change is not None
    assert [line.person for line in placed.change.lines.all()] == [ana]
    assert refusal.value.code == "needs_choice"
    assert refusal.value.details["choices"] == ["overbook", "queue", "move", "split"]
    assert refusal.value.details["clashes"][0]["rule"] == "capacity"


@pytest.mark.both_databases
def test_overbooking_needs_a_reason_and_keeps_it(company: Company) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    busy(company, ben)

    with pytest.raises(Conflict) as refusal:
        slot_choices.overbook(piece(slot, ben), by=company.lead, reason=" ")
    placed = slot_choices.overbook(piece(slot, ben), by=company.lead, reason="Only this month.")

    assert refusal.value.code == "needs_reason"
    assert placed.made[0].reason == "Only this month."


@pytest.mark.both_databases
def test_moving_takes_only_the_weeks_without_room_and_is_one_change(company: Company) -> None:
    """Ben keeps the first and the last week of the old work; the middle is free for the new."""
    slot, ben = company.make_slot(fte_hundredths=50), company.make_person("Ben")
    old = busy(company, ben)
    wanted = piece(slot, ben, start_on=week(1), end_on=week(3))
    told = options(wanted, user=company.lead)

    placed = slot_choices.make_way(wanted, by=company.lead, seen={old.pk: old.version})

    assert "pauses" in told.room.cuts[0].text
    assert kept() == [
        ("Ben", week(0), week(1), 80),
        ("Ben", week(1), week(3), 50),
        ("Ben", week(3), week(4), 80),
    ]
    assert PlanChange.objects.get() == placed.change
    assert placed.change is not None
    assert placed.change.lines.count() == 3


@pytest.mark.both_databases
def test_the_least_work_gives_way_and_locked_work_last_and_with_a_reason(
    company: Company,
) -> None:
    """0.3 FTE needs one of the two; 0.8 FTE needs both."""
    ben = company.make_person("Ben")
    small, large = (
        company.make_slot(label, fte_hundredths=n) for label, n in (("s", 30), ("l", 80))
    )
    locked = busy(company, ben, "A", fte_hundredths=40, locked=True)
    loose = busy(company, ben, "B", fte_hundredths=40)

    of_small = options(piece(small, ben), user=company.lead).room
    with pytest.raises(Conflict) as refusal:
        slot_choices.make_way(piece(large, ben), by=company.lead)
    placed = slot_choices.make_way(piece(large, ben), by=company.lead, reason="A can wait.")

    assert [cut.assignment for cut in of_small.cuts] == [loose]
    assert not of_small.needs_reason
    assert refusal.value.code == "needs_reason"
    assert "A ·" in str(refusal.value)
    assert "B ·" not in str(refusal.value)
    assert [cut.clash.assignment.slot for cut in placed.cuts] == [loose.slot, locked.slot]
    assert kept() == [("Ben", week(0), week(4), 80)]


@pytest.mark.both_databases
def test_work_of_another_lead_stays_and_the_refusal_says_whom_to_ask(
    company: Company, cast: Any
) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    theirs = busy(company, ben, lead=cast.plan)

    with pytest.raises(Conflict) as refusal:
        slot_choices.make_way(piece(slot, ben), by=company.lead, reason="I need him.")

    assert refusal.value.code == "ask_others"
    assert refusal.value.details["leads"] == [str(cast.plan)]
    assert list(Assignment.objects.all()) == [theirs]
    assert "move" not in options(piece(slot, ben), user=company.lead).possible


def test_work_that_another_lead_is_asked_for_stays_and_what_they_approved_needs_a_reason(
    company: Company,
) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    old = busy(company, ben)
    run = StaffingRun.objects.create(requested_by=company.lead)
    row = ProposalRow.objects.create(
        run=run, slot=old.slot, start_on=week(0), end_on=week(4), fte_hundredths=80
    )
    asked = StaffingRequest.objects.create(
        row=row, assignment=old, department=company.department, asked_by=company.lead
    )

    for status, code in (("open", "ask_others"), ("approved", "needs_reason")):
        asked.status = status
        asked.save()
        with pytest.raises(Conflict) as refusal:
            slot_choices.make_way(piece(slot, ben), by=company.lead)
        assert refusal.value.code == code
    assert Assignment.objects.get() == old


def test_work_that_changed_since_it_was_read_does_not_give_way(company: Company) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    old = busy(company, ben)
    assignments.change(old, version=1, by=company.lead, fte_hundredths=70)

    with pytest.raises(Stale) as stale:
        slot_choices.make_way(piece(slot, ben), by=company.lead, seen={old.pk: 1})

    assert stale.value.details["gives_way"] == [{"id": old.pk, "version": 2}]
    assert Assignment.objects.count() == 1


def test_nothing_gives_way_where_it_would_not_help_or_is_not_needed(company: Company) -> None:
    slot = company.make_slot(fte_hundredths=50)
    part, idle = company.make_person("Ben", weekly_hours=8), company.make_person("Ida")
    for person, code in ((part, "no_room"), (idle, "fits_now")):
        with pytest.raises(Conflict) as refusal:
            slot_choices.make_way(piece(slot, person), by=company.lead)
        assert refusal.value.code == code


@pytest.mark.both_databases
def test_two_people_share_a_slot_by_week_or_by_share_in_one_change(company: Company) -> None:
    slot, other = company.make_slot("a"), company.make_slot("b")
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    cem, dea = company.make_person("Cem"), company.make_person("Dea")

    first = slot_choices.split(piece(slot, ana), second=ben, split_on=week(3), by=company.lead)
    slot_choices.split(piece(other, cem), second=dea, second_hundredths=20, by=company.lead)

    assert kept() == [
        ("Ana", week(0), week(3), 50),
        ("Ben", week(3), week(4), 50),
        ("Cem", week(0), week(4), 30),
        ("Dea", week(0), week(4), 20),
    ]
    assert first.change is not None
    assert first.change.lines.count() == 2
    assert PlanChange.objects.count() == 2


def test_a_split_that_makes_no_sense_is_refused_and_nothing_is_written(company: Company) -> None:
    slot, ana, ben = company.make_slot(), company.make_person("Ana"), company.make_person("Ben")
    whole = piece(slot, ana)
    for wrong in (
        {"second": ana, "split_on": week(1)},
        {"second": ben},
        {"second": ben, "split_on": week(1), "second_hundredths": 10},
        {"second": ben, "split_on": week(4)},
        {"second": ben, "second_hundredths": 50},
    ):
        with pytest.raises(InvalidInput):
            slot_choices.split(whole, by=company.lead, **wrong)
    busy(company, ben)
    with pytest.raises(Conflict) as refusal:
        slot_choices.split(whole, second=ben, second_hundredths=30, by=company.lead)

    assert refusal.value.code == "needs_reason"
    assert not Assignment.objects.filter(slot=slot).exists()


def test_no_choice_goes_round_a_hard_rule_and_the_refusal_says_the_way_out(
    company: Company,
) -> None:
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    builders.make_assignment(company.make_slot("a"), ana)
    review = piece(company.make_slot("r", role=company.review), ana)
    lead, why = company.lead, "I insist."
    busy(company, ana)

    for choose in (
        lambda: slot_choices.overbook(review, by=lead, reason=why),
        lambda: slot_choices.queue(review, by=lead, reason=why),
        lambda: slot_choices.make_way(review, by=lead, reason=why),
        lambda: slot_choices.split(review, second=ben, split_on=week(1), by=lead, reason=why),
    ):
        with pytest.raises(Conflict) as refusal:
            choose()
        assert refusal.value.code == "blocked"
    assert "Choose somebody of the right side" in str(refusal.value)
    assert options(review, user=lead).possible == []


def test_only_who_may_change_the_plan_has_any_choice(company: Company, cast: Any) -> None:
    slot, ana, ben = company.make_slot(), company.make_person("Ana"), company.make_person("Ben")
    wanted, by = piece(slot, ana), cast.plan
    place = WaitingPlace.objects.create(
        slot=slot,
        person=ben,
        asked_by=company.lead,
        start_on=week(0),
        end_on=week(4),
        fte_hundredths=50,
    )
    for choose in (
        lambda: slot_choices.assign_plain(wanted, by=by),
        lambda: slot_choices.overbook(wanted, by=by, reason="x"),
        lambda: slot_choices.queue(wanted, by=by),
        lambda: slot_choices.make_way(wanted, by=by),
        lambda: slot_choices.split(wanted, second=ben, split_on=week(1), by=by),
        lambda: waiting.take(place, by=by),
        lambda: waiting.drop(place, by=by),
    ):
        with pytest.raises(NotAllowed):
            choose()


@pytest.mark.both_databases
def test_who_waits_is_told_free_when_the_weeks_are_and_taken_with_all_rules(
    company: Company,
) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    old = busy(company, ben)
    waits = slot_choices.queue(piece(slot, ben), by=company.lead).waiting
    assert waits is not None

    before = [one.is_free for one in places_of(company.lead)]
    with pytest.raises(Conflict) as early:
        waiting.take(waits, by=company.lead, reason="Now!")
    assignments.remove(old, version=old.version, by=company.lead)
    after = [one.is_free for one in places_of(company.lead)]
    made = waiting.take(waits, by=company.lead)

    waits.refresh_from_db()
    assert (before, early.value.code, after) == ([False], "not_free", [True])
    assert (waits.status, waits.assignment, waits.ended_by) == ("taken", made, company.lead)
    assert kept() == [("Ben", week(0), week(4), 50)]


def test_a_place_is_refused_to_who_fits_waits_already_or_comes_too_late(company: Company) -> None:
    slot, ana, ben = company.make_slot(), company.make_person("Ana"), company.make_person("Ben")
    busy(company, ben)
    slot_choices.queue(piece(slot, ben), by=company.lead)
    past = weeks.add_weeks(start_monday(), -8)
    for row in (company.phase, slot):
        type(row).objects.filter(pk=row.pk).update(start_on=past)

    for wanted, code in ((piece(slot, ana), "fits_now"), (piece(slot, ben), "waits_already")):
        with pytest.raises(Conflict) as refusal:
            slot_choices.queue(wanted, by=company.lead)
        assert refusal.value.code == code
    busy(company, ana, start_on=past)
    with pytest.raises(InvalidInput):
        slot_choices.queue(
            piece(slot, ana, start_on=past, end_on=weeks.add_weeks(past, 1)), by=company.lead
        )


def test_a_dropped_place_is_gone_for_good_and_may_be_asked_for_again(company: Company) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    busy(company, ben)
    waits = slot_choices.queue(piece(slot, ben), by=company.lead).waiting
    assert waits is not None
    waiting.drop(waits, by=company.lead)

    with pytest.raises(Conflict) as refusal:
        waiting.take(waits, by=company.lead)
    slot_choices.queue(piece(slot, ben), by=company.lead)

    assert refusal.value.code == "gone"
    assert list(WaitingPlace.objects.values_list("status", flat=True)) == ["dropped", "waiting"]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_leads_who_choose_at_once_book_nobody_twice(transactional_db: None) -> None:
    """One makes way for Ben, the other assigns him plainly: there is room for one of them."""
    company = Company(lead=make_cast().ada)
    for number in range(3):
        ben = company.make_person(f"Ben {number}")
        old = busy(company, ben, f"old {number}", fte_hundredths=60)
        sides = []
        for name in ("left", "right"):
            project = company.make_project(f"{name} {number}")
            slot = company.make_slot(name, phase=project.phases.get(), fte_hundredths=60)
            sides.append(piece(slot, ben))

        results = at_once(
            *(
                lambda one=one, old=old: slot_choices.make_way(
                    one, by=company.lead, seen={old.pk: 1}
                )
                for one in sides
            )
        )

        refused = [one for one in results if isinstance(one, TeamHubError)]
        assert [error.code for error in refused] == ["stale"]
        assert [row.fte_hundredths for row in Assignment.objects.filter(person=ben)] == [60]
