"""The one list of what is walked: every app with its part of the company, its probes and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.integration.permissions import (
    probes_board,
    probes_capacity,
    probes_decisions,
    probes_ground,
    probes_joint,
    probes_models,
    probes_people,
    probes_plans,
    probes_projects,
    probes_rules,
    probes_slot,
    probes_staffing,
    probes_studies,
    probes_workspace,
    rows_board,
    rows_capacity,
    rows_ground,
    rows_models,
    rows_people,
    rows_plans,
    rows_projects,
    rows_staffing,
    rows_studies,
    scene_models,
    scene_people,
    scene_projects,
    scene_staffing,
    scene_studies,
)
from tests.integration.permissions.rows import View, Who
from tests.integration.permissions.scene import Amount, ScenePart
from tests.integration.permissions.scene_capacity import Devices
from tests.integration.permissions.scene_decisions import Decisions
from tests.integration.permissions.scene_ground import Ground
from tests.integration.permissions.scene_people import People
from tests.integration.permissions.scene_plans import CapacityPlans
from tests.integration.permissions.scene_projects import Plans
from tests.integration.permissions.scene_slot import Queues
from tests.integration.permissions.scene_staffing import Staffing
from tests.integration.permissions.walker import Probe, RuleKey

Groups = frozenset[str] | set[str]


@dataclass(frozen=True)
class Part:
    """What an app brings to the walk. Only the first three are always needed."""

    scene: type[ScenePart]
    probes: Sequence[Probe]
    views: Sequence[View]
    # What members may do where they work, beyond `yes`: the words above the tables of the matrix.
    held: Mapping[RuleKey, Groups] = field(default_factory=dict)  # on the side of their group
    crossed: Mapping[RuleKey, Groups] = field(default_factory=dict)  # on the other side
    # Pages over what is one's own, by address: everybody who is logged in opens them (or gets the
    # status that is told here), and they are searched for leaks like all others.
    open: Mapping[str, Callable[[Who], int]] = field(default_factory=dict)
    # Addresses for everybody without a row, and what they answer; names of those not walked: why.
    public: Mapping[str, int] = field(default_factory=dict)
    exempt: Mapping[str, str] = field(default_factory=dict)
    # Runs of the app's kind that somebody sees in the list over all kinds.
    runs: Callable[[Who], Iterable[Any]] = lambda _who: ()
    # Amounts as they stand in the scene, and what belongs to an amount: keys of JSON and heads of
    # files, labels of pages, fields of forms.
    money: Sequence[Amount] = ()
    money_keys: Sequence[str] = ()
    money_labels: Sequence[str] = ()
    money_fields: Sequence[str] = ()
    # Beginnings of addresses whose prices are for other readers than all other money.
    priced: Sequence[str] = ()
    sees_prices: Callable[[Who], bool] = lambda _who: False
    # Labels of amounts that stand over words in the list at this address.
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Patterns of what this reader may find nowhere.
    hidden: Callable[[Who], list[str]] = lambda _who: []


# In the order in which the company is built.
PARTS = [
    Part(
        People,
        [*probes_people.people_probes()],
        rows_people.people_views(),
        open=probes_people.OPEN,
        money=scene_people.MONEY,
        money_keys=("rate", "rate_per_fte_week", "mean_rate"),
        money_labels=("Rate per FTE-week",),
        money_fields=("rate_per_fte_week",),
        hidden=rows_people.hidden,
    ),
    Part(
        Plans,
        [*probes_projects.project_probes()],
        rows_projects.project_views(),
        held=probes_projects.HELD,
        crossed=probes_projects.CROSSED,
        open=probes_projects.OPEN,
        money=scene_projects.MONEY,
        money_keys=("budget", "money"),
        money_labels=("People budget",),
        money_fields=("budget",),
        hidden=rows_projects.hidden,
    ),
    Part(
        Staffing,
        [
            *probes_staffing.staffing_probes(),
            *probes_rules.rules_probes(),
            *probes_workspace.workspace_probes(),
            *probes_board.board_probes(),
        ],
        [
            *rows_staffing.staffing_views(),
            *probes_rules.rules_views(),
            *probes_workspace.workspace_views(),
            *rows_board.board_views(),
        ],
        held=probes_staffing.HELD,
        open=probes_workspace.OPEN | probes_board.OPEN,
        runs=rows_staffing.runs,
        money=scene_staffing.MONEY,
        money_keys=("objective", "bound", "gap", "cost", "incumbents"),
        money_labels=("Cost", "Value", "Gap to the best possible", "Objective", "Bound"),
    ),
    Part(Queues, [*probes_slot.slot_probes()], probes_slot.slot_views()),
    Part(
        Decisions,
        [*probes_decisions.decision_probes()],
        probes_decisions.decision_views(),
    ),
    Part(
        scene_studies.Studies,
        [*probes_studies.study_probes()],
        rows_studies.study_views(),
        open=probes_studies.OPEN,
        runs=rows_studies.runs,
        money=scene_studies.MONEY,
        money_labels=("Gain (points)", "Extra cost"),
    ),
    Part(
        Devices,
        [*probes_capacity.capacity_probes(), *probes_joint.joint_probes()],
        rows_capacity.capacity_views(),
        held=probes_capacity.HELD | probes_joint.HELD,
        crossed=probes_capacity.CROSSED | probes_joint.CROSSED,
        open=probes_capacity.OPEN,
        money_keys=("people_cost",),
        money_labels=("Their cost",),
        priced=("/capacity/workloads/",),
        sees_prices=rows_capacity.sees_values,
        hidden=rows_capacity.hidden,
    ),
    Part(
        scene_models.Models,
        [*probes_models.model_probes()],
        rows_models.model_views(),
        held=probes_models.HELD,
        crossed=probes_models.CROSSED,
        open=probes_models.OPEN,
        runs=rows_models.runs,
        hidden=rows_models.hidden,
    ),
    Part(
        CapacityPlans,
        [*probes_plans.plan_probes()],
        rows_plans.plan_views(),
        held=probes_plans.HELD,
        crossed=probes_plans.CROSSED,
        runs=rows_plans.runs,
        hidden=rows_plans.hidden,
        priced=("/capacity/plans/", "/api/v1/capacity/plans/"),
        sees_prices=rows_plans.sees_prices,
        words={"/capacity/plans/": (">Objective<",)},
    ),
    Part(
        Ground,
        [*probes_ground.ground_probes()],
        rows_ground.ground_views(),
        open=probes_ground.OPEN,
        public=probes_ground.PUBLIC,
        exempt=probes_ground.EXEMPT,
    ),
]


def all_runs(who: Who) -> list[Any]:
    return [run for part in PARTS for run in part.runs(who)]


PROBES = [probe for part in PARTS for probe in part.probes]
VIEWS = [*(view for part in PARTS for view in part.views), *rows_ground.run_views(all_runs)]
HELD = {rule: groups for part in PARTS for rule, groups in part.held.items()}
CROSSED = {rule: groups for part in PARTS for rule, groups in part.crossed.items()}
