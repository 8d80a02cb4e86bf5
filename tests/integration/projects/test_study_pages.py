"""Pages and API of questions about the plan: forms, answers in words, what each reader is told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from projects.models import StaffingStudy
from projects.services import staffing, studies
from teamhub import weeks
from tests import builders
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


def test_the_form_of_an_absence_test_queues_it_and_goes_to_its_page(
    company: Any, client_for: Any
) -> None:
    client = client_for(company.lead)
    page = client.get(f"{NEW}?question=shock&project={company.project.pk}").content.decode()
    assert 'name="people"' in page
    assert f'value="{company.project.pk}"' in page

    answer = client.post(
        NEW,
        {
            "question": "shock",
            "projects": [company.project.pk],
            "people": [company.ana.pk],
            **days(),
        },
    )

    study = StaffingStudy.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, study.get_absolute_url())
    assert (study.params["people"], study.status) == ([company.ana.pk], "queued")
    waiting = client.get(study.get_absolute_url()).content.decode()
    assert 'hx-select="#study"' in waiting


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"projects": []}, "one of the three"),
        ({"people": []}, "Name people, a site or a department"),
        ({"to": "2020-01-01"}, "ends before it begins"),
        ({"from": "soon"}, "valid date"),
        ({"people": [10**9]}, "not one of the available choices"),
        ({"seconds": 0}, "greater than or equal to 1"),
    ],
)
def test_a_bad_form_is_shown_again_with_words(
    company: Any, client_for: Any, change: dict[str, Any], words: str
) -> None:
    good = {
        "question": "shock",
        "projects": [company.project.pk],
        "people": [company.ana.pk],
        **days(),
    }

    answer = client_for(company.lead).post(NEW, good | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not StaffingStudy.objects.exists()


def test_the_buttons_of_a_proposal_ask_about_it(
    company: Any, proposal: Any, client_for: Any
) -> None:
    client = client_for(company.lead)
    start = start_monday().isoformat()
    address = f"{NEW}?question=why_not&run={proposal.pk}&slot={company.slot.pk}&start_on={start}"
    htmx = {"HX-Request": "true", "HX-Target": f"study-pick-{company.slot.pk}"}
    picked = client.get(address, headers=htmx).content.decode()
    assert "Ana" in picked
    assert f'value="{company.slot.pk}@{start}"' in picked
    assert "<h1" not in picked
    assert "<h1" in client.get(address).content.decode()

    row = f"{company.slot.pk}@{start}"
    for sent in (
        {"question": "what_helps"},
        {"why": row, f"person-{row}": company.ana.pk, "person-1@2027-01-04": "7"},
    ):
        assert client.post(NEW, {"run": proposal.pk, **sent}).status_code == 302

    asked = {study.question: study for study in StaffingStudy.objects.all()}
    assert {study.proposal for study in asked.values()} == {proposal}
    assert asked["why_not"].params["person"] == company.ana.pk
    assert asked["why_not"].params["start_on"] == start
    nobody = client.post(NEW, {"run": proposal.pk, "why": row, f"person-{row}": ""})
    assert nobody.status_code == 422
    assert "Choose the person" in nobody.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "question=whence",
        "question=why_not",
        "question=why_not&slot=x",
        "question=core&run=x",
        f"question=core&run={uuid.UUID(int=7)}",
    ],
)
def test_addresses_that_name_nothing_are_not_found(
    company: Any, client_for: Any, query: str
) -> None:
    assert client_for(company.lead).get(f"{NEW}?{query}").status_code == 404


def test_somebody_who_leads_nothing_reads_why_there_is_no_form(
    company: Any, cast: Any, client_for: Any
) -> None:
    page = client_for(cast.vi).get(NEW)

    assert page.status_code == 200
    assert "No project that you may ask about" in page.content.decode()
    sent = {"question": "core", "projects": [company.project.pk]}
    assert client_for(cast.vi).post(NEW, sent).status_code == 422
    assert not StaffingStudy.objects.exists()


def test_the_list_holds_what_one_may_see_and_is_filtered_by_question(
    company: Any, cast: Any, client_for: Any
) -> None:
    studies.ask(question="core", by=company.lead, about=[company.project])
    studies.ask(question="what_helps", by=company.lead, about=[company.project])

    both = client_for(company.lead).get("/staffing/questions/").content.decode()
    one = client_for(company.lead).get("/staffing/questions/?question=core").content.decode()
    none = client_for(cast.bo).get("/staffing/questions/").content.decode()

    link = 'href="/staffing/questions/'
    rows = [page.count(f"<a {link}") for page in (both, one, none)]
    ids = [str(pk) for pk in StaffingStudy.objects.values_list("pk", flat=True)]
    assert [sum(pk in page for pk in ids) for page in (both, one, none)] == [2, 1, 0]
    assert rows[0] > rows[1]


# --- reading --------------------------------------------------------------------------------------


def test_why_not_tells_rules_changes_and_what_forcing_would_lose(
    company: Any, client_for: Any
) -> None:
    text = text_of(client_for(company.lead), why_not(company))

    first = start_monday().isocalendar()
    second = weeks.add_weeks(start_monday(), 1).isocalendar()
    for words in (
        "Ana does not hold the skills at the levels asked for",
        "Ana is taken by other work",
        f"Ana: Nlp level 3 → 4 from {second.year}-W{second.week:02d}",
        f"Ana: 25 % more time from {first.year}-W{first.week:02d}",
        "Ana: rate 2,000",
        "Ana: up to 4 projects at once",
        "The plan would lose 654,321 points",
        "cost −7",
        "estimate",
        "8,000",  # what she costs in the slot
    ):
        assert words in text, words


def test_what_would_help_is_ranked_with_gain_fills_coverage_and_cost(
    company: Any, client_for: Any
) -> None:
    text = text_of(client_for(company.lead), answered(company, "what_helps"))

    for words in (
        "1. Hire 0.4 FTE with Nlp 4",
        "2. Search: people budget – → 8,888",
        "3. Search: phase 3 ",
        "2 weeks earlier",
        "4. Nlp-Role held, Search · 3",
        "do not ask for Nlp",
        "+7,654,321",
        "12,345",
        "75%",
    ):
        assert words in text, words


def test_an_absence_test_tells_what_is_lost_who_could_cover_and_how_many_are_left(
    company: Any, client_for: Any
) -> None:
    text = text_of(client_for(company.lead), shock(company))

    for words in (
        "Nlp-Role held",
        "Bo<span",
        "is taken by other work",
        "3 weeks",
        "2 → 1",
        "th-heat-thin",
        "too few are left",
        "Coverage without them",
    ):
        assert words in text, words


def test_a_core_names_slots_people_and_rules(company: Any, client_for: Any) -> None:
    text = text_of(client_for(company.lead), core(company))

    assert "Give up any one of them and the rest can" in text
    for words in ("Nlp-Role held", "Ana", "most projects at once", "budget"):
        assert words in text


def test_a_deputy_without_the_right_to_money_and_load_reads_neither(
    company: Any, cast: Any, client_for: Any, api_for: Any
) -> None:
    company.project.deputies.add(cast.bo)
    other = builders.make_project("Other", lead=company.lead)
    found = {
        "why_not": why_not(company),
        "what_helps": answered(company, "what_helps"),
        "core": core(company),
    }
    found["core"].projects.add(other)
    money = ("654,321", "654321", "7,654,321", "7654321", "12,345", "12345", "777", "8,888", "8888")
    for study in found.values():
        page = text_of(client_for(cast.bo), study)
        read = api_for(cast.bo).get(f"{API}{study.pk}/")
        for told in (page.replace(str(study.pk), ""), str(read.json()["answer"])):
            assert not any(figure in told for figure in money), study.question
            assert "'gain'" not in told
            assert "'rate'" not in told
    page = text_of(client_for(cast.bo), found["why_not"])
    assert "1 more way tells of money or load" in page
    assert "Ana: 25 % more time" in page  # who staffs the slot reads it
    helps = text_of(client_for(cast.bo), found["what_helps"])
    assert "1 more idea tells of money, load or plans" in helps
    clash = text_of(client_for(cast.bo), found["core"])
    assert "1 person whose load you may not see" in clash
    assert "Something that only managers see" in clash
    assert ">Ana<" not in clash


def test_slots_of_plans_that_one_may_not_see_are_counted(
    company: Any, cast: Any, client_for: Any, api_for: Any
) -> None:
    mine = company.make_project("Mine")
    mine.deputies.add(cast.bo)
    for study in (why_not(company), shock(company), core(company)):
        study.projects.add(mine)
        page = text_of(client_for(cast.bo), study)
        answer = api_for(cast.bo).get(f"{API}{study.pk}/").json()["answer"]
        assert "Nlp-Role held" not in page
        if study.question == "why_not":
            assert "about the plan of a project that you may not see" in page
            assert answer is None
        elif study.question == "shock":
            assert "1 more slot in a plan that you may not see" in page
            assert (answer["lost"], answer["hidden_lost"], answer["depth"]) == ([], 1, [])
        else:
            assert (answer["slots"], answer["hidden_slots"]) == ([], 1)


def test_what_would_help_a_plan_that_one_may_not_see_is_counted_and_its_figures_are_not_told(
    company: Any, cast: Any, client_for: Any, api_for: Any
) -> None:
    study = answered(company, "what_helps")
    StaffingStudy.objects.filter(pk=study.pk).update(requested_by=cast.bo)
    study.refresh_from_db()

    answer = api_for(cast.bo).get(f"{API}{study.pk}/").json()["answer"]
    page = text_of(client_for(cast.bo), study)

    assert (answer["open"], answer["coverage"], answer["ideas"]) == (None, None, [])
    assert answer["hidden_ideas"] == 4
    assert "about plans that you may not all see" in page
    assert "50 %" not in page
    assert "Hire" not in page


# --- programs -------------------------------------------------------------------------------------
