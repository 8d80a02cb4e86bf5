"""Two leads decide at the same moment: nobody is booked twice, and no acceptance is lost."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from projects.models import Assignment, PlanChange, ProjectSide, StaffingRun
from projects.services import answers, assignments, staffing
from teamhub.errors import TeamHubError
from tests import builders
from tests.cast import make_cast
from tests.integration.projects.staffing_scene import Company, solve
from tests.races import at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

ROUNDS = 6


@pytest.fixture
def company(transactional_db: None) -> Company:
    return Company(lead=make_cast().ada)


def proposal(company: Company, project: Any) -> StaffingRun:
    run = staffing.propose_team(projects=[project], by=company.lead, seconds=1)
    solve(run)
    return run


def test_clashing_proposals_accepted_at_once_book_the_person_once(company: Company) -> None:
    """Each proposal alone fits; together Ana would hold 1.6 FTE."""
    for index in range(ROUNDS):
        ana = company.make_person(f"Ana {index}", level=5)
        rivals = []
        for side in ("left", "right"):
            project = company.make_project(f"{side} {index}")
            company.make_slot(
                f"{side} {index}", phase=project.phases.get(), level=5, fte_hundredths=80
            )
            rivals.append(proposal(company, project))

        results = at_once(
            *(lambda run=run: staffing.accept(run, by=company.lead) for run in rivals)
        )

        refused = [result for result in results if isinstance(result, TeamHubError)]
        assert [error.code for error in refused] == ["nothing_accepted"]
        held = Assignment.objects.filter(person=ana)
        assert [row.fte_hundredths for row in held] == [80]
        # Out of the way of the next round.
        ana.employed_to = rivals[0].projects.get().start_on
        ana.save()


def test_one_proposal_accepted_twice_at_once_is_accepted_once(company: Company) -> None:
    for index in range(4):
        company.make_slot(str(index))
        company.make_person(f"P{index}")
    run = proposal(company, company.project)

    at_once(*(lambda: staffing.accept(run, by=company.lead) for _ in range(3)))

    assert Assignment.objects.count() == 4
    assert PlanChange.objects.count() == 1
    assert run.rows.filter(decision="accepted").count() == 4


def test_a_row_accepted_and_rejected_at_once_gets_one_answer(company: Company) -> None:
    for index in range(ROUNDS):
        company.make_slot(str(index))
        company.make_person(f"P{index}")
    run = proposal(company, company.project)
    for row in run.rows.all():
        decide: dict[str, Any] = {"by": company.lead, "rows": [row.pk]}
        results = at_once(
            partial(staffing.accept, run, **decide), partial(staffing.reject, run, **decide)
        )
        row.refresh_from_db()
        assert sum(isinstance(result, TeamHubError) for result in results) == 1
        assert (row.decision == "accepted") == (row.assignment_id is not None)
        assert row.decision in {"accepted", "rejected"}


def test_all_rows_beside_one_of_them_leave_none_behind(company: Company) -> None:
    """Who accepts all has named none: a row that went meanwhile is no reason to refuse."""
    for index in range(5):
        company.make_slot(str(index))
        company.make_person(f"P{index}")
    run = proposal(company, company.project)
    first = run.rows.first()
    assert first is not None

    at_once(
        lambda: staffing.accept(run, by=company.lead),
        lambda: staffing.accept(run, by=company.lead, rows=[first.pk]),
    )

    assert run.rows.filter(decision="accepted").count() == Assignment.objects.count() == 5


def test_building_and_reviewing_hands_at_once_leave_one_side(company: Company) -> None:
    ana = company.make_person("Ana")
    build = company.make_slot("b", fte_hundredths=20)
    review = company.make_slot("r", role=company.review, fte_hundredths=20)

    results = at_once(
        *(
            lambda slot=slot: assignments.assign(slot=slot, person=ana, by=company.lead)
            for slot in (build, review)
        )
    )

    assert sum(isinstance(result, TeamHubError) for result in results) == 1
    assert Assignment.objects.count() == 1
    assert ProjectSide.objects.count() == 1


def test_two_changes_of_one_version_end_in_one_change_and_one_refusal(company: Company) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )

    results = at_once(
        *(
            lambda fte=fte: assignments.change(
                Assignment.objects.get(pk=made.pk),
                version=1,
                by=company.lead,
                fte_hundredths=fte,
                reason="Less.",
            )
            for fte in (20, 30)
        )
    )

    assert sorted(getattr(result, "code", "") for result in results) == ["", "stale"]
    assert Assignment.objects.get().version == 2


def test_a_request_answered_twice_at_once_is_answered_once(company: Company) -> None:
    other = builders.make_department("platform")
    olga = builders.make_user("olga", "manager")
    other.leads.add(olga)
    company.make_slot()
    company.make_person("Ana", department=other)
    run = proposal(company, company.project)
    staffing.accept(run, by=company.lead)
    asked = run.rows.get().request

    results = at_once(
        lambda: answers.answer_request(asked, approve=True, by=olga),
        lambda: answers.answer_request(asked, approve=False, by=olga, reason="No."),
    )

    assert sum(isinstance(result, TeamHubError) for result in results) == 1
    asked.refresh_from_db()
    confirmed = Assignment.objects.filter(status="confirmed").count()
    assert confirmed == (1 if asked.status == "approved" else 0)
