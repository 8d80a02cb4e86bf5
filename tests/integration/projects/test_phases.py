"""Phases: moved with their slots, closed in order, opened again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from projects import registry
from projects.models import Assignment, Phase, PlanChange, Slot
from projects.phases import PhaseKey
from projects.registry import Missing
from projects.services.phases import close_phase, move_phase, reopen_phase
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from tests.builders import (
    make_assignment,
    make_item,
    make_person,
    make_phase,
    make_project,
    make_seat,
    make_slot,
    monday,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def phase(cast):
    """Weeks 0 to 8 of a project of ada's, with a slot over all weeks and one over 2 to 4."""
    found = make_phase(make_project("Vision QA", lead=cast.ada), "design")
    make_slot(make_seat(found.project), found)
    make_slot(make_seat(found.project), found, start_on=monday(2), end_on=monday(4))
    return found


def weeks_of(row) -> tuple[date, date]:
    row.refresh_from_db()
    return row.start_on, row.end_on


def test_slots_move_with_their_phase_and_the_baseline_stays(phase, cast):
    whole, part = Slot.objects.order_by("pk")

    move_phase(phase, start_on=monday(3), end_on=monday(13), by=cast.ada)

    assert weeks_of(phase) == (monday(3), monday(13))
    assert weeks_of(whole) == (monday(3), monday(13))
    assert weeks_of(part) == (monday(5), monday(7))
    assert (phase.baseline_start_on, phase.baseline_end_on) == (monday(), monday(8))
    assert phase.slip_weeks == 5
    assert (phase.version, whole.version) == (2, 2)
    assert Slot.history.filter(history_type="~", history_user=cast.ada).count() == 2
    event: Any = AuditEvent.objects.get(verb="phase.move")
    assert event.before["end_on"] == "2027-03-01"


def test_a_part_that_would_leave_the_phase_is_cut_to_it(phase, cast):
    _whole, part = Slot.objects.order_by("pk")
    move_phase(phase, start_on=monday(), end_on=monday(3), by=cast.ada)
    assert weeks_of(part) == (monday(2), monday(3))


def test_a_move_is_refused_when_an_assignment_would_lie_outside(phase, cast):
    whole, _part = Slot.objects.order_by("pk")
    held = make_assignment(whole, make_person("Wei"), start_on=monday(), end_on=monday(2))

    with pytest.raises(Conflict, match="Wei") as refusal:
        move_phase(phase, start_on=monday(1), end_on=monday(9), by=cast.ada)

    assert refusal.value.details["outside"][0]["person"] == "Wei"
    assert weeks_of(phase) == (monday(), monday(8))
    assert weeks_of(held) == (monday(), monday(2))


def test_an_assignment_that_still_fits_stays_where_it_is(phase, cast):
    whole, _part = Slot.objects.order_by("pk")
    held = make_assignment(whole, start_on=monday(4), end_on=monday(6))
    move_phase(phase, start_on=monday(1), end_on=monday(9), by=cast.ada)
    assert weeks_of(held) == (monday(4), monday(6))
    assert not PlanChange.objects.exists()


def test_assignments_move_along_when_asked(phase, cast):
    whole, _part = Slot.objects.order_by("pk")
    full = make_assignment(whole)
    some = make_assignment(whole, start_on=monday(1), end_on=monday(2))

    moved = move_phase(
        phase, start_on=monday(3), end_on=monday(13), by=cast.ada, assignments="move"
    )

    assert len(moved.moved) == 2
    assert weeks_of(full) == (monday(3), monday(13))
    assert weeks_of(some) == (monday(4), monday(5))
    change = PlanChange.objects.get()
    assert change.kind == "hand"
    assert {line.assignment_id for line in change.lines.all()} == {full.pk, some.pk}


def test_assignments_are_cut_to_the_new_weeks_when_asked(phase, cast):
    whole, _part = Slot.objects.order_by("pk")
    over = make_assignment(whole, start_on=monday(2), end_on=monday(6))
    gone = make_assignment(whole, start_on=monday(), end_on=monday(2))

    moved = move_phase(phase, start_on=monday(4), end_on=monday(8), by=cast.ada, assignments="cut")

    assert weeks_of(over) == (monday(4), monday(6))
    assert [row.person for row in moved.removed] == [gone.person]
    assert not Assignment.objects.filter(person=gone.person).exists()
    assert PlanChange.objects.get().lines.filter(after__isnull=True).count() == 1


