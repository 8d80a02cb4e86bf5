"""From the answer of a question to a proposal that supposes it."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import StaffingRun
from projects.services import staffing, studies
from tests.integration.projects import study_scene as scene
from tests.integration.projects.staffing_scene import Company, solve
from tests.integration.projects.test_study_pages import text_of


@pytest.fixture
def company(cast: Any) -> Any:
    company: Any = Company(lead=cast.ada)
    company.ana = company.make_person("Ana")
    company.slot = company.make_slot("held")
    return company


def why_not(company: Any, about: Any = None) -> Any:
    """Four ways: train, free, rate, more projects."""
    asked = {"slot": company.slot, "person": company.ana}
    about = about or [company.project]
    study = studies.ask(question="why_not", by=company.lead, about=about, **asked)
    (key,) = [one["key"] for one in scene.load(study)["pieces"]]
    return scene.answered(study, scene.why_not(key, company.ana))


def suppose(client: Any, study: Any, number: Any) -> Any:
    return client.post(f"{study.get_absolute_url()}suppose/", {"number": number})


def test_a_way_is_supposed_in_a_proposal_that_is_opened_and_solved(
    company: Any, client_for: Any
) -> None:
    client, study = client_for(company.lead), why_not(company)
    assert text_of(client, study).count(">Suppose this</button>") == 4

    answer = suppose(client, study, 2)

    run = StaffingRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    assert list(run.projects.all()) == [company.project]
    (change,) = run.params["what_if"]
    assert (change["kind"], change["person"], change["fte_share"]) == (
        "free",
        company.ana.key,
        0.25,
    )
    assert run.params["change_budget"] == 1
    solve(run)
    assert run.rows.get().person == company.ana


def test_every_idea_that_is_shown_can_be_supposed(company: Any, client_for: Any) -> None:
    study = studies.ask(question="what_helps", by=company.lead, about=[company.project])
    (key,) = [one["key"] for one in scene.load(study)["pieces"]]
    project = str(company.project.pk)
    hire = {"kind": "hire", "skills": {"nlp": 4}, "fte": 40, "start": 0, "end": 2, "rate": 7_700}
    ideas = [
        [hire],
        [{"kind": "budget", "project": project, "amount": 88_877_700}],
        [{"kind": "shift", "project": project, "phase": "design", "weeks": 2}],
        [{"kind": "lower", "slot": key, "skill": "nlp", "level": 0}],
    ]
    scene.answered(study, scene.what_helps(*ideas, fills=[key]))

    for number in range(1, 5):
        assert suppose(client_for(company.lead), study, number).status_code == 302

    runs = StaffingRun.objects.order_by("created_at")
    assert [run.params["what_if"][0]["kind"] for run in runs] == [one[0]["kind"] for one in ideas]


def test_about_a_proposal_its_parameters_are_kept(company: Any, client_for: Any) -> None:
    asked: dict[str, Any] = {
        "weights": {"cost": 0},
        "must_fill": [company.slot.pk],
        "seconds": 1,
        "seed": 7,
    }
    run = staffing.propose_team(
        projects=[company.project],
        by=company.lead,
        what_if=[{"kind": "more_projects", "person": company.ana.key, "max_projects": 7}],
        **asked,
    )
    solve(run)

    assert suppose(client_for(company.lead), why_not(company, run), 1).status_code == 302

    then = StaffingRun.objects.exclude(pk=run.pk).get()
    assert [one["kind"] for one in then.params["what_if"]] == ["more_projects", "train"]
    assert then.seed == 7
    for name in ("weights", "must_fill", "seconds"):
        assert then.params[name] == run.params[name]


def test_only_who_may_start_a_proposal_is_offered_to_suppose_and_money_needs_its_right(
    company: Any, cast: Any, client_for: Any
) -> None:
    mine = company.make_project("Mine")
    mine.deputies.add(cast.bo)
    study = why_not(company)
    study.projects.add(mine)
    reader = client_for(cast.bo)
    assert "Suppose this" not in text_of(reader, study)
    assert suppose(reader, study, 1).status_code == 403

    study.projects.remove(mine)
    company.project.deputies.add(cast.bo)
    assert "rate" not in text_of(reader, study).split("What would make", 1)[1].split("</ol>")[0]
    assert suppose(reader, study, 3).status_code == 403  # a rate
    assert suppose(reader, study, 1).status_code == 302
    assert suppose(client_for(cast.vi), study, 1).status_code == 404
    assert StaffingRun.objects.count() == 1


@pytest.mark.parametrize("number", ["0", "5", "x", ""])
def test_a_number_that_the_answer_lacks_is_refused_in_words(
    company: Any, client_for: Any, number: str
) -> None:
    answer = suppose(client_for(company.lead), why_not(company), number)

    assert answer.status_code == 400
    assert "no change with this number" in answer.content.decode()
    assert not StaffingRun.objects.exists()
