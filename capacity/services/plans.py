"""Ask for a capacity plan, and adopt what it computed, whole or by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from capacity import bridge
from capacity.models import Allocation, CapacityPlan, Objective, Pool, Workload
from capacity.models.plan import MAX_WEEKS
from capacity.rights import may_plan
from capacity.selectors.adoption import Group, Room, groups_of
from capacity.selectors.facts import giving_way, known_to
from capacity.selectors.findings import Finding
from capacity.selectors.plan_comparison import best_by
from capacity.services.rows import check_weeks
from roles.services import tracked
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput
from teamhub.runs import frozen
from teamhub.runs import services as runs

DEFAULT_WEEKS = 26
MAX_SEED = 2**31 - 1
CHUNK = 500  # ids in one statement
KEPT = ("workload", "pool", "start_on", "end_on", "devices", "state", "reason", "source")


def require_planner(by: User) -> None:
    permissions.require(
        may_plan(by), _("Only planners and administrators compute and adopt capacity plans.")
    )


@transaction.atomic
def submit_plan(
    *,
    by: User,
    objective: str = Objective.NET_VALUE,
    start_on: date | None = None,
    n_weeks: int = DEFAULT_WEEKS,
    seconds: int | None = None,
    seed: int = 1,
    name: str = "",
) -> CapacityPlan:
    """Queue a plan over whole weeks from a Monday, this week's unless told."""
    require_planner(by)
    start_on = weeks.monday(timezone.localdate()) if start_on is None else start_on
    seconds = settings.CAPACITY_SECONDS if seconds is None else seconds
    if objective not in set(Objective):
        raise InvalidInput(
            _("There is no objective “%(name)s”; known: %(known)s.")
            % {"name": objective, "known": ", ".join(Objective)},
            field="objective",
        )
    if not 1 <= n_weeks <= MAX_WEEKS:
        text = _("A plan covers 1 to %(most)d weeks.") % {"most": MAX_WEEKS}
        raise InvalidInput(text, field="weeks")
    if not 1 <= seconds <= settings.CAPACITY_MAX_SECONDS:
        raise InvalidInput(
            _("The time limit must lie between 1 and %(most)d seconds.")
            % {"most": settings.CAPACITY_MAX_SECONDS},
            field="seconds",
        )
    if not 0 <= seed <= MAX_SEED:
        raise InvalidInput(_("A seed is a whole number from 0."), field="seed")
    plan = CapacityPlan(
        name=name.strip(),
        objective=objective,
        start_on=start_on,
        n_weeks=n_weeks,
        seed=seed,
        params={"seconds": seconds},
    )
    if not weeks.is_plannable(start_on):
        raise InvalidInput(_("That day is too far away."), field="from")
    check_weeks(plan)
    return runs.submit(plan, by=by)


@transaction.atomic
def compute_others(plan: CapacityPlan, *, by: User) -> list[CapacityPlan]:
    """Queue the objectives that nobody has computed yet on the rows that this plan has read."""
    require_planner(by)
    plan = CapacityPlan.objects.select_for_update().get(pk=plan.pk)  # each is queued once
    if plan.status != plan.Status.SUCCEEDED:
        raise Conflict(_("This plan is not ready: it has not been computed."), code="not_ready")
    if not plan.input_file or not frozen.exists(plan.input_file):
        raise Conflict(
            _("The rows of this plan are not stored here. Make a new plan instead."),
            code="input_missing",
        )
    job = frozen.thaw(plan.input_file)
    there = list(
        CapacityPlan.objects.filter(
            rows_sha256=plan.rows_sha256, status=CapacityPlan.Status.SUCCEEDED
        )
    )
    waiting = CapacityPlan.objects.active().filter(params__same_rows_as=plan.rows_sha256)
    known = {one.objective for one in there} | {*waiting.values_list("objective", flat=True)}
    made = [
        _same_rows(plan, job, objective, best_by(objective, there), by=by)
        for objective in Objective
        if objective.value not in known
    ]
    if not made:
        raise Conflict(_("All objectives have been computed on these rows."), code="nothing_open")
    return made


def _same_rows(
    plan: CapacityPlan,
    job: dict[str, Any],
    objective: Objective,
    best: CapacityPlan | None,
    *,
    by: User,
) -> CapacityPlan:
    """From the best plan so far under its measure, so that it does not end below it."""
    seconds = plan.params["seconds"]
    start = None if best is None else frozen.kept_result(best.pk)
    other = bridge.with_objective(job, objective, seconds=seconds, seed=plan.seed, start=start)
    return runs.submit(
        CapacityPlan(
            name=plan.name,
            objective=objective,
            start_on=plan.start_on,
            n_weeks=plan.n_weeks,
            seed=plan.seed,
            params={"seconds": seconds, "same_rows_as": plan.rows_sha256},
            input_file=frozen.freeze(other),
        ),
        by=by,
    )


