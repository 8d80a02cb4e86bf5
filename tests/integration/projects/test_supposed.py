"""A proposal on assumed changes says each of them in words, and no amount to those who see none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from projects.selectors.supposed import Supposed
from projects.services.staffing_what_if import FIELDS
from tests.integration.projects.staffing_scene import Company

pytestmark = pytest.mark.django_db


def changes(company: Company) -> list[dict[str, Any]]:
    ana, slot = company.make_person("Ana"), company.make_slot("one")
    skill, project = company.skill.key, company.project.key
    weeks = {"start_on": "2027-01-04", "end_on": "2027-01-18"}
    person = {"person": ana.key}
    return [
        {"kind": "hire", "skills": {skill: 3}, "fte_share": 0.4, **weeks},
        {"kind": "train", **person, "skill": skill, "level": 4, "from_on": "2027-01-04"},
        {"kind": "free", **person, "fte_share": 0.1, **weeks},
        {"kind": "absent", **person, **weeks},
        {"kind": "rate", **person, "rate": "4321.00"},
        {"kind": "more_projects", **person, "max_projects": 4},
        {"kind": "shift", "project": project, "phase": slot.phase.key, "weeks": 2},
        {"kind": "lower", "slot": slot.pk, "skill": skill, "level": 1},
        {"kind": "budget", "project": project, "amount": "54321.00"},
    ]


def test_each_kind_of_change_has_its_sentence(cast: Any) -> None:
    company = Company(lead=cast.ada)
    given = changes(company)
    run: Any = SimpleNamespace(params={"what_if": given})

    told = [Supposed([run], cast.ada).of(one) for one in given]

    assert [one["kind"] for one in given] == list(FIELDS)
    weeks, name = "in 2027-W01 to 2027-W02", company.skill.name
    phase, slot = company.phase, company.phase.slots.get()
    assert told == [
        f"Hire 0.4 FTE with {name} 3 {weeks}",
        f"Ana: {name} at level 4 from 2027-W01",
        f"Ana: 10 % more time {weeks}",
        f"Ana absent {weeks}",
        "Ana: rate 4,321\u00a0USD per FTE-week",
        "Ana: up to 4 projects at once",
        f"{company.project.name}: phase {phase.number} {phase.name} 2 weeks later",
        f"{slot.seat}, {company.project.name}: ask for {name} 1",
        f"{company.project.name}: people budget 54,321\u00a0USD",
    ]
    hidden = Supposed([run], cast.bo).told(run)
    assert hidden[4:] == [
        "Ana: another rate",
        "Ana: up to 4 projects at once",
        f"a project: phase {phase.number} {phase.name} 2 weeks later",
        f"a slot: ask for {name} 1",
        "a project: another people budget",
    ]
