"""Ticks: who may, what they need, and that a repeated request ticks once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from projects.models import ChecklistItem, ChecklistTick
from projects.services.checklists import add_item, may_tick, next_key, tick, untick
from roles.models import Side
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed
from tests.builders import (
    make_assignment,
    make_item,
    make_person,
    make_phase,
    make_project,
    make_role,
    make_seat,
    make_slot,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(cast):
    """Design and ethics of ada's project: bo builds in design, rev and legal review in ethics."""
    project = make_project("Vision QA", phases=True, lead=cast.ada)
    design = project.phases.get(key="design")
    ethics = project.phases.get(key="ethics")
    make_assignment(make_slot(make_seat(project), design), make_person(user=cast.bo))
    for user in (cast.rev, cast.legal):
        seat = make_seat(project, make_role(side=Side.REVIEW))
        make_assignment(make_slot(seat, ethics), make_person(user=user))
    return project


@pytest.fixture
def item(scene):
    return make_item(scene.phases.get(key="design"), "VIS-31", text_en="Draw the network")


def test_a_tick_is_kept_with_who_and_when(item, cast):
    done = tick(item, by=cast.bo, note="See the wiki")

    assert (done.is_done, done.done_by, done.note, done.version) == (
        True,
        cast.bo,
        "See the wiki",
        2,
    )
    row = ChecklistTick.objects.get()
    assert (row.item, row.by, row.done, row.note) == (item, cast.bo, True, "See the wiki")
    assert AuditEvent.objects.get(verb="item.tick").by == cast.bo
    assert item.history.first().history_user == cast.bo


def test_the_same_key_twice_ticks_once(item, cast):
    for _ in range(2):
        assert tick(item, by=cast.bo, idempotency_key="k1").is_done
    assert ChecklistTick.objects.count() == 1
    assert AuditEvent.objects.filter(verb="item.tick").count() == 1


def test_a_key_that_came_with_something_else_is_refused(item, cast):
    tick(item, by=cast.bo, note="First", idempotency_key="k1")
    with pytest.raises(Conflict) as refusal:
        tick(item, by=cast.bo, note="Second", idempotency_key="k1")
    assert refusal.value.code == "idempotency_key_reused"
    with pytest.raises(Conflict):
        untick(item, by=cast.bo, reason="No", idempotency_key="k1")
    item.refresh_from_db()
    assert (item.is_done, item.note) == (True, "First")


def test_a_late_repeat_does_not_undo_an_untick(item, cast):
    tick(item, by=cast.bo, idempotency_key="k1")
    untick(item, by=cast.bo, reason="Too early")
    assert not tick(item, by=cast.bo, idempotency_key="k1").is_done


def test_ticking_a_done_item_says_who_was_first(item, cast):
    tick(item, by=cast.bo)
    assert tick(item, by=cast.ada).done_by == cast.bo
    with pytest.raises(Conflict, match="bo"):
        tick(item, by=cast.ada, note="I did it")
    assert ChecklistTick.objects.count() == 1


def test_an_item_asks_for_its_evidence(scene, cast):
    phase = scene.phases.get(key="design")
    wants_note = make_item(phase, evidence="note")
    wants_link = make_item(phase, evidence="link")

    with pytest.raises(InvalidInput, match="note") as refusal:
        tick(wants_note, by=cast.bo, note="   ", link="https://example.org")
    assert refusal.value.details["field"] == "note"
    with pytest.raises(InvalidInput, match="link"):
        tick(wants_link, by=cast.bo, note="done")
    for bad in ("javascript:alert(1)", "wiki/page", "ftp://example.org/x"):
        with pytest.raises(InvalidInput, match="https://"):
            tick(wants_link, by=cast.bo, link=bad)
    assert tick(wants_note, by=cast.bo, note="Agreed").is_done
    assert tick(wants_link, by=cast.bo, link="https://example.org/doc").is_done


def test_an_untick_needs_a_reason_and_keeps_it(item, cast):
    tick(item, by=cast.bo, note="Done")
    with pytest.raises(InvalidInput):
        untick(item, by=cast.bo, reason=" ")
    opened = untick(item, by=cast.ada, reason="The drawing is old")
    assert (opened.is_done, opened.done_by, opened.note) == (False, None, "")
    assert [row.reason for row in item.ticks.filter(done=False)] == ["The drawing is old"]
    with pytest.raises(Conflict):
        untick(item, by=cast.ada, reason="Again")


def test_a_closed_phase_refuses_ticks(item, cast):
    item.phase.closed_at, item.phase.closed_by = timezone.now(), cast.ada
    item.phase.save()
    with pytest.raises(Conflict, match="closed"):
        tick(item, by=cast.bo)
    with pytest.raises(Conflict, match="closed"):
        add_item(item.phase, text="More", by=cast.ada)


@pytest.mark.parametrize("name", ["ada", "admin", "bo"])
def test_the_lead_and_the_people_of_the_phase_tick(item, cast, name):
    assert tick(item, by=getattr(cast, name)).is_done


@pytest.mark.parametrize("name", ["rev", "legal", "plan", "vi", "cy", "ml", "boss", "owner"])
def test_people_of_other_phases_and_readers_do_not_tick(item, cast, name):
    with pytest.raises(NotAllowed):
        tick(item, by=getattr(cast, name))
    assert not ChecklistTick.objects.exists()


def test_reviewers_tick_in_the_phase_of_their_review_slot(scene, cast):
    ethics = scene.phases.get(key="ethics")
    assert may_tick(cast.rev, ethics)
    assert may_tick(cast.legal, ethics)
    assert not may_tick(cast.bo, ethics)


