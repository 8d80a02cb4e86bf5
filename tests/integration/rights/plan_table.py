"""The rows of the matrix about projects, staffing and runs, as probes."""

from __future__ import annotations

from tests.integration.rights.probes import At, Door, Telling, doors, name_of, tellings
from tests.integration.rights.world import BUDGET, COST, figure

JSON_ALL = {"rows": "all"}


def projects() -> list[Door | Telling]:
    """Projects, their phases, slots, assignments, items and money."""
    detail = ("project detail", "read")
    return [
        *tellings(
            ("project names and phases", "read"),
            name_of("project"),
            At("projects:project-list"),
            At("projects:project-list", query="format=csv"),
            At("projects:project-detail", "project"),
            At("api:projects:project-list"),
            At("api:projects:project-detail", "project"),
        ),
        *tellings(
            detail,
            lambda things: things.label,
            At("projects:project-detail", "project"),
            At("projects:plan-export", kind="seats"),
            At("projects:plan-export", kind="assignments"),
            At("api:projects:project-detail", "project"),
            At("api:projects:slot-list"),
            At("api:projects:slot-list", query="format=csv"),
            At("api:projects:assignment-list"),
            At("api:projects:assignment-list", query="format=csv"),
            At("api:projects:plan-export", kind="assignments"),
        ),
        *tellings(detail, name_of("phase", "name"), At("projects:phase-detail", "phase")),
        *tellings(
            ("exports", "plan: phases, slots, assignments"),
            name_of("project", "key"),
            *[At("projects:plan-export", kind=kind) for kind in ("projects", "phases", "seats")],
            *[At("api:projects:plan-export", kind=kind) for kind in ("projects", "phases")],
        ),
        *doors(
            ("project detail", "create"),
            At("projects:project-create"),
            ("POST", At("projects:project-create")),
            ("POST", At("api:projects:project-list")),
        ),
        *doors(
            ("project detail", "change"),
            At("projects:project-update", "project"),
            ("POST", At("projects:project-update", "project"), lambda _t: {"version": "1"}),
            At("projects:phase-move", "phase"),
            ("POST", At("projects:phase-move", "phase"), lambda _t: {"version": "1"}),
            ("POST", At("projects:phase-close", "phase")),
            ("POST", At("projects:phase-reopen", "phase"), lambda _t: {"reason": "why"}),
            ("POST", At("projects:item-add", "phase"), lambda _t: {"text_en": "New"}),
            ("POST", At("api:projects:phase-close", "phase")),
            ("POST", At("api:projects:phase-reopen", "phase"), lambda _t: {"reason": "why"}),
            (
                "POST",
                At("api:projects:phase-move", "phase"),
                lambda _t: {"start_on": "2027-01-11", "end_on": "2027-03-08"},
                (("If-Match", '"1"'),),
            ),
        ),
        *tellings(
            ("project cost", "read"),
            lambda things: figure(BUDGET[things.word]),
            At("projects:project-detail", "project"),
            At("projects:plan-export", kind="projects"),
            At("api:projects:project-detail", "project"),
            At("api:projects:plan-export", kind="projects"),
        ),
        *tellings(
            ("project cost", "read"),
            lambda things: figure(COST[things.word]),
            At("projects:proposal-detail", "run"),
            At("api:projects:staffing-run-list"),
            At("api:projects:staffing-run-detail", "run"),
            At("projects:proposal-csv", "run"),
            At("api:projects:staffing-run-rows", "run"),
            At("api:projects:staffing-run-rows", "run", query="format=csv"),
        ),
        *tellings(
            ("project cost", "change"),
            lambda _things: 'name="budget"',
            At("projects:project-update", "project"),
        ),
        *doors(
            ("checklist tick", "read"),
            At("projects:item-detail", "item"),
            At("api:projects:item-detail", "item"),
        ),
        *tellings(
            ("checklist tick", "read"),
            lambda things: f"Item {things.word}",
            At("projects:project-detail", "project"),
            At("api:projects:item-list"),
        ),
        *doors(
            ("checklist tick", "tick and untick"),
            ("POST", At("projects:item-tick", "item")),
            ("POST", At("projects:item-untick", "item"), lambda _t: {"reason": "why"}),
            ("POST", At("api:projects:item-tick", "item")),
            ("POST", At("api:projects:item-untick", "item"), lambda _t: {"reason": "why"}),
        ),
        *doors(("hand assignment", "read"), At("api:projects:assignment-detail", "assignment")),
        *doors(
            ("hand assignment", "create, change, remove"),
            At("projects:assignment-create", "slot"),
            ("POST", At("projects:assignment-create", "slot")),
            At("projects:assignment-update", "assignment"),
            ("POST", At("projects:assignment-update", "assignment")),
            ("POST", At("projects:assignment-remove", "assignment"), lambda _t: {"version": "1"}),
            (
                "POST",
                At("api:projects:assignment-list"),
                lambda things: {"slot": things.slot.pk, "person": things.member.key},
            ),
            (
                "PATCH",
                At("api:projects:assignment-detail", "assignment"),
                lambda _t: {"fte_share": "0.20"},
                (("If-Match", '"1"'),),
            ),
            (
                "DELETE",
                At("api:projects:assignment-detail", "assignment"),
                lambda _t: None,
                (("If-Match", '"1"'),),
            ),
        ),
    ]


