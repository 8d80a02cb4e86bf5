"""From a proposal to a plan: propose, accept, refuse, ask other leads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects.models import Assignment, PlanChange, ProjectSide, ProposalRow, StaffingRequest
from projects.services import answers, staffing
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, Infeasible, InvalidInput, NotAllowed
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def propose(company: Company, **arguments: Any) -> Any:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=2, **arguments)
    solve(run)
    return run


def test_a_proposal_names_the_best_person_and_changes_nothing(company: Company) -> None:
    slot = company.make_slot()
    company.make_person("Ana", level=3)
    company.make_person("Ben", level=1)

    run = propose(company)

    row = run.rows.get()
    assert (row.slot, row.person.name, row.decision) == (slot, "Ana", "open")
    assert row.cost == Decimal("4000.00")  # 0.5 FTE for 4 weeks at 2,000
    assert run.coverage_share == 1
    assert run.gap == 0
    assert not Assignment.objects.exists()


def test_accepting_all_makes_confirmed_assignments_one_plan_change_and_sides(
    company: Company,
) -> None:
    slot = company.make_slot()
    ana = company.make_person("Ana")
    run = propose(company)

    done = staffing.accept(run, by=company.lead)

    made = Assignment.objects.get()
    assert (made.slot, made.person, made.status, made.fte_hundredths) == (
        slot,
        ana,
        "confirmed",
        50,
    )
    change = PlanChange.objects.get()
    assert (change.kind, change.run, change.by) == ("accept", run, company.lead)
    line = change.lines.get()
    assert line.before is None
    assert line.after is not None
    assert line.after["person"] == ana.pk
    assert ProjectSide.objects.get().side == "build"
    assert [row.assignment for row in done.accepted] == [made]
    assert AuditEvent.objects.filter(verb="proposal.accept").count() == 1


def test_accepting_by_row_leaves_the_others_open(company: Company) -> None:
    company.make_slot("a")
    company.make_slot("b")
    company.make_person("Ana")
    company.make_person("Ben")
    run = propose(company)
    first, second = run.rows.order_by("pk")

    staffing.accept(run, by=company.lead, rows=[first.pk])

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.decision, second.decision) == ("accepted", "open")
    assert Assignment.objects.count() == 1


def test_a_row_that_today_clashes_is_refused_with_person_and_weeks(company: Company) -> None:
    company.make_slot(fte_hundredths=80)
    ana = company.make_person("Ana")
    run = propose(company)
    other = company.make_project("Other")
    elsewhere = builders.make_slot(
        builders.make_seat(other, company.role), other.phases.get(), fte_hundredths=40
    )
    builders.make_assignment(elsewhere, ana)

    with pytest.raises(Conflict) as refusal:
        staffing.accept(run, by=company.lead)

    (refused,) = refusal.value.details["refused"]
    (clash,) = refused["clashes"]
    assert (clash["rule"], clash["person"]) == ("capacity", "Ana")
    assert len(clash["weeks"]) == 4
    assert Assignment.objects.count() == 1
    assert run.rows.get().decision == "open"


def test_what_the_plan_breaks_already_is_no_reason_to_refuse_a_row(company: Company) -> None:
    """Ana is over in the project's second phase; a slot in the first adds nothing to that."""
    company.make_slot(fte_hundredths=50)
    ana = company.make_person("Ana", max_concurrent_projects=3)
    later = builders.make_phase(
        company.project,
        "training",
        start_on=company.phase.end_on,
        end_on=company.phase.end_on + timedelta(weeks=2),
    )
    for label in ("x", "y"):
        seat = builders.make_seat(company.make_project(f"P{label}"), company.role, label=label)
        slot = builders.make_slot(
            seat,
            builders.make_phase(
                seat.project, "training", start_on=later.start_on, end_on=later.end_on
            ),
            fte_hundredths=80,
        )
        builders.make_assignment(slot, ana)
    run = propose(company)

    done = staffing.accept(run, by=company.lead)

    assert [row.person for row in done.accepted] == [ana]


def test_a_proposal_never_asks_the_same_person_to_build_and_review(company: Company) -> None:
    company.make_slot("b")
    company.make_slot("r", role=company.review)
    ana = company.make_person("Ana")

    run = propose(company)

    assert run.rows.filter(person=ana).count() == 1
    assert run.rows.filter(person=None).count() == 1


