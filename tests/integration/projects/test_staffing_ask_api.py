"""Asking for proposals by program: scopes, wishes, what-ifs, comparison, kept weights."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Assignment, Project, StaffingRun, WeightProfile
from projects.services import profiles
from teamhub.audit.models import AuditEvent
from teamhub.errors import InvalidInput
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve, start_monday

RUNS = "/api/v1/projects/staffing-runs/"
PROFILES = "/api/v1/projects/staffing-profiles/"


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def projects_of(answer: Any) -> set[str]:
    assert answer.status_code == 202, answer.json()
    return set(answer.json()["projects"])


@pytest.mark.both_databases
def test_every_wish_goes_in_by_key_or_id_and_is_shown_again(company: Company, api_for: Any) -> None:
    slot, other = company.make_slot("a"), company.make_slot("b")
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    monday = start_monday().isoformat()
    api = api_for(company.lead)

    asked = api.post(
        RUNS,
        {
            "projects": [company.project.key],
            "seconds": 1,
            "change_budget": 2,
            "people_budget": 1,
            "from_on": monday,
            "frozen_weeks": [monday],
            "pins": [{"slot": slot.pk, "person": ana.key}],
            "exclusions": [
                {"person": str(ben.pk), "project": company.project.key},
                {"person": ben.key, "slot": slot.pk},
                {"person": ben.key},
            ],
            "apart": [[ana.key, str(ben.pk)]],
            "must_fill": [other.pk],
        },
    )

    assert asked.status_code == 202, asked.json()
    params = api.get(asked["Location"]).json()["params"]
    assert params == StaffingRun.objects.get().params
    assert params["pins"] == [{"slot": slot.pk, "person": ana.pk}]
    assert params["exclusions"] == [
        {"person": ben.pk, "project": company.project.pk},
        {"person": ben.pk, "slot": slot.pk},
        {"person": ben.pk},
    ]
    assert params["apart"] == [[ana.pk, ben.pk]]
    assert (params["must_fill"], params["frozen_weeks"]) == ([other.pk], [monday])
    assert (params["people_budget"], params["change_budget"]) == (1, 2)


def test_a_department_or_the_portfolio_is_what_one_may_staff_and_goes_on(
    company: Company, api_for: Any, cast: Any
) -> None:
    below = builders.make_department("vision", parent=company.department)
    inside = company.make_project("Below", department=below)
    outside = company.make_project("Outside", department=builders.make_department("legal"))
    company.make_project("Done", status=Project.Status.DONE)
    company.make_project("Foreign", lead=cast.bo)
    api = api_for(company.lead)

    of_department = projects_of(api.post(RUNS, {"department": "apps", "seconds": 1}))
    assert of_department == {company.project.key, inside.key}
    everything = projects_of(api.post(RUNS, {"portfolio": True, "seconds": 1}))
    assert everything == {company.project.key, inside.key, outside.key}
    for body in ({}, {"portfolio": True, "department": "apps"}, {"portfolio": False}):
        answer = api.post(RUNS, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid"), body
    assert "no department" in api.post(RUNS, {"department": "x"}).content.decode()
    nothing = api_for(cast.cy).post(RUNS, {"portfolio": True})
    assert nothing.status_code == 400
    assert "no open project" in nothing.json()["error"]["message"]


def test_a_what_if_is_solved_beside_the_plan_and_not_accepted(
    company: Company, api_for: Any, cast: Any
) -> None:
    company.make_slot("a", level=4)
    ana = company.make_person("Ana", level=2)
    company.project.deputies.add(cast.bo)
    api = api_for(company.lead)
    train = {"kind": "train", "person": ana.key, "skill": company.skill.key, "level": 4}
    changes = [
        {**train, "from_on": start_monday().isoformat()},
        {"kind": "rate", "person": ana.key, "rate": "1234.5"},
    ]
    body = {"projects": [company.project.key], "seconds": 1, "what_if": changes}

    asked = api.post(f"{RUNS}what-if/", body)

    assert asked.status_code == 202, asked.json()
    run = StaffingRun.objects.get()
    assert asked["Location"].endswith(f"{RUNS}{run.pk}/")
    solve(run)
    read = api.get(asked["Location"]).json()
    assert (read["is_what_if"], read["coverage"]) == (True, 1)
    assert read["params"]["what_if"][1]["rate"] == "1234.50"
    refused = api.post(f"{RUNS}{run.pk}/accept/", {"rows": "all"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "what_if")
    assert not Assignment.objects.exists()

    # A deputy without money sees the supposition, not its rate.
    shown = api_for(cast.bo).get(asked["Location"]).json()["params"]["what_if"]
    assert shown[1] == {"kind": "rate", "person": ana.key}
    missing = api.post(f"{RUNS}what-if/", {**body, "what_if": []})
    assert missing.status_code == 400
    del body["what_if"]
    assert api.post(f"{RUNS}what-if/", body).status_code == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"pins": [{"slot": 1, "person": "nobody"}]}, "no person “nobody”"),
        ({"pins": [{"slot": "x", "person": "ana"}]}, "integer"),
        ({"pins": {"slot": 1}}, "list"),
        ({"pins": [{"slot": 99999, "person": "ana"}]}, "no slot 99999"),
        ({"apart": [["ana"]]}, "at least 2"),
        ({"exclusions": [{"person": "ana", "project": "nothing"}]}, "no project “nothing”"),
        ({"from_on": "2027-01-05"}, "must be a Monday"),
        ({"people_budget": "many"}, "integer"),
        ({"profile": "Ramp-up"}, "no weights called"),
        ({"what_if": [{"kind": 3}]}, "kind must be one of"),
        ({"what_if": "hire"}, "list"),
    ],
)
def test_a_bad_wish_is_a_400_that_says_what_and_queues_nothing(
    company: Company, api_for: Any, body: dict[str, Any], words: str
) -> None:
    company.make_person("Ana", key="ana")
    answer = api_for(company.lead).post(RUNS, {"projects": [company.project.key], **body})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not StaffingRun.objects.exists()


def test_proposals_are_compared_slot_by_slot(company: Company, api_for: Any, cast: Any) -> None:
    slot = company.make_slot("a")
    company.make_slot("b", level=5)
    ana, ben = company.make_person("Ana", level=3), company.make_person("Ben", level=2)
    api = api_for(company.lead)
    ids = []
    for body in ({}, {"exclusions": [{"person": ana.key}]}):
        asked = api.post(RUNS, {"projects": [company.project.key], "seconds": 1, **body})
        run = StaffingRun.objects.get(pk=asked.json()["id"])
        solve(run)
        ids.append(str(run.pk))
    place = f"{RUNS}compare/?run={ids[0]}&run={ids[1]}"

    found = api.get(place).json()

    assert [one["run"] for one in found["runs"]] == ids
    assert [(one["filled"], one["open"], one["moves"]) for one in found["runs"]] == [(1, 1, 0)] * 2
    assert found["runs"][0]["objective"] > found["runs"][1]["objective"]
    rows = {row["slot"]: row for row in found["rows"]}
    assert [cell["person"] for cell in rows[slot.pk]["cells"]] == [ana.key, ben.key]
    assert {row["slot"]: row["differs"] for row in found["rows"]} == {
        slot.pk: True,
        next(pk for pk in rows if pk != slot.pk): False,
    }
    assert rows[slot.pk]["cells"][0]["score"]["coverage"] > 0

    company.project.deputies.add(cast.bo)
    without_money = api_for(cast.bo).get(place).json()
    assert not {"objective", "cost"} & set(without_money["runs"][0])
    cells = [cell for row in without_money["rows"] for cell in row["cells"]]
    assert all(set(cell["score"]) <= {"fit"} for cell in cells)
    assert api_for(cast.cy).get(place).status_code == 404
    for query in ("", f"?run={ids[0]}", f"?run={ids[0]}&run={ids[0]}", f"?run={ids[0]}&run=x"):
        assert api.get(f"{RUNS}compare/{query}").status_code == 400, query


# --- kept weights ----------------------------------------------------------------------------


@pytest.mark.both_databases
def test_kept_weights_are_saved_shared_used_by_name_changed_and_deleted(
    company: Company, api_for: Any, cast: Any
) -> None:
    api, bo = api_for(company.lead), api_for(cast.bo)
    made = api.post(PROFILES, {"name": " Ramp-up  fast ", "weights": {"cost": 0}})
    assert made.status_code == 201, made.json()
    profile = made.json()
    assert (profile["name"], profile["shared"], profile["own"]) == ("Ramp-up fast", False, True)
    assert (profile["weights"]["cost"], profile["weights"]["priority"]) == (0, 100)
    assert api.post(PROFILES, {"name": "Ramp-up fast", "weights": {}}).status_code == 200
    place = f"{PROFILES}{profile['id']}/"
    assert bo.get(PROFILES).json()["count"] == 0
    assert bo.patch(place, {"shared": False}).status_code == 404

    changed = api.patch(place, {"shared": True, "weights": {"cost": 7}})
    assert (changed.json()["shared"], changed.json()["weights"]["cost"]) == (True, 7)
    (seen,) = bo.get(PROFILES).json()["results"]
    assert (seen["own"], seen["owner"]) == (False, "ada")
    assert bo.patch(place, {"name": "mine"}).status_code == 403
    assert bo.delete(place).status_code == 403

    asked = api.post(
        RUNS,
        {"projects": [company.project.key], "profile": "Ramp-up fast", "weights": {"overload": 3}},
    )
    params = asked.json()["params"]
    assert (params["profile"], params["weights"]["cost"]) == ("Ramp-up fast", 7)
    assert params["weights"]["overload"] == 3

    assert api.delete(place).status_code == 204
    assert not WeightProfile.objects.exists()
    verbs = AuditEvent.objects.filter(object_id=str(profile["id"])).values_list("verb", flat=True)
    assert sorted(verbs) == ["weight_profile.delete", *["weight_profile.save"] * 3]


def test_ones_own_weights_come_before_shared_ones_of_the_same_name(
    company: Company, api_for: Any, cast: Any
) -> None:
    builders.make_project("Bo's", lead=cast.bo)
    for user, cost in ((cast.bo, 1), (company.lead, 2)):
        profiles.save_profile(name="Fast", weights={"cost": cost}, shared=True, by=user)
    body = {"projects": [company.project.key], "profile": "Fast"}
    assert api_for(company.lead).post(RUNS, body).json()["params"]["weights"]["cost"] == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"weights": {}}, "required"),
        ({"name": "  ", "weights": {}}, "blank"),
        ({"name": "x" * 61, "weights": {}}, "60"),
        ({"name": "x", "weights": {"beauty": 1}}, "no weight “beauty”"),
        ({"name": "x", "weights": {"cost": -1}}, "whole number"),
        ({"name": "x", "weights": [1]}, "dictionary"),
    ],
)
def test_weights_that_are_none_are_refused(
    company: Company, api_for: Any, body: dict[str, Any], words: str
) -> None:
    answer = api_for(company.lead).post(PROFILES, body)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not WeightProfile.objects.exists()


def test_a_name_is_kept_once_and_only_by_who_may_staff(
    company: Company, api_for: Any, cast: Any
) -> None:
    for name in ("Fast", "Slow"):
        profiles.save_profile(name=name, weights={}, shared=False, by=company.lead)
    slow = WeightProfile.objects.get(name="Slow")
    answer = api_for(company.lead).patch(f"{PROFILES}{slow.pk}/", {"name": "Fast"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "name_taken")
    assert api_for(cast.cy).post(PROFILES, {"name": "x", "weights": {}}).status_code == 403
    for n in range(profiles.MOST_PROFILES - 2):
        profiles.save_profile(name=f"n{n}", weights={}, shared=False, by=company.lead)
    with pytest.raises(InvalidInput, match="delete one first"):
        profiles.save_profile(name="one more", weights={}, shared=False, by=company.lead)
