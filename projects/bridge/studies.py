"""A question about a plan to the kernel's job; the kernel's answer to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from projects.bridge.present import read_present
from projects.bridge.problem import present_problem
from projects.bridge.study_answers import kept_answer
from projects.bridge.units import GRACE_SECONDS, PRODUCT_WEIGHTS
from projects.kernel.staffing import codec
from projects.kernel.staffing.problem import InvalidProblem
from projects.models import StaffingRun, StaffingStudy
from teamhub import weeks
from teamhub.errors import Infeasible, InvalidInput, TeamHubError
from teamhub.runs import frozen

Json = dict[str, Any]
Question = StaffingStudy.Question
TOP = 5  # ideas that are shown


def load_study(study: StaffingStudy) -> Json:
    """The frozen job of a question: the plan asked about, and what is asked of it."""
    plan = _of_proposal(study.proposal) if study.proposal else _of_today(study)
    seconds = study.params["seconds"]
    return {
        **plan,
        **_ASKED[study.question](study.params, plan),
        "question": study.question,
        "seconds": seconds,
        "limit_s": seconds + GRACE_SECONDS,
        "seed": study.seed,
    }


def store_study(study: StaffingStudy, result: Mapping[str, Any]) -> None:
    """Keep the answer in ids and dates; the caller's transaction sets SUCCEEDED."""
    job = frozen.thaw(study.input_file)
    study.answer = kept_answer(job, result["answer"])
    study.save(update_fields=["answer"])


def _of_proposal(run: StaffingRun) -> Json:
    """The problem that the proposal solved, with the people whom it proposes."""
    if not run.input_file or not frozen.exists(run.input_file):
        raise TeamHubError(
            _("The input of this proposal is not stored here. Compute the proposal again."),
            code="input_missing",
        )
    job = frozen.thaw(run.input_file)
    proposed = {
        (slot, start_on.isoformat()): person
        for slot, start_on, person in run.rows.values_list("slot_id", "start_on", "person_id")
    }
    people = {person["key"] for person in job["problem"]["people"]}
    pieces, assignment = [], []
    for piece in job["pieces"]:
        person = proposed.get((piece["slot"], piece["start_on"]), piece["held_by"])
        assignment.append(str(person) if str(person) in people else None)
        key = piece.get("key", f"{piece['slot']}@{piece['start_on']}")  # older ones have none
        pieces.append({name: piece[name] for name in _PIECE} | {"key": key})
    return {
        "problem": job["problem"],
        "assignment": assignment,
        "pieces": pieces,
        "start_on": job["start_on"],
    }


_PIECE = ("slot", "start_on", "end_on", "fte_hundredths")


def _of_today(study: StaffingStudy) -> Json:
    rows = read_present(study.projects.select_related("site"))
    if not rows.pieces:
        raise Infeasible(
            _("These projects have no slot from this week on: there is nothing to ask about."),
            code="nothing_planned",
        )
    run = StaffingRun(params={"weights": PRODUCT_WEIGHTS, "change_budget": 0})
    try:
        problem = present_problem(run, rows)
    except InvalidProblem as error:
        raise InvalidInput(_("The plan contradicts itself: %s") % error) from error
    start = problem.start or (-1,) * len(problem.slots)
    return {
        "problem": codec.problem_to_json(problem),
        "assignment": [None if p < 0 else problem.people[p].key for p in start],
        "pieces": [
            {
                "key": piece.key,
                "slot": piece.slot.pk,
                "start_on": piece.start_on.isoformat(),
                "end_on": piece.end_on.isoformat(),
                "fte_hundredths": piece.fte_hundredths,
            }
            for piece in rows.pieces
        ],
        "start_on": rows.start.isoformat(),
    }


def _why_not(params: Json, plan: Json) -> Json:
    person = str(params["person"])
    if person not in {one["key"] for one in plan["problem"]["people"]}:
        raise InvalidInput(
            _("This person is not employed in the weeks of the plan; choose somebody else."),
            code="person_not_in_plan",
        )
    return {"slot": _piece_key(plan, params["slot"], params.get("start_on")), "person": person}


def _what_helps(_params: Json, _plan: Json) -> Json:
    return {"top": TOP}


def _shock(params: Json, plan: Json) -> Json:
    """Absences within the weeks of the plan, of people who are in it."""
    start, n_weeks = date.fromisoformat(plan["start_on"]), plan["problem"]["n_weeks"]
    first = max(0, weeks.weeks_between(start, date.fromisoformat(params["start_on"])))
    end = min(n_weeks, weeks.weeks_between(start, date.fromisoformat(params["end_on"])))
    if first >= end:
        raise InvalidInput(
            _("The absence lies outside the weeks of the plan, %(start)s to %(end)s.")
            % {
                "start": weeks.iso_label(start),
                "end": weeks.iso_label(weeks.add_weeks(start, n_weeks - 1)),
            },
            code="outside_plan",
        )
    known = {one["key"] for one in plan["problem"]["people"]}
    people = [str(pk) for pk in params["people"] if str(pk) in known]
    if not people:
        raise InvalidInput(
            _("None of these people is employed in the weeks of the plan."),
            code="person_not_in_plan",
        )
    return {"absent": [{"person": key, "start": first, "end": end} for key in people]}


def _core(params: Json, plan: Json) -> Json:
    if params.get("slots"):
        return {"slots": [_piece_key(plan, slot, None) for slot in params["slots"]]}
    if not any(slot["must_fill"] for slot in plan["problem"]["slots"]):
        raise InvalidInput(
            _("No slot of the plan must be filled. Name the slots that you ask about."),
            code="no_must_fill",
        )
    return {}


_ASKED: dict[str, Callable[[Json, Json], Json]] = {
    Question.WHY_NOT: _why_not,
    Question.WHAT_HELPS: _what_helps,
    Question.SHOCK: _shock,
    Question.CORE: _core,
}


def _piece_key(plan: Json, slot: int, start_on: str | None) -> str:
    """The piece of a slot that begins on a day, or its first one, an open one before a held one."""
    found = [
        (piece["start_on"], holder is not None, piece["key"])
        for piece, holder in zip(plan["pieces"], plan["assignment"], strict=True)
        if piece["slot"] == slot and start_on in {None, piece["start_on"]}
    ]
    if not found:
        raise InvalidInput(
            _("The slot is not in the plan asked about: it is filled, over, or came later."),
            code="slot_not_in_plan",
        )
    return str(min(found)[2])
