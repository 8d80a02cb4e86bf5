"""Assign, change and remove by hand: what warns, what blocks, what stays."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects.assignment_forms import AssignForm
from projects.models import (
    Assignment,
    PlanChange,
    PlanChangeLine,
    ProjectSide,
    ProposalRow,
)
from projects.selectors.candidates import Ask, candidates
from projects.selectors.plan_state import Piece
from projects.services import answers, assignments, slot_choices, staffing
from projects.services.overrides import overrides
from teamhub import weeks
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, Stale
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve, start_monday


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def test_by_hand_a_rule_that_warns_asks_for_a_reason_and_keeps_it(company: Company) -> None:
    slot = company.make_slot(level=4)
    ben = company.make_person("Ben", level=2)

    with pytest.raises(Conflict) as refusal:
        assignments.assign(slot=slot, person=ben, by=company.lead)
    made = assignments.assign(slot=slot, person=ben, by=company.lead, reason="He learns fast.")

    assert refusal.value.code == "needs_reason"
    assert refusal.value.details["clashes"][0]["rule"] == "skill"
    assert made.reason == "He learns fast."
    assert made.locked
    assert PlanChange.objects.get().reason == "He learns fast."


def test_by_hand_independence_and_a_doubled_slot_block_even_with_a_reason(
    company: Company,
) -> None:
    ana = company.make_person("Ana")
    assignments.assign(slot=company.make_slot("a"), person=ana, by=company.lead)

    for slot in (company.make_slot("r", role=company.review), company.make_slot("b")):
        with pytest.raises(Conflict) as refusal:
            assignments.assign(slot=slot, person=ana, by=company.lead, reason="I insist.")
        assert refusal.value.code == "blocked"
    assert Assignment.objects.count() == 1


def test_weeks_outside_the_slot_and_days_that_are_no_monday_are_refused(company: Company) -> None:
    slot = company.make_slot()
    ana = company.make_person("Ana")

    for start in (start_monday() - timedelta(weeks=1), start_monday() + timedelta(days=1)):
        with pytest.raises(InvalidInput):
            assignments.assign(slot=slot, person=ana, by=company.lead, start_on=start)


def test_a_stale_version_is_refused_and_shows_the_present_one(company: Company) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )
    assignments.change(made, version=1, by=company.lead, fte_hundredths=40, reason="Less.")

    with pytest.raises(Stale) as stale:
        assignments.change(made, version=1, by=company.lead, fte_hundredths=30)

    assert stale.value.details["current"]["fte_share"] == 40 / 100


def test_removing_work_that_never_began_frees_the_side(company: Company) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )

    assignments.remove(made, version=made.version, by=company.lead, reason="Over.")

    assert not ProjectSide.objects.exists()
    kinds = list(PlanChange.objects.values_list("kind", flat=True))
    assert kinds == ["hand", "hand"]


def test_removing_work_that_has_begun_keeps_the_side_for_ever(company: Company) -> None:
    slot = company.make_slot()
    began = start_monday() - timedelta(weeks=8)
    for row in (company.phase, slot):
        row.start_on = began
        row.save()
    made = assignments.assign(slot=slot, person=company.make_person("Ana"), by=company.lead)

    assignments.remove(made, version=made.version, by=company.lead, reason="Over.")

    assert ProjectSide.objects.get().side == "build"


def test_what_is_locked_changes_only_with_a_reason_that_is_kept(company: Company) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )
    shorter = {"end_on": weeks.add_weeks(made.end_on, -1)}

    for fields in ({"fte_hundredths": 40}, shorter, {"person": company.make_person("Ben")}):
        with pytest.raises(Conflict) as refusal:
            assignments.change(made, version=1, by=company.lead, **fields)
        assert (refusal.value.code, refusal.value.details["override"]) == (
            "needs_reason",
            "locked",
        )
    with pytest.raises(Conflict, match="locked"):
        assignments.remove(made, version=1, by=company.lead, reason="  ")
    assignments.change(made, version=1, by=company.lead, fte_hundredths=40, reason="Less.")

    event = AuditEvent.objects.get(verb="assignment.change")
    after: Any = event.after
    assert (event.reason, after["override"]) == ("Less.", "locked")
    line = PlanChangeLine.objects.get(change__reason="Less.")
    assert line.kept["override"] == "locked"
    made.refresh_from_db()
    assignments.change(made, version=2, by=company.lead, locked=False)  # that is no override
    assignments.change(made, version=3, by=company.lead, fte_hundredths=30)
    assert Assignment.objects.get().fte_hundredths == 30


def test_who_chooses_weeks_effort_or_person_locks_them_unless_they_say_otherwise(
    company: Company, client_for: Any
) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead, locked=False
    )
    shorter = {"end_on": weeks.add_weeks(made.end_on, -1)}
    for fields in (shorter, {"fte_hundredths": 40}, {"person": company.make_person("Ben")}):
        made = assignments.change(made, version=made.version, by=company.lead, **fields)
        assert made.locked, fields
        made = assignments.change(made, version=made.version, by=company.lead, locked=False)
    made = assignments.change(made, version=made.version, by=company.lead, status="tentative")
    assert not made.locked
    made = assignments.change(
        made, version=made.version, by=company.lead, fte_hundredths=30, locked=False
    )
    assert not made.locked

    form = {
        "person": made.person_id,
        "start_on": made.start_on,
        "end_on": made.end_on,
        "fte_share": "0.20",
        "status": made.status,
        "version": made.version,
    }
    sent = client_for(company.lead).post(f"/projects/assignments/{made.pk}/", form)
    assert sent.status_code == 302
    assert Assignment.objects.get().locked


def test_who_removes_a_locked_assignment_by_program_learns_where_the_reason_goes(
    company: Company, api_for: Any
) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )
    address, match = f"/api/v1/projects/assignments/{made.pk}/", {"HTTP_IF_MATCH": '"1"'}
    api = api_for(company.lead)

    refused = api.delete(address, {"reason": "Over."}, format="json", **match)

    error = refused.json()["error"]
    assert (error["code"], error["details"]["override"]) == ("needs_reason", "locked")
    assert "in the query, as “reason”" in error["message"]
    assert api.delete(f"{address}?reason=Over.", **match).status_code == 204


def test_what_changes_nothing_leaves_version_and_history_as_they_are(
    company: Company, api_for: Any
) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )
    address = f"/api/v1/projects/assignments/{made.pk}/"
    api = api_for(company.lead)

    for body in ({}, {"fte_share": made.fte_hundredths / 100, "locked": True}):
        answer = api.patch(address, body, format="json", HTTP_IF_MATCH='"1"')
        assert (answer.status_code, answer["ETag"]) == (200, '"1"')
        assert (answer.json()["version"], answer.json()["change"]) == (1, None)

    assert api.patch(address, {}, format="json", HTTP_IF_MATCH='"7"').status_code == 412
    assert PlanChange.objects.count() == 1
    assert not AuditEvent.objects.filter(verb="assignment.change").exists()


def test_what_another_lead_approved_changes_only_with_a_reason(company: Company) -> None:
    other = builders.make_department("platform")
    olga = builders.make_user("olga", "manager")
    other.leads.add(olga)
    slot = company.make_slot()
    company.make_person("Ana", department=other)
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)
    staffing.accept(run, by=company.lead)
    answers.answer_request(run.rows.get().request, approve=True, by=olga)
    held = Assignment.objects.get()
    ben = company.make_person("Ben")
    move = ProposalRow.objects.create(
        run=run,
        slot=slot,
        person=ben,
        start_on=weeks.add_weeks(slot.start_on, 1),
        end_on=slot.end_on,
        fte_hundredths=50,
        replaces=held,
    )

    assert overrides(held) == "reviewed"
    with pytest.raises(Conflict) as refusal:
        assignments.remove(held, version=held.version, by=company.lead)
    with pytest.raises(Conflict) as moved:
        staffing.accept(run, by=company.lead, rows=[move.pk])
    assert refusal.value.details["override"] == moved.value.details["override"] == "reviewed"
    assert [one["row"] for one in moved.value.details["refused"]] == [move.pk]
    staffing.accept(run, by=company.lead, rows=[move.pk], reason="Olga agrees.")

    event = AuditEvent.objects.filter(verb="proposal.accept").latest("pk")
    after: Any = event.after
    (told,) = after["rows"]
    assert (told["suggested"], told["instead_of"]) == (ben.key, held.person.key)
    assert (told["decided"], told["override"]) == ("accepted", "reviewed")


def test_who_sees_no_money_learns_nothing_from_a_budget(
    company: Company, cast: Any, client_for: Any
) -> None:
    """A warning that comes at some efforts and not at others would tell what somebody costs."""
    company.project.budget = 100
    company.project.save()
    company.project.deputies.add(cast.plan)
    slot = company.make_slot(fte_hundredths=50)
    ana = company.make_person("Ana", rate_per_fte_week=2000)

    with pytest.raises(Conflict) as refusal:
        assignments.assign(slot=slot, person=ana, by=company.lead)
    assert [one["rule"] for one in refusal.value.details["clashes"]] == ["budget"]
    page = f"/projects/slots/{slot.pk}/staff/"
    assert "budget" in client_for(company.lead).get(page).content.decode()
    assert "budget" not in client_for(cast.plan).get(page).content.decode()
    assert assignments.assign(slot=slot, person=ana, by=cast.plan).reason == ""


def test_a_budget_that_somebody_exceeds_unknowing_is_marked_for_who_sees_money(
    company: Company, cast: Any, client_for: Any, api_for: Any
) -> None:
    company.project.budget = 8500
    company.project.save()
    company.project.deputies.add(cast.plan)
    ana, ben = (company.make_person(name, rate_per_fte_week=2000) for name in ("Ana", "Ben"))
    within = assignments.assign(
        slot=company.make_slot(fte_hundredths=50), person=ana, by=cast.plan, fte_hundredths=10
    )
    slot = company.make_slot("whole", fte_hundredths=100)
    over = assignments.assign(slot=slot, person=ben, by=cast.plan)
    assignments.change(within, version=1, by=cast.plan, fte_hundredths=50, reason="More.")
    assignments.remove(over, version=1, by=cast.plan, reason="Anew.")
    slot_choices.split(
        Piece(slot, ben, slot.start_on, slot.end_on, 100),
        second=company.make_person("Cem", rate_per_fte_week=2000),
        by=cast.plan,
        second_hundredths=40,
    )

    def told(user: Any) -> list[Any]:
        changes = api_for(user).get("/api/v1/projects/plan-changes/").json()["results"]
        return [line.get("over_budget") for one in changes for line in one["lines"]]

    assert told(company.lead) == [True, True, False, True, True, False]
    assert told(cast.plan) == [None] * 6
    page = "/plan/changes/"
    assert "exceeded the budget" in client_for(company.lead).get(page).content.decode()
    assert "budget" not in client_for(cast.plan).get(page).content.decode()
    kept = AuditEvent.objects.filter(after__over_budget=True)
    assert sorted(kept.values_list("verb", flat=True)) == [
        "assignment.change",
        *["assignment.create"] * 3,
    ]


def test_the_form_takes_every_effort_that_a_browser_lets_people_type(company: Company) -> None:
    """min + n * step must reach what people type: 0.5, 0.8, 1; a browser refuses the rest."""
    form = AssignForm(slot=company.make_slot())
    shown: Any = form.fields["fte_share"].widget.attrs
    least, step = Decimal(str(shown["min"])), Decimal(str(shown["step"]))

    for typed in ("0.05", "0.1", "0.33", "0.5", "0.8", "1"):
        assert (Decimal(typed) - least) % step == 0, typed


def test_people_with_the_skills_stand_before_people_with_the_time(company: Company) -> None:
    slot = company.make_slot(level=4, fte_hundredths=60)
    able, idle = company.make_person("Zoe", level=5), company.make_person("Abe", level=1)
    other = company.make_project("Other")
    builders.make_assignment(
        company.make_slot("x", phase=other.phases.get(), fte_hundredths=60), able
    )

    ask = Ask(assignments.read_slot(slot.pk), slot.start_on, slot.end_on, 60)
    found = candidates(ask, user=company.lead)

    assert [one.person for one in found] == [able, idle]