def test_a_row_that_would_break_independence_by_now_is_refused(company: Company) -> None:
    company.make_slot("r", role=company.review)
    ana = company.make_person("Ana")
    run = propose(company)
    ProjectSide.objects.create(project=company.project, person=ana, side="build")

    with pytest.raises(Conflict) as refusal:
        staffing.accept(run, by=company.lead)

    assert refusal.value.details["refused"][0]["clashes"][0]["rule"] == "independence"


def test_an_unfilled_slot_says_which_rule_stands_in_the_way(company: Company) -> None:
    company.make_slot(level=5)
    company.make_person("Ana", level=3)

    run = propose(company)

    row = run.rows.get()
    assert row.person is None
    assert row.blockers[0]["rules"] == ["skill"]


def test_confirmed_assignments_stay_unless_the_manager_allows_moves(company: Company) -> None:
    slot = company.make_slot(fte_hundredths=100, level=2)
    weak = company.make_person("Weak", level=2, rate_per_fte_week=9000)
    company.make_person("Strong", level=4, rate_per_fte_week=100)
    held = builders.make_assignment(slot, weak)

    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=2)
    with pytest.raises(Infeasible, match="nothing to staff"):
        solve(run)

    moving = propose(company, change_budget=1)
    row = moving.rows.get()
    assert (row.person.name, row.replaces) == ("Strong", held)
    staffing.accept(moving, by=company.lead)
    assert Assignment.objects.get().person.name == "Strong"
    line_kinds = {
        (line.before is None, line.after is None) for line in PlanChange.objects.get().lines.all()
    }
    assert line_kinds == {(False, True), (True, False)}


def test_the_change_budget_limits_how_many_are_moved(company: Company) -> None:
    for label in ("a", "b", "c"):
        slot = company.make_slot(label, fte_hundredths=100)
        weak = company.make_person(f"Weak {label}", level=2, rate_per_fte_week=9000)
        company.make_person(f"Strong {label}", level=4, rate_per_fte_week=100)
        builders.make_assignment(slot, weak)

    assert propose(company, change_budget=2).rows.count() == 2
    assert propose(company, change_budget=3).rows.count() == 3


def test_a_locked_assignment_is_never_moved(company: Company) -> None:
    slot = company.make_slot(fte_hundredths=100)
    builders.make_assignment(slot, company.make_person("Weak", level=2), locked=True)
    company.make_person("Strong", level=4)

    run = staffing.propose_team(
        projects=[company.project], by=company.lead, seconds=2, change_budget=5
    )
    with pytest.raises(Infeasible):
        solve(run)


def test_only_the_open_part_of_a_slot_is_proposed(company: Company) -> None:
    slot = company.make_slot(fte_hundredths=60)
    builders.make_assignment(
        slot,
        company.make_person("Ben"),
        fte_hundredths=20,
        end_on=slot.start_on + timedelta(weeks=2),
    )
    company.make_person("Ana")

    run = propose(company)

    parts = [(row.start_on, row.fte_hundredths) for row in run.rows.order_by("start_on")]
    assert parts == [(slot.start_on, 40), (slot.start_on + timedelta(weeks=2), 60)]


def test_a_slot_of_higher_priority_is_filled_first(company: Company) -> None:
    company.make_slot("low", fte_hundredths=100, priority=1)
    high = company.make_slot("high", fte_hundredths=100, priority=5)
    company.make_person("Ana")

    run = propose(company)

    assert run.rows.get(person__isnull=False).slot == high


# --- requests -------------------------------------------------------------------------------------


@pytest.fixture
def foreign(company: Company, cast: Any) -> Any:
    """A department of another lead whose only person fits."""
    other = builders.make_department("platform")
    lead = builders.make_user("olga", "manager")
    other.leads.add(lead)
    company.make_slot()
    company.make_person("Ana", department=other)
    run = propose(company)
    return lead, run


def test_taking_somebody_of_another_department_becomes_a_request(
    company: Company, foreign: Any
) -> None:
    lead, run = foreign

    done = staffing.accept(run, by=company.lead)

    assert not done.accepted
    assert Assignment.objects.get().status == "tentative"
    asked = StaffingRequest.objects.get()
    assert run.rows.get().decision == "requested"
    assert StaffingRequest.objects.answerable_by(lead).get() == asked
    assert not StaffingRequest.objects.answerable_by(company.lead).exists()


