"""The files of workloads and allocations: read, refused by line and column."""

from __future__ import annotations

from decimal import Decimal

import pytest

from capacity.models import Allocation, Workload
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_plan,
    make_pool,
    make_project,
    make_workload,
    monday,
)
from tests.cast import Cast
from tests.integration.capacity.files import ALLOCATIONS, MODELS, WORKLOADS, errors, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(cast: Cast) -> Cast:
    make_accelerator("h100")
    return cast


# --- workloads by devices -------------------------------------------------------------------------


def test_workloads_take_the_weeks_of_their_phase(company: Cast) -> None:
    project = make_project(key="triage", phases=True)

    result = read(
        "workloads",
        company.plan,
        WORKLOADS,
        "w1,Pretraining,triage,training,pretraining,,,64,3,yes,5,1000.50",
        "w2,Serving,triage,,online_inference,2027-01-04,2027-03-01,4,,,,",
    )

    assert errors(result) == []
    phase = project.phases.get(key="training")
    first, second = Workload.objects.order_by("key")
    assert (first.start_on, first.end_on, first.phase) == (phase.start_on, phase.end_on, phase)
    assert (first.must_serve, first.priority, first.value) == (True, 5, Decimal("1000.50"))
    assert (second.weeks, second.gang_size, second.sizing) == (None, 1, "devices")


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("w,W,nowhere,,pretraining,2027-01-04,2027-03-01,8,2,,,", (2, "project")),
        ("w,W,triage,design,pretraining,,,8,2,,,", (2, "phase")),
        ("w,W,triage,,pretraining,,2027-03-01,8,2,,,", (2, "start_on")),
        ("w,W,triage,,training,2027-01-04,2027-03-01,8,2,,,", (2, "kind")),
        ("w,W,triage,,pretraining,2027-01-04,2027-01-18,8,3,,,", (2, "weeks")),
        ("w,W,triage,,pretraining,2027-01-04,2027-03-01,8,,,,", (2, "weeks")),
        ("w,W,triage,,online_inference,2027-01-04,2027-03-01,8,2,,,", (2, "weeks")),
        ("w,W,triage,,pretraining,2027-01-04,2027-03-01,,2,,,", (2, "devices")),
        ("w,W,triage,,pretraining,2027-01-04,2027-03-01,8,2,perhaps,,", (2, "must_serve")),
        ("w,W,triage,,pretraining,2027-01-04,2027-03-01,8,2,,6,", (2, "priority")),
    ],
)
def test_a_bad_cell_of_a_workload_is_named(
    company: Cast, line: str, where: tuple[int, str]
) -> None:
    make_project(key="triage")

    result = read("workloads", company.plan, WORKLOADS, line)

    assert errors(result) == [where]
    assert not Workload.objects.exists()


def test_a_workload_stays_with_its_project(company: Cast) -> None:
    make_workload(key="w")
    make_project(key="other")

    line = "w,W,other,,pretraining,2027-01-04,2027-03-01,8,2,,,"
    result = read("workloads", company.plan, WORKLOADS, line)

    assert errors(result) == [(2, "project")]


def test_links_to_types_and_pools_are_written_and_their_change_is_a_change(company: Cast) -> None:
    make_project(key="triage")
    make_pool("p")
    head = "key,name,project,kind,start_on,end_on,devices,weeks,accelerators,pools"
    line = "w,W,triage,pretraining,2027-01-04,2027-03-01,8,2,"

    read("workloads", company.plan, head, f"{line}h100,p")
    workload = Workload.objects.get()
    assert [one.key for one in workload.accelerators.all()] == ["h100"]
    same = read("workloads", company.plan, head, f"{line}h100,p")
    changed = read("workloads", company.plan, head, f"{line},p")
    bad = read("workloads", company.plan, head, f"{line}h100; v100,p")

    assert (same.unchanged, changed.updated) == (1, 1)
    assert not workload.accelerators.exists()
    assert Workload.objects.get().version == 2
    assert errors(bad) == [(2, "accelerators")]


# --- allocations ----------------------------------------------------------------------------------


