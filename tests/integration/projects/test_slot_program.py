"""Candidates, choices and the waiting list for programs."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Assignment, PlanChange
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, start_monday

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def week(n: int) -> Any:
    return weeks.add_weeks(start_monday(), n)


def busy(company: Company, person: Any) -> Assignment:
    """0.8 FTE in another project of the same lead."""
    project = company.make_project("Other")
    slot = company.make_slot("other", phase=project.phases.get(), fte_hundredths=80)
    return builders.make_assignment(slot, person)


def test_a_program_reads_candidates_chooses_and_works_the_waiting_list(
    company: Company, api_for: Any
) -> None:
    slot, ben, ida = company.make_slot(), company.make_person("Ben"), company.make_person("Ida")
    old = busy(company, ben)
    api, base = api_for(company.lead), f"/api/v1/projects/slots/{slot.pk}/"

    listed = api.get(f"{base}candidates/?search=nlp&end_on={week(2)}&limit=1").json()
    ranked = {row["person"]: row for row in api.get(f"{base}candidates/").json()["results"]}
    plain = api.post(f"{base}assign/", {"person": ben.key})
    queued = api.post(f"{base}assign/", {"person": ben.key, "choice": "queue"})
    waits = api.get("/api/v1/projects/waiting-places/").json()
    place = f"/api/v1/projects/waiting-places/{queued.json()['waiting']}/"
    early, dropped = api.post(f"{place}take/"), api.post(f"{place}drop/")
    stale = api.post(
        f"{base}assign/",
        {"person": ben.key, "choice": "move", "gives_way": [{"id": old.pk, "version": 9}]},
        format="json",
    )
    moved = api.post(
        f"{base}assign/",
        {"person": ben.key, "choice": "move", "fte_share": "0.30", "start_on": week(2)},
    )
    split = api.post(
        f"{base}assign/",
        {
            "person": ida.key,
            "choice": "split",
            "second": company.make_person("Eva").key,
            "split_on": week(1),
            "fte_share": "0.20",
        },
    )

    assert (listed["count"], [row["name"] for row in listed["results"]]) == (2, ["Ida"])
    (found,) = api.get(f"{base}candidates/?search={ben.key}").json()["results"]
    assert found["person"] == ben.key
    gives = ranked[ben.key]["in_the_way"][0]
    assert (gives["assignment"], gives["version"]) == (old.pk, old.version)
    assert ranked[ben.key]["hours_least"] == 8
    assert ranked[ida.key]["fit"]["total"] == 30
    assert (plain.status_code, plain.json()["error"]["code"]) == (409, "needs_choice")
    assert plain.json()["error"]["details"]["choices"] == ["overbook", "queue", "move", "split"]
    assert (queued.status_code, queued.json()["change"]) == (201, None)
    assert [(row["name"], row["free"]) for row in waits["results"]] == [("Ben", False)]
    assert (early.status_code, dropped.status_code) == (409, 204)
    assert (stale.status_code, moved.status_code, split.status_code) == (412, 201, 201)
    change = PlanChange.objects.get(pk=moved.json()["change"])
    assert change.lines.count() == 2
    assert "ends before" in moved.json()["gave_way"][0]
    assert [row["fte_share"] for row in split.json()["assignments"]] == [0.2, 0.2]


def test_a_program_hears_what_is_wrong_with_its_question(company: Company, api_for: Any) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben")
    api, base = api_for(company.lead), f"/api/v1/projects/slots/{slot.pk}/"
    for wrong in ("fte_share=3", "start_on=2027-13-01", "order=luck", f"end_on={week(9)}"):
        answer = api.get(f"{base}candidates/?{wrong}")
        assert answer.status_code == 400, wrong
        assert answer.json()["error"]["message"]
    for body in (
        {},
        {"person": "nobody"},
        {"person": "x", "choice": "steal"},
        {"person": ben.key, "fte_share": 0},
    ):
        assert api.post(f"{base}assign/", body).status_code == 400
    assert api.get("/api/v1/projects/slots/999999/candidates/").status_code == 404


def test_nobody_is_put_into_weeks_that_are_over(company: Company, api_for: Any) -> None:
    slot, ben, eva = company.make_slot(), company.make_person("Ben"), company.make_person("Eva")
    slot.start_on, slot.end_on = week(-60), week(-50)
    slot.save()
    api, base = api_for(company.lead), f"/api/v1/projects/slots/{slot.pk}/"
    weeks_over = {"start_on": week(-58), "end_on": week(-52), "person": ben.key}

    answers = [
        api.post(f"{base}assign/", weeks_over),
        api.post(f"{base}assign/", weeks_over | {"choice": "overbook", "reason": "why"}),
        api.post(f"{base}assign/", weeks_over | {"choice": "move", "reason": "why"}),
        api.post(
            f"{base}assign/",
            weeks_over | {"choice": "split", "second": eva.key, "split_on": week(-55)},
        ),
        api.post("/api/v1/projects/assignments/", weeks_over | {"slot": slot.pk}),
    ]

    assert [one.status_code for one in answers] == [400] * 5
    assert all("are over" in one.json()["error"]["message"] for one in answers)
    assert not Assignment.objects.exists()