def staffing() -> list[Door | Telling]:
    """Runs, proposals and requests."""
    return [
        *doors(
            ("staffing run start", "start"),
            (
                "POST",
                At("api:projects:staffing-run-list"),
                lambda things: {"projects": [things.project.key]},
            ),
        ),
        *doors(
            ("proposal read", "read"),
            At("projects:proposal-detail", "run"),
            At("projects:proposal-csv", "run"),
            At("api:projects:staffing-run-detail", "run"),
            At("api:projects:staffing-run-rows", "run"),
        ),
        *tellings(
            ("proposal read", "read"),
            name_of("project", "key"),
            At("api:projects:staffing-run-list"),
        ),
        *doors(
            ("proposal accept", "accept or reject a row"),
            ("POST", At("projects:proposal-accept", "run"), lambda _t: {"all": "1"}),
            (
                "POST",
                At("projects:proposal-reject", "run"),
                lambda things: {"row": things.row.pk, "reason": "why"},
            ),
            ("POST", At("api:projects:staffing-run-accept", "run"), lambda _t: JSON_ALL),
            (
                "POST",
                At("api:projects:staffing-run-reject", "run"),
                lambda things: {"rows": [things.row.pk], "reason": "why"},
            ),
        ),
        *tellings(
            ("requests inbox", "read"),
            lambda things: f"[Mm]ember[ -]{things.word}",  # pages write the name, programs the key
            At("projects:request-inbox"),
            At("api:projects:staffing-request-list"),
        ),
        *doors(
            ("requests inbox", "answer"),
            (
                "POST",
                At("projects:request-answer", "request"),
                lambda _t: {"answer": "decline", "reason": "why"},
            ),
            (
                "POST",
                At("api:projects:staffing-request-decline", "request"),
                lambda _t: {"reason": "why"},
            ),
            ("POST", At("api:projects:staffing-request-approve", "request")),
        ),
        *doors(
            ("runs", "read"),
            At("runs:run-detail", "run"),
            At("runs:run-status", "run"),
            At("api:run-detail", "run"),
        ),
        *tellings(
            ("runs", "read"),
            lambda things: str(things.run.pk)[:8],
            At("runs:run-list"),
            At("runs:run-list", query="format=csv"),
            At("api:run-list"),
        ),
        *doors(
            ("runs", "cancel, finish, run again"),
            *[
                ("POST", At(f"{place}:run-{verb}", "run"))
                for place in ("runs", "api")
                for verb in ("cancel", "finish", "again", "reproduce")
            ],
        ),
    ]
