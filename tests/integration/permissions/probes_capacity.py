"""Devices, what they cost, what asks for them and who gets them; their files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from capacity.models import Workload
from teamhub import weeks
from tests.integration.permissions.probes_people import file_of, kind
from tests.integration.permissions.rows import Who, opens
from tests.integration.permissions.scene import Things, figure
from tests.integration.permissions.scene_capacity import RATE, VALUE
from tests.integration.permissions.walker import Probe

PAGE, API = "capacity:", "api:capacity:"
DEVICES, CHANGE = ("devices", "read"), ("devices", "create, change, remove")
WORKLOADS, WRITE = ("workloads", "read"), ("workloads", "create, change, remove")
ALLOCATIONS = ("allocations", "read")
GIVE = ("allocations", "create, change, lock, remove")
VERSION = (("If-Match", '"1"'),)
BY_WORK = {"engineer", "ml engineer", "reviewer", "legal"}
ALL = {"administrator", "manager", "planner", "viewer", "executive"}
# Members of alpha read its workloads by their work; the member of the managers leads it.
HELD = {
    WORKLOADS: BY_WORK,
    ALLOCATIONS: BY_WORK,
    ("exports", "demand: workloads, allocations"): BY_WORK,
    WRITE: {"manager"},
    ("device cost", "read the value of a workload"): set[str](),
    ("device cost", "set the value of a workload"): {"manager"},
}
# On the other side of the review an assignment opens gamma to engineers alone.
CROSSED = {
    WORKLOADS: {"engineer", "ml engineer"},
    ALLOCATIONS: {"engineer", "ml engineer"},
    ("exports", "demand: workloads, allocations"): {"engineer", "ml engineer"},
    WRITE: set[str](),
    ("device cost", "read the value of a workload"): set[str](),
    ("device cost", "set the value of a workload"): set[str](),
}


def adds(who: Who) -> int:
    """The page is for those who may write some project's workloads."""
    writes = who.is_steward or who.group in {"administrator", "manager", "planner"}
    return 200 if writes else 403


OPEN = {"/capacity/calculator/": opens, "/capacity/workloads/new/": adds}


def capacity_probes() -> Iterator[Probe]:
    yield from _estate()
    yield from _estate_forms()
    yield from _cost()
    yield from _workloads()
    yield from _allocations()
    yield from _files()


def _estate() -> Iterator[Probe]:
    for name, args in (("pool-list", ()), ("pool-detail", ("unused",)), ("accelerator-list", ())):
        yield Probe(DEVICES, "GET", PAGE + name, args)
    yield Probe(DEVICES, "GET", PAGE + "pool-list", root="pool-list")
    yield Probe(DEVICES, "GET", PAGE + "pool-detail", ("unused",), root="node-list")
    yield Probe(DEVICES, "GET", PAGE + "pool-list", query="format=csv")
    yield Probe(DEVICES, "GET", PAGE + "pool-detail", ("unused",), query="format=csv")
    for name in ("accelerator-list", "pool-list", "node-list", "maintenance-list"):
        yield Probe(DEVICES, "GET", API + name)
    yield Probe(DEVICES, "GET", API + "pool-list", query="format=csv")
    yield Probe(DEVICES, "GET", API + "node-list", query="format=csv")
    yield Probe(DEVICES, "GET", API + "pool-detail", ("pool",))
    yield Probe(DEVICES, "GET", API + "node-detail", ("node",))
    yield Probe(DEVICES, "POST", API + "estimate", data=_model)
    rule = ("devices", "read what is allocated in all")
    used = lambda _t: "Allocated this week"  # noqa: E731
    yield Probe(rule, "GET", PAGE + "pool-list", tells=used)
    in_chart = lambda _t: '"name": "Allocated"'  # noqa: E731
    yield Probe(rule, "GET", PAGE + "pool-detail", ("pool",), tells=in_chart)


def _model(things: Things) -> dict[str, Any]:
    return {
        "kind": "pretraining",
        "accelerator": things.kind.key,
        "params_b": 7,
        "tokens_b": 100,
    }


def _pool(things: Things) -> dict[str, Any]:
    return {
        "key": "pool-new",
        "name_en": "New",
        "site": things.unused.site_id,
        "accelerator": things.kind.pk,
        "node_count": 1,
        "devices_per_node": 8,
        "cpu_cores": 1,
        "memory_gib": 1,
        "storage_tb": 1,
        "network_gbit_s": 1,
        "power_kw": 1,
        "rate_per_device_hour": 1,
        "version": 1,
    }


def _node(_things: Things) -> dict[str, Any]:
    return {"key": "node-new", "devices": 8, "cpu_cores": 1, "memory_gib": 1, "version": 1}


def _span(things: Things) -> dict[str, Any]:
    start = things.workload.start_on
    return {"start_on": start.isoformat(), "end_on": weeks.add_weeks(start, 2).isoformat()}


def _window(things: Things) -> dict[str, Any]:
    return {**_span(things), "nodes_out": 1, "version": 1}


