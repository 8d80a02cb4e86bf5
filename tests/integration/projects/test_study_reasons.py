"""Reasons on the pages of questions: words that agree with the figures beside them."""

from __future__ import annotations

from typing import Any

import pytest

from projects.services import studies
from tests.integration.projects import study_scene as scene
from tests.integration.projects.staffing_scene import Company, start_monday
from tests.integration.projects.test_study_pages import text_of

LESS = scene.SCORE | {"fit": 1000}


@pytest.fixture
def company(cast: Any) -> Any:
    company: Any = Company(lead=cast.ada)
    company.ana = company.make_person("Ana")
    company.slot = company.make_slot("held")
    company.make_person("Bo")
    return company


def why_not(company: Any, **parts: Any) -> Any:
    """The answer about Ana, whom no rule keeps from the slot; `forced`: what forcing her does."""
    asked = {"slot": company.slot, "person": company.ana}
    study = studies.ask(question="why_not", by=company.lead, about=[company.project], **asked)
    (key,) = [one["key"] for one in scene.load(study)["pieces"]]
    answer = scene.why_not(key, company.ana, failing=[], weeks=[], ways=[])
    bo = str(type(company.ana).objects.get(name="Bo").pk)
    forced = answer["forced"] | {"taker": bo, "elsewhere": [], **parts.pop("forced", {})}
    if forced["elsewhere"]:
        forced["elsewhere"] = [key]
    return scene.answered(study, answer | {"holder": bo, "forced": forced, **parts})


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            {"holder_score": LESS, "forced": {"loss": 0, "gain": 2080, "cut_short": True}},
            "This plan is not the best one: with Ana in the slot it is worth 2,080 points more",
        ),
        (
            {"holder_score": scene.SCORE, "forced": {"loss": 0, "gain": 0}},
            "The plan is worth as much with Ana in the slot: a tie, and either may be first",
        ),
        (
            {"holder_score": LESS, "forced": {"loss": 9, "gain": -9, "elsewhere": ["it"]}},
            "Ana is worth more elsewhere in the plan:</p> "
            '<ul class="th-study-ways"><li>Nlp-Role held',
        ),
        (
            {"score": LESS, "holder_score": scene.SCORE, "forced": {"loss": 9, "gain": -9}},
            "Bo is worth more in this slot",
        ),
        (
            {"holder_score": LESS, "forced": {"loss": 9, "gain": -9}},
            "The plan around this slot is worth more without Ana in it",
        ),
    ],
)
def test_why_not_says_who_is_worth_more_only_where_that_is_so(
    company: Any, client_for: Any, parts: dict[str, Any], words: str
) -> None:
    text = text_of(client_for(company.lead), why_not(company, **parts)).replace(".</p>", "</p>")

    assert words in text
    assert ("is worth more in this slot" in text) == words.startswith("Bo")
    assert ("What would make Ana first" in text) == ("not the best" not in words)
    assert "In all" in text
    assert "+16,000" in text  # coverage, fit and cost of whoever is worth more


def test_what_could_change_is_listed_and_not_called_a_fixed_rule(
    company: Any, client_for: Any
) -> None:
    key = str(company.ana.pk)
    needs = [
        {"kind": "train", "person": key, "skill": "nlp", "level": 5, "from_week": 0},
        {"kind": "free", "person": key, "fte": 50, "start": 1, "end": 2},
    ]
    study = why_not(company, failing=["skill", "availability"], needs=needs, forced={})

    text = text_of(client_for(company.lead), study)

    assert "fixed rule" not in text
    for words in ("Ana lacks all of this", "Nlp level 3 → 5", "50 % more time in "):
        assert words in text, words


def core(company: Any, **parts: Any) -> Any:
    """Of three slots nobody can take one, one clashes, one is left."""
    slots = [company.slot, company.make_slot("lonely"), company.make_slot("left")]
    study = studies.ask(question="core", by=company.lead, about=[company.project], slots=slots)
    keys = {one["slot"]: one["key"] for one in scene.load(study)["pieces"]}
    held, lonely, left = (keys[slot.pk] for slot in slots)
    alone = {
        "slot": lonely,
        "weeks": [0, 4],
        "side": "other",
        "skills": [{"skill": "nlp", "level": 5, "have": 0, "valid": 0}],
        "holders": 0,
        "of_holders": [],
    }
    answer = scene.core(held, company.ana, company.project)
    extra = {"alone": [alone], "rest_feasible": False, "rest": [left]}
    return scene.answered(study, answer | extra | parts), slots


