"""The planner's board: rows of people and projects, the page and its list for narrow screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.integration.permissions.rows import opens
from tests.integration.permissions.scene import Things
from tests.integration.permissions.walker import Probe

LOAD = ("person load and absence dates", "read")
DETAIL = ("project detail", "read")
OPEN = {"/planner/": opens}


def board_probes() -> Iterator[Probe]:
    for who in ("member", "worker"):
        rows = "weeks=20&limit=200"
        yield Probe(LOAD, "GET", "api:projects:board", query=rows, tells=_figures(who))
        yield Probe(
            LOAD,
            "GET",
            "projects:planner",
            query="size=200",
            root="planner-list",
            tells=_weeks(who),
        )
    project = lambda things: rf'"key":\s?"{things.project.key}"'  # noqa: E731
    of_slot = lambda things: rf'"project":\s?"{things.project.key}"'  # noqa: E731
    for view, told in (("projects", project), ("open", of_slot)):
        query = f"view={view}&weeks=104&limit=200"
        yield Probe(DETAIL, "GET", "api:projects:board", query=query, tells=told)


def _figures(who: str) -> Callable[[Things], str]:
    return lambda things: rf'"key":\s?"{getattr(things, who).key}"[^{{}}]*"load":\s?\{{'


def _weeks(who: str) -> Callable[[Things], str]:
    def told(things: Things) -> str:
        link = f'/people/{getattr(things, who).pk}/"'
        return rf'{link}(?s:(?!</h2>).)*</h2>\s*<ol class="th-week-cells"'

    return told