@dataclass
class Adoption:
    """What became of the rows that somebody wanted to adopt."""

    adopted: list[Allocation] = field(default_factory=list)
    refused: list[tuple[Group, list[Finding]]] = field(default_factory=list)
    n_replaced: int = 0  # rows of earlier plans that no longer count
    n_removed: int = 0  # planned rows of people, which are gone

    def refusals(self) -> list[dict[str, Any]]:
        """One entry a row, as programs read it."""
        return [
            {
                "row": row.pk,
                "workload": group.workload.key,
                "reason": " ".join(finding.text for finding in findings),
                "clashes": [finding.as_dict() for finding in findings],
            }
            for group, findings in self.refused
            for row in group.rows
        ]


@transaction.atomic
def adopt(
    plan: CapacityPlan, *, by: User, rows: Iterable[int] | None = None, reason: str = ""
) -> Adoption:
    """Let rows of a plan count (all that do not yet, by default), against today's rows.

    Planned allocations within the plan's weeks give way: of all workloads that the plan knows where
    it is adopted whole, else of those whose rows are named; and of closed ones. What is running,
    locked or begun stays.
    """
    require_planner(by)
    ids = None if rows is None else set(rows)
    _lock(plan)
    wanted = _open_rows(plan, ids)
    groups = groups_of(plan, wanted)
    known = known_to(plan) if ids is None else {group.workload.pk for group in groups}
    gives_way = giving_way(plan, known)
    result, replaced = _weigh(plan, groups, gives_way)
    if not result.adopted:
        raise Conflict(
            _("None of these rows fits today's devices and allocations any more."),
            code="nothing_adopted",
            refused=result.refusals(),
        )
    _take(plan, result, replaced, by=by, reason=reason)
    return result


def _lock(plan: CapacityPlan) -> None:
    """One adoption after the other, and none beside an edit by hand. Pools before workloads."""
    CapacityPlan.objects.select_for_update().get(pk=plan.pk)
    list(Pool.objects.select_for_update().order_by("pk").values_list("pk"))
    known = Workload.objects.filter(allocations__plan=plan).values("pk")
    held = Workload.objects.select_for_update().filter(pk__in=known).order_by("pk")
    list(held.values_list("pk"))
    plan.refresh_from_db()


def _open_rows(plan: CapacityPlan, ids: set[int] | None) -> list[Allocation]:
    if plan.status != plan.Status.SUCCEEDED:
        raise Conflict(_("This plan is not ready: it has not been computed."), code="not_ready")
    found = (
        plan.allocations.filter(adopted=False)
        .select_related("workload__project", "workload__sized_on", "pool__accelerator")
        .prefetch_related("workload__accelerators", "workload__pools")
        .order_by("start_on", "pk")
    )
    if ids is not None:
        found = found.filter(pk__in=ids)
        missing = ids - {row.pk for row in found}
        if missing:
            raise Conflict(
                _("These rows are adopted already, or belong to another plan: %(rows)s.")
                % {"rows": ", ".join(str(pk) for pk in sorted(missing)[:20])},
                code="rows_not_open",
                rows=sorted(missing),
            )
    if not found:
        raise Conflict(_("No row of this plan is left to adopt."), code="nothing_open")
    return list(found)


def _weigh(
    plan: CapacityPlan, groups: list[Group], gives_way: list[Allocation]
) -> tuple[Adoption, list[Allocation]]:
    """Which groups fit, and what gives way to them.

    A refused workload keeps what it has; what that holds may refuse another one, so all are weighed
    again until nothing changes.
    """
    room = Room(plan, groups, timezone.localdate())
    refused: dict[int, tuple[Group, list[Finding]]] = {}
    while True:
        replaced = [row for row in gives_way if row.workload_id not in refused]
        room.clear({row.pk for row in replaced})
        fitting = []
        for group in groups:
            if group.workload.pk in refused:
                continue
            if findings := room.findings(group):
                refused[group.workload.pk] = (group, findings)
            else:
                fitting.append(group)
                for row in group.rows:
                    room.add(row)
        still = [row for row in replaced if row.workload_id not in refused]
        if len(still) == len(replaced):
            adopted = [row for group in fitting for row in group.rows]
            return Adoption(adopted, list(refused.values())), replaced


def _take(
    plan: CapacityPlan, result: Adoption, replaced: list[Allocation], *, by: User, reason: str
) -> None:
    of_plans = [row.pk for row in replaced if row.plan_id is not None]
    by_hand = [row for row in replaced if row.plan_id is None]
    adopted = [row.pk for row in result.adopted]
    _set_adopted(of_plans, adopted=False)
    removed = [tracked.snapshot(row, KEPT) for row in by_hand]
    for row in by_hand:
        row.delete()
    _set_adopted(adopted, adopted=True)
    result.n_replaced, result.n_removed = len(of_plans), len(by_hand)
    plan.adopted_at, plan.adopted_by = timezone.now(), by
    plan.save(update_fields=["adopted_at", "adopted_by"])
    audit.record(
        by,
        "plan.adopt",
        plan,
        before={"replaced": of_plans, "removed": removed},
        after={
            "adopted": adopted,
            "refused": [row.pk for group, _why in result.refused for row in group.rows],
        },
        reason=reason,
        run=plan,
    )


def _set_adopted(ids: list[int], *, adopted: bool) -> None:
    for first in range(0, len(ids), CHUNK):
        rows = Allocation.objects.filter(pk__in=ids[first : first + CHUNK])
        rows.update(adopted=adopted, version=F("version") + 1)
