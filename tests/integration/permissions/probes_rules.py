"""Suppositions, proposals side by side, and kept weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.probes_staffing import PROPOSALS, START
from tests.integration.permissions.rows import View, Who
from tests.integration.permissions.scene import figure
from tests.integration.permissions.scene_staffing import COST, ROW_COST, Staffing
from tests.integration.permissions.walker import Probe

WEIGHTS = "kept weights"
TWO = "run={run}&run={active}"


def rules_probes() -> Iterator[Probe]:
    api = "api:projects:staffing-"

    def supposed(things: Any) -> dict[str, Any]:
        change = {"kind": "more_projects", "person": things.row.person.key, "max_projects": 3}
        return {"projects": [things.project.key], "seconds": 5, "what_if": [change]}

    yield Probe(START, "POST", f"{api}run-what-if", data=supposed, ok=202)
    yield Probe(PROPOSALS, "GET", f"{api}run-compare", query=TWO)
    whole = lambda things: figure(COST[things.project.key])  # noqa: E731
    row = lambda things: figure(ROW_COST[things.project.key])  # noqa: E731
    for told in (whole, row):
        yield Probe(
            ("project cost", "read"),
            "GET",
            f"{api}run-compare",
            query=TWO,
            tells=told,
            reads=(PROPOSALS,),
        )
    kept = lambda things: rf"\b{things.profile.name}\b"  # noqa: E731
    yield Probe((WEIGHTS, "read"), "GET", f"{api}profile-list", tells=kept)
    save: dict[str, Any] = {"name": "calm", "weights": {"cost": 3}}
    # Who leads anything may keep weights: that is no matter of a thing.
    yield Probe(
        (WEIGHTS, "save"),
        "POST",
        f"{api}profile-list",
        data=lambda _t: save,
        ok=201,
        only_own=True,
    )
    change = (WEIGHTS, "change, share, delete")
    args = ("profile",)
    share = lambda _t: {"shared": True}  # noqa: E731
    yield Probe(change, "PATCH", f"{api}profile-detail", args, data=share)
    yield Probe(change, "DELETE", f"{api}profile-detail", args, ok=204)


def _kept(who: Who) -> list[str]:
    """One's own and what others share."""
    return sorted({"everybodys", *Staffing.of(who.scene).kept_by(who.user)})


def rules_views() -> list[View]:
    address = "/api/v1/projects/staffing-profiles/?limit=1000"
    return [View(address, lambda answer: [one["name"] for one in answer.json()["results"]], _kept)]
