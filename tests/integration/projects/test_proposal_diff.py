"""A proposal as a diff against today's plan, decided by project, and beside other proposals."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import Assignment, PlanChange, ProposalRow, StaffingRun
from projects.selectors.holders import week_ranges
from projects.selectors.proposal_diff import DRAWN, diff_of
from projects.services import staffing
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def proposed(company: Company, *projects: Any, **wishes: Any) -> StaffingRun:
    wanted = list(projects) or [company.project]
    run = staffing.propose_team(projects=wanted, by=company.lead, seconds=1, **wishes)
    solve(run)
    return run


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_move_says_who_goes_who_comes_and_why(company: Company, client_for: Any) -> None:
    slot = company.make_slot("held", fte_hundredths=100)
    dear = company.make_person("Dear", level=2, rate_per_fte_week=9000)
    company.make_person("Apt", level=4, rate_per_fte_week=1000)
    builders.make_assignment(slot, dear, fte_hundredths=100)
    other = company.make_slot("other", phase=company.make_project("Other").phases.get())
    builders.make_assignment(other, dear)  # 1.5 FTE in all

    run = proposed(company, change_budget=1)

    diff = diff_of(run, company.lead)
    (move,) = diff.moves
    assert move.row.replaces is not None
    assert move.row.person is not None
    assert (move.row.replaces.person.name, move.row.person.name) == ("Dear", "Apt")
    assert (diff.adds, diff.open) == ([], [])
    assert [diff.before.cost, diff.after.cost] == [36_000, 4_000]
    assert (diff.before.overload_weeks, diff.after.overload_weeks) == (4, 0)
    assert (diff.before.overload_effort, diff.after.overload_effort) == (200, 0)
    text = page(client_for(company.lead).get(run.get_absolute_url()))
    assert "instead of Dear" in text
    assert "Dear is over in W" in text  # why the manager came
    assert "Better by cost: +32,000 points against Dear." in text
    assert "36,000\u00a0USD → 4,000\u00a0USD" in text


def test_what_somebody_does_instead_lies_in_the_same_weeks(company: Company) -> None:
    """Work of other weeks is no reason to leave this one."""
    held = company.make_slot("held", fte_hundredths=60)
    dear = company.make_person("Dear", level=5)
    apt = company.make_person("Apt", level=5)
    of_dear = builders.make_assignment(held, dear, fte_hundredths=60, locked=False)
    run = proposed(company, change_budget=1)
    run.rows.all().delete()
    start = held.start_on
    spans = {"before": (-9, -8), "beside": (2, 9), "after": (9, 12)}
    ProposalRow.objects.create(
        run=run,
        slot=held,
        person=apt,
        replaces=of_dear,
        start_on=start,
        end_on=weeks.add_weeks(start, 4),
        fte_hundredths=60,
    )
    for label, (first, end) in spans.items():
        ProposalRow.objects.create(
            run=run,
            slot=company.make_slot(label, phase=company.make_project(label).phases.get()),
            person=dear,
            start_on=weeks.add_weeks(start, first),
            end_on=weeks.add_weeks(start, end),
            fte_hundredths=30,
        )

    (move,) = diff_of(run, company.lead).moves

    instead = [line for line in move.why if "instead" in line]
    days = weeks.each_week(weeks.add_weeks(start, 2), weeks.add_weeks(start, 9))
    assert len(instead) == 1
    assert instead[0].endswith(f"in beside instead: {week_ranges(days)}, 0.30 FTE.")


def test_a_deputy_reads_why_without_a_word_of_money(
    company: Company, cast: Any, client_for: Any
) -> None:
    slot = company.make_slot("held")
    builders.make_assignment(slot, company.make_person("Dear", level=3, rate_per_fte_week=9000))
    company.make_person("Apt", level=3, rate_per_fte_week=1000)
    company.project.deputies.add(cast.bo)
    run = proposed(company, change_budget=1)

    text = page(client_for(cast.bo).get(run.get_absolute_url()))

    assert "instead of Dear" in text
    assert "The plan as a whole gains by it." in text
    assert "cost" not in text.split('id="proposal"')[1].casefold()


def test_accepting_one_project_leaves_the_other_and_offers_to_undo(
    company: Company, client_for: Any
) -> None:
    second = company.make_project("Second")
    company.make_slot("one")
    company.make_slot("two", phase=second.phases.get())
    company.make_person("Ana", max_concurrent_projects=2)
    run = proposed(company, company.project, second)
    client = client_for(company.lead)
    before = diff_of(run, company.lead)

    answer = client.post(f"{run.get_absolute_url()}accept/", {"project": second.pk})

    change = PlanChange.objects.get()
    assert answer["Location"] == f"{run.get_absolute_url()}?change={change.pk}"
    assert [row.slot.phase.project for row in Assignment.objects.all()] == [second]
    after = diff_of(run, company.lead)
    # The figures compare the plan without this proposal and with it, whatever is decided so far.
    assert (after.before, after.after) == (before.before, before.after)
    assert (after.before.open_slots, after.after.open_slots) == (2, 0)
    text = page(client.get(f"{run.get_absolute_url()}?change={change.pk}"))
    assert f'action="/plan/changes/{change.pk}/undo/"' in text
    assert "Accept 1 row of Search" in text
    assert "Accept 1 row of Second" not in text

    client.post(f"/plan/changes/{change.pk}/undo/", {"next": run.get_absolute_url()})
    assert not Assignment.objects.exists()
    assert set(run.rows.values_list("decision", flat=True)) == {"open"}
    assert "undone" in page(client.get(run.get_absolute_url()))
    undone = PlanChange.objects.latest("pk")
    text = page(client.get(f"{run.get_absolute_url()}?change={change.pk}"))
    assert f'action="/plan/changes/{undone.pk}/undo/"' in text
    assert "Redo</button>" in text
    client.post(f"/plan/changes/{undone.pk}/undo/")
    redone = PlanChange.objects.latest("pk")
    text = page(client.get(f"{run.get_absolute_url()}?change={change.pk}"))
    assert f'action="/plan/changes/{redone.pk}/undo/"' in text
    assert "Redo</button>" not in text


def test_what_is_rejected_counts_in_no_figure(company: Company) -> None:
    company.make_slot("one")
    company.make_person("Ana")
    run = proposed(company)
    assert diff_of(run, company.lead).after.open_slots == 0

    staffing.reject(run, rows=[run.rows.get().pk], by=company.lead)

    assert diff_of(run, company.lead).after.open_slots == 1


def test_many_rows_are_drawn_in_parts_and_a_refusal_keeps_the_ticks(
    company: Company, client_for: Any
) -> None:
    many, few = company.project, company.make_project("Zed")
    for index in range(DRAWN + 5):
        company.make_slot(f"s{index:02}")
    company.make_slot("last", phase=few.phases.get())
    company.make_person("Ana")
    run = proposed(company, many, few)
    row, other = run.rows.filter(person__isnull=False)
    url = run.get_absolute_url()
    client = client_for(company.lead)

    text = page(client.get(url))
    n_filled = run.rows.filter(person__isnull=False, slot__phase__project=many).count()
    assert text.count('scope="row"') == n_filled + DRAWN
    assert f"Show {5 - n_filled} more row" in text
    htmx = {"HX-Request": "true", "HX-Target": f"group-{many.pk}"}
    piece = page(client.get(url, {"group": many.pk}, headers=htmx))
    assert piece.count('scope="row"') == DRAWN + 5
    assert "<html" not in piece
    assert client.get(url, {"group": 10**9}, headers=htmx).status_code == 404

    ProposalRow.objects.filter(pk=row.pk).update(decision="accepted")
    ticks = {"row": [row.pk, other.pk], "reason": "As agreed"}
    refused = client.post(f"{url}accept/?group={few.pk}", ticks)
    assert refused.status_code == 409
    assert 'value="As agreed"' in page(refused)
    assert f'name="row" value="{other.pk}" checked' in page(refused)


def test_what_if_is_shown_and_cannot_be_accepted(company: Company, client_for: Any) -> None:
    company.make_slot("one")
    ana = company.make_person("Ana")
    days = {"start_on": "2027-01-04", "end_on": "2027-01-11"}
    free = {"kind": "free", "person": ana.key, "fte_share": 0.5, **days}
    run = proposed(company)
    StaffingRun.objects.filter(pk=run.pk).update(params=run.params | {"what_if": [free]})

    text = page(client_for(company.lead).get(run.get_absolute_url()))

    assert "solved on assumed changes" in text
    assert "Ana: 50 % more time in 2027-W01" in text
    assert 'name="all"' not in text
    assert 'name="row"' not in text


def test_proposals_side_by_side_show_first_what_differs(
    company: Company, cast: Any, client_for: Any
) -> None:
    company.make_slot("one")
    company.make_person("Ana", level=4, rate_per_fte_week=9000)
    company.make_person("Ben", level=2, rate_per_fte_week=100)
    runs = [proposed(company, weights={"cost": cost}) for cost in (0, 1000)]
    asked = {"run": [str(run.pk) for run in runs]}

    text = page(client_for(company.lead).get("/staffing/compare/", asked))

    params = text.split('id="compare-params"')[1]
    assert params.index("Low cost") < params.index("Priority of the work")
    assert "0 (ignored)" in params
    picks = text.split('id="compare-picks"')[1]
    assert "1 slot is staffed differently" in picks
    assert picks.index("Ana") < picks.index("Ben")
    assert "Gap to the best possible" in text
    company.project.deputies.add(cast.bo)
    without = page(client_for(cast.bo).get("/staffing/compare/", asked))
    assert "Gap" not in without
    assert "USD" not in without


def test_only_two_to_four_proposals_that_one_sees_are_compared(
    company: Company, cast: Any, client_for: Any
) -> None:
    company.make_slot("one")
    runs = [staffing.propose_team(projects=[company.project], by=company.lead) for _ in range(5)]
    ids = [str(run.pk) for run in runs]
    client = client_for(company.lead)

    for wrong in (ids[:1], ids, [ids[0], ids[0]], []):
        answer = client.get("/staffing/compare/", {"run": wrong})
        assert answer.status_code == 400
        assert "Choose 2 to 4 proposals" in page(answer)
    assert client.get("/staffing/compare/", {"run": [ids[0], "nonsense"]}).status_code == 404
    assert client.get("/staffing/compare/", {"run": ids[:2]}).status_code == 200
    assert client_for(cast.cy).get("/staffing/compare/", {"run": ids[:2]}).status_code == 404