def test_the_other_lead_approves_and_the_assignment_is_confirmed(
    company: Company, foreign: Any
) -> None:
    lead, run = foreign
    staffing.accept(run, by=company.lead)

    answers.answer_request(StaffingRequest.objects.get(), approve=True, by=lead)

    assert Assignment.objects.get().status == "confirmed"
    assert run.rows.get().decision == "accepted"


def test_declining_needs_a_reason_and_frees_the_slot(company: Company, foreign: Any) -> None:
    lead, run = foreign
    staffing.accept(run, by=company.lead)
    asked = StaffingRequest.objects.get()

    with pytest.raises(InvalidInput):
        answers.answer_request(asked, approve=False, by=lead)
    answers.answer_request(asked, approve=False, by=lead, reason="On parental leave.")

    assert not Assignment.objects.exists()
    row = run.rows.get()
    assert (row.decision, row.reason) == ("rejected", "On parental leave.")
    assert not ProjectSide.objects.exists()  # the work never began
    with pytest.raises(Conflict):
        answers.answer_request(asked, approve=True, by=lead)


def test_the_asking_lead_may_not_answer_their_own_request(company: Company, foreign: Any) -> None:
    _lead, run = foreign
    staffing.accept(run, by=company.lead)

    with pytest.raises(NotAllowed):
        answers.answer_request(StaffingRequest.objects.get(), approve=True, by=company.lead)


def test_somebody_working_for_another_lead_s_project_is_asked_for_there(
    company: Company, cast: Any
) -> None:
    olga = builders.make_user("olga", "manager")
    theirs = company.make_project("Theirs", lead=olga)
    ana = company.make_person("Ana")
    builders.make_assignment(
        builders.make_slot(
            builders.make_seat(theirs, company.role), theirs.phases.get(), fte_hundredths=30
        ),
        ana,
    )
    company.make_slot(fte_hundredths=50)
    run = propose(company)

    staffing.accept(run, by=company.lead)

    assert StaffingRequest.objects.get().project == theirs
    assert StaffingRequest.objects.answerable_by(olga).exists()


# --- rights and bad input -------------------------------------------------------------------------


def test_only_the_lead_or_a_deputy_may_ask_and_accept(company: Company, cast: Any) -> None:
    company.make_slot()
    company.make_person("Ana")
    run = propose(company)
    other = builders.make_user("max", "manager")

    with pytest.raises(NotAllowed):
        staffing.propose_team(projects=[company.project], by=other)
    with pytest.raises(NotAllowed):
        staffing.accept(run, by=other)
    company.project.deputies.add(other)
    assert staffing.accept(run, by=other).accepted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"seconds": 0}, "time limit"),
        ({"seconds": 10**6}, "time limit"),
        ({"weights": {"beauty": 1}}, "no weight"),
        ({"weights": {"cost": -1}}, "whole number"),
        ({"weights": {"cost": True}}, "whole number"),
        ({"change_budget": -1}, "change budget"),
    ],
)
def test_bad_parameters_are_refused_in_words(
    company: Company, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        staffing.propose_team(
            projects=[company.project], by=company.lead, **({"seconds": 5} | arguments)
        )


def test_accepting_a_row_twice_is_refused(company: Company) -> None:
    company.make_slot()
    company.make_person("Ana")
    run = propose(company)
    row = run.rows.get()
    staffing.accept(run, by=company.lead, rows=[row.pk])

    with pytest.raises(Conflict) as refusal:
        staffing.accept(run, by=company.lead, rows=[row.pk])

    assert refusal.value.code == "rows_not_open"
    assert "send only open ones" in str(refusal.value)
    assert Assignment.objects.count() == 1


def test_rejected_rows_keep_who_and_why(company: Company) -> None:
    company.make_slot()
    company.make_person("Ana")
    run = propose(company)

    staffing.reject(run, rows=[run.rows.get().pk], by=company.lead, reason="On leave soon.")

    row = run.rows.get()
    assert (row.decision, row.decided_by, row.reason) == (
        ProposalRow.Decision.REJECTED,
        company.lead,
        "On leave soon.",
    )