def test_slots_that_nobody_can_take_come_first_and_one_asks_again_without(
    company: Any, client_for: Any
) -> None:
    study, (_held, lonely, left) = core(company)
    client = client_for(company.lead)

    text = text_of(client, study)

    nobody, clash = text.index("Nobody can take these"), text.index("Of the others, these clash")
    assert nobody < text.index("Nobody holds Nlp at 5 or more") < clash
    assert nobody < text.index("lonely") < clash < text.index("held</a>")
    assert "Answered" in text
    assert "Feasible" not in text
    assert f'name="slots" value="{left.pk}"' in text
    sent = {"question": "core", "projects": [company.project.pk], "slots": str(left.pk)}
    assert client.post("/staffing/questions/new/", sent).status_code == 302
    assert type(study).objects.latest("created_at").params["slots"] == [left.pk]
    gone = lonely.pk
    lonely.delete()
    for slots, words in ((str(gone), "there any more"), ("1,x", "between commas")):
        answer = client.post("/staffing/questions/new/", sent | {"slots": slots})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_whoever_may_not_ask_about_the_plan_is_not_offered_to_ask_again(
    company: Any, cast: Any, client_for: Any
) -> None:
    mine = company.make_project("Mine")
    mine.deputies.add(cast.bo)
    study, _slots = core(company)
    study.projects.add(mine)

    text = text_of(client_for(cast.bo), study)

    assert "1 slot in a plan that you may not see" in text
    assert "lonely" not in text
    assert "Ask again without these" not in text


def shock(company: Any, *, free: bool) -> Any:
    absences = studies.Absences(start_monday(), start_monday(), [company.ana])
    about = [company.project]
    study = studies.ask(question="shock", by=company.lead, about=about, absences=absences)
    (key,) = [one["key"] for one in scene.load(study)["pieces"]]
    bo = type(company.ana).objects.get(name="Bo")
    answer = scene.shock(key, company.ana, bo, company.project)
    answer["lost"][0]["cover"][0]["free"] = free
    answer["lost"][0]["shadow_why"] = {"free_weeks": 1, "weeks": 4, "below": ["nlp"]}
    return scene.answered(study, answer)


@pytest.mark.parametrize("free", [True, False])
def test_an_absence_test_says_where_nobody_can_cover_and_why_somebody_is_the_shadow(
    company: Any, client_for: Any, *, free: bool
) -> None:
    text = text_of(client_for(company.lead), shock(company, free=free))

    assert ("Nobody can; nearest:" in text) != free
    assert "one level below in Nlp; free in 1 of 4 weeks" in text


def test_people_who_are_absent_are_ticked_in_a_list(company: Any, client_for: Any) -> None:
    page = client_for(company.lead).get("/staffing/questions/new/?question=shock").content.decode()

    assert '<div id="id_people" class="th-tick-list">' in page
    assert 'type="checkbox" name="people"' in page


def test_the_list_says_whom_and_what_each_question_is_about(
    company: Any, cast: Any, client_for: Any
) -> None:
    mine = company.make_project("Mine")
    mine.deputies.add(cast.bo)
    for study in (why_not(company), shock(company, free=False)):
        study.projects.add(mine)
    client, stranger = client_for(company.lead), client_for(cast.bo)

    page = " ".join(client.get("/staffing/questions/").content.decode().split())
    theirs = stranger.get("/staffing/questions/").content.decode()

    about = "Ana as Nlp-Role held, Search · "
    assert f'Why not this person?</a><span class="th-sub">{about}' in page
    assert 'What if people are absent?</a><span class="th-sub">Ana</span>' in page
    assert "Why not this person?" in theirs
    assert "held" not in theirs  # whose plan they may not see
