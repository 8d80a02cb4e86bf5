"""Questions about the plan as programs ask them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from projects.models import StaffingStudy
from projects.services import staffing, studies
from teamhub import weeks
from tests.integration.projects import study_scene as scene
from tests.integration.projects.staffing_scene import Company, solve, start_monday

API = "/api/v1/projects/studies/"
NEW = "/staffing/questions/new/"


@pytest.fixture
def company(cast: Any) -> Company:
    company = Company(lead=cast.ada)
    company.ana = company.make_person("Ana")  # type: ignore[attr-defined]
    company.slot = company.make_slot("held")  # type: ignore[attr-defined]
    company.make_person("Bo")
    return company


@pytest.fixture
def proposal(company: Any) -> Any:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)
    return run


def days() -> dict[str, str]:
    start = start_monday()
    return {"from": start.isoformat(), "to": weeks.add_weeks(start, 1).isoformat()}


def answered(company: Any, question: str, **given: Any) -> StaffingStudy:
    """A study with the answer of the scene."""
    study = studies.ask(question=question, by=company.lead, about=[company.project], **given)
    job = scene.load(study)
    key = next(p["key"] for p in job["pieces"] if p["slot"] == company.slot.pk)
    other = company.ana.__class__.objects.get(name="Bo")
    answers = {
        "why_not": lambda: scene.why_not(key, company.ana),
        "what_helps": lambda: scene.what_helps(
            [
                {
                    "kind": "hire",
                    "skills": {"nlp": 4},
                    "fte": 40,
                    "start": 0,
                    "end": 2,
                    "rate": 777_700,
                }
            ],
            [{"kind": "budget", "project": str(company.project.pk), "amount": 88_877_700}],
            [{"kind": "shift", "project": str(company.project.pk), "phase": "design", "weeks": -2}],
            [{"kind": "lower", "slot": key, "skill": "nlp", "level": 0}],
            fills=[key],
        ),
        "shock": lambda: scene.shock(key, company.ana, other, company.project),
        "core": lambda: scene.core(key, company.ana, company.project),
    }
    return scene.answered(study, answers[question]())


def why_not(company: Any) -> StaffingStudy:
    return answered(company, "why_not", slot=company.slot, person=company.ana)


def shock(company: Any) -> StaffingStudy:
    start = start_monday()
    absences = studies.Absences(start, start, [company.ana])
    return answered(company, "shock", absences=absences)


def core(company: Any) -> StaffingStudy:
    return answered(company, "core", slots=[company.slot])


def text_of(client: Any, study: StaffingStudy) -> str:
    answer = client.get(study.get_absolute_url())
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# --- asking ---------------------------------------------------------------------------------------


def test_a_program_asks_polls_and_reads_changes_in_the_keys_of_the_product(
    company: Any, api_for: Any
) -> None:
    api = api_for(company.lead)
    asked = api.post(
        API,
        {
            "question": "shock",
            "department": "apps",
            "absences": {"people": [company.ana.key], "site": "berlin", **days()},
        },
        format="json",
    )
    assert asked.status_code == 202
    assert asked["Location"].endswith(f"{API}{asked.json()['id']}/")
    assert asked.json()["answer"] is None
    assert len(StaffingStudy.objects.get().params["people"]) == 2

    answer = api.get(f"{API}{why_not(company).pk}/").json()["answer"]
    kinds = {way["changes"][0]["kind"]: way["changes"][0] for way in answer["ways"]}
    assert kinds["train"]["person"] == company.ana.key
    assert kinds["free"]["fte_share"] == 0.25
    assert kinds["rate"]["rate"] == "1500.00"
    assert (answer["forced"]["loss"], answer["estimate"]) == (654321, True)
    assert answer["slot"]["project"] == company.project.key
    helps = api.get(f"{API}{answered(company, 'what_helps').pk}/").json()["answer"]
    assert [idea["rank"] for idea in helps["ideas"]] == [1, 2, 3, 4]
    assert helps["ideas"][0]["amount"] == "12345.00"
    heat = api.get(f"{API}{shock(company).pk}/").json()["answer"]["depth"]
    assert (heat[0]["can"], heat[0]["can_without"], heat[0]["state"]) == (2, 1, "thin")
    listed = api.get(f"{API}?question=shock").json()
    assert {row["question"] for row in listed["results"]} == {"shock"}
    assert api.get(f"{API}?question=whence").status_code == 400


def test_bad_questions_of_programs_name_the_field_and_write_nothing(
    company: Any, proposal: Any, api_for: Any
) -> None:
    api = api_for(company.lead)
    project = {"projects": [company.project.key]}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"question": "whence", **project}, "question"),
        ({"question": "core"}, "one of the three"),
        ({"question": "core", "projects": ["nowhere"]}, "no project “nowhere”"),
        ({"question": "core", "run": str(uuid.uuid4())}, "no such proposal"),
        ({"question": "core", "run": str(proposal.pk), **project}, "not about both"),
        ({"question": "core", "slots": [10**9], **project}, "There is no slot"),
        ({"question": "why_not", "slot": 10**9, **project}, "There is no slot"),
        ({"question": "why_not", "person": "nobody", **project}, "no person “nobody”"),
        ({"question": "shock", **project}, "who is absent"),
        ({"question": "shock", "absences": {"from": "soon"}, **project}, "from"),
        ({"question": "shock", "absences": [], **project}, "absences"),
        ({"question": "core", "seconds": 10**9, **project}, "time limit"),
    ]
    for sent, words in cases:
        answer = api.post(API, sent, format="json")
        assert answer.status_code == 400, sent
        assert words in answer.content.decode(), sent
    assert not StaffingStudy.objects.exists()
