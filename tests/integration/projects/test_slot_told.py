"""What the slot dialog tells: of hidden loads, after a choice, and of who waits in vain."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from projects.models import Assignment, PlanChange, Slot, WaitingPlace
from projects.selectors.plan_state import Piece
from projects.selectors.slot_choices import Choice, options
from projects.selectors.waiting import places_of
from projects.services import assignments, slot_choices, waiting
from roles.models import Person
from teamhub.errors import Conflict
from tests import builders
from tests.integration.projects.staffing_scene import Company

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def whole(slot: Slot, person: Person) -> Piece:
    slot = assignments.read_slot(slot.pk)
    return Piece(slot, person, slot.start_on, slot.end_on, slot.fte_hundredths)


def busy(company: Company, person: Person) -> Assignment:
    """0.8 FTE in another project of the same lead."""
    project = company.make_project(f"Work of {person.name}", lead=company.lead)
    slot = company.make_slot(person.name, phase=project.phases.get(), fte_hundredths=80)
    return builders.make_assignment(slot, person)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_who_does_not_see_a_load_is_told_only_that_there_is_no_room(
    company: Company, cast: Any, api_for: Any
) -> None:
    """Bo leads the project; Ben's other work, of a lead whom Bo must not learn of, is not his."""
    company.project.lead = cast.bo
    company.project.save()
    slot, ben = company.make_slot(fte_hundredths=100), company.make_person("Ben")
    ben.max_concurrent_projects = 1
    ben.save()
    busy(company, ben)
    only: list[tuple[str, str, list[str]]] = [
        ("capacity", "Ben has no room in some of these weeks.", [])
    ]
    wanted, refusals = whole(slot, ben), {}
    for choice in Choice.PLAIN, Choice.OVERBOOK, Choice.MOVE:
        with pytest.raises(Conflict) as refusal:
            slot_choices.choose(wanted, choice=choice, by=cast.bo)
        refusals[choice.value] = refusal.value
    base = f"/api/v1/projects/slots/{slot.pk}/"
    (row,) = api_for(cast.bo).get(f"{base}candidates/").json()["results"]

    def said(clashes: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
        return [(one["rule"], one["message"], one["weeks"]) for one in clashes]

    for way in ("plain", "overbook"):
        assert said(refusals[way].details["clashes"]) == only
    assert refusals["plain"].details["choices"] == ["overbook", "queue", "split"]
    moved = refusals["move"]
    assert (moved.code, moved.details) == ("ask_others", {"leads": [], "weeks": []})
    assert str(company.lead) not in str(moved)
    assert "-W" not in str(moved)
    assert said(row["findings"]) == only
    assert (row["agree_with"], row["in_the_way"][0]["start_on"]) == ("", None)
    told = options(wanted, user=cast.bo)
    assert "not yours to see" in told.ask_first
    waiting.queue(wanted, by=cast.bo)
    (place,) = places_of(cast.bo)
    assert [one.text for one in place.findings] == [only[0][1]]


def test_the_toast_of_a_choice_takes_it_back_and_leads_back_to_its_page(
    company: Company, client_for: Any
) -> None:
    slot, ana = company.make_slot(), company.make_person("Ana")
    client, address = client_for(company.lead), reverse("projects:slot-dialog", args=[slot.pk])

    page = client.post(address, {"choice": "plain", "person": ana.pk}, follow=True)
    change = PlanChange.objects.get()
    undo = reverse("projects:plan-change-undo", args=[change.pk])
    project = company.project.get_absolute_url()
    found = re.search(rf'<form method="post" action="{undo}">.*?</form>', page.content.decode())
    back = client.post(undo, {"next": project})

    assert found is not None
    assert f'name="next" value="{project}"' in found[0]
    assert back["Location"] == project
    assert not Assignment.objects.exists()


def test_who_waits_for_work_that_others_hold_is_told_as_no_longer_needed(
    company: Company, client_for: Any
) -> None:
    slot, other = company.make_slot(), company.make_slot("other")
    client, busy_one = client_for(company.lead), company.make_person("Ben")
    busy(company, busy_one)
    for one in (slot, other):
        address = reverse("projects:slot-dialog", args=[one.pk])
        client.post(address, {"choice": "queue", "person": busy_one.pk})
    before = words(client.get("/"))
    builders.make_assignment(slot, company.make_person("Ana"))

    address_of_slot = reverse("projects:slot-dialog", args=[slot.pk])
    home, dialog = client.get("/"), words(client.get(address_of_slot))
    place = WaitingPlace.objects.get(slot=slot)
    form = {"action": "drop", "from": "home"}
    dropped = client.post(reverse("projects:waiting-place", args=[place.pk]), form)

    assert "no longer needed" not in before
    assert "2 places wait" in before
    assert "no longer needed Ben" in words(home)
    assert "1 place waits" in words(home)
    assert reverse("projects:slot-dialog", args=[other.pk]) in home.content.decode()
    assert "no longer needed others have the work" in dialog
    assert dropped["Location"] == reverse("home")
    assert "no longer needed" not in words(client.get("/"))
