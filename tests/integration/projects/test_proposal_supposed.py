"""Proposals on assumed changes: who takes what, what is assumed, and a plan that has gone on."""

from __future__ import annotations

from typing import Any

import pytest

from projects.selectors.proposal_diff import diff_of
from projects.selectors.proposal_sides import compare
from projects.services import staffing
from tests.integration.projects.staffing_scene import Company, solve
from tests.integration.projects.test_staffing_wishes import monday


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def proposed(company: Company, **wishes: Any) -> Any:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1, **wishes)
    solve(run)
    return run


def page(client: Any, run: Any) -> str:
    return str(client.get(run.get_absolute_url()).content.decode())


def hire(company: Company) -> dict[str, Any]:
    return {
        "kind": "hire",
        "skills": {company.skill.key: 4},
        "fte_share": 0.5,
        "start_on": monday(0).isoformat(),
        "end_on": monday(9).isoformat(),
    }


def test_what_a_hire_takes_is_filled_and_not_open(company: Company, client_for: Any) -> None:
    company.make_slot("one", level=4)
    company.make_slot("hard", level=5)
    company.make_person("Ana", level=2)

    run = proposed(company, what_if=[hire(company)])

    diff = diff_of(run, company.lead)
    assert [one.shown.hire for one in diff.adds] == ["New hire 1"]
    assert (len(diff.open), diff.after.open_slots, diff.n_filled) == (1, 1, 1)
    text = page(client_for(company.lead), run)
    assert "1 of 2 filled" in text
    assert "New hire 1 would take it" not in text
    assert text.index("New hire 1") < text.index("Still open, and why")
    other = proposed(company)
    lines = {str(one.label): one.values for one in compare([run, other], company.lead).outcome}
    assert lines["Rows filled"] == ["1", "0"]
    assert lines["Open slots"] == ["1", "2"]


def test_each_change_that_is_supposed_is_said(company: Company, client_for: Any) -> None:
    company.make_slot("one", level=4)

    text = page(client_for(company.lead), proposed(company, what_if=[hire(company)]))

    note = text.split('id="supposed"')[1].split("</ul>")[0]
    assert "Hire 0.5 FTE with" in note


def test_a_supposed_proposal_says_that_the_plan_has_overtaken_it(
    company: Company, client_for: Any
) -> None:
    company.make_slot("one", level=4)
    company.make_slot("two", level=2)
    company.make_person("Ana", level=2)
    supposed = proposed(company, what_if=[hire(company)])
    assert diff_of(supposed, company.lead).n_unfit == 0
    ordinary = proposed(company)
    before = diff_of(supposed, company.lead).after

    staffing.accept(ordinary, by=company.lead)

    diff = diff_of(supposed, company.lead)
    assert (diff.n_unfit, diff.n_filled) == (1, 1)
    assert diff.after == before  # the slot is filled once, and nobody is over by it
    assert 'id="overtaken"' in page(client_for(company.lead), supposed)
    lines = {
        str(one.label): one.values for one in compare([supposed, ordinary], company.lead).outcome
    }
    assert lines["Rows that no longer fit today's plan"] == ["1", "0"]
    assert lines["Weeks over"] == ["0", "0"]
