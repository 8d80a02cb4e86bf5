"""One set of rows under the three objectives: each plan by each measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capacity.models import CapacityPlan, Objective
from capacity.models.plan import OBJECTIVE_LABELS
from capacity.rights import may_plan
from teamhub.accounts.models import User

# What each objective does, for the form and the table.
EXPLAINED: dict[Objective, str | Promise] = {
    Objective.NET_VALUE: _(
        "The most value after cost. Work that returns less than it costs is left out."
    ),
    Objective.WEIGHTED_COST: _(
        "What must be served, at the least cost weighted by value. Optional work is dropped."
    ),
    Objective.EFFICIENCY: _(
        "The largest sum of value per device-week. It prefers many small tasks, so look at the "
        "total value as well."
    ),
}
NEAR = 1e-9


@dataclass(frozen=True)
class Measure:
    """One figure of one plan."""

    label: str | Promise
    value: float | None
    is_best: bool  # of two or three plans
    is_beaten: bool
    is_own: bool  # what the plan was asked to be best in


@dataclass(frozen=True)
class Line:
    """One objective: its plan, or the run that computes it, or neither yet."""

    objective: Objective
    plan: CapacityPlan | None
    running: CapacityPlan | None
    measures: list[Measure]
    is_this: bool

    @property
    def label(self) -> str | Promise:
        return OBJECTIVE_LABELS[self.objective]

    @property
    def is_beaten(self) -> bool:
        """Whether another plan is better by the measure that this one was made for."""
        return any(one.is_own and one.is_beaten for one in self.measures)

    @property
    def explained(self) -> str | Promise:
        return EXPLAINED[self.objective]


@dataclass(frozen=True)
class Comparison:
    lines: list[Line]
    heads: list[str | Promise]
    may_compute: bool  # the user may, and an objective is neither there nor on its way

    @property
    def is_whole(self) -> bool:
        return all(line.plan is not None for line in self.lines)

    @property
    def is_running(self) -> bool:
        return any(line.running is not None for line in self.lines)


def comparison(plan: CapacityPlan, user: User) -> Comparison:
    """This plan beside the latest ones of the same rows with the other objectives."""
    there, running = _others(plan, user)
    there[Objective(plan.objective)] = plan
    best = {measure: _best(measure, there.values()) for measure in Objective}
    return Comparison(
        lines=[
            Line(
                objective=objective,
                plan=there.get(objective),
                running=running.get(objective),
                measures=[_measure(one, objective, there, best) for one in Objective],
                is_this=objective == plan.objective,
            )
            for objective in Objective
        ],
        heads=[OBJECTIVE_LABELS[measure] for measure in Objective],
        may_compute=may_plan(user) and not set(Objective) <= {*there, *running},
    )


def _others(
    plan: CapacityPlan, user: User
) -> tuple[dict[Objective, CapacityPlan], dict[Objective, CapacityPlan]]:
    if not plan.rows_sha256:
        return {}, {}
    visible = CapacityPlan.objects.visible_to(user).order_by("created_at")
    done = visible.filter(rows_sha256=plan.rows_sha256, status=plan.Status.SUCCEEDED)
    active = visible.active().filter(params__same_rows_as=plan.rows_sha256)
    return (
        {Objective(one.objective): one for one in done},
        {Objective(one.objective): one for one in active},
    )


def figure(plan: CapacityPlan, measure: Objective) -> float | None:
    """What the plan reaches under a measure."""
    value: Any = getattr(plan, measure.value)
    return None if value is None else float(value)


def best_by(measure: Objective, plans: Iterable[CapacityPlan]) -> CapacityPlan | None:
    """The plan that reaches most under a measure."""
    known = [(value, one) for one in plans if (value := figure(one, measure)) is not None]
    return max(known, key=lambda pair: measure.sign * pair[0], default=(None, None))[1]


def _best(measure: Objective, plans: Any) -> float | None:
    values = [value for plan in plans if (value := figure(plan, measure)) is not None]
    if len(values) < 2:
        return None
    return measure.sign * max(measure.sign * value for value in values)


def _measure(
    measure: Objective,
    objective: Objective,
    there: dict[Objective, CapacityPlan],
    best: dict[Objective, float | None],
) -> Measure:
    plan = there.get(objective)
    value = None if plan is None else figure(plan, measure)
    top = best[measure]
    compared = value is not None and top is not None
    is_best = compared and abs((value or 0) - (top or 0)) <= NEAR * max(1.0, abs(top or 0))
    return Measure(
        label=OBJECTIVE_LABELS[measure],
        value=value,
        is_best=is_best,
        is_beaten=compared and not is_best,
        is_own=measure is objective,
    )


def labels() -> Sequence[tuple[Objective, str | Promise, str | Promise]]:
    """Objectives with their names and what they do."""
    return [(one, OBJECTIVE_LABELS[one], EXPLAINED[one]) for one in Objective]
