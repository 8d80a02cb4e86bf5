"""A kind of run that does nothing but take time, for the tests of runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from teamhub.runs.models import Run


class ProbeRun(Run):
    kind = "probe"
    task = "tests.probe_app.tasks.probe"
    queue = "solve"
    title = "Probe"
    copied_fields = ("note",)

    note = models.CharField(max_length=40, blank=True)
    total = models.IntegerField(null=True)

    def incumbents(self) -> Iterable[Any]:
        return self.curve.filter(attempt=self.attempt)


class OtherRun(Run):
    """A second table on a second queue: lists and clocks must go over all kinds."""

    kind = "other"
    task = "tests.probe_app.tasks.other"
    queue = "train"
    title = "Other"
    open_to_planners = True

    stored = models.PositiveSmallIntegerField(default=0)  # how often a result was written


class ProbePart(models.Model):
    """What a finished probe leaves: as many rows as it was asked for."""

    run = models.ForeignKey(ProbeRun, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.run} {self.number}"


class ProbeIncumbent(models.Model):
    run = models.ForeignKey(ProbeRun, on_delete=models.CASCADE, related_name="curve")
    attempt = models.PositiveSmallIntegerField()
    step = models.PositiveIntegerField()
    seconds = models.FloatField()
    objective = models.FloatField(null=True)
    bound = models.FloatField(null=True)

    class Meta:
        ordering = ["step"]
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "step"], name="probe_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.attempt}.{self.step}"
