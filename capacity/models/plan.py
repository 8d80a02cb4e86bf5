"""Capacity plans, what they computed, and the allocations of devices to workloads."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from capacity.kernel.objectives import Objective
from capacity.models.estate import Pool
from capacity.models.workload import Workload
from capacity.rights import may_read_plans, may_see_device_cost
from projects.models import Project
from projects.models.project import WholeWeeks, whole_weeks
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.runs.models import Run

MAX_WEEKS = 260

# The words of the kernel for its stages; here so that they are translated.
STAGES = (
    gettext_noop("First plan"),
    gettext_noop("What must be served"),
    gettext_noop("Bounding"),
    gettext_noop("Rounding off"),
    gettext_noop("Fewer nodes"),
    gettext_noop("Improving the plan"),
    gettext_noop("Closing the gap"),
    gettext_noop("Least cost"),
)

OBJECTIVE_LABELS = {
    Objective.NET_VALUE: _("net value"),
    Objective.WEIGHTED_COST: _("weighted cost"),
    Objective.EFFICIENCY: _("efficiency"),
}


class CapacityPlan(Run):
    """Which workload runs where and when. It counts once a planner has adopted it."""

    kind: ClassVar[str] = "capacity"
    task: ClassVar[str] = "capacity.tasks.compute_plan"
    queue: ClassVar[str] = "solve"
    title = _("Capacity plan")
    open_to_planners: ClassVar[bool] = True
    copied_fields: ClassVar[tuple[str, ...]] = ("name", "objective", "start_on", "n_weeks")

    name = models.CharField(_("name"), max_length=120, blank=True)
    objective = models.CharField(
        _("objective"), max_length=14, choices=OBJECTIVE_LABELS.items(), default=Objective.NET_VALUE
    )
    start_on = models.DateField(_("first week (Monday)"))
    n_weeks = models.PositiveSmallIntegerField(
        _("weeks"),
        default=26,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_WEEKS)],
    )
    # When the estate and the demand were read.
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    # Of what was read, without objective, seconds and seed: equal for plans of the same rows.
    rows_sha256 = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=60, blank=True)
    n_workloads = models.PositiveIntegerField(null=True, blank=True)
    n_served = models.PositiveIntegerField(null=True, blank=True)
    n_values_assumed = models.PositiveIntegerField(null=True, blank=True)  # nobody stated them
    core_proven = models.BooleanField(null=True, blank=True)  # of an infeasible plan
    served_device_weeks = models.FloatField(null=True, blank=True)
    shortage_device_weeks = models.FloatField(null=True, blank=True)
    inherited = models.JSONField(default=list, blank=True)  # rules that facts break already
    # Money and objectives: managers, planners, administrators. The three measures are of this plan,
    # whatever its objective was.
    objective_value = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    net_value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    weighted_cost = models.FloatField(null=True, blank=True)
    efficiency = models.FloatField(null=True, blank=True)

    adopted_at = models.DateTimeField(_("adopted at"), null=True, blank=True)
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Run.Meta):
        verbose_name = _("capacity plan")
        constraints = [
            *Run.Meta.constraints,
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True, adopted_by__isnull=True)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False, status="succeeded"),
                name="capacity_plan_adopted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(objective__in=list(Objective)), name="capacity_plan_objective_known"
            ),
            models.CheckConstraint(
                condition=Q(start_on__iso_week_day=1), name="capacity_plan_starts_on_monday"
            ),
            models.CheckConstraint(
                condition=Q(n_weeks__range=(1, MAX_WEEKS)), name="capacity_plan_weeks_in_range"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("capacity:plan-detail", args=[self.pk])

    @classmethod
    def also_visible_to(cls, user: User) -> Q:
        """What came out of a plan, to those who read plans; how it is computed, to planners."""
        return Q(status=cls.Status.SUCCEEDED) if may_read_plans(user) else Q(pk__in=[])

    @property
    def subject(self) -> str:
        return self.name

    @classmethod
    def about(cls, words: str) -> Q:
        return Q(name__icontains=words)

    def incumbents(self) -> Iterable[Incumbent]:
        return self.curve.filter(attempt=self.attempt)

    def may_be_controlled_by(self, user: User) -> bool:
        return (
            self.requested_by_id == user.pk
            or permissions.is_administrator(user)
            or permissions.is_planner(user)
        )

    def may_show_curve_to(self, user: User) -> bool:
        return may_see_device_cost(user)

    @property
    def end_on(self) -> Any:
        """The Monday after the last week."""
        return weeks.add_weeks(self.start_on, self.n_weeks)

    @property
    def is_adopted(self) -> bool:
        return self.adopted_at is not None

    @property
    def gap(self) -> float | None:
        """|bound - objective| / max(1, |objective|), or None while either is unknown."""
        if self.objective_value is None or self.bound is None:
            return None
        better = Objective(self.objective).sign * (self.bound - self.objective_value)
        return max(0.0, better / max(1, abs(self.objective_value)))

    @property
    def gap_percent(self) -> float | None:
        return None if self.gap is None else 100 * self.gap


class Incumbent(models.Model):
    """A point of the curve: a better plan, or a better bound, at a second of the solve."""

    run = models.ForeignKey(CapacityPlan, models.CASCADE, related_name="curve")
    attempt = models.PositiveSmallIntegerField()
    step = models.PositiveIntegerField()
    seconds = models.FloatField()
    objective = models.FloatField()
    bound = models.FloatField(null=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "attempt", "step"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "attempt", "step"], name="capacity_incumbent_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.seconds:.1f} s: {self.objective}"


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, user: User) -> AllocationQuerySet:
        return self.filter(workload__project__in=Project.objects.detail_visible_to(user))

    def in_weeks(self, start: Any, end: Any) -> AllocationQuerySet:
        return self.filter(start_on__lt=end, end_on__gt=start)

    def in_force(self) -> AllocationQuerySet:
        """What counts today: entered, imported, or taken over from an adopted plan."""
        return self.filter(Q(plan__isnull=True) | Q(adopted=True))

    def facts(self) -> AllocationQuerySet:
        """What a new plan may not move."""
        return self.in_force().filter(state__in=[Allocation.State.RUNNING, Allocation.State.LOCKED])

    def staying(self, start_on: Any) -> AllocationQuerySet:
        """What a plan from this week on works around: facts, and what has begun before it."""
        fixed = Q(state__in=[Allocation.State.RUNNING, Allocation.State.LOCKED])
        return self.in_force().filter(fixed | Q(start_on__lt=start_on))

    def replaceable(self, start_on: Any, end_on: Any) -> AllocationQuerySet:
        """What a plan over these weeks replaces where it is adopted."""
        planned = self.in_force().filter(state=Allocation.State.PLANNED)
        return planned.filter(start_on__gte=start_on, start_on__lt=end_on)


class Allocation(WholeWeeks):
    """Devices of a pool for a workload in a range of weeks.

    Rows with a plan are what that plan computed: only those that were adopted count.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        LOCKED = "locked", _("locked")

    class Source(models.TextChoices):
        HAND = "hand", _("by hand")
        IMPORT = "import", _("import")
        PLAN = "plan", _("plan")

    workload = models.ForeignKey(
        Workload, models.CASCADE, related_name="allocations", verbose_name=_("workload")
    )
    pool = models.ForeignKey(
        Pool, models.PROTECT, related_name="allocations", verbose_name=_("pool")
    )
    # Whole, but for batch work, which may take a part of a device's week.
    devices = models.DecimalField(
        _("devices"),
        max_digits=11,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    plan = models.ForeignKey(
        CapacityPlan, models.CASCADE, null=True, blank=True, related_name="allocations"
    )
    adopted = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.PLANNED)
    source = models.CharField(_("source"), max_length=6, choices=Source, default=Source.HAND)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["workload", "start_on", "pool", "pk"]
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        indexes = [models.Index(fields=["pool", "start_on", "end_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["workload", "pool", "start_on"],
                condition=Q(plan__isnull=True),
                name="allocation_once",
            ),
            models.UniqueConstraint(
                fields=["plan", "workload", "pool", "start_on"],
                condition=Q(plan__isnull=False),
                name="allocation_once_a_plan",
            ),
            models.CheckConstraint(condition=Q(devices__gt=0), name="allocation_some_devices"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "running", "locked"]),
                name="allocation_state_known",
            ),
            models.CheckConstraint(
                condition=Q(plan__isnull=True, adopted=False, source__in=["hand", "import"])
                | Q(plan__isnull=False, source="plan"),
                name="allocation_source_by_plan",
            ),
            *whole_weeks("allocation"),
        ]

    def __str__(self) -> str:
        return f"{self.workload} → {self.pool}"

    @property
    def device_weeks(self) -> Decimal:
        return self.devices * self.n_weeks


