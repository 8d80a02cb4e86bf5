"""Wishes of a proposal: who may move, who must and must not, in which weeks, and what if."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from projects.models import Assignment, Project, StaffingRun
from projects.selectors.proposal import proposal_view
from projects.services import staffing
from roles.models import Person
from teamhub import weeks
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, Infeasible, InvalidInput
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve, start_monday


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def propose(company: Company, *projects: Project, **wishes: Any) -> StaffingRun:
    run = staffing.propose_team(
        projects=projects or [company.project], by=company.lead, seconds=2, **wishes
    )
    solve(run)
    return run


def taken(run: StaffingRun) -> dict[str, str | None]:
    """The person proposed for each slot, by its label."""
    rows = run.rows.select_related("slot__seat", "person")
    return {row.slot.seat.label: row.person.name if row.person else None for row in rows}


def reasons(run: StaffingRun, company: Company) -> str:
    return " ".join(line for row in proposal_view(run, company.lead).rows for line in row.reasons)


def monday(n: int) -> date:
    """A Monday, `n` weeks into the project."""
    return weeks.add_weeks(start_monday(), n)


def held_by_two(company: Company) -> dict[str, Assignment]:
    """Two weak people hold two slots each, in phases one after the other; two are strong."""
    later = builders.make_phase(company.project, "training", start_on=monday(4), end_on=monday(8))
    held = {}
    for name in ("a", "b"):
        weak = company.make_person(f"Weak {name}", level=2, rate_per_fte_week=9000)
        company.make_person(f"Strong {name}", level=4, rate_per_fte_week=100)
        for n, phase in enumerate((company.phase, later), start=1):
            slot = company.make_slot(f"{name}{n}", phase=phase, fte_hundredths=100)
            held[f"{name}{n}"] = builders.make_assignment(slot, weak)
    return held


# --- what may move ------------------------------------------------------------------------------


def test_a_budget_of_people_lets_one_lose_everything_and_nobody_else_anything(
    company: Company,
) -> None:
    held = held_by_two(company)

    moved = taken(propose(company, people_budget=1))
    assert set(moved) in ({"a1", "a2"}, {"b1", "b2"})
    assert set(taken(propose(company, people_budget=2))) == set(held)
    assert len(taken(propose(company, people_budget=2, change_budget=1))) == 1
    with pytest.raises(Infeasible, match="nothing to staff"):
        propose(company, people_budget=0, change_budget=9)


def test_what_touches_a_frozen_week_is_locked_or_tentative_does_not_move(
    company: Company,
) -> None:
    held = held_by_two(company)
    Assignment.objects.filter(pk=held["a2"].pk).update(locked=True)
    Assignment.objects.filter(pk=held["b2"].pk).update(status="tentative")

    assert set(taken(propose(company, change_budget=9))) == {"a1", "b1"}
    with pytest.raises(Infeasible, match="nothing to staff"):
        propose(company, change_budget=9, frozen_weeks=[monday(3).isoformat()])
    # A week in which nothing of them lies freezes nothing.
    later = propose(company, change_budget=9, frozen_weeks=[monday(4)])
    assert set(taken(later)) == {"a1", "b1"}
    assert later.params["frozen_weeks"] == [monday(4).isoformat()]


def test_only_open_work_of_the_window_is_proposed(company: Company) -> None:
    company.make_slot("early")
    later = builders.make_phase(company.project, "training", start_on=monday(4), end_on=monday(8))
    company.make_slot("late", phase=later)
    company.make_person("Ana")

    run = propose(company, from_on=monday(2), to_on=monday(6).isoformat())

    spans = {row.slot.seat.label: (row.start_on, row.end_on) for row in run.rows.all()}
    assert spans == {"early": (monday(2), monday(4)), "late": (monday(4), monday(6))}
    assert (run.params["from_on"], run.params["to_on"]) == (
        monday(2).isoformat(),
        monday(6).isoformat(),
    )


# --- who must, and who must not -----------------------------------------------------------------


def test_a_pinned_slot_goes_to_its_person_or_says_why_not(company: Company) -> None:
    good, bad = company.make_slot("good"), company.make_slot("bad", level=5)
    company.make_person("Ana", level=5)
    ben, cy = company.make_person("Ben", level=2), company.make_person("Cy", level=3)
    pins = [{"slot": good.pk, "person": ben.pk}, {"slot": bad.pk, "person": cy.pk}]

    run = propose(company, pins=pins)

    assert taken(run) == {"good": "Ben", "bad": None}
    told = reasons(run, company)
    assert "It is kept for Cy, who cannot take it as the plan stands." in told
    assert "Stands in the way: skills" in told
    assert "1 is kept from it" in told


def test_somebody_who_is_not_employed_then_may_be_pinned_and_the_slot_stays_open(
    company: Company,
) -> None:
    slot = company.make_slot("a")
    company.make_person("Ana")
    gone = company.make_person("Gone", employed_to=date(2020, 1, 1))

    run = propose(company, pins=[{"slot": slot.pk, "person": gone.pk}])

    assert taken(run) == {"a": None}
    assert "kept for Gone" in reasons(run, company)


def test_exclusions_hold_for_a_slot_a_project_or_everywhere(company: Company) -> None:
    slot = company.make_slot("a")
    other = company.make_project("Other")
    company.make_slot("o", phase=other.phases.get())
    ana = company.make_person("Ana", max_concurrent_projects=3)
    both = (company.project, other)

    def without(**where: int) -> dict[str, str | None]:
        return taken(propose(company, *both, exclusions=[{"person": ana.pk, **where}]))

    assert taken(propose(company, *both)) == {"a": "Ana", "o": "Ana"}
    assert without(slot=slot.pk) == {"a": None, "o": "Ana"}
    assert without(project=other.pk) == {"a": "Ana", "o": None}
    assert without() == {"a": None, "o": None}


def test_people_kept_apart_meet_neither_in_the_proposal_nor_beside_facts(
    company: Company,
) -> None:
    company.make_slot("a", priority=5)
    held = company.make_slot("held", level=1)
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    pair = [[ana.pk, ben.pk]]

    assert sorted(map(str, taken(propose(company)).values())) == ["Ana", "Ben"]
    assert sorted(map(str, taken(propose(company, apart=pair)).values())) in (
        ["Ana", "None"],
        ["Ben", "None"],
    )
    builders.make_assignment(held, ben)
    run = propose(company, apart=[[ben.pk, ana.pk]])
    assert taken(run) == {"a": None}
    assert "1 would meet somebody whom they are kept apart from" in reasons(run, company)


def test_a_slot_may_be_marked_for_this_proposal_as_one_that_must_be_filled(
    company: Company,
) -> None:
    company.make_slot("dear", fte_hundredths=100, priority=5)
    must = company.make_slot("must", fte_hundredths=100, priority=1)
    company.make_person("Ana")

    assert taken(propose(company)) == {"dear": "Ana", "must": None}
    assert taken(propose(company, must_fill=[must.pk])) == {"dear": None, "must": "Ana"}
    must.refresh_from_db()
    assert must.must_fill is False


# --- what if ------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_hire_is_proposed_without_a_person_and_cannot_be_accepted(company: Company) -> None:
    company.make_slot("a", level=4)
    company.make_person("Ana", level=2)
    hire = {
        "kind": "hire",
        "skills": {company.skill.key: 4},
        "fte_share": 0.5,
        "start_on": monday(0).isoformat(),
        "end_on": monday(9).isoformat(),
    }

    run = propose(company, what_if=[hire])

    row = run.rows.get()
    assert (row.person, row.score["hire"], run.coverage_share) == (None, "hire-1", 1)
    view = proposal_view(run, company.lead)
    (shown,) = view.rows
    assert (shown.may_decide, view.may_decide, view.unmet_musts) == (False, False, 0)
    assert (shown.hire, shown.reasons) == ("New hire 1", ["New hire 1 would take it."])
    assert "hire" not in shown.score
    assert row.cost == 4000  # the mean rate of all people: half of 2,000 in four weeks
    for refuse in (
        lambda: staffing.accept(run, by=company.lead),
        lambda: staffing.reject(run, rows=[row.pk], by=company.lead),
    ):
        with pytest.raises(Conflict) as refusal:
            refuse()
        assert refusal.value.code == "what_if"
    assert not Assignment.objects.exists()
    assert Person.objects.count() == 1


def test_an_absence_opens_what_the_person_holds_in_these_weeks_only(company: Company) -> None:
    slot = company.make_slot("a")
    ana = company.make_person("Ana")
    builders.make_assignment(slot, ana)
    company.make_person("Ben", level=2)
    away = {"start_on": monday(1).isoformat(), "end_on": monday(3).isoformat()}

    run = propose(company, what_if=[{"kind": "absent", "person": ana.key, **away}])

    row = run.rows.select_related("person").get()
    assert (str(row.person), row.start_on, row.end_on) == ("Ben", monday(1), monday(3))
    assert Assignment.objects.get().person == ana


@pytest.mark.parametrize(
    ("change", "weeks_of_row"),
    [
        ({"kind": "train", "person": "ana", "skill": "nlp", "level": 4, "from_on": 0}, (0, 4)),
        ({"kind": "lower", "slot": "a", "skill": "nlp", "level": 2}, (0, 4)),
        ({"kind": "budget", "project": "search", "amount": None}, None),
        ({"kind": "rate", "person": "ana", "rate": "1"}, None),
    ],
)
def test_a_change_of_people_or_slots_fills_what_was_open(
    company: Company, change: dict[str, Any], weeks_of_row: tuple[int, int] | None
) -> None:
    # Either the level or the money stands in the way.
    slot = company.make_slot("a", level=4 if weeks_of_row else 2)
    company.make_person("Ana", key="ana", level=2)
    Project.objects.update(key="search", budget=None if weeks_of_row else 3999)
    company.project.refresh_from_db()
    change = {**change, **({"slot": slot.pk} if "slot" in change else {})}
    change |= {"from_on": monday(-1).isoformat()} if "from_on" in change else {}

    assert taken(propose(company)) == {"a": None}
    run = propose(company, what_if=[change])

    row = run.rows.select_related("person").get()
    assert row.person is not None
    assert (row.person.name, row.start_on, row.end_on) == ("Ana", monday(0), monday(4))


def test_a_phase_is_shifted_with_its_rows(company: Company) -> None:
    company.make_slot("a", fte_hundredths=100)
    other = company.make_project("Other")
    busy = company.make_slot("o", phase=other.phases.get(), fte_hundredths=100)
    ana = company.make_person("Ana")
    builders.make_assignment(busy, ana)
    shift = {"kind": "shift", "project": company.project.key, "phase": company.phase.key}

    assert taken(propose(company)) == {"a": None}
    run = propose(company, what_if=[{**shift, "weeks": 4}])

    row = run.rows.get()
    assert (row.person, row.start_on, row.end_on) == (ana, monday(4), monday(8))
    with pytest.raises(InvalidInput, match=r"Supposition 1 \(shift\) cannot be: .* before week 0"):
        propose(company, what_if=[{**shift, "weeks": -30}])


# --- the audit ----------------------------------------------------------------------------------


def test_what_was_asked_and_what_was_suggested_are_in_the_audit(company: Company) -> None:
    slot, other = company.make_slot("a"), company.make_slot("b", level=5)
    ana = company.make_person("Ana")

    run = propose(company, must_fill=[slot.pk], people_budget=1)

    asked = AuditEvent.objects.get(verb="proposal.ask")
    assert (asked.by, asked.run_id) == (company.lead, str(run.pk))
    assert asked.after is not None
    assert asked.after["params"] == run.params
    assert asked.after["projects"] == [company.project.key]
    suggested = AuditEvent.objects.get(verb="proposal.suggest")
    assert suggested.run_id == str(run.pk)
    assert suggested.after is not None
    assert dict(suggested.after["rows"]) == {slot.pk: ana.pk, other.pk: None}
