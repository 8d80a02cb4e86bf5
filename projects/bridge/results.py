"""The kernel's answer to rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from projects.bridge.units import EXPLICIT_FIT, MONEY
from projects.models import Assignment, Incumbent, ProposalRow, Slot, StaffingRun
from roles.models import Person
from teamhub.audit import services as audit
from teamhub.runs.frozen import thaw

HIRE = "hire-"  # how the kernel calls people who are only supposed


def record_incumbent(run: StaffingRun, line: dict[str, Any]) -> None:
    """One point of the curve."""
    if line.get("type") != "incumbent":
        return
    step = run.curve.filter(attempt=run.attempt).count()
    Incumbent.objects.create(
        run=run,
        attempt=run.attempt,
        step=step,
        seconds=line["seconds"],
        objective=line["objective"] or 0,
        bound=line.get("bound"),
    )


def store_proposal(run: StaffingRun, result: dict[str, Any]) -> None:
    """Write the rows and the figures of a proposal; the caller's transaction sets SUCCEEDED."""
    job = thaw(run.input_file)
    person_of = {row["slot"]: row["person"] for row in result.get("assignment", [])}
    scores = {row["slot"]: row for row in result.get("scores", [])}
    blockers = {row["slot"]: row for row in result.get("blockers", [])}
    # Rows may have gone while the solver ran.
    scope = Slot.objects.filter(phase__project__in=run.projects.all())
    slots = set(scope.values_list("pk", flat=True))
    people = set(Person.objects.values_list("pk", flat=True))
    held = set(Assignment.objects.values_list("pk", flat=True))
    rows = []
    for piece in job["pieces"]:
        if piece["slot"] not in slots:
            continue
        key = piece.get("key") or f"{piece['slot']}@{piece['start_on']}"
        named = person_of.get(key, "")
        hire = named if named.startswith(HIRE) else ""
        person = int(named) if named and not hire else None
        if person is not None and person not in people:
            person = None
        row = _row(run, piece, person, scores.get(key), blockers.get(key), hire=hire)
        if row is not None:
            row.replaces_id = row.replaces_id if row.replaces_id in held else None
            rows.append(row)
    ProposalRow.objects.bulk_create(rows, batch_size=200)
    suggested = [[row.slot_id, row.person_id or row.score.get("hire")] for row in rows]
    audit.record(None, "proposal.suggest", run, after={"rows": suggested}, run=run)
    run.objective, run.bound = result["objective"], result["bound"]
    run.coverage_share = result.get("coverage_share")
    cost = result.get("cost")
    run.cost = None if cost is None else (Decimal(cost) / MONEY).quantize(Decimal("0.01"))
    run.method, run.inherited = result["method"], _inherited(result["inherited"], people)
    run.fit_source = job.get("fit_source", EXPLICIT_FIT)
    run.save(
        update_fields=[
            "objective",
            "bound",
            "coverage_share",
            "cost",
            "method",
            "inherited",
            "fit_source",
        ]
    )


def _row(
    run: StaffingRun,
    piece: dict[str, Any],
    person: int | None,
    score: dict[str, Any] | None,
    blocker: dict[str, Any] | None,
    *,
    hire: str = "",
) -> ProposalRow | None:
    """The row of a piece; None where the person who holds it stays, or nobody takes it over.

    Somebody who would be hired has no row of their own: the score names them.
    """
    filled = person is not None or bool(hire)
    stays = person == piece.get("held_by") or (not filled and not run.is_what_if)
    if piece["held"] is not None and stays:
        return None
    points: dict[str, Any] = {"hire": hire} if hire else {}
    money = None
    if score is not None and filled:
        points |= {name: score[name] for name in ("coverage", "fit", "cost", "continuity")}
        money = (Decimal(score["money"]) / MONEY).quantize(Decimal("0.01"))
    return ProposalRow(
        run=run,
        slot_id=piece["slot"],
        person_id=person,
        start_on=date.fromisoformat(piece["start_on"]),
        end_on=date.fromisoformat(piece["end_on"]),
        fte_hundredths=piece["fte_hundredths"],
        replaces_id=piece["held"] if filled else None,
        score=points,
        cost=money,
        blockers=[] if blocker is None or filled else [blocker],
    )


def _inherited(found: list[dict[str, Any]], people: set[int]) -> list[dict[str, Any]]:
    """Breaches of today's plan with ids in place of the kernel's keys."""
    return [
        breach | {"person": int(breach["person"]) if breach["person"] else None}
        for breach in found
        if not breach["person"] or int(breach["person"]) in people
    ]
