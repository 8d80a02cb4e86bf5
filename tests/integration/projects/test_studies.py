"""Questions about a plan: what the kernel is asked, what of its answer is kept, who may ask."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from projects.models import Project, Slot, StaffingStudy
from projects.services import staffing, studies
from roles.models import Person
from teamhub import weeks
from teamhub.errors import Conflict, Infeasible, InvalidInput, NotAllowed, TeamHubError
from teamhub.runs import frozen, selectors
from teamhub.runs import services as runs
from tests import builders
from tests.integration.projects import study_scene as scene
from tests.integration.projects.staffing_scene import Company, solve, start_monday

THIS_WEEK = weeks.monday(timezone.localdate())


@pytest.fixture
def company(cast: Any) -> Company:
    company = Company(lead=cast.ada)
    company.ana = company.make_person("Ana")  # type: ignore[attr-defined]
    company.slot = company.make_slot("held")  # type: ignore[attr-defined]
    return company


def whole_absence(*people: Person, **where: str) -> studies.Absences:
    start = start_monday()
    return studies.Absences(start, start + timedelta(days=10), people, **where)


def ask(company: Company, question: str, **given: Any) -> StaffingStudy:
    return studies.ask(question=question, by=company.lead, **{"about": [company.project], **given})


# --- what the kernel is asked ---------------------------------------------------------------------


def test_in_todays_plan_whoever_holds_work_holds_it_in_a_slot_of_its_own(company: Any) -> None:
    half = company.make_slot("half", fte_hundredths=80)
    bo = company.make_person("Bo")
    builders.make_assignment(company.slot, company.ana)
    builders.make_assignment(half, bo, fte_hundredths=30)
    other = company.make_project("Other")
    builders.make_assignment(company.make_slot("x", phase=other.phases.get()), bo)

    job = scene.load(ask(company, "what_helps"))

    held = {
        (piece["slot"], holder, piece["fte_hundredths"])
        for piece, holder in zip(job["pieces"], job["assignment"], strict=True)
    }
    assert held == {
        (company.slot.pk, str(company.ana.pk), 50),
        (half.pk, str(bo.pk), 30),
        (half.pk, None, 50),
    }
    keys = [slot["key"] for slot in job["problem"]["slots"]]
    assert keys == [piece["key"] for piece in job["pieces"]]
    facts = [fact for fact in job["problem"]["facts"] if fact["fte"]]
    assert [fact["project"] for fact in facts] == [str(other.pk)]
    assert (job["question"], job["limit_s"] > job["seconds"]) == ("what_helps", True)


def test_work_that_has_begun_counts_from_this_week_and_its_past_is_off_the_budget(
    company: Any,
) -> None:
    begun = weeks.add_weeks(THIS_WEEK, -2)
    end = weeks.add_weeks(THIS_WEEK, 2)
    phase = builders.make_phase(company.project, "research", start_on=begun, end_on=end)
    slot = company.make_slot("now", phase=phase)
    middle = THIS_WEEK
    for start, until in ((begun, middle), (middle, end)):  # one after the other: one piece
        builders.make_assignment(slot, company.ana, start_on=start, end_on=until)
    company.project.budget = Decimal(10_000)
    company.project.save()

    job = scene.load(ask(company, "what_helps"))

    piece = next(piece for piece in job["pieces"] if piece["slot"] == slot.pk)
    assert (piece["start_on"], piece["end_on"]) == (THIS_WEEK.isoformat(), end.isoformat())
    assert job["problem"]["projects"][0]["budget"] == (10_000 - 2 * 1000) * 10_000


def test_a_proposal_is_asked_about_with_the_people_whom_it_proposes(company: Any) -> None:
    company.make_slot("hard", level=5)
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)

    study = ask(company, "why_not", about=run, slot=company.slot, person=company.ana)
    job = scene.load(study)

    assert job["problem"] == frozen.thaw(run.input_file)["problem"]
    assert sorted(job["assignment"], key=str) == [str(company.ana.pk), None]
    assert job["slot"] == f"{company.slot.pk}@{start_monday().isoformat()}"
    assert job["person"] == str(company.ana.pk)
    assert list(study.projects.all()) == [company.project]


def test_an_absence_is_cut_to_the_weeks_of_the_plan(company: Any) -> None:
    far = studies.Absences(THIS_WEEK, weeks.add_weeks(THIS_WEEK, 60), [company.ana])

    job = scene.load(ask(company, "shock", absences=far))

    assert job["absent"] == [{"person": str(company.ana.pk), "start": 0, "end": 4}]


def test_a_site_and_a_department_are_resolved_to_their_people(company: Any) -> None:
    below = builders.make_department("below", parent=company.department)
    company.make_person("Bo", department=below, site=builders.make_site("oslo"))
    company.make_person("Gone", employed_to=date(2020, 1, 1))
    names = {
        word: set(
            Person.objects.filter(
                pk__in=ask(company, "shock", absences=whole_absence(**where)).params["people"]
            ).values_list("name", flat=True)
        )
        for word, where in (
            ("site", {"site": "oslo"}),
            ("department", {"department": "apps"}),
            ("both", {"site": "oslo", "department": "below"}),
        )
    }

    assert names == {"site": {"Bo"}, "department": {"Ana", "Bo"}, "both": {"Bo"}}


def test_what_cannot_be_asked_of_the_plan_as_it_is_fails_with_words(company: Any) -> None:
    late = weeks.add_weeks(start_monday(), 30)
    cases: list[tuple[StaffingStudy, type[TeamHubError], str]] = [
        (
            ask(company, "shock", absences=studies.Absences(late, late, [company.ana])),
            InvalidInput,
            "outside the weeks of the plan",
        ),
        (ask(company, "core"), InvalidInput, "No slot of the plan must be filled"),
        (
            ask(company, "what_helps", about=[company.make_project("Empty")]),
            Infeasible,
            "no slot from this week on",
        ),
    ]
    for study, error, words in cases:
        with pytest.raises(error, match=words):
            scene.load(study)


# --- who may ask, and what is refused -------------------------------------------------------------


def test_today_is_for_who_may_staff_all_its_projects_a_proposal_for_its_readers(
    company: Any, cast: Any
) -> None:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)
    company.project.deputies.add(cast.bo)
    foreign = builders.make_project("Foreign")

    assert studies.ask(question="what_helps", by=cast.bo, about=[company.project])
    assert studies.ask(question="what_helps", by=cast.bo, about=run)
    for user, about in (
        (cast.vi, [company.project]),
        (cast.vi, run),
        (cast.bo, [company.project, foreign]),
    ):
        with pytest.raises(NotAllowed):
            studies.ask(question="what_helps", by=user, about=about)
    assert StaffingStudy.objects.count() == 2


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no such question": ({"question": "whence"}, "There is no question", "question"),
    "no project": ({"question": "core", "about": []}, "at least one project", "projects"),
    "too long": ({"question": "core", "seconds": 10**6}, "time limit", "seconds"),
    "no slot": ({"question": "why_not"}, "Name the slot", "slot"),
    "nobody absent": ({"question": "shock"}, "who is absent", "absences"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_question_is_refused_and_nothing_is_written(company: Any, case: str) -> None:
    given, words, field = BAD[case]

    with pytest.raises(InvalidInput, match=words) as refused:
        ask(company, **given)

    assert refused.value.details["field"] == field
    assert not StaffingStudy.objects.exists()


def test_bad_absences_name_what_is_wrong(company: Any) -> None:
    start = start_monday()
    day = timedelta(days=1)
    past = THIS_WEEK - day
    cases = [
        (studies.Absences(start, start - day, [company.ana]), "ends before it begins"),
        (studies.Absences(past, past, [company.ana]), "is over"),
        (studies.Absences(date(1900, 1, 1), start, [company.ana]), "years 1970 to 2199"),
        (studies.Absences(start, weeks.add_weeks(start, 200), [company.ana]), "than 104 weeks"),
        (studies.Absences(start, start, site="atlantis"), "no site “atlantis”"),
        (studies.Absences(start, start, department="moon"), "no department “moon”"),
        (studies.Absences(start, start), "Name people, a site or a department"),
    ]
    for absences, words in cases:
        with pytest.raises(InvalidInput, match=words):
            ask(company, "shock", absences=absences)
    assert not StaffingStudy.objects.exists()


def test_slot_and_person_belong_to_the_plan_asked_about(company: Any) -> None:
    foreign = builders.make_slot()
    left = company.make_person("Left", employed_to=date(2020, 1, 1))
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)

    with pytest.raises(InvalidInput, match="do not belong"):
        ask(company, "why_not", slot=foreign, person=company.ana)
    with pytest.raises(InvalidInput, match="do not belong"):
        ask(company, "core", slots=[company.slot, foreign])
    with pytest.raises(InvalidInput, match="Left is not employed"):
        ask(company, "why_not", slot=company.slot, person=left)
    with pytest.raises(Conflict, match="not ready"):
        ask(company, "core", about=run)
    with pytest.raises(InvalidInput, match="today's plan"):
        ask(company, "shock", about=run, absences=whole_absence(company.ana))


def test_a_scope_is_projects_or_a_department_or_everything_that_one_may_edit(
    company: Any, cast: Any
) -> None:
    below = builders.make_department("below", parent=company.department)
    second = company.make_project("Second", department=below)
    company.make_project("Done", status=Project.Status.DONE)
    builders.make_project("Foreign", department=below)
    elsewhere = company.make_project("Elsewhere", department=builders.make_department("sales"))

    def names(**given: Any) -> list[str]:
        return [project.name for project in studies.scope_of(company.lead, **given)]

    assert names(department="apps") == ["Search", "Second"]
    assert names(portfolio=True) == ["Search", "Second", "Elsewhere"]
    assert names(projects=[elsewhere]) == ["Elsewhere"]
    for bad in ({}, {"projects": [second], "portfolio": True}, {"department": "nowhere"}):
        with pytest.raises(InvalidInput):
            names(**bad)
    with pytest.raises(InvalidInput, match="no running project"):
        studies.scope_of(cast.vi, portfolio=True)


# --- what is kept ---------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_answer_is_kept_in_ids_dates_and_money_without_what_has_gone(company: Any) -> None:
    gone = company.make_person("Gone")
    lost = company.make_slot("lost")
    study = ask(company, "what_helps")
    job = scene.load(study)
    key = {piece["slot"]: piece["key"] for piece in job["pieces"]}
    ana, left = str(company.ana.pk), str(gone.pk)
    hire = {"kind": "hire", "skills": {"nlp": 4}, "fte": 40, "start": 1, "end": 3, "rate": 200_000}
    train = {"kind": "train", "person": ana, "skill": "nlp", "level": 4, "from_week": 1}
    budget = {"kind": "budget", "project": str(company.project.pk), "amount": 50_000_000}
    lower = {"kind": "lower", "slot": key[lost.pk], "skill": "nlp", "level": 1}
    leaves = {"kind": "more_projects", "person": left, "max_projects": 4}
    answer = scene.what_helps(
        [hire], [train], [budget], [lower], [train, leaves], fills=list(key.values())
    )
    lost.delete()
    gone.delete()

    kept = scene.answered(study, answer).answer

    after_one = weeks.add_weeks(start_monday(), 1).isoformat()
    changes = [idea["changes"] for idea in kept["ideas"]]
    assert [len(one) for one in changes] == [1, 1, 1]
    assert changes[0][0] == {
        "kind": "hire",
        "skills": {"nlp": 4},
        "fte_hundredths": 40,
        "start_on": after_one,
        "end_on": weeks.add_weeks(start_monday(), 3).isoformat(),
        "rate": "2000.00",
        "site": "",
    }
    assert changes[1][0] == {
        "kind": "train",
        "person": company.ana.pk,
        "skill": "nlp",
        "level": 4,
        "before": 3,
        "from_on": after_one,
    }
    assert changes[2][0] == {
        "kind": "budget",
        "project": company.project.pk,
        "amount": "5000.00",
        "before": None,
    }
    assert [slot["slot"] for slot in kept["ideas"][0]["fills"]] == [company.slot.pk]
    assert kept["ideas"][0]["money"] == "12345.00"
    assert kept["base"]["open"] == 2


@pytest.mark.both_databases
def test_an_answer_about_somebody_who_left_says_that_they_are_gone(company: Any) -> None:
    bo = company.make_person("Bo")
    study = ask(company, "why_not", slot=company.slot, person=bo)
    job = scene.load(study)
    bo.delete()

    assert scene.answered(study, scene.why_not(job["slot"], Person(pk=job["person"]))).answer == {
        "gone": True
    }


def test_asking_again_keeps_question_proposal_and_projects(company: Any) -> None:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)
    study = ask(company, "core", about=run, slots=[company.slot])
    StaffingStudy.objects.filter(pk=study.pk).update(
        status="failed", finished_at=timezone.now(), started_at=timezone.now()
    )
    study.refresh_from_db()

    again = runs.run_again(study, by=company.lead)

    assert (again.question, again.proposal, again.params) == ("core", run, study.params)
    assert list(again.projects.all()) == [company.project]
    assert Slot.objects.filter(pk=study.params["slots"][0]).exists()


def test_to_repeat_asks_the_rights_of_a_new_request(company: Any, cast: Any) -> None:
    company.project.deputies.add(cast.bo)
    run = staffing.propose_team(projects=[company.project], by=cast.bo, seconds=1)
    solve(run)
    ended = {"status": "succeeded", "finished_at": timezone.now(), "input_file": run.input_file}
    found: list[Any] = [run]
    for about in ([company.project], run):
        study = studies.ask(question="what_helps", by=cast.bo, about=about)
        StaffingStudy.objects.filter(pk=study.pk).update(**ended)
        study.refresh_from_db()
        found.append(study)
    for one in found:
        assert selectors.run_status(one, cast.bo).may_repeat
        assert runs.run_again(one, by=cast.bo).status == "queued"

    company.project.deputies.remove(cast.bo)

    assert run.may_be_controlled_by(cast.bo)
    for one in found:
        for service in (runs.run_again, runs.reproduce):
            with pytest.raises(NotAllowed, match="same rights as a new request"):
                service(one, by=cast.bo)
        status = selectors.run_status(one, cast.bo)
        assert not status.may_repeat
        assert not status.may_reproduce
    with pytest.raises(NotAllowed, match="read a proposal and its projects"):
        studies.ask(question="what_helps", by=cast.bo, about=run)


def test_what_supposes_money_is_repeated_only_by_who_sees_money(company: Any, cast: Any) -> None:
    company.project.deputies.add(cast.bo)
    supposed = [{"kind": "budget", "project": company.project.key, "amount": None}]
    run = staffing.propose_team(
        projects=[company.project], by=company.lead, seconds=1, what_if=supposed
    )

    assert run.may_be_repeated_by(company.lead)
    assert not run.may_be_repeated_by(cast.bo)
