"""Work that has begun: the weeks to come may move, the weeks that have passed stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from projects.models import Assignment, PlanChange, StaffingRun
from projects.selectors.proposal_diff import diff_of
from projects.selectors.proposal_fit import fit_of
from projects.selectors.proposal_sides import compare
from projects.services import staffing, undo
from teamhub import weeks
from teamhub.errors import Infeasible
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def begun(cast: Any) -> Any:
    """Ana is 0.80 over for weeks to come, by two slots that began two weeks ago; Ben is free."""
    company = Company(lead=cast.ada)
    now = weeks.monday(timezone.localdate())
    start, end = weeks.add_weeks(now, -2), weeks.add_weeks(now, 3)
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    held = []
    for label in ("one", "two"):
        project = company.make_project(label, start_on=start)
        project.phases.update(start_on=start, end_on=end)
        slot = company.make_slot(label, phase=project.phases.get(), fte_hundredths=90)
        held.append(builders.make_assignment(slot, ana, locked=False))
    return company, ana, ben, held, now


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def propose(company: Company, held: list[Assignment], **wishes: Any) -> Any:
    projects = [assignment.slot.phase.project for assignment in held]
    run = staffing.propose_team(projects=projects, by=company.lead, seconds=5, **wishes)
    solve(run)
    return run


def test_a_proposal_moves_the_weeks_to_come_and_undo_brings_them_back(begun: Any) -> None:
    company, ana, ben, held, now = begun

    run = propose(company, held, change_budget=5)

    (row,) = run.rows.filter(person__isnull=False)
    assert (row.person, row.start_on, row.replaces.person) == (ben, now, ana)
    before = {one.pk: (one.start_on, one.end_on) for one in held}
    shown = diff_of(run, company.lead)
    compared = compare([run, run], company.lead).outcome
    done = staffing.accept(run, by=company.lead)
    # What is accepted is told in the same figures, and still says who went.
    told = diff_of(run, company.lead)
    assert (told.before, told.after) == (shown.before, shown.after)
    assert (told.before.overload_weeks, told.after.overload_weeks) == (3, 0)
    assert [one.instead_of for one in told.moves] == [ana]
    assert [one.why for one in told.moves] == [one.why for one in shown.moves]
    assert compare([run, run], company.lead).outcome == compared
    assert [one.values for one in compared if one.label == "Moves"] == [["1", "1"]]
    assert (len(done.accepted), done.refused) == (1, [])
    moved = Assignment.objects.get(pk=row.replaces.pk)
    assert (moved.person, moved.end_on) == (ana, now)
    taken = Assignment.objects.get(person=ben)
    assert (taken.slot, taken.start_on, taken.end_on) == (moved.slot, now, before[moved.pk][1])

    assert done.change is not None
    undo.undo(PlanChange.objects.get(pk=done.change.pk), by=company.lead)
    after = {one.pk: (one.start_on, one.end_on) for one in Assignment.objects.filter(person=ana)}
    assert after == before
    assert not Assignment.objects.filter(person=ben).exists()


def test_whoever_nobody_takes_over_from_keeps_the_work_and_gets_nothing_on_top(begun: Any) -> None:
    """Ben cannot take Ana's slots: she stays over, and free work that suits her goes elsewhere."""
    company, _ana, ben, held, _now = begun
    ben.skills.update(level=1)
    phase = held[0].slot.phase.project.phases.get()
    other = company.make_project("three", start_on=phase.start_on)
    other.phases.update(start_on=phase.start_on, end_on=phase.end_on)
    open_slot = company.make_slot("three", phase=other.phases.get(), fte_hundredths=10)
    run = staffing.propose_team(
        projects=[*(one.slot.phase.project for one in held), other],
        by=company.lead,
        seconds=5,
        change_budget=5,
    )

    solve(run)

    (row,) = run.rows.all()
    assert (row.slot, row.person, row.replaces) == (open_slot, None, None)
    assert fit_of(run).refused == {}


def test_locked_or_frozen_work_stays_though_it_has_begun(begun: Any) -> None:
    company, _ana, _ben, held, now = begun
    Assignment.objects.filter(pk=held[0].pk).update(locked=True)
    frozen = [weeks.add_weeks(now, 1).isoformat()]
    with pytest.raises(Infeasible, match="nothing to staff"):
        propose(company, held, change_budget=5, frozen_weeks=frozen)


def test_without_a_change_budget_nothing_moves(begun: Any) -> None:
    company, _ana, _ben, held, _now = begun
    with pytest.raises(Infeasible, match="nothing to staff"):
        propose(company, held)


def test_who_stays_over_leads_to_their_row_and_one_press_lets_them_move(
    begun: Any, cast: Any, client_for: Any
) -> None:
    company, _ana, _ben, held, now = begun
    Assignment.objects.filter(pk=held[0].pk).update(locked=True)
    company.make_slot("open", phase=held[1].slot.phase)  # something to propose
    run = propose(company, held, from_on=now.isoformat())
    client = client_for(company.lead)

    text = page_of(client.get(run.get_absolute_url()))

    assert 'href="/planner/?view=people&amp;q=Ana"' in text
    assert "one: locked; two: nobody was allowed to move" in text
    assert "Run again and let 1 person move" in text
    answer = client.post("/staffing/", {"do": "mend", "run": run.pk, "people": "1"})
    again = StaffingRun.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == again.get_absolute_url()
    assert again.params == run.params | {"people_budget": 1}
    assert set(again.projects.all()) == set(run.projects.all())
    solve(again)
    after = page_of(client.get(again.get_absolute_url()))
    assert "instead of Ana" in after
    assert "let 1 person move" not in after
    # Only who leads all of its projects asks again, and only with a number.
    held[0].slot.phase.project.deputies.add(cast.bo)
    press = {"do": "mend", "run": run.pk, "people": "1"}
    assert "and let 1 person move" not in page_of(client_for(cast.bo).get(run.get_absolute_url()))
    assert client_for(cast.bo).post("/staffing/", press).status_code == 403
    assert client_for(cast.cy).post("/staffing/", press).status_code == 404
    assert client.post("/staffing/", press | {"people": "-1"}).status_code == 400
    assert StaffingRun.objects.count() == 2
