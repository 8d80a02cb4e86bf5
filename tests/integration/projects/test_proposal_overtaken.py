"""A proposal against a plan that has gone on: what fits no more, and what fits only together."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Assignment
from projects.selectors.proposal_diff import diff_of
from projects.selectors.proposal_sides import compare
from projects.services import staffing
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def proposed(company: Company, *projects: Any, **wishes: Any) -> Any:
    wanted = list(projects) or [company.project]
    run = staffing.propose_team(projects=wanted, by=company.lead, seconds=2, **wishes)
    solve(run)
    return run


def page(client: Any, run: Any) -> str:
    return str(client.get(run.get_absolute_url()).content.decode())


def test_a_proposal_that_the_plan_has_overtaken_says_so(company: Company, client_for: Any) -> None:
    slots = [company.make_slot(label, fte_hundredths=50) for label in ("one", "two", "three")]
    for name in ("Ana", "Ben", "Cleo"):
        company.make_person(name)
    run = proposed(company)
    rows = {row.slot_id: row for row in run.rows.select_related("person")}
    client = client_for(company.lead)
    fresh = page(client, run)
    assert "Accept all 3 open rows" in fresh
    assert "overtaken" not in fresh
    # One slot is filled by somebody else, who has work in a third project besides.
    other = rows[slots[1].pk].person
    builders.make_assignment(slots[0], other)
    busy = company.make_slot("busy", phase=company.make_project("Else").phases.get())
    busy.fte_hundredths = 100
    busy.save()
    builders.make_assignment(busy, other, fte_hundredths=100)

    text = page(client, run)

    diff = diff_of(run, company.lead)
    unfit = {one.row.slot_id: one.unfit for one in diff.adds}
    assert "The slot needs 0.50 FTE; in 4 weeks it would hold more." in unfit[slots[0].pk]
    assert any("would be over by up to" in one for one in unfit[slots[1].pk])
    assert unfit[slots[2].pk] == []
    assert "2 of its open rows do not fit any more" in text
    assert text.count("does not fit any more") == 2
    assert "Accept 1 open row<" in text
    # What does not fit is no overload of the proposal's, here and beside others.
    assert diff.after.overload_weeks == diff.before.overload_weeks
    (weeks,) = [
        one for one in compare([run, run], company.lead).outcome if one.label == "Weeks over"
    ]
    assert weeks.values == [str(diff.after.overload_weeks)] * 2


def test_a_row_that_needs_a_move_elsewhere_says_so_before_and_after_its_refusal(
    company: Company, client_for: Any
) -> None:
    second = company.make_project("Second")
    hard = company.make_slot("hard", level=5, fte_hundredths=100)
    easy = company.make_slot("easy", phase=second.phases.get(), level=2, fte_hundredths=100)
    ana = company.make_person("Ana", level=5)
    company.make_person("Ben", level=2)
    builders.make_assignment(easy, ana, fte_hundredths=100)
    run = proposed(company, company.project, second, change_budget=1)
    client = client_for(company.lead)
    together = {one.row.slot_id: one.together for one in diff_of(run, company.lead).adds}
    assert together == {hard.pk: ["Second"]}
    assert "only together with Second" in page(client, run)

    refused = client.post(f"{run.get_absolute_url()}accept/", {"project": company.project.pk})

    assert refused.status_code == 409
    text = refused.content.decode()
    assert "only together with Second" in text
    assert text.split('id="decide"')[1].count("would be over by up to 1.00 FTE") == 1
    client.post(f"{run.get_absolute_url()}accept/", {"all": "1"})
    assert Assignment.objects.get(person=ana).slot == hard


def test_one_week_is_said_in_the_singular_and_requests_are_counted_beforehand(
    company: Company, cast: Any, client_for: Any
) -> None:
    slot = company.make_slot("one", fte_hundredths=50)
    elsewhere = builders.make_department("elsewhere")
    elsewhere.leads.add(cast.bo)
    ana = company.make_person("Ana", department=elsewhere)
    run = proposed(company)
    client = client_for(company.lead)
    assert "Accept 1 open row (1 becomes a request)" in page(client, run)
    busy = company.make_slot("busy", phase=company.make_project("Else").phases.get())
    last = weeks.add_weeks(slot.end_on, -1)
    builders.make_assignment(busy, ana, fte_hundredths=80, start_on=last)
    builders.make_assignment(slot, company.make_person("Ben"), start_on=last)

    (row,) = diff_of(run, company.lead).adds

    assert "Ana would be over by up to 0.30 FTE in 1 week." in row.unfit
    assert "The slot needs 0.50 FTE; in 1 week it would hold more." in row.unfit
    # Who decides nothing here is told nothing of anybody's load.
    (other,) = diff_of(run, cast.vi).adds
    assert other.unfit == ["It does not fit today's plan."]
