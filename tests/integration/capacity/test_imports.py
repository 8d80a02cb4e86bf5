"""The files of the estate: read, refused by line and column, written all or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from capacity.importers import BY_KIND
from capacity.models import Allocation, Node, Pool, Workload
from teamhub.audit.models import AuditEvent
from teamhub.errors import NotAllowed, NotFound
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_node,
    make_plan,
    make_pool,
    make_project,
    make_site,
    make_workload,
    monday,
)
from tests.cast import Cast
from tests.integration.capacity.files import (
    NODES,
    POOLS,
    errors,
    exported,
    read,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(cast: Cast) -> Cast:
    make_site("shanghai")
    make_accelerator("h100")
    return cast


def test_a_new_file_of_pools_is_written_and_told_to_the_audit_once(company: Cast) -> None:
    result = read(
        "pools",
        company.plan,
        POOLS,
        "sh-a,A,shanghai,h100,4,8,2.5",
        "sh-b,B,shanghai,H100,,,",
    )

    assert (result.created, errors(result)) == (2, [])
    pool = Pool.objects.get(key="sh-a")
    assert (pool.node_count, pool.rate_per_device_hour) == (4, Decimal("2.5"))
    assert (Pool.objects.get(key="sh-b").devices_per_node) == 8
    assert [event.verb for event in AuditEvent.objects.all()] == ["import.commit"]


def test_a_column_left_out_leaves_its_values(company: Cast) -> None:
    make_pool("sh-a", node_count=4, note="keep me")

    result = read(
        "pools", company.plan, "key,name,site,accelerator,nodes", "SH-A,New,shanghai,h100,6"
    )

    assert (result.updated, result.created) == (1, 0)
    pool = Pool.objects.get()
    assert (pool.name_en, pool.node_count, pool.note, pool.version) == ("New", 6, "keep me", 2)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("sh-a,A,shanghay,h100,4,8,2.5", (2, "site")),
        ("sh-a,A,shanghai,h1000,4,8,2.5", (2, "accelerator")),
        ("sh-a,A,shanghai,h100,-1,8,2.5", (2, "nodes")),
        ("sh-a,A,shanghai,h100,4,0,2.5", (2, "devices_per_node")),
        ("sh-a,A,shanghai,h100,4,8,cheap", (2, "rate_per_device_hour")),
        ("sh a,A,shanghai,h100,4,8,2.5", (2, "key")),
        (",A,shanghai,h100,4,8,2.5", (2, "key")),
    ],
)
def test_a_bad_cell_of_a_pool_is_named_and_nothing_is_written(
    company: Cast, line: str, where: tuple[int, str]
) -> None:
    result = read("pools", company.plan, POOLS, line, "sh-b,B,shanghai,h100,4,8,2.5")

    assert errors(result) == [where]
    assert not Pool.objects.exists()


def test_weeks_are_mondays_in_order(company: Cast) -> None:
    pool = make_pool("p")
    result = read(
        "nodes",
        company.plan,
        NODES,
        "n1,p,8,96,1024,2027-01-05,",
        "n2,p,8,96,1024,2027-02-01,2027-01-04",
        "n3,q,8,96,1024,,",
        "n4,p,,96,1024,,",
    )

    assert errors(result) == [(2, "start_on"), (3, "end_on"), (4, "pool"), (5, "devices")]
    assert not pool.nodes.exists()


def test_the_same_node_twice_is_refused(company: Cast) -> None:
    make_pool("p")

    result = read("nodes", company.plan, NODES, "n1,p,8,,,,", "N1,p,4,,,,")

    assert errors(result) == [(3, "key")]


def test_a_preview_writes_nothing(company: Cast) -> None:
    make_pool("p")

    result = read("nodes", company.plan, NODES, "n1,p,8,96,1024,,", dry_run=True)

    assert (result.created, result.committed) == (1, False)
    assert not Node.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("who", ["ada", "bo", "cy", "vi"])
@pytest.mark.parametrize("kind", list(BY_KIND))
def test_only_planners_and_administrators_import(company: Cast, who: str, kind: str) -> None:
    with pytest.raises(NotAllowed):
        read(kind, getattr(company, who), "key,pool,devices", "n,p,8")


def test_a_planner_whose_token_lacks_money_leaves_the_rate_out(company: Cast) -> None:
    company.plan.token_scopes = ("read", "write")  # type: ignore[attr-defined]

    refused = read("pools", company.plan, POOLS, "sh-a,A,shanghai,h100,4,8,2.5")
    taken = read("pools", company.plan, POOLS.rpartition(",")[0], "sh-a,A,shanghai,h100,4,8")

    assert errors(refused) == [(1, "rate_per_device_hour")]
    assert taken.created == 1


# --- a list of the size of a real one -------------------------------------------------------------

SHAPES = (
    # like the GPU nodes of a published cluster: number, devices, cores, memory
    (387, 2, 104, 512),
    (549, 8, 96, 384),
    (107, 2, 16, 120),
    (60, 8, 96, 768),
    (110, 4, 64, 256),
)


def a_real_list() -> list[str]:
    return [
        f"node-{pool}-{number:04d},pool-{pool},{devices},{cores},{memory},,"
        for pool, (count, devices, cores, memory) in enumerate(SHAPES)
        for number in range(count)
    ]


@pytest.mark.both_databases
def test_a_list_of_1213_nodes_is_read_in_a_few_statements(
    company: Cast, django_assert_max_num_queries
) -> None:
    for index in range(len(SHAPES)):
        make_pool(f"pool-{index}")
    lines = a_real_list()
    assert len(lines) == 1213

    with django_assert_max_num_queries(40):
        result = read("nodes", company.plan, NODES, *lines)

    assert (result.created, result.errors) == (1213, [])
    totals = {pool.key: (pool.n_nodes, pool.n_devices) for pool in Pool.objects.with_totals()}
    assert totals == {
        f"pool-{index}": (count, count * devices)
        for index, (count, devices, _cores, _memory) in enumerate(SHAPES)
    }
    with django_assert_max_num_queries(20):
        again = read("nodes", company.plan, NODES, *lines)
    assert (again.unchanged, again.updated, again.created) == (1213, 0, 0)


# --- round trip -----------------------------------------------------------------------------------


def an_estate() -> None:
    pool = make_pool(
        "p", name_zh="池", note="=1+1", start_on=monday(), cpu_cores="96.5", power_kw="10.2"
    )
    make_node(pool, "n-1", cpu_cores=96, memory_gib=1024)
    make_node(pool, "n-2", start_on=monday(3), end_on=monday(9))
    project = make_project(key="triage", phases=True)
    workload = make_workload(
        project,
        "w-1",
        name_zh="预训练",
        phase=project.phases.get(key="training"),
        value="99.90",
        must_serve=True,
        priority=4,
        accelerators=[pool.accelerator],
        pools=[pool],
    )
    make_workload(project, "w-2", kind="online_inference", weeks=None, gang_size=4)
    batch = make_workload(project, "w-3", kind="batch_inference")
    make_allocation(workload, pool, state="locked", reason="- as agreed")
    make_allocation(batch, pool, devices="0.125", plan=make_plan(), adopted=True)


@pytest.mark.both_databases
def test_what_is_exported_imports_again_unchanged(cast: Cast) -> None:
    an_estate()

    for kind, importer in BY_KIND.items():
        data = exported(kind, cast.plan)
        rows = data.count(b"\n") - 1
        assert rows > 0
        result = importer(by=cast.plan).commit(data, f"{kind}.csv")
        assert result.errors == []
        assert (result.rows, result.unchanged) == (rows, rows), kind
    assert Pool.objects.get().version == 1


@pytest.mark.both_databases
def test_what_is_exported_rebuilds_the_estate_elsewhere(cast: Cast) -> None:
    an_estate()
    Allocation.objects.filter(plan__isnull=False).delete()
    files = {kind: exported(kind, cast.plan) for kind in BY_KIND}
    Allocation.objects.all().delete()
    Workload.objects.all().delete()
    Pool.objects.all().delete()

    for kind, importer in BY_KIND.items():
        assert importer(by=cast.plan).commit(files[kind]).errors == []

    assert {kind: exported(kind, cast.plan) for kind in BY_KIND} == files


def test_exports_leave_out_what_the_user_may_not_see(cast: Cast) -> None:
    an_estate()

    files = {kind: exported(kind, cast.cy).decode("utf-8-sig") for kind in BY_KIND}

    assert "rate_per_device_hour" not in files["pools"]
    assert "n-1" in files["nodes"]
    assert "value" not in files["workloads"]
    assert (files["workloads"].count("\n"), files["allocations"].count("\n")) == (1, 1)
    assert "99.90" in exported("workloads", cast.ada).decode()
    assert "99.90" not in exported("workloads", cast.vi).decode()


def test_an_unknown_export_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound, match="pools"):
        exported("gpus", cast.plan)


@pytest.mark.parametrize("kind", list(BY_KIND))
def test_the_template_file_can_be_read(company: Cast, kind: str) -> None:
    importer = BY_KIND[kind]
    content: Any = importer.template().streaming_content
    data = b"".join(content)

    result = importer(by=company.plan).preview(data)

    assert "" not in {error.column for error in result.errors}
    assert {error.row for error in result.errors} <= {2}
