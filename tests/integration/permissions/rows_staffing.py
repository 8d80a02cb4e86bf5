"""Rows of proposals and requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projects.models import StaffingRun
from tests.integration.permissions.rows import View, Who, column, ids, links, pks
from tests.integration.permissions.rows_people import loads
from tests.integration.permissions.rows_projects import WORDS, plans
from tests.integration.permissions.scene import Scene
from tests.integration.permissions.scene_people import People
from tests.integration.permissions.scene_staffing import Staffing
from tests.integration.permissions.walker import Answer

EVERY_RUN = {"administrator", "manager"}


def runs(who: Who) -> set[Any]:
    if who.group in EVERY_RUN:
        return set(StaffingRun.objects.all())
    if who.is_steward:
        return set(StaffingRun.objects.filter(projects__key="alpha"))
    return {Staffing.of(who.scene).by_viewer} if who.group == "viewer" else set()


def requests(who: Who) -> set[Any]:
    """Requests that they may answer."""
    staffing = Staffing.of(who.scene)
    if who.is_administrator:
        return {staffing.asks_apps, staffing.asks_infra, staffing.among_strangers}
    return {staffing.asks_apps} if who.is_steward else set()


def asked_or_asking(who: Who) -> set[Any]:
    asks = {Staffing.of(who.scene).asks_infra}
    return requests(who) | (asks if (who.group, who.kind) == ("manager", "member") else set())


def _asked_for(who: Who) -> list[str]:
    return [one.row.person.key for one in asked_or_asking(who)]


def staffing_views() -> list[View]:
    api = "/api/v1/projects/"
    answers = r'action="/requests/(\d+)/answer/"'
    shared_rows = f"{api}staffing-runs/{{run}}/rows/"
    return [
        View(f"{api}staffing-runs/", ids, lambda who: pks(runs(who))),
        View("/requests/", links(answers), lambda who: pks(requests(who))),
        View("/requests/", links(answers), lambda who: pks(requests(who)), "request-list"),
        View("/requests/?format=csv", column("person"), _asked_for),
        View(f"{api}staffing-requests/", ids, lambda who: pks(asked_or_asking(who))),
        # Rows of a proposal over two projects are those of the plans that one sees.
        View(_shared("/staffing/{run}/"), _open_seats, _shared_plans, status=_sees_shared),
        View(_shared(shared_rows), _projects_of_rows, _shared_plans, status=_sees_shared),
        View(
            _shared("/staffing/{run}/"),
            links(">Omar: other work"),
            _broken_already,
            status=_sees_shared,
        ),
    ]


def _shared(path: str) -> Callable[[Scene], str]:
    return lambda scene: path.format(run=Staffing.of(scene).shared.pk)


def _sees_shared(who: Who) -> int:
    return 200 if Staffing.of(who.scene).shared in runs(who) else 404


def _open_seats(answer: Answer) -> list[str]:
    return sorted(set(links(rf"\bopen-({'|'.join(WORDS)})\b")(answer)))


def _projects_of_rows(answer: Answer) -> list[str]:
    return sorted({row["project"] for row in answer.json()})


def _shared_plans(who: Who) -> list[str]:
    return sorted(plans(who) & {"alpha", "beta"})


def _broken_already(who: Who) -> list[str]:
    """What today's plan breaks is told of those whose load one sees."""
    return [">Omar: other work"] * (People.of(who.scene).omar in loads(who))