class PlanWeek(models.Model):
    """A pool in a week of a plan: what it has, serves, lacks, and what one more is worth."""

    plan = models.ForeignKey(CapacityPlan, models.CASCADE, related_name="pool_weeks")
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="+")
    week_on = models.DateField(_("week (Monday)"))
    supply = models.PositiveIntegerField()  # devices there, maintenance taken off
    held = models.FloatField(default=0)  # of them by facts
    served = models.FloatField(default=0)  # by the plan, facts not counted
    shortage = models.FloatField(default=0)  # devices wanted and not had
    # Money a device-week; managers, planners, administrators.
    shadow_price = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["plan", "pool__site__key", "pool__key", "week_on"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "pool", "week_on"], name="plan_week_once"),
            models.CheckConstraint(
                condition=Q(held__gte=0, served__gte=0, shortage__gte=0),
                name="plan_week_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(week_on__iso_week_day=1), name="plan_week_on_monday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} {weeks.iso_label(self.week_on)}"

    @property
    def demand(self) -> float:
        """Held, served and wanted: devices are missing once those that are free are not enough."""
        used = self.held + self.served
        return max(used, self.supply) + self.shortage if self.shortage else used


class LeftOut(models.Model):
    """A workload that a plan does not serve, and why."""

    plan = models.ForeignKey(CapacityPlan, models.CASCADE, related_name="left_out")
    workload = models.ForeignKey(Workload, models.CASCADE, related_name="left_out_of")
    must_serve = models.BooleanField(default=False)
    # One of the must-serve workloads that cannot be served together.
    in_core = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)  # of the kernel: rule, details
    # Money: what is lost with it.
    value = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["plan", "-must_serve", "workload__key"]
        constraints = [models.UniqueConstraint(fields=["plan", "workload"], name="left_out_once")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.workload}"
