"""The devices of the demo company: six pools at four sites, and what asks for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from capacity import bridge
from capacity.models import Accelerator, Allocation, CapacityPlan, Pool, Workload
from capacity.services import allocations, estate, plans, workloads
from projects.models import Project
from roles.models import Site
from teamhub import weeks
from teamhub.demo_world import DemoWorld
from teamhub.runs.here import compute_here

# Rates, power and node counts are the demo's own.
POOLS: tuple[dict[str, Any], ...] = (
    {
        "key": "sh-h800",
        "name_en": "Shanghai H800",
        "name_zh": "上海 H800",
        "site": "shanghai",
        "accelerator": "h800-sxm5-80gb",
        "node_count": 16,
        "cpu_cores": 96,
        "memory_gib": 2048,
        "storage_tb": 30,
        "network_gbit_s": 3200,
        "power_kw": Decimal("10.2"),
        "rate_per_device_hour": Decimal("2.10"),
    },
    {
        "key": "sh-cpu",
        "name_en": "Shanghai processors",
        "name_zh": "上海通用算力",
        "site": "shanghai",
        "accelerator": "cpu-server",
        "node_count": 20,
        "devices_per_node": 2,
        "cpu_cores": 192,
        "memory_gib": 1536,
        "storage_tb": 15,
        "network_gbit_s": 100,
        "power_kw": Decimal("1.1"),
        "rate_per_device_hour": Decimal("0.35"),
    },
    {
        "key": "sg-a100",
        "name_en": "Singapore A100",
        "name_zh": "新加坡 A100",
        "site": "singapore",
        "accelerator": "a100-sxm4-80gb",
        "cpu_cores": 128,
        "memory_gib": 1024,
        "storage_tb": 15,
        "network_gbit_s": 1600,
        "power_kw": Decimal("6.5"),
        "rate_per_device_hour": Decimal("1.35"),
        "note": "Nodes are listed: four more have been ordered.",
    },
    {
        "key": "fra-h100",
        "name_en": "Frankfurt H100",
        "name_zh": "法兰克福 H100",
        "site": "frankfurt",
        "accelerator": "h100-sxm5-80gb",
        "node_count": 12,
        "cpu_cores": 112,
        "memory_gib": 2048,
        "storage_tb": 30,
        "network_gbit_s": 3200,
        "power_kw": Decimal("10.2"),
        "rate_per_device_hour": Decimal("2.60"),
    },
    {
        "key": "iad-tpu",
        "name_en": "Ashburn TPU v4",
        "name_zh": "阿什本 TPU v4",
        "site": "ashburn",
        "accelerator": "tpu-v4",
        "node_count": 16,
        "devices_per_node": 4,
        "cpu_cores": 120,
        "memory_gib": 407,
        "network_gbit_s": 100,
        "power_kw": Decimal("1.4"),
        "rate_per_device_hour": Decimal("1.05"),
    },
    {
        "key": "iad-l4",
        "name_en": "Ashburn L4",
        "name_zh": "阿什本 L4",
        "site": "ashburn",
        "accelerator": "l4-24gb",
        "node_count": 10,
        "devices_per_node": 4,
        "cpu_cores": 48,
        "memory_gib": 192,
        "storage_tb": 8,
        "network_gbit_s": 100,
        "power_kw": Decimal("0.7"),
        "rate_per_device_hour": Decimal("0.45"),
    },
)
LISTED = ("sg-a100", 16, 4, 6)  # pool, nodes there, nodes ordered, weeks until they arrive
MAINTENANCE = (
    # pool, first week from now, weeks, nodes out, reason
    ("fra-h100", 4, 2, 6, "Cooling loop B is replaced", "更换 B 回路冷却系统"),
    ("sh-h800", 8, 1, 16, "Power feed of hall 2", "2 号机房供电改造"),
)
# Trainings of the size of published ones: parameters and tokens as their makers state them.
LLAMA = "{}: meta-llama/llama, MODEL_CARD.md"
PUBLISHED: tuple[dict[str, Any], ...] = (
    {
        "project": "Storefront ranking",
        "key": "item-text-model",
        "name_en": "Item text model, of the size of StarCoderBase-1B",
        "name_zh": "商品文本模型（StarCoderBase-1B 规模）",
        "params_b": 1.1,
        "tokens_b": 1000.0,
        "weeks": (1, 9),
        "sized_on": "a100-sxm4-80gb",
        "must_serve": True,
        "value": Decimal(420_000),
        "source": "1.1 billion parameters, 1,000 billion tokens: model card of StarCoderBase-1B",
    },
    {
        "project": "Network help desk",
        "key": "dialogue-base-model",
        "name_en": "Dialogue base model, of the size of Llama 2 7B",
        "name_zh": "对话基座模型（Llama 2 7B 规模）",
        "params_b": 6.74,
        "tokens_b": 2000.0,
        "weeks": (2, 18),
        "sized_on": "a100-sxm4-80gb",
        "must_serve": True,
        "value": Decimal(900_000),
        "source": LLAMA.format("6.74 billion parameters, 2,000 billion tokens"),
    },
    {
        "project": "Chest X-ray triage",
        "key": "medical-language-model",
        "name_en": "Medical language model, of the size of LLaMA 13B",
        "name_zh": "医学语言模型（LLaMA 13B 规模）",
        "params_b": 13.0,
        "tokens_b": 1000.0,
        "weeks": (3, 20),
        "sized_on": "h100-sxm5-80gb",
        "must_serve": False,
        "value": Decimal(650_000),
        "source": "13 billion parameters, 1,000 billion tokens: LLaMA paper, arXiv 2302.13971",
    },
    {
        "project": "Learning feed",
        "key": "course-model",
        "name_en": "Course model, of the size of Nemotron-3-8B",
        "name_zh": "课程模型（Nemotron-3-8B 规模）",
        "params_b": 8.0,
        "tokens_b": 3800.0,
        "weeks": (2, 22),
        "sized_on": "h100-sxm5-80gb",
        "must_serve": False,
        "value": Decimal(700_000),
        "source": "8 billion parameters, 3,800 billion tokens: model card of Nemotron-3-8B",
    },
)
# It must run in the week in which all of its pool is out: the week with a shortage.
SHORT = {
    "project": "Storefront ranking",
    "key": "sale-embedding",
    "name_en": "Embeddings for the winter sale",
    "name_zh": "冬季大促商品向量",
    "kind": Workload.Kind.BATCH_INFERENCE,
    "devices": 64,
    "weeks": 1,
    "note": "The prices of the sale must not leave Shanghai before its first day.",
    "value": Decimal(60_000),
}
SHORT_POOL = "sh-h800"
PLAN_NAME, PLAN_WEEKS, PLAN_SECONDS = "Plan of the year", 52, 2
LOCKED_REASON = "Agreed with the project before plans were made by the solver."


def build(world: DemoWorld) -> None:
    pools = {row["key"]: _pool(world, row) for row in POOLS}
    _nodes(world, pools)
    _maintenance(world, pools)
    for row in PUBLISHED:
        _published(world, row)
    _short(world, pools)
    _settle(world)
    _allocate(world, pools)
    _plan(world)


def _pool(world: DemoWorld, row: dict[str, Any]) -> Pool:
    given = dict(row)
    site = Site.objects.get(key=given.pop("site"))
    kind = Accelerator.objects.get(key=given.pop("accelerator"))
    return estate.create_pool(site=site, accelerator=kind, by=world.by, **given)


def _nodes(world: DemoWorld, pools: dict[str, Pool]) -> None:
    key, there, ordered, arrive = LISTED
    pool = pools[key]
    for number in range(there + ordered):
        estate.create_node(
            pool=pool,
            key=f"{key}-{number + 1:03d}",
            devices=pool.devices_per_node,
            cpu_cores=pool.cpu_cores,
            memory_gib=pool.memory_gib,
            start_on=None if number < there else weeks.add_weeks(world.monday, arrive),
            by=world.by,
        )


def _maintenance(world: DemoWorld, pools: dict[str, Pool]) -> None:
    for key, first, n_weeks, nodes, reason_en, reason_zh in MAINTENANCE:
        start = weeks.add_weeks(world.monday, first)
        estate.create_maintenance(
            pool=pools[key],
            start_on=start,
            end_on=weeks.add_weeks(start, n_weeks),
            nodes_out=nodes,
            reason_en=reason_en,
            reason_zh=reason_zh,
            by=world.by,
        )


def _published(world: DemoWorld, row: dict[str, Any]) -> Workload:
    given = dict(row)
    project = Project.objects.get(name=given.pop("project"))
    first, end = given.pop("weeks")
    return workloads.create_workload(
        project=project,
        kind=Workload.Kind.PRETRAINING,
        phase=project.phases.get(key="training"),
        start_on=weeks.add_weeks(world.monday, first),
        end_on=weeks.add_weeks(world.monday, end),
        sizing=Workload.Sizing.MODEL,
        sized_on=Accelerator.objects.get(key=given.pop("sized_on")),
        by=world.by,
        **given,
    )


def _settle(world: DemoWorld) -> None:
    """What lies behind is done."""
    for workload in Workload.objects.open().filter(end_on__lte=world.monday):
        workloads.update_workload(workload, by=world.by, status=Workload.Status.DONE)


def _allocate(world: DemoWorld, pools: dict[str, Pool]) -> None:
    """What serves or trains today runs; the next training of each project is locked."""
    order = (pools["fra-h100"], pools["sg-a100"], pools["sh-h800"])
    today = Workload.objects.open().filter(
        start_on__lte=world.monday, end_on__gt=world.monday, sizing=Workload.Sizing.DEVICES
    )
    for number, workload in enumerate(today.order_by("pk")):
        serving = workload.kind == Workload.Kind.ONLINE_INFERENCE
        length = workload.weeks or workload.n_weeks
        end = min(workload.end_on, weeks.add_weeks(world.monday, length))
        allocations.create_allocation(
            workload=workload,
            pool=order[number % len(order)],
            start_on=workload.start_on if serving else world.monday,
            end_on=workload.end_on if serving else end,
            devices=Decimal(workload.devices),
            state=Allocation.State.RUNNING
            if number % 2 == 0 or serving
            else Allocation.State.LOCKED,
            reason=LOCKED_REASON if number % 2 else "",
            by=world.by,
        )


def _short(world: DemoWorld, pools: dict[str, Pool]) -> Workload:
    """Ask for the pool in the one week in which all of it is out."""
    given: dict[str, Any] = dict(SHORT)
    project = Project.objects.get(name=given.pop("project"))
    week = pools[SHORT_POOL].maintenance.get()
    return workloads.create_workload(
        project=project,
        phase=project.phases.get(key="adaptation"),
        start_on=week.start_on,
        end_on=week.end_on,
        pools=[pools[SHORT_POOL]],
        by=world.by,
        **given,
    )


def _plan(world: DemoWorld) -> CapacityPlan:
    """Compute a plan of the year with the real solver, and let the planner adopt it."""
    planner = world.users["plan"]
    plan = plans.submit_plan(
        by=planner,
        start_on=world.monday,
        n_weeks=PLAN_WEEKS,
        seconds=PLAN_SECONDS,
        name=PLAN_NAME,
    )
    plan = compute_here(
        plan,
        load=bridge.load_plan,
        module="capacity.kernel.job",
        store=bridge.store_plan,
        record=bridge.record_incumbent,
    )
    plans.adopt(plan, by=planner, reason="Agreed with the leads of the projects.")
    return plan
