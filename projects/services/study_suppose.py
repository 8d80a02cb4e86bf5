"""From an answer to a proposal that supposes what it names; the plan stays as it is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Project, StaffingRun, StaffingStudy
from projects.selectors.study import changes_of
from projects.services.staffing_ask import propose_team
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput, NotAllowed

Json = dict[str, Any]
Question = StaffingStudy.Question
# What of a proposal's parameters one can ask for again.
KEPT = (
    "seconds",
    "weights",
    "change_budget",
    "people_budget",
    "from_on",
    "to_on",
    "frozen_weeks",
    "pins",
    "exclusions",
    "apart",
    "must_fill",
)


def may_suppose(study: StaffingStudy, by: User) -> bool:
    """Whether `by` may start a proposal for the projects of this question."""
    return not study.projects.exclude(pk__in=Project.objects.editable_by(by)).exists()


@transaction.atomic
def suppose(*, study: StaffingStudy, number: int, by: User) -> StaffingRun:
    """Queue a proposal in which the changes of one way or idea have come true.

    Parameters
    ----------
    number
        The place of the way or idea in the answer, from 1.

    Notes
    -----
    Asked about a proposal, the new one has its parameters, so that the two can be compared; asked
    about today's plan, as many assignments may change hands as forcing the person in would move.
    """
    if study.status != study.Status.SUCCEEDED:
        raise Conflict(_("This question has no answer yet."))
    if not 1 <= number <= len(study.answer.get(_LISTS.get(study.question, ""), ())):
        raise InvalidInput(_("The answer has no change with this number."), field="number")
    changes = changes_of(study, number, by)
    if changes is None:
        raise NotAllowed(_("This change tells of money or load that you may not see."))
    params = _params(study)
    what_if = [*params.pop("what_if", ()), *({"kind": one.kind} | one.data for one in changes)]
    return propose_team(
        projects=list(study.projects.all()),
        by=by,
        what_if=[{k: v for k, v in one.items() if (k, v) != ("site", "")} for one in what_if],
        **params,
    )


_LISTS: dict[str, str] = {Question.WHY_NOT: "ways", Question.WHAT_HELPS: "ideas"}


def _params(study: StaffingStudy) -> Json:
    run = study.proposal
    if run is not None:
        kept = {name: run.params[name] for name in KEPT if name in run.params}
        return kept | {"seed": run.seed, "what_if": run.params.get("what_if", ())}
    if study.question != Question.WHY_NOT:
        return {}
    moves = (study.answer["forced"] or {}).get("moves", ())
    return {"change_budget": max(1, sum(move["before"] is not None for move in moves))}
