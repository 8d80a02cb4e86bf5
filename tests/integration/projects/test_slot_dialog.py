"""The slot dialog: who is ranked how, what the reader may know, what each button does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Assignment, PlanChange, WaitingPlace
from projects.selectors.candidates import Ask, Candidate, Order, candidates
from projects.services import assignments, staffing
from roles.models import PersonSkill
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve, start_monday

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def week(n: int) -> Any:
    return weeks.add_weeks(start_monday(), n)


def ask(slot: Any, **fields: Any) -> Ask:
    slot = assignments.read_slot(slot.pk)
    return Ask(
        **{
            "slot": slot,
            "start_on": slot.start_on,
            "end_on": slot.end_on,
            "fte_hundredths": slot.fte_hundredths,
        }
        | fields
    )


def names(found: list[Candidate]) -> list[str]:
    return [one.person.name for one in found]


def busy(company: Company, person: Any, **fields: Any) -> Assignment:
    lead = fields.pop("lead", company.lead)
    project = company.make_project(f"Work of {person.name}", lead=lead)
    slot = company.make_slot(person.name, phase=project.phases.get(), fte_hundredths=80)
    return builders.make_assignment(slot, person, **fields)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


# --- ranking -----------------------------------------------------------------------------------


def test_the_order_is_by_fit_time_or_cost_and_blocked_people_come_last(company: Company) -> None:
    slot = company.make_slot(level=2)
    company.make_person("Fits best", level=4, rate_per_fte_week=4000, weekly_hours=30)
    company.make_person("Has time", level=2, rate_per_fte_week=3000)
    company.make_person("Is cheap", level=1, rate_per_fte_week=1000, weekly_hours=20)
    blocked = company.make_person("Blocked", level=5, rate_per_fte_week=1)
    builders.make_assignment(company.make_slot("r", role=company.review), blocked)

    by = {
        order: names(candidates(ask(slot, order=order), user=company.lead))
        for order in (Order.FIT, Order.FREE, Order.COST)
    }

    assert by[Order.FIT] == ["Fits best", "Has time", "Is cheap", "Blocked"]
    assert by[Order.FREE] == ["Has time", "Fits best", "Is cheap", "Blocked"]
    assert by[Order.COST] == ["Is cheap", "Has time", "Fits best", "Blocked"]


def test_the_fit_is_that_of_a_proposal(company: Company) -> None:
    """What the dialog promises is what the solver counts, for somebody here and somebody away."""
    away = builders.make_site("munich")
    for name, site in (("Here", company.site), ("Away", away)):
        slot = company.make_slot(name, level=2)
        person = company.make_person(name, level=4, site=site)
        told = candidates(ask(slot, query=name), user=company.lead)[0].fit
        run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
        solve(run)
        row = run.rows.get(slot=slot)

        assert row.person == person
        assert told is not None
        assert told.placement == row.score["fit"]
        builders.make_assignment(slot, person)


def test_hours_are_those_left_in_each_week_at_a_part_of_the_slot(company: Company) -> None:
    slot, ana = company.make_slot(), company.make_person("Ana", weekly_hours=32)
    busy(company, ana, end_on=week(1), fte_hundredths=30)

    (one,) = candidates(
        ask(slot, start_on=week(0), end_on=week(3), fte_hundredths=60), user=company.lead
    )

    assert [each.hours_free for each in one.by_week] == [20, 32, 32]
    assert (one.least_hours, one.sum_hours, one.n_short) == (20, 84, 1)
    assert [clash.assignment.person for clash in one.clashes] == [ana]
    assert one.cost == 2000 * 3 * 60 / 100


def test_a_match_says_what_is_missing(company: Company) -> None:
    slot = company.make_slot(level=4)
    for name, level in (("Low", 2), ("Able", 4), ("Ends", 4)):
        company.make_person(name, level=level)
    builders.make_person("None", department=company.department, site=company.site)
    PersonSkill.objects.filter(person__name="Ends").update(valid_to=week(2))

    found = {one.person.name: one.matches[0] for one in candidates(ask(slot), user=company.lead)}

    assert {name: match.state for name, match in found.items()} == {
        "Low": "some",
        "Able": "all",
        "Ends": "some",
        "None": "none",
    }
    assert found["Low"].missing == "2 levels short"
    assert found["Ends"].missing.startswith("valid until")
    assert found["Able"].missing == ""


def test_a_search_looks_at_names_skills_and_departments_and_filters_narrow_it(
    company: Company,
) -> None:
    slot, ben = company.make_slot(), company.make_person("Ben Ott")
    company.make_person("Ana Ott")
    busy(company, ben)
    builders.make_person("Cy Roe", department=builders.make_department("platform"))

    def found(**fields: Any) -> list[str]:
        return sorted(names(candidates(ask(slot, **fields), user=company.lead)))

    assert found(query="ott") == ["Ana Ott", "Ben Ott"]
    assert found(query="NLP ben") == ["Ben Ott"]
    assert found(query="platform") == ["Cy Roe"]
    assert found(only_fits=True) == ["Ana Ott"]
    assert found(only_free=True) == ["Ana Ott", "Cy Roe"]


def test_sixty_people_need_as_many_queries_as_three(company: Company) -> None:
    question = ask(company.make_slot())

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            candidates(question, user=company.lead)
        return len(queries)

    busy(company, company.make_person("Person 00"))
    company.make_person("Person 01")
    asked()  # the groups of a user are read once
    few = asked()
    for n in range(2, 60):
        person = company.make_person(f"Person {n:02d}")
        if n % 6 == 0:
            busy(company, person)

    assert asked() == few
    assert few <= 25
    assert len(candidates(question, user=company.lead)) == 60


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def open_dialog(company: Company, client_for: Any) -> Any:
    def get(slot: Any, user: Any = None, **params: Any) -> Any:
        address = reverse("projects:slot-dialog", args=[slot.pk])
        return client_for(user or company.lead).get(address, params)

    return get


def test_the_page_and_the_fragment_are_the_same_dialog(company: Company, client_for: Any) -> None:
    slot = company.make_slot()
    company.make_person("Ana")
    client, address = client_for(company.lead), reverse("projects:slot-dialog", args=[slot.pk])

    page, piece = client.get(address), client.get(address, headers={"HX-Request": "true"})

    assert page.content.count(b"<h1>") == 1
    assert piece["HX-Push-Url"] == "false"  # the address stays that of the page below
    assert b"<html" not in piece.content
    assert piece.content.strip().startswith(b'<section id="slot-dialog"')
    for answer in (page, piece):
        assert "Ana" in words(answer)
        assert "fits" in words(answer)


def test_a_click_on_assign_makes_an_assignment_at_the_share_and_weeks_shown(
    company: Company, client_for: Any
) -> None:
    slot, ana = company.make_slot(), company.make_person("Ana")
    address = reverse("projects:slot-dialog", args=[slot.pk])
    form = {
        "choice": "plain",
        "person": ana.pk,
        "start_on": week(1),
        "end_on": week(3),
        "fte_share": "0.30",
    }

    answer = client_for(company.lead).post(address, form)

    assert answer.status_code == 302
    made = Assignment.objects.get()
    assert (made.start_on, made.end_on, made.fte_hundredths) == (week(1), week(3), 30)


def test_in_the_dialog_a_choice_leads_back_to_the_page_below_and_nowhere_else(
    company: Company, client_for: Any
) -> None:
    client, slot = client_for(company.lead), company.make_slot()
    address, project = reverse("projects:slot-dialog", args=[slot.pk]), company.project
    for here, wanted in (
        ("http://testserver/planner/?a=b#c", "/planner/?a=b"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("javascript:alert(1)", project.get_absolute_url()),
        (f"http://testserver{address}", project.get_absolute_url()),
    ):
        form = {"choice": "plain", "person": company.make_person("Ana").pk, "fte_share": "0.10"}
        headers = {"HX-Request": "true", "HX-Current-URL": here}

        answer = client.post(address, form, headers=headers)

        assert (answer.status_code, answer["HX-Redirect"]) == (204, wanted)


def test_each_choice_says_beforehand_what_it_does_and_does_it(
    company: Company, client_for: Any
) -> None:
    slot, ben, ida = company.make_slot(), company.make_person("Ben"), company.make_person("Ida")
    old = busy(company, ben)
    client, address = client_for(company.lead), reverse("projects:slot-dialog", args=[slot.pk])

    page = client.get(address, {"person": ben.pk})
    refused = client.post(address, {"choice": "plain", "person": ben.pk})
    queued = client.post(address, {"choice": "queue", "person": ben.pk, "reason": "soon"})
    split = client.post(
        address,
        {
            "choice": "split",
            "person": ida.pk,
            "second": ben.pk,
            "split_by": "share",
            "second_share": "0.10",
        },
    )

    told = words(page)
    for promise in ("ends altogether", "uses none of their time", "Your reason stays", "one part"):
        assert promise in told
    assert f'value="{old.pk}:{old.version}"' in page.content.decode()
    assert refused.status_code == 409
    assert "choose what to do about it" in words(refused)
    assert (queued.status_code, split.status_code) == (302, 302)
    assert WaitingPlace.objects.get().person == ben
    assert sorted(slot.assignments.values_list("fte_hundredths", flat=True)) == [10, 40]


def test_a_form_that_makes_no_sense_is_answered_in_words_and_writes_nothing(
    company: Company, client_for: Any
) -> None:
    slot, ana = company.make_slot(), company.make_person("Ana")
    client, address = client_for(company.lead), reverse("projects:slot-dialog", args=[slot.pk])
    for wrong, told in (
        ({"fte_share": "2"}, "between 0.01 and 1.00"),
        ({"fte_share": "NaN"}, "between 0.01 and 1.00"),
        ({"start_on": "yesterday"}, "YYYY-MM-DD"),
        ({"start_on": week(9)}, "choose weeks inside it"),
        ({"choice": "steal"}, "choice"),
        ({"person": "99999"}, "person"),
        ({"choice": "split"}, "Choose the second person"),
        ({"choice": "move", "gives_way": "x:y"}, "Open the dialog again"),
    ):
        answer = client.post(address, {"choice": "plain", "person": ana.pk} | wrong)
        assert answer.status_code == 422, wrong
        assert told in words(answer), wrong
    assert not PlanChange.objects.exists()
    assert client.get(address, {"start_on": "x"}).status_code == 422


def test_work_in_plans_that_the_reader_does_not_see_is_busy_without_names(
    company: Company, cast: Any, open_dialog: Any
) -> None:
    """Bo leads one project and sees neither the other plans nor how others are loaded."""
    company.project.lead = cast.bo
    company.project.save()
    company.project.deputies.add(company.lead)
    ben, slot = company.make_person("Ben"), company.make_slot()
    busy(company, ben)

    theirs, mine = words(open_dialog(slot, cast.bo)), words(open_dialog(slot))

    assert "Work of Ben" in mine
    assert "Work of Ben" not in theirs
    assert "busy" in theirs
    assert "h in all" in mine
    assert "h in all" not in theirs
    assert "4,000" in mine
    assert "4,000" not in theirs


def test_who_may_not_change_the_plan_gets_no_dialog(
    company: Company, cast: Any, open_dialog: Any
) -> None:
    slot = company.make_slot()

    assert open_dialog(slot, cast.plan).status_code == 403
    assert open_dialog(slot, cast.cy).status_code in {403, 404}


def test_a_place_that_has_become_free_shows_at_home_and_is_taken_or_dropped(
    company: Company, client_for: Any, open_dialog: Any
) -> None:
    slot, ben, eva = company.make_slot(), company.make_person("Ben"), company.make_person("Eva")
    client = client_for(company.lead)
    works = [busy(company, person) for person in (ben, eva)]
    for person in (ben, eva):
        client.post(
            reverse("projects:slot-dialog", args=[slot.pk]),
            {"choice": "queue", "person": person.pk, "fte_share": "0.30"},
        )
    first, second = WaitingPlace.objects.order_by("pk")
    early = client.post(reverse("projects:waiting-place", args=[first.pk]), {"action": "take"})
    before = words(client.get("/"))
    assignments.remove(works[0], version=1, by=company.lead)
    after, dialog = words(client.get("/")), words(open_dialog(slot))

    taken = client.post(reverse("projects:waiting-place", args=[first.pk]), {"action": "take"})
    dropped = client.post(reverse("projects:waiting-place", args=[second.pk]), {"action": "drop"})

    assert early.status_code == 409
    assert "now free" not in before
    assert "now free: assign Ben" in after
    assert "now free: assign" in dialog
    assert (taken.status_code, dropped.status_code) == (302, 302)
    assert [one.person for one in slot.assignments.all()] == [ben]


def test_the_old_address_still_takes_the_form_and_leads_to_the_dialog(
    company: Company, client_for: Any
) -> None:
    slot, ana = company.make_slot(), company.make_person("Ana")
    client, address = client_for(company.lead), f"/projects/slots/{slot.pk}/assign/"

    page = client.get(address).content.decode()
    answer = client.post(
        address,
        {
            "person": ana.pk,
            "start_on": slot.start_on,
            "end_on": slot.end_on,
            "fte_share": "0.5",
            "status": "tentative",
        },
    )

    assert reverse("projects:slot-dialog", args=[slot.pk]) in page
    assert answer.status_code == 302
    assert Assignment.objects.get().status == "tentative"
