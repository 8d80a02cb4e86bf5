"""The slot dialog, its addresses for programs, and the waiting list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.probes_projects import ASSIGNMENTS, BY_HAND, COST
from tests.integration.permissions.rows import View, Who, ids, pks
from tests.integration.permissions.scene import Things
from tests.integration.permissions.scene_slot import Queues
from tests.integration.permissions.walker import Probe

API = "api:projects:"


def _chosen(things: Things) -> dict[str, Any]:
    return {"choice": "plain", "person": things.spare.pk}


def _chosen_by_program(things: Things) -> dict[str, Any]:
    return {"choice": "plain", "person": things.spare.key}


def slot_probes() -> Iterator[Probe]:
    held: dict[str, Any] = {"args": ("slot",), "reads": (ASSIGNMENTS,)}
    page = "projects:slot-dialog"
    yield Probe(BY_HAND, "GET", page, **held)
    yield Probe(BY_HAND, "GET", page, root="slot-dialog", **held)
    yield Probe(BY_HAND, "POST", page, data=_chosen, ok=302, **held)
    yield Probe(BY_HAND, "GET", API + "slot-candidates", **held)
    yield Probe(BY_HAND, "POST", API + "slot-assign", data=_chosen_by_program, ok=201, **held)
    cost: dict[str, Any] = {"tells": lambda _t: '"cost"', "reads": (ASSIGNMENTS, BY_HAND)}
    yield Probe(COST, "GET", API + "slot-candidates", ("slot",), **cost)
    waits: dict[str, Any] = {"args": ("place",), "reads": (ASSIGNMENTS,)}
    for action in ("take", "drop"):
        data = lambda _t, action=action: {"action": action}  # noqa: E731
        yield Probe(BY_HAND, "POST", "projects:waiting-place", data=data, ok=302, **waits)
    yield Probe(BY_HAND, "POST", API + "waiting-place-take", **waits)
    yield Probe(BY_HAND, "POST", API + "waiting-place-drop", ok=204, **waits)
    key = lambda things: rf'"id":\s?{things.place.pk},'  # noqa: E731
    yield Probe(BY_HAND, "GET", API + "waiting-place-list", tells=key, refused=200)


def slot_views() -> list[View]:
    return [View("/api/v1/projects/waiting-places/", ids, lambda who: pks(_places(who)))]


def _places(who: Who) -> list[Any]:
    """Those of plans that they may change."""
    places = Queues.of(who.scene).places
    if who.is_administrator:
        return list(places.values())
    leads = who.is_steward or (who.group, who.kind) == ("manager", "member")
    return [places["alpha"]] if leads else []
