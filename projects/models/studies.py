"""Questions about a plan that a worker answers, and the weights that managers keep by name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from projects.models.project import Project
from projects.models.project_run import ProjectRun
from projects.models.staffing import StaffingRun
from teamhub.accounts.models import User
from teamhub.runs.models import Run

# The words of the kernel for its stages; here so that they are translated.
STUDY_STAGES = (
    gettext_noop("Reading the plan"),
    gettext_noop("Trying changes"),
    gettext_noop("Confirming by solving again"),
)


class WeightProfileQuerySet(models.QuerySet["WeightProfile"]):
    def visible_to(self, user: User) -> WeightProfileQuerySet:
        """One's own, and those that others share."""
        return self.filter(Q(owner=user) | Q(shared=True))


class WeightProfile(models.Model):
    """Weights of a proposal under a name, such as "Ramp-up"."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="weight_profiles")
    name = models.CharField(_("name"), max_length=60)
    shared = models.BooleanField(_("shared"), default=False)
    weights = models.JSONField(_("weights"), default=dict)

    objects = WeightProfileQuerySet.as_manager()

    class Meta:
        ordering = ["name", "owner", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="weight_profile_once")
        ]

    def __str__(self) -> str:
        return self.name


class StaffingStudy(ProjectRun):
    """One question about a proposal or about today's plan, and its answer; changes nothing."""

    class Question(models.TextChoices):
        WHY_NOT = "why_not", _("Why not this person?")
        WHAT_HELPS = "what_helps", _("What would help?")
        SHOCK = "shock", _("What if people are absent?")
        CORE = "core", _("Why can these slots not all be filled?")

    kind: ClassVar[str] = "study"
    task: ClassVar[str] = "projects.tasks.study_staffing"
    queue: ClassVar[str] = "solve"
    title = _("Staffing question")
    copied_fields: ClassVar[tuple[str, ...]] = ("question", "proposal_id")

    question = models.CharField(_("question"), max_length=10, choices=Question)
    projects = models.ManyToManyField(Project, related_name="studies")
    # The proposal that is asked about; null: today's plan.
    proposal = models.ForeignKey(
        StaffingRun, models.CASCADE, null=True, blank=True, related_name="studies"
    )
    answer = models.JSONField(default=dict, blank=True)

    class Meta(Run.Meta):
        verbose_name = _("staffing question")
        constraints = [
            *Run.Meta.constraints,
            models.CheckConstraint(
                condition=Q(question__in=["why_not", "what_helps", "shock", "core"]),
                name="study_question_known",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("projects:study-detail", args=[self.pk])

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """A question is answered; whether a plan is feasible is what the answer tells."""
        if self.status == self.Status.SUCCEEDED:
            return str(_("Answered"))
        return str(self.Status(self.status).label)

    def get_outcome_display(self) -> str:  # type: ignore[no-redef]
        if self.outcome in {"", self.Outcome.FEASIBLE}:
            return ""
        return str(self.Outcome(self.outcome).label)

    def may_be_repeated_by(self, user: User) -> bool:
        """As a new question: today's plan for who may staff it, a proposal for who may read it."""
        if self.proposal is None:
            return not self.projects.exclude(pk__in=Project.objects.editable_by(user)).exists()
        return self.proposal.may_be_asked_about_by(user)