@pytest.mark.parametrize("mode", ["move", "cut"])
def test_locked_assignments_follow_their_phase_only_with_a_reason_that_is_kept(
    phase, cast, client_for, api_for, mode
):
    whole, _part = Slot.objects.order_by("pk")
    held = make_assignment(whole, start_on=monday(1), end_on=monday(4), locked=True)
    gone = make_assignment(whole, start_on=monday(), end_on=monday(1), locked=True)
    make_assignment(whole, start_on=monday(2), end_on=monday(4))
    sent = {"start_on": monday(2).isoformat(), "end_on": monday(8).isoformat(), "assignments": mode}
    api, address = api_for(cast.ada), f"/api/v1/projects/phases/{phase.pk}/move/"
    page = reverse("projects:phase-move", args=[phase.pk])
    before = phase.version

    refused = api.post(address, sent, format="json", HTTP_IF_MATCH=f'"{before}"')
    typed = client_for(cast.ada).post(page, sent | {"version": before})

    assert (refused.status_code, typed.status_code) == (409, 409)
    error = refused.json()["error"]
    assert (error["code"], error["details"]["override"]) == ("needs_reason", "locked")
    assert {row["id"] for row in error["details"]["assignments"]} == {held.pk, gone.pk}
    assert held.person.name in error["message"]
    assert "Give a reason to move the phase" in typed.content.decode()
    assert weeks_of(phase) == (monday(), monday(8))
    assert not PlanChange.objects.exists()

    done = client_for(cast.ada).post(page, sent | {"version": before, "reason": "The client asked"})

    assert done.status_code == 302
    change = PlanChange.objects.get()
    kept = {line.assignment_id: (line.after or line.before or {}) for line in change.lines.all()}
    assert change.reason == "The client asked"
    assert {pk for pk, side in kept.items() if side.get("override")} == {held.pk, gone.pk}
    event = AuditEvent.objects.get(verb="phase.move")
    assert event.reason == "The client asked"
    assert event.after is not None
    assert event.after["override"] == {str(held.pk): "locked", str(gone.pk): "locked"}


def test_a_locked_assignment_that_keeps_its_weeks_asks_for_no_reason(phase, cast):
    whole, _part = Slot.objects.order_by("pk")
    make_assignment(whole, start_on=monday(2), end_on=monday(4), locked=True)

    move_phase(phase, start_on=monday(1), end_on=monday(8), by=cast.ada, assignments="cut")

    assert not PlanChange.objects.exists()


def test_a_move_needs_mondays_and_the_last_version(phase, cast):
    with pytest.raises(InvalidInput, match="2027-01-04 and 2027-01-11"):
        move_phase(phase, start_on=date(2027, 1, 5), end_on=monday(3), by=cast.ada)
    with pytest.raises(InvalidInput, match="end after"):
        move_phase(phase, start_on=monday(3), end_on=monday(3), by=cast.ada)
    move_phase(phase, start_on=monday(1), end_on=monday(9), by=cast.ada, version=1)
    with pytest.raises(Stale):
        move_phase(phase, start_on=monday(2), end_on=monday(9), by=cast.ada, version=1)


@pytest.fixture
def project(cast):
    return make_project("Vision QA", lead=cast.ada, deputies=[cast.bo], phases=True)


def first(project) -> Phase:
    return project.phases.get(key="requirements")


def test_a_phase_closes_when_its_mandatory_items_are_done(project, cast):
    make_item(first(project), "VIS-11", text_en="Agree the goals")
    make_item(first(project), "VIS-12", mandatory=False)

    with pytest.raises(Conflict) as refusal:
        close_phase(first(project), by=cast.ada)
    assert refusal.value.details["missing"] == [
        {"kind": "item", "key": "VIS-11", "text": "Agree the goals"}
    ]

    project.checklist_items.filter(key="VIS-11").update(
        done_at="2027-01-05T08:00Z", done_by=cast.ada
    )
    closed = close_phase(first(project), by=cast.bo)
    assert (closed.is_closed, closed.closed_by) == (True, cast.bo)
    event: Any = AuditEvent.objects.get(verb="phase.close")
    assert event.after["closed"] is True
    with pytest.raises(Conflict, match="already"):
        close_phase(first(project), by=cast.ada)


