"""Wishes that cannot be: each is refused with what is wrong, and nothing is queued."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Project, StaffingRun
from projects.services import staffing
from teamhub.errors import InvalidInput, NotAllowed
from tests.integration.projects.staffing_scene import Company


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"people_budget": -1}, "number of people"),
        ({"people_budget": True}, "number of people"),
        ({"frozen_weeks": ["2027-01-05"]}, "frozen_weeks must be a Monday; 2027-01-05 is none"),
        ({"frozen_weeks": ["soon"]}, "YYYY-MM-DD; got “soon”"),
        ({"frozen_weeks": ["2027-13-01"]}, "YYYY-MM-DD"),
        ({"from_on": "2027-01-06"}, "from_on must be a Monday"),
        ({"from_on": "2027-01-11", "to_on": "2027-01-11"}, "end before they begin"),
        ({"to_on": "9999-01-04"}, "to_on must be a day"),
        ({"pins": [{"slot": "slot"}]}, r"pins: each entry is one of {person, slot}"),
        ({"pins": [{"slot": 99999, "person": "ana"}]}, "there is no slot 99999"),
        ({"pins": [{"slot": "foreign", "person": "ana"}]}, "belongs to no project"),
        ({"pins": [{"slot": "slot", "person": 99999}]}, "there is no person 99999"),
        ({"pins": [{"slot": "slot", "person": True}]}, "there is no person True"),
        (
            {"pins": [{"slot": "slot", "person": "ana"}, {"slot": "slot", "person": "ben"}]},
            "for one person only; got Ana and Ben",
        ),
        (
            {
                "pins": [{"slot": "slot", "person": "ana"}],
                "exclusions": [{"person": "ana", "project": "project"}],
            },
            "is kept for Ana, who is excluded from it",
        ),
        ({"exclusions": [{"slot": "slot"}]}, "exclusions: each entry is one of"),
        ({"exclusions": [{"person": "ana", "project": 99999}]}, "project 99999 is not among"),
        ({"apart": [["ana"]]}, "pair of people"),
        ({"apart": [["ana", "ana"]]}, "Ana cannot be kept apart from themselves"),
        ({"must_fill": ["foreign"]}, "must_fill: slot .* belongs to no project"),
        ({"profile": "Ramp-up"}, "no weights called “Ramp-up”"),
        ({"what_if": [{"kind": "magic"}]}, "what_if 1: kind must be one of hire, train"),
        ({"what_if": ["hire"]}, "what_if 1: kind must be one of"),
        ({"what_if": [{"kind": "rate", "person": "x"}]}, "“rate” takes person, rate"),
        (
            {"what_if": [{"kind": "rate", "person": "nobody", "rate": "1"}]},
            "there is no person “nobody”",
        ),
        ({"what_if": [{"kind": "rate", "person": "ana", "rate": "NaN"}]}, "must be a number"),
        ({"what_if": [{"kind": "rate", "person": "ana", "rate": -1}]}, "not be below 0"),
        (
            {"what_if": [{"kind": "shift", "project": "search", "phase": "x", "weeks": 1}]},
            "has no phase “x”",
        ),
        (
            {"what_if": [{"kind": "budget", "project": "foreign", "amount": "1"}]},
            "project “foreign” is not among",
        ),
        (
            {"what_if": [{"kind": "lower", "slot": 99999, "skill": "nlp", "level": 1}]},
            "what_if 1: there is no slot 99999",
        ),
        (
            {
                "what_if": [
                    {
                        "kind": "free",
                        "person": "ana",
                        "fte_share": 2,
                        "start_on": "2027-01-04",
                        "end_on": "2027-01-11",
                    }
                ]
            },
            "fte_share must lie between",
        ),
        (
            {
                "what_if": [
                    {
                        "kind": "absent",
                        "person": "ana",
                        "start_on": "2027-01-11",
                        "end_on": "2027-01-04",
                    }
                ]
            },
            "start_on must lie before end_on",
        ),
        ({"what_if": [{"kind": "magic"}] * 21}, "at most 20"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_nothing_is_queued(
    company: Company, wishes: dict[str, Any], words: str
) -> None:
    Project.objects.update(key="search")
    company.project.refresh_from_db()
    foreign = company.make_project("Other", key="foreign")
    named = {
        "slot": company.make_slot("a").pk,
        "foreign": company.make_slot("o", phase=foreign.phases.get()).pk,
        "project": company.project.pk,
        "ana": company.make_person("Ana", key="ana").pk,
        "ben": company.make_person("Ben").pk,
    }

    def ids(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: ids(one) for name, one in value.items()}
        if isinstance(value, list):
            return [ids(one) for one in value]
        return named.get(value, value) if isinstance(value, str) else value

    given = {name: value if name == "what_if" else ids(value) for name, value in wishes.items()}
    with pytest.raises(InvalidInput, match=words):
        staffing.propose_team(projects=[company.project], by=company.lead, **given)
    assert not StaffingRun.objects.exists()


def test_only_who_sees_money_may_suppose_rates_and_budgets(company: Company, cast: Any) -> None:
    """What becomes of a plan under another budget would tell rates."""
    company.project.deputies.add(cast.bo)
    company.make_slot()
    ana = company.make_person("Ana")
    changes = [
        {"kind": "rate", "person": ana.key, "rate": "1"},
        {"kind": "budget", "project": company.project.key, "amount": "5"},
    ]
    for change in changes:
        with pytest.raises(NotAllowed, match="see money"):
            staffing.propose_team(projects=[company.project], by=cast.bo, what_if=[change])
