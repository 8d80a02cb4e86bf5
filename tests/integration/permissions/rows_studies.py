"""Rows of questions, and what an answer over two plans tells of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projects.models import StaffingStudy
from roles.models import Person
from tests.integration.permissions.rows import View, Who, ids, links, pks
from tests.integration.permissions.rows_projects import plans
from tests.integration.permissions.rows_staffing import EVERY_RUN
from tests.integration.permissions.rows_staffing import runs as proposals
from tests.integration.permissions.scene import Scene
from tests.integration.permissions.scene_projects import Plans
from tests.integration.permissions.scene_staffing import Staffing
from tests.integration.permissions.scene_studies import Studies
from tests.integration.permissions.walker import Answer

UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


def runs(who: Who) -> set[Any]:
    """Questions that they may see."""
    if who.group in EVERY_RUN:
        return set(StaffingStudy.objects.all())
    if who.is_steward:
        return set(StaffingStudy.objects.filter(projects__key="alpha"))
    return {Studies.of(who.scene).of_viewer} if who.group == "viewer" else set()


def study_views() -> list[View]:
    address = "/staffing/questions/"
    rows = links(rf'<a href="/staffing/questions/({UUID})/"')
    return [
        View("/api/v1/projects/studies/", ids, lambda who: pks(runs(who))),
        View(address, rows, lambda who: pks(runs(who))),
        View(address, rows, lambda who: pks(runs(who)), "study-list"),
        View(_shared(address + "{study}/"), _seats, _shared_plans, status=_sees_shared),
        View(
            _shared("/api/v1/projects/studies/{study}/"),
            _filled,
            _shared_plans,
            status=_sees_shared,
        ),
        # The people beside a row of a proposal.
        View(_pick, links(r"<option value=\"(\d+)\""), _employed, "study-pick-1", _sees_alpha),
    ]


def _shared(path: str) -> Callable[[Scene], str]:
    return lambda scene: path.format(study=Studies.of(scene).shared.pk)


def _sees_shared(who: Who) -> int:
    return 200 if Studies.of(who.scene).shared in runs(who) else 404


def _seats(answer: Answer) -> list[str]:
    return sorted(set(links(r"\bopen-(alpha|beta|gamma)\b")(answer)))


def _filled(answer: Answer) -> list[str]:
    return sorted(
        {slot["project"] for idea in answer.json()["answer"]["ideas"] for slot in idea["fills"]}
    )


def _shared_plans(who: Who) -> list[str]:
    return sorted(plans(who) & {"alpha", "beta"})


def _pick(scene: Scene) -> str:
    run = Staffing.of(scene).parts["alpha"]["run"]
    slot = Plans.of(scene).plans["alpha"]["open"]
    return f"/staffing/questions/new/?question=why_not&run={run.pk}&slot={slot.pk}"


def _sees_alpha(who: Who) -> int:
    run = Staffing.of(who.scene).parts["alpha"]["run"]
    return 200 if run in proposals(who) and "alpha" in plans(who) else 404


def _employed(who: Who) -> list[str]:
    slot = Plans.of(who.scene).plans["alpha"]["open"]
    return pks(Person.objects.employed_between(slot.start_on, slot.end_on))
