"""Staffing runs, what they propose, and the requests that acceptance sends to other leads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from projects.models.plan import Assignment, Slot
from projects.models.project import Project, WholeWeeks, whole_weeks
from projects.models.project_run import ProjectRun
from roles.models import Department, Person
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.runs.models import Run

# The words of the kernel for its stages; here so that they are translated.
STAGES = (
    gettext_noop("First plan"),
    gettext_noop("Bounding"),
    gettext_noop("Improving the plan"),
    gettext_noop("Closing the gap"),
)


# What becomes of a plan under another rate or budget tells of rates.
MONEY_SUPPOSED = frozenset({"rate", "amount"})


class StaffingRun(ProjectRun):
    """A proposal of who takes which slot. Nothing changes until somebody accepts."""

    kind: ClassVar[str] = "staffing"
    task: ClassVar[str] = "projects.tasks.propose_team"
    queue: ClassVar[str] = "solve"
    title = _("Staffing proposal")
    # The trace says after how many seconds solutions came: no two computations agree on that.
    volatile_keys: ClassVar[frozenset[str]] = Run.volatile_keys | {"trace"}

    projects = models.ManyToManyField(Project, related_name="staffing_runs")
    # Money and objective fields: managers and administrators only.
    objective = models.BigIntegerField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    cost = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    coverage_share = models.FloatField(null=True, blank=True)  # priority-weighted effort, 0-1
    method = models.CharField(max_length=60, blank=True)
    fit_source = models.CharField(max_length=60, blank=True)  # which fit scores were used
    inherited = models.JSONField(default=list, blank=True)  # rules that facts break already

    class Meta(Run.Meta):
        verbose_name = _("staffing proposal")

    def get_absolute_url(self) -> str:
        return reverse("projects:proposal-detail", args=[self.pk])

    @property
    def is_what_if(self) -> bool:
        """Whether it supposes what is not so: to look at, not to accept."""
        return bool(self.params.get("what_if"))

    def incumbents(self) -> Iterable[Incumbent]:
        return self.curve.filter(attempt=self.attempt)

    @property
    def gap(self) -> float | None:
        """(bound - objective) / max(1, |objective|), or None while either is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return max(0.0, (self.bound - self.objective) / max(1, abs(self.objective)))

    @property
    def gap_percent(self) -> float | None:
        return None if self.gap is None else 100 * self.gap

    def may_be_repeated_by(self, user: User) -> bool:
        """Whoever may staff all its projects and, where it supposes money, may see money."""
        supposed = {name for change in self.params.get("what_if", ()) for name in change}
        if supposed & MONEY_SUPPOSED and not permissions.may_see_money(user):
            return False
        return not self.projects.exclude(pk__in=Project.objects.editable_by(user)).exists()

    def may_be_asked_about_by(self, user: User) -> bool:
        """Whoever may read it and the plan of each of its projects: the answer speaks of all."""
        if not type(self).objects.visible_to(user).filter(pk=self.pk).exists():
            return False
        return not self.projects.exclude(pk__in=Project.objects.detail_visible_to(user)).exists()


class Incumbent(models.Model):
    """A point of the curve: a better plan, or a better bound, at a second of the solve."""

    run = models.ForeignKey(StaffingRun, models.CASCADE, related_name="curve")
    attempt = models.PositiveSmallIntegerField()
    step = models.PositiveIntegerField()
    seconds = models.FloatField()
    objective = models.FloatField()
    bound = models.FloatField(null=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "attempt", "step"]
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "step"], name="incumbent_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.seconds:.1f} s: {self.objective}"


class ProposalRow(WholeWeeks):
    """A slot, or the open rest of one, with the person proposed for it, or with why nobody is."""

    class Decision(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        REQUESTED = "requested", _("requested")

    run = models.ForeignKey(StaffingRun, models.CASCADE, related_name="rows")
    slot = models.ForeignKey(Slot, models.CASCADE, related_name="proposal_rows")
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="proposal_rows"
    )
    fte_hundredths = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    # The assignment that this row would end (a move); null where it only adds.
    replaces = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    score = models.JSONField(default=dict)  # by criterion, in points
    cost = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    blockers = models.JSONField(default=list)  # of an unfilled slot: rule, counts, details
    decision = models.CharField(max_length=9, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # What acceptance made of it.
    assignment = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="proposal_rows"
    )

    class Meta:
        ordering = ["run", "slot__phase__project", "start_on", "slot__seat__role__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "slot", "start_on"], name="proposal_row_once"),
            models.CheckConstraint(
                condition=Q(fte_hundredths__range=(1, 100)), name="proposal_row_fte_1_to_100"
            ),
            *whole_weeks("proposal_row"),
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.person or '-'}"


class StaffingRequestQuerySet(models.QuerySet["StaffingRequest"]):
    def visible_to(self, user: User) -> StaffingRequestQuerySet:
        """Who asked, and who is asked."""
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        answerable = self.answerable_by(user).values("pk")
        return self.filter(Q(asked_by=user) | Q(pk__in=answerable))

    def answerable_by(self, user: User | AnonymousUser) -> StaffingRequestQuerySet:
        """Requests in the inbox of this user; an administrator can answer all."""
        if not user.is_authenticated:
            return self.none()
        if permissions.is_administrator(user):
            return self
        led_projects = Project.objects.led_by(user).values("pk")
        led = Q(department__in=led_department_ids(user)) | Q(project_id__in=led_projects)
        return self.filter(led)

    def open(self) -> StaffingRequestQuerySet:
        return self.filter(status=StaffingRequest.Status.OPEN)


def led_department_ids(user: User) -> set[int]:
    """Departments that the user leads, with all below them (two queries)."""
    led = set(user.led_departments.values_list("pk", flat=True))
    below: dict[int | None, list[int]] = {}
    if led:
        for pk, parent in Department.objects.values_list("pk", "parent_id"):
            below.setdefault(parent, []).append(pk)
    queue = list(led)
    while queue:
        for child in below.get(queue.pop(), ()):
            if child not in led:
                led.add(child)
                queue.append(child)
    return led


class StaffingRequest(models.Model):
    """Asks another lead for a person. The assignment stays tentative until it is answered."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    row = models.OneToOneField(ProposalRow, models.CASCADE, related_name="request")
    assignment = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    # Whoever leads one of these may answer: the person's department, or the project they work in.
    department = models.ForeignKey(Department, models.CASCADE, null=True, related_name="+")
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="asked_requests")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = StaffingRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=False) | Q(project__isnull=False),
                name="staffing_request_has_an_inbox",
            )
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.get_status_display()}"

    @property
    def tone(self) -> str:
        """As components/_badge.html knows it."""
        return {"approved": "good", "declined": "neutral"}.get(self.status, "tentative")