def test_a_reviewer_in_a_build_seat_does_not_tick(scene, cast):
    phase = make_phase(make_project(), "design")
    make_assignment(make_slot(make_seat(phase.project), phase), cast.rev.person)
    assert not may_tick(cast.rev, phase)


def test_a_read_only_token_does_not_tick(item, cast):
    cast.bo.token_scopes = ["read"]
    with pytest.raises(NotAllowed):
        tick(item, by=cast.bo)


def test_the_lead_adds_an_item_under_the_next_key(scene, cast):
    phase = scene.phases.get(key="design")
    make_item(phase, "VIS-39")
    made = add_item(phase, text="Check the cooling", by=cast.ada, mandatory=True, evidence="note")
    assert (made.key, made.text_en, made.mandatory) == ("PRO-31", "Check the cooling", True)
    assert add_item(phase, text="And the power", by=cast.ada).key == "PRO-32"
    with pytest.raises(NotAllowed):
        add_item(phase, text="Mine", by=cast.bo)


def test_keys_count_within_their_phase():
    assert next_key([], 4, "REC") == "REC-41"
    assert next_key(["REC-41", "REC-49", "REC-51"], 4, "REC") == "REC-410"


# --- pages ----------------------------------------------------------------------------------------


def hx(item: ChecklistItem) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": f"item-{item.pk}"}


def test_one_tap_ticks_an_item_without_evidence(item, cast, client_for):
    client = client_for(cast.bo)
    url = reverse("projects:item-tick", args=[item.pk])
    answer = client.post(url, {"place": "project"}, headers=hx(item))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="item-{item.pk}"' in text
    assert "<html" not in text
    assert "th-item-done" in text
    assert f'id="rail-open-{item.phase_id}" hx-swap-oob="true"' in text
    # The button is gone that had the focus: its successor takes it.
    assert text.count("autofocus") == 1
    item.refresh_from_db()
    assert item.is_done


def test_a_tick_on_the_phase_page_brings_its_gate_along(item, cast, client_for):
    client = client_for(cast.ada)
    page = client.get(reverse("projects:phase-detail", args=[item.phase_id])).content.decode()
    assert f"<strong>{item.key}</strong>" in page
    url = reverse("projects:item-tick", args=[item.pk])
    text = client.post(url, {"place": "phase"}, headers=hx(item)).content.decode()

    assert 'id="phase-gate" aria-labelledby="gate-title" hx-swap-oob="true"' in text
    assert f"<strong>{item.key}</strong>" not in text


def test_the_second_tap_comes_after_a_form_with_a_focused_field(scene, cast, client_for):
    item = make_item(scene.phases.get(key="design"), evidence="note")
    client = client_for(cast.bo)
    form = client.get(
        reverse("projects:item-detail", args=[item.pk]), {"open": "tick"}, headers=hx(item)
    ).content.decode()
    assert "<html" not in form
    assert "autofocus" in form

    url = reverse("projects:item-tick", args=[item.pk])
    refused = client.post(url, {"note": "", "place": "work"}, headers=hx(item))
    assert refused.status_code == 422
    assert "needs a note" in refused.content.decode()
    assert client.post(url, {"note": "Agreed"}, headers=hx(item)).status_code == 200
    item.refresh_from_db()
    assert item.note == "Agreed"


def test_without_script_the_form_is_a_page_and_the_tick_a_redirect(scene, cast, client_for):
    item = make_item(scene.phases.get(key="design"), evidence="link")
    client = client_for(cast.bo)
    page = client.get(reverse("projects:item-detail", args=[item.pk]), {"open": "tick"})
    assert "<html" in page.content.decode()
    assert 'name="link"' in page.content.decode()
    url = reverse("projects:item-tick", args=[item.pk])
    answer = client.post(url, {"link": "https://example.org/x", "place": "work"})
    assert answer["Location"] == f"{reverse('projects:my-work')}#item-{item.pk}"


def test_unticking_on_the_page_asks_why(item, cast, client_for):
    tick(item, by=cast.bo)
    client = client_for(cast.bo)
    url = reverse("projects:item-untick", args=[item.pk])
    assert client.post(url, {"reason": ""}, headers=hx(item)).status_code == 422
    assert client.post(url, {"reason": "Too early"}, headers=hx(item)).status_code == 200
    page = client.get(reverse("projects:item-detail", args=[item.pk])).content.decode()
    assert "Too early" in page


@pytest.mark.parametrize(
    ("name", "status"), [("vi", 403), ("plan", 403), ("rev", 403), ("cy", 404), ("ml", 404)]
)
def test_readers_get_403_and_strangers_404(item, cast, client_for, name, status):
    client = client_for(getattr(cast, name))
    for verb, data in (("tick", {}), ("untick", {"reason": "x"})):
        url = reverse(f"projects:item-{verb}", args=[item.pk])
        assert client.post(url, data).status_code == status
    page = client.get(reverse("projects:item-detail", args=[item.pk]))
    assert page.status_code == (404 if status == 404 else 200)
    assert not ChecklistTick.objects.exists()


def test_a_get_does_not_tick(item, cast, client_for):
    url = reverse("projects:item-tick", args=[item.pk])
    assert client_for(cast.bo).get(url).status_code == 405


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_leave_one(item, cast):
    start = threading.Barrier(2)
    seen: list[bool] = []

    def press() -> None:
        try:
            start.wait()
            seen.append(tick(item, by=cast.bo, idempotency_key="k1").is_done)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [True, True]
    assert ChecklistTick.objects.count() == 1
    assert AuditEvent.objects.filter(verb="item.tick").count() == 1
