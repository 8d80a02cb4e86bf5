"""Questions about a proposal or about today's plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.probes_staffing import PROPOSALS, START
from tests.integration.permissions.rows import opens
from tests.integration.permissions.scene import Things, figure
from tests.integration.permissions.scene_studies import LOSS
from tests.integration.permissions.walker import Probe

OPEN = {"/staffing/questions/new/": opens}


def study_probes() -> Iterator[Probe]:
    yield from _ask()
    # The second way supposes no rate, so that who may start a run may suppose it.
    suppose = {"number": "2"}
    yield Probe(
        START,
        "POST",
        "projects:study-suppose",
        ("study",),
        data=lambda _things: suppose,
        ok=302,
        reads=(PROPOSALS,),
    )
    page, api = "projects:study-", "api:projects:study-"
    for name in (page + "detail", api + "detail"):
        yield Probe(PROPOSALS, "GET", name, ("study",))
        yield Probe(
            ("project cost", "read"), "GET", name, ("study",), tells=_loss, reads=(PROPOSALS,)
        )
    told = lambda things: str(things.study.pk)  # noqa: E731
    for name in (page + "list", api + "list"):
        yield Probe(PROPOSALS, "GET", name, tells=told, refused=200)
    yield Probe(PROPOSALS, "GET", page + "list", root="study-list", tells=told, refused=200)


def _ask() -> Iterator[Probe]:
    def form(things: Things) -> dict[str, Any]:
        return {"question": "what_helps", "projects": [things.project.pk], "seconds": 5}

    def sent(things: Things) -> dict[str, Any]:
        return {"question": "what_helps", "projects": [things.project.key], "seconds": 5}

    def about(things: Things) -> dict[str, Any]:
        return {"question": "what_helps", "run": str(things.run.pk)}

    page, api = "projects:study-create", "api:projects:study-list"
    # The form offers one's own projects only: another one is no choice of it.
    yield Probe(START, "POST", page, data=form, ok=302, refused=422)
    yield Probe(START, "POST", api, data=sent, ok=202)
    # A proposal that one may not read is none.
    yield Probe(PROPOSALS, "POST", page, data=about, ok=302)
    yield Probe(PROPOSALS, "POST", api, data=about, ok=202, refused=400)


def _loss(things: Things) -> str:
    return figure(LOSS[things.project.key])
