"""The staffing workspace and proposals side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.integration.permissions.rows import View, Who, links, opens
from tests.integration.permissions.rows_projects import plans
from tests.integration.permissions.rows_staffing import runs
from tests.integration.permissions.scene import Scene, Things
from tests.integration.permissions.scene_staffing import Staffing
from tests.integration.permissions.walker import Probe, RuleKey

START: RuleKey = ("staffing run start", "start")
PAGE = "projects:staffing-workspace"
# The form is there for everybody and offers one's own projects only; a comparison needs two runs.
OPEN: dict[str, Callable[[Who], int]] = {
    "/staffing/": opens,
    "/staffing/propose/": lambda _who: 302,
    "/staffing/compare/": lambda _who: 400,
}


def workspace_probes() -> Iterator[Probe]:
    def form(things: Things) -> dict[str, Any]:
        return {"projects": [things.project.pk], "seconds": 5, "seed": 1, "change_budget": 0}

    offered = lambda things: f'name="projects" value="{things.project.pk}"'  # noqa: E731
    counted = lambda _t: r"\d+ projects?, \d{4}-W"  # noqa: E731
    whole: dict[str, Any] = {"query": "scope=portfolio", "root": "glance", "tells": counted}
    # The form offers one's own projects only: another one is no choice of it.
    yield Probe(START, "POST", PAGE, data=form, ok=302, refused=422)
    yield Probe(START, "GET", PAGE, tells=offered, refused=200)
    yield Probe(START, "GET", PAGE, only_own=True, **whole)  # all that one leads, whatever it is


def workspace_views() -> list[View]:
    """Slots that two proposals staff differently are those of plans that the reader sees."""
    return [View(_pair, links(r"\bopen-(alpha|beta)\b"), _alpha, status=_sees_both)]


def _runs(scene: Scene) -> list[Any]:
    part = Staffing.of(scene)
    return [part.shared, part.parts["alpha"]["run"]]


def _pair(scene: Scene) -> str:
    return "/staffing/compare/?" + "&".join(f"run={run.pk}" for run in _runs(scene))


def _sees_both(who: Who) -> int:
    return 200 if set(_runs(who.scene)) <= set(runs(who)) else 404


def _alpha(who: Who) -> list[str]:
    return sorted(plans(who) & {"alpha"})