def _type(_things: Things) -> dict[str, Any]:
    return {"key": "g9", "name_en": "G9", "kind": "gpu", "confidence": "low"}


def _version(_things: Things) -> dict[str, Any]:
    return {"version": 1}


def _estate_forms() -> Iterator[Probe]:
    forms: list[tuple[str, tuple[str, ...], Any]] = [
        ("pool-create", (), _pool),
        ("pool-update", ("unused",), _pool),
        ("node-create", ("unused",), _node),
        ("node-update", ("node",), _node),
        ("maintenance-create", ("unused",), _window),
        ("maintenance-update", ("window",), _window),
        ("accelerator-create", (), _type),
        ("accelerator-update", ("own_kind",), _type),
    ]
    for name, args, data in forms:
        yield Probe(CHANGE, "GET", PAGE + name, args)
        yield Probe(CHANGE, "POST", PAGE + name, args, data=data, ok=302)
    for name, part in (
        ("pool-remove", "unused"),
        ("node-remove", "node"),
        ("maintenance-remove", "window"),
        ("accelerator-remove", "own_kind"),
    ):
        yield Probe(CHANGE, "POST", PAGE + name, (part,), data=_version, ok=302)
    yield Probe(CHANGE, "POST", API + "accelerator-list", data=_type, ok=201)
    yield Probe(CHANGE, "POST", API + "pool-list", data=_pool_for_programs, ok=201)
    node = lambda things: {"key": "n", "pool": things.unused.key, "devices": 8}  # noqa: E731
    yield Probe(CHANGE, "POST", API + "node-list", data=node, ok=201)
    window = lambda t: {**_span(t), "pool": t.unused.key, "nodes_out": 1}  # noqa: E731
    yield Probe(CHANGE, "POST", API + "maintenance-list", data=window, ok=201)
    for name, part, change in (
        ("pool-detail", "unused", {"note": "x"}),
        ("node-detail", "node", {"devices": 4}),
        ("maintenance-detail", "window", {"nodes_out": 2}),
    ):
        patch = lambda _t, values=change: values  # noqa: E731
        yield Probe(CHANGE, "PATCH", API + name, (part,), data=patch, headers=VERSION)
        yield Probe(CHANGE, "DELETE", API + name, (part,), headers=VERSION, ok=204)


def _pool_for_programs(things: Things) -> dict[str, Any]:
    return {
        "key": "pool-new",
        "name_en": "New",
        "site": things.unused.site.key,
        "accelerator": things.kind.key,
    }


def _cost() -> Iterator[Probe]:
    rule = ("device cost", "read rates and costs")
    rate = lambda _t: figure(RATE)  # noqa: E731
    for name, args in ((PAGE + "pool-list", ()), (PAGE + "pool-detail", ("pool",))):
        yield Probe(rule, "GET", name, args, tells=rate)
    yield Probe(rule, "GET", API + "pool-list", tells=rate)
    yield Probe(rule, "GET", API + "pool-detail", ("pool",), tells=rate)
    yield Probe(
        ("device cost", "set rates"),
        "PATCH",
        API + "pool-detail",
        ("unused",),
        data=lambda _t: {"rate_per_device_hour": "3"},
        headers=VERSION,
        without_money=403,
    )
    rule = ("device cost", "read the value of a workload")
    value = lambda things: figure(VALUE[things.project.key])  # noqa: E731
    for place in (PAGE, API):
        name = place + "workload-detail"
        yield Probe(rule, "GET", name, ("workload",), reads=(WORKLOADS,), tells=value)
    yield Probe(
        ("device cost", "set the value of a workload"),
        "PATCH",
        API + "workload-detail",
        ("workload",),
        data=lambda _t: {"value": "5"},
        headers=VERSION,
        reads=(WORKLOADS,),
        without_money=403,
    )


def _workload(things: Things) -> dict[str, Any]:
    return {
        "name_en": "New",
        "kind": "pretraining",
        "sizing": "devices",
        "status": "open",
        "devices": 8,
        "weeks": 1,
        "gang_size": 1,
        "version": 1,
        **_span(things),
    }


def _is_removed(things: Things) -> bool:
    return not Workload.objects.filter(pk=things.unplanned.pk).exists()