def test_running_and_locked_allocations_are_facts(company: Cast) -> None:
    make_workload(key="w")
    make_pool("p")

    result = read(
        "allocations",
        company.plan,
        ALLOCATIONS,
        "w,p,2027-01-04,2027-01-18,8,running,",
        "w,p,2027-01-18,2027-02-01,8,locked,as agreed",
        "w,p,2027-02-01,2027-02-08,8,,",
    )

    assert errors(result) == []
    assert [row.state for row in Allocation.objects.facts()] == ["running", "locked"]
    assert {row.source for row in Allocation.objects.all()} == {"import"}


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (["x,p,2027-01-04,2027-01-18,8,,"], (2, "workload")),
        (["w,x,2027-01-04,2027-01-18,8,,"], (2, "pool")),
        (["w,p,2027-01-04,2027-01-04,8,,"], (2, "end_on")),
        (["w,p,2027-01-04,2027-01-18,0,,"], (2, "devices")),
        (["w,p,2027-01-04,2027-01-18,0.5,,"], (2, "devices")),
        (["w,p,2027-01-04,2027-01-18,8,paused,"], (2, "state")),
        (
            ["w,p,2027-01-04,2027-01-18,8,,", "w,p,2027-01-11,2027-01-25,8,,"],
            (3, "start_on"),
        ),
    ],
)
def test_a_bad_cell_of_an_allocation_is_named(
    company: Cast, lines: list[str], where: tuple[int, str]
) -> None:
    make_workload(key="w")
    make_pool("p")

    result = read("allocations", company.plan, ALLOCATIONS, *lines)

    assert errors(result) == [where]
    assert not Allocation.objects.exists()


def test_a_row_may_not_overlap_with_what_is_there(company: Cast) -> None:
    make_allocation(make_workload(key="w"), make_pool("p"))

    result = read("allocations", company.plan, ALLOCATIONS, "w,p,2027-01-11,2027-01-25,8,,")

    assert errors(result) == [(2, "start_on")]


def test_what_a_plan_gave_changes_its_state_only(company: Cast) -> None:
    make_allocation(make_workload(key="w"), make_pool("p"), plan=make_plan(), adopted=True)

    locked = read("allocations", company.plan, ALLOCATIONS, "w,p,2027-01-04,2027-01-18,8,locked,")
    moved = read("allocations", company.plan, ALLOCATIONS, "w,p,2027-01-04,2027-01-25,8,locked,")

    assert (locked.updated, errors(moved)) == (1, [(2, "devices")])
    assert Allocation.objects.get().end_on == monday(2)


# --- workloads by parameters and tokens -----------------------------------------------------------

# As their makers state them: name, billions of parameters and of tokens.
PUBLISHED = (
    ("starcoderbase-1b", 1.1, 1000),  # model card of StarCoderBase-1B
    ("llama-13b", 13.0, 1000),  # arXiv 2302.13971
    ("llama-2-7b", 6.74, 2000),  # meta-llama/llama, MODEL_CARD.md
    ("llama-2-70b", 68.98, 2000),  # meta-llama/llama, MODEL_CARD.md
    ("bloom-176b", 176.25, 366),  # bigscience-workshop/bigscience, tr11
)


def test_published_runs_become_workloads_with_a_band(company: Cast) -> None:
    make_project(key="triage")
    make_accelerator("a100")
    lines = [
        f"{key},{key},triage,pretraining,2027-01-04,2028-01-03,{params},{tokens},a100,"
        for key, params, tokens in PUBLISHED
    ]

    result = read("workloads", company.plan, MODELS, *lines)

    assert errors(result) == []
    assert result.created == len(PUBLISHED)
    for workload in Workload.objects.all():
        low, middle, high = (
            workload.device_hours_p10,
            workload.device_hours_p50,
            workload.device_hours_p90,
        )
        assert low is not None
        assert middle is not None
        assert high is not None
        assert low < middle < high
        assert workload.weeks is not None
        # Half of the year is enough, so that a plan may choose when.
        assert workload.devices * workload.weeks * 168 >= middle
        assert workload.weeks <= 26
        assert workload.devices % workload.gang_size == 0
    again = read(
        "workloads",
        company.plan,
        MODELS.rpartition(",")[0],
        *(line.rpartition(",")[0] for line in lines),
    )
    assert (again.unchanged, again.updated) == (len(PUBLISHED), 0)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("w,W,triage,pretraining,2027-01-04,2027-03-01,7,,h100,", (2, "tokens_b")),
        ("w,W,triage,pretraining,2027-01-04,2027-03-01,7,2000,,", (2, "sized_on")),
        ("w,W,triage,pretraining,2027-01-04,2027-03-01,0,2000,h100,", (2, "params_b")),
        ("w,W,triage,pretraining,2027-01-04,2027-03-01,7,2000,v100,", (2, "sized_on")),
        ("w,W,triage,pretraining,2027-01-04,2027-03-01,70,2000,h100,8", (2, "devices")),
        ("w,W,triage,online_inference,2027-01-04,2027-03-01,7,,h100,", (2, "peak_tokens_per_s")),
    ],
)
def test_what_cannot_be_estimated_is_named(
    company: Cast, line: str, where: tuple[int, str]
) -> None:
    make_project(key="triage")

    result = read("workloads", company.plan, MODELS, line)

    assert errors(result) == [where]
    assert not Workload.objects.exists()
