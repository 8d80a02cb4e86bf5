"""Changes of the plan: who reads which, and who undoes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.probes_projects import BY_HAND, DETAIL, REASON, label
from tests.integration.permissions.rows import View, Who, column, ids, links
from tests.integration.permissions.rows_projects import plans
from tests.integration.permissions.scene_decisions import Decisions
from tests.integration.permissions.walker import Probe

PAGE, API = "projects:plan-change-", "api:projects:plan-change-"


def decision_probes() -> Iterator[Probe]:
    told: dict[str, Any] = {"tells": label("team")}
    yield Probe(DETAIL, "GET", PAGE + "list", **told)
    yield Probe(DETAIL, "GET", PAGE + "list", root="plan-change-list", **told)
    yield Probe(DETAIL, "GET", PAGE + "list", query="format=csv", **told)
    yield Probe(DETAIL, "GET", API + "list", **told)
    yield Probe(DETAIL, "GET", API + "list", query="format=csv", **told)
    yield Probe(DETAIL, "GET", API + "detail", ("change",), refused=404)
    undo: dict[str, Any] = {"args": ("change",), "data": lambda _t: REASON, "reads": (DETAIL,)}
    yield Probe(BY_HAND, "POST", PAGE + "undo", ok=302, **undo)
    yield Probe(BY_HAND, "POST", API + "undo", **undo)


def decision_views() -> list[View]:
    page, api = "/plan/changes/", "/api/v1/projects/plan-changes/"
    rows = links(r'<tr id="change-(\d+)"')
    return [
        View(page, rows, _changes),
        View(page, rows, _changes, "plan-change-list"),
        View(f"{page}?format=csv", column("change"), _changes),
        View(api, ids, _changes),
        View(f"{api}?format=csv", column("change"), _changes),
    ]


def _changes(who: Who) -> list[str]:
    made = Decisions.of(who.scene).changes
    return [str(change.pk) for word, change in made.items() if word in plans(who)]