def _workloads() -> Iterator[Probe]:
    name = lambda things: f"Held {things.project.key}"  # noqa: E731
    listed: dict[str, Any] = {"tells": name, "refused": 200}
    yield Probe(WORKLOADS, "GET", PAGE + "workload-list", **listed)
    yield Probe(WORKLOADS, "GET", PAGE + "workload-list", root="workload-list", **listed)
    yield Probe(WORKLOADS, "GET", PAGE + "workload-list", query="format=csv", **listed)
    yield Probe(WORKLOADS, "GET", API + "workload-list", **listed)
    yield Probe(WORKLOADS, "GET", API + "workload-list", query="format=csv", **listed)
    yield Probe(WORKLOADS, "GET", PAGE + "workload-detail", ("workload",))
    yield Probe(WORKLOADS, "GET", API + "workload-detail", ("workload",))
    reads = (WORKLOADS,)
    idle = ("idle",)
    new = lambda things: {**_workload(things), "project": things.project.pk}  # noqa: E731
    yield Probe(WRITE, "POST", PAGE + "workload-create", data=new, ok=302)
    yield Probe(WRITE, "GET", PAGE + "workload-update", idle, reads=reads)
    yield Probe(WRITE, "POST", PAGE + "workload-update", idle, data=_workload, reads=reads, ok=302)
    yield Probe(
        WRITE,
        "PATCH",
        API + "workload-detail",
        idle,
        data=lambda _t: {"devices": 4},
        headers=VERSION,
        reads=reads,
    )
    remove: dict[str, Any] = {"args": ("unplanned",), "reads": reads, "leaves": _is_removed}
    yield Probe(WRITE, "POST", PAGE + "workload-remove", data=_version, ok=302, **remove)
    yield Probe(WRITE, "DELETE", API + "workload-detail", headers=VERSION, ok=204, **remove)
    yield Probe(
        WRITE,
        "POST",
        API + "workload-list",
        data=lambda things: {
            "project": things.project.key,
            "name_en": "New",
            "kind": "pretraining",
            "devices": 8,
            "weeks": 1,
            **_span(things),
        },
        ok=201,
        refused=400,  # who may not write for a project does not find it
    )


def _given(things: Things) -> dict[str, Any]:
    return {
        "pool": things.unused.pk,
        "workload": things.idle.pk,
        "devices": 8,
        "state": "locked",
        "reason": "because",
        "version": 1,
        **_span(things),
    }


def _allocations() -> Iterator[Probe]:
    name = lambda things: f"[Hh]eld.{things.project.key}"  # noqa: E731
    listed: dict[str, Any] = {"tells": name, "refused": 200}
    yield Probe(ALLOCATIONS, "GET", PAGE + "allocation-list", **listed)
    yield Probe(ALLOCATIONS, "GET", PAGE + "allocation-list", root="allocation-list", **listed)
    yield Probe(ALLOCATIONS, "GET", PAGE + "allocation-list", query="format=csv", **listed)
    yield Probe(ALLOCATIONS, "GET", API + "allocation-list", **listed)
    yield Probe(ALLOCATIONS, "GET", API + "allocation-list", query="format=csv", **listed)
    yield Probe(ALLOCATIONS, "GET", API + "allocation-detail", ("allocation",))
    yield Probe(GIVE, "GET", PAGE + "allocation-create")
    yield Probe(GIVE, "POST", PAGE + "allocation-create", data=_given, ok=302)
    reads, one = (ALLOCATIONS,), ("allocation",)
    yield Probe(GIVE, "GET", PAGE + "allocation-update", one, reads=reads)
    yield Probe(GIVE, "POST", PAGE + "allocation-update", one, data=_given, reads=reads, ok=302)
    yield Probe(GIVE, "POST", PAGE + "allocation-remove", one, data=_version, reads=reads, ok=302)
    yield Probe(
        GIVE,
        "PATCH",
        API + "allocation-detail",
        one,
        data=lambda _t: {"state": "locked"},
        headers=VERSION,
        reads=reads,
    )
    place = API + "allocation-detail"
    yield Probe(GIVE, "DELETE", place, one, headers=VERSION, reads=reads, ok=204)
    yield Probe(
        GIVE,
        "POST",
        API + "allocation-list",
        data=lambda things: {
            "pool": things.unused.key,
            "workload": things.idle.key,
            "devices": 8,
            "reason": "because",
            **_span(things),
        },
        ok=201,
    )


def _files() -> Iterator[Probe]:
    def nodes(_things: Things) -> dict[str, Any]:
        return {"kind": "nodes", "file": file_of("key,pool,devices\nnode-new,pool-two,8\n")}

    rule = ("imports", "devices and demand: preview and import")
    yield Probe(rule, "GET", PAGE + "capacity-import")
    yield Probe(rule, "GET", PAGE + "capacity-import", query="template=nodes")
    yield Probe(rule, "POST", PAGE + "capacity-import", data=nodes)
    yield Probe(rule, "POST", API + "capacity-import", data=nodes)
    for name in (PAGE + "capacity-export", API + "capacity-export"):
        for one in ("pools", "nodes"):
            yield Probe(("exports", "devices: pools, nodes"), "GET", name, kwargs=kind(one))
        rates = ("exports", "devices: rates")
        yield Probe(rates, "GET", name, kwargs=kind("pools"), tells=lambda _t: figure(RATE))
        rule = ("exports", "demand: workloads, allocations")
        key = lambda things: rf"(?m)^held-{things.project.key},"  # noqa: E731
        for one in ("workloads", "allocations"):
            yield Probe(rule, "GET", name, kwargs=kind(one), tells=key)
        rule = ("exports", "demand: values")
        value = lambda things: figure(VALUE[things.project.key])  # noqa: E731
        yield Probe(rule, "GET", name, kwargs=kind("workloads"), tells=value)
