"""Capacity plans: who reads them, their money and their rows; who computes and adopts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.scene import Things, figure
from tests.integration.permissions.scene_plans import COST, LOST, OBJECTIVE, PRICE
from tests.integration.permissions.walker import Probe, RuleKey

PAGE, API = "capacity:plan-", "api:capacity:plan-"
READ = ("capacity plans", "read")
PENDING = ("capacity plans", "read what is being computed")
MONEY = ("capacity plans", "read cost, value and objectives")
CHANGE = ("capacity plans", "compute and adopt")
WORKLOADS = ("workloads", "read")
# Plans are of the whole estate: work in a project that they serve opens nothing of them.
HELD: dict[RuleKey, set[str]] = {READ: set(), CHANGE: set()}
CROSSED: dict[RuleKey, set[str]] = {READ: set()}
PIECES = ("plan-weeks", "plan-schedule", "plan-comparison")
TABLES = ("", "&table=allocations", "&table=left_out")


def plan_probes() -> Iterator[Probe]:
    yield from _read()
    yield from _rows()
    yield from _money()
    yield from _change()


def _id(things: Things) -> str:
    return str(things.plan.pk)


def _read() -> Iterator[Probe]:
    listed: dict[str, Any] = {"tells": _id, "refused": 200}
    yield Probe(READ, "GET", PAGE + "list", **listed)
    yield Probe(READ, "GET", PAGE + "list", root="plan-list", **listed)
    yield Probe(READ, "GET", API + "list", **listed)
    shown = lambda things: str(things.plan.pk)[:8]  # noqa: E731
    yield Probe(READ, "GET", PAGE + "list", query="format=csv", tells=shown, refused=200)
    yield Probe(READ, "GET", PAGE + "detail", ("plan",))
    for root in PIECES:
        yield Probe(READ, "GET", PAGE + "detail", ("plan",), root=root)
    yield Probe(READ, "GET", API + "detail", ("plan",))
    yield Probe(READ, "GET", API + "latest-report")
    yield Probe(READ, "GET", API + "report", ("plan",), query="format=json")
    for table in TABLES:
        yield Probe(READ, "GET", API + "report", ("plan",), query=f"format=csv{table}")
    pending = ("pending",)
    yield Probe(PENDING, "GET", PAGE + "detail", pending)
    yield Probe(PENDING, "GET", API + "detail", pending)
    yield Probe(PENDING, "GET", "runs:run-status", pending, root="run-status-{pending}")
    yield Probe(("capacity plans", "read the dictionary of its columns"), "GET", API + "columns")


def _rows() -> Iterator[Probe]:
    """What a plan gives to a workload, or leaves out of it."""
    idle = lambda things: f"[Ii]dle.{things.project.key}"  # noqa: E731
    held = lambda things: f"[Hh]eld.{things.project.key}"  # noqa: E731
    for tells, query in ((idle, "table=allocations"), (held, "table=left_out")):
        place = API + "report"
        yield Probe(
            WORKLOADS, "GET", place, ("plan",), query=query, reads=(READ,), tells=tells, refused=200
        )
    for tells in (idle, held):
        name = PAGE + "detail"
        yield Probe(WORKLOADS, "GET", name, ("plan",), reads=(READ,), tells=tells, refused=200)


def _money() -> Iterator[Probe]:
    def tells(amount: Any) -> Any:
        return lambda _things: figure(amount)

    for name in (PAGE + "detail", API + "detail"):
        for amount in (COST, OBJECTIVE):
            yield Probe(MONEY, "GET", name, ("plan",), reads=(READ,), tells=tells(amount))
    yield Probe(MONEY, "GET", API + "list", tells=tells(COST))
    report = API + "report"
    yield Probe(MONEY, "GET", report, ("plan",), reads=(READ,), tells=tells(PRICE))
    lost: dict[str, Any] = {"reads": (READ,), "tells": tells(LOST), "query": "table=left_out"}
    yield Probe(MONEY, "GET", report, ("plan",), **lost)


def _asked(things: Things) -> dict[str, Any]:
    return {
        "objective": "net_value",
        "start_on": things.plan.start_on.isoformat(),
        "n_weeks": 8,
        "seconds": 5,
        "seed": 1,
    }


def _change() -> Iterator[Probe]:
    yield Probe(CHANGE, "GET", PAGE + "create")
    yield Probe(CHANGE, "POST", PAGE + "create", data=_asked, ok=302)
    yield Probe(CHANGE, "POST", API + "list", data=lambda _t: {"weeks": 8}, ok=202)
    more: dict[str, Any] = {"reads": (READ,)}
    ticked = lambda things: {"workload": things.idle.pk}  # noqa: E731
    rows = lambda things: {"rows": [things.given.pk]}  # noqa: E731
    plan = ("plan",)
    yield Probe(CHANGE, "POST", PAGE + "adopt", plan, data=ticked, ok=302, **more)
    yield Probe(CHANGE, "POST", PAGE + "adopt", plan, data=lambda _t: {"all": "1"}, ok=302, **more)
    yield Probe(CHANGE, "POST", API + "adopt", plan, data=rows, **more)
    yield Probe(CHANGE, "POST", PAGE + "others", plan, ok=302, **more)
    yield Probe(CHANGE, "POST", API + "others", plan, ok=202, **more)