def test_phases_close_in_order_and_open_in_reverse(project, cast):
    second = project.phases.get(key="research")
    with pytest.raises(Conflict) as refusal:
        close_phase(second, by=cast.ada)
    assert [one["key"] for one in refusal.value.details["missing"]] == ["requirements"]

    close_phase(first(project), by=cast.ada)
    close_phase(second, by=cast.ada)
    with pytest.raises(Conflict, match="Technology research"):
        reopen_phase(first(project), by=cast.ada, reason="Goals changed")
    reopen_phase(second, by=cast.ada, reason="Tools changed")
    opened = reopen_phase(first(project), by=cast.ada, reason="Goals changed")
    assert not opened.is_closed
    event = AuditEvent.objects.get(verb="phase.reopen", object_id=str(opened.pk))
    assert event.reason == "Goals changed"


def test_opening_again_needs_a_reason(project, cast):
    close_phase(first(project), by=cast.ada)
    with pytest.raises(InvalidInput):
        reopen_phase(first(project), by=cast.ada, reason="  ")


def test_a_criterion_that_nobody_answers_for_keeps_the_gate_shut(project, cast):
    with registry.isolated():
        registry.expect("devices", "Devices are reserved", (PhaseKey.REQUIREMENTS,))
        with pytest.raises(Conflict) as refusal:
            close_phase(first(project), by=cast.ada)
        (missing,) = refusal.value.details["missing"]
        assert (missing["kind"], missing["key"]) == ("criterion", "devices")
        assert "unknown" in missing["text"]

        answers = [[Missing("criterion", "devices", "8 devices are missing")], []]
        registry.register_criterion("devices", lambda phase: answers.pop(0))
        with pytest.raises(Conflict) as refusal:
            close_phase(first(project), by=cast.ada)
        assert refusal.value.details["missing"][0]["text"] == "8 devices are missing"
        assert close_phase(first(project), by=cast.ada).is_closed


@pytest.mark.parametrize("name", ["plan", "vi", "ml", "rev", "cy"])
def test_others_neither_move_nor_close_nor_reopen(project, cast, name):
    user = getattr(cast, name)
    with pytest.raises(NotAllowed):
        move_phase(first(project), start_on=monday(1), end_on=monday(5), by=user)
    with pytest.raises(NotAllowed):
        close_phase(first(project), by=user)
    close_phase(first(project), by=cast.admin)
    with pytest.raises(NotAllowed):
        reopen_phase(first(project), by=user, reason="Why not")


def test_the_page_lists_what_is_missing_and_closes(project, cast, client_for):
    item = make_item(first(project), "VIS-11", text_en="Agree the goals")
    client = client_for(cast.ada)
    page = reverse("projects:phase-detail", args=[first(project).pk])
    close = reverse("projects:phase-close", args=[first(project).pk])

    assert "1 thing is missing" in client.get(page).content.decode()
    refused = client.post(close)
    assert refused.status_code == 409
    assert "VIS-11" in refused.content.decode()
    item.delete()
    assert client.post(close).status_code == 302
    assert first(project).is_closed
    reopen = reverse("projects:phase-reopen", args=[first(project).pk])
    assert client.post(reopen, {"reason": ""}).status_code == 422
    assert client.post(reopen, {"reason": "Goals changed"}).status_code == 302


def test_the_form_moves_a_phase(project, cast, client_for):
    client = client_for(cast.ada)
    url = reverse("projects:phase-move", args=[first(project).pk])
    form = {"start_on": "2027-01-11", "end_on": "2027-02-08", "assignments": "refuse"}
    assert client.get(url).status_code == 200
    refused = client.post(url, form | {"start_on": "2027-01-12", "version": 1})
    assert refused.status_code == 422
    assert "2027-01-11 and 2027-01-18" in refused.content.decode()
    assert client.post(url, form | {"version": 1}).status_code == 302
    assert first(project).start_on == monday(1)
    assert client.post(url, form | {"version": 1}).status_code == 412


@pytest.mark.parametrize(("name", "status"), [("vi", 403), ("plan", 403), ("cy", 404), ("ml", 404)])
def test_members_without_the_right_get_403_and_strangers_404(
    project, cast, client_for, name, status
):
    client = client_for(getattr(cast, name))
    pk = first(project).pk
    for verb in ("move", "close", "reopen"):
        url = reverse(f"projects:phase-{verb}", args=[pk])
        assert client.post(url, {"reason": "x"}).status_code == status
    assert client.post(reverse("projects:item-add", args=[pk]), {"text": "x"}).status_code == status
    page = client.get(reverse("projects:phase-detail", args=[pk]))
    assert page.status_code == (404 if status == 404 else 200)
