"""What there is to plan with: accelerator types, pools of like nodes at a site, maintenance."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.project import WholeWeeks, whole_weeks
from roles.models import Site
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.names import Named, Reference, in_active_language

NOT_NEGATIVE = [MinValueValidator(0)]
AT_LEAST_ONE = [MinValueValidator(1)]


def from_to_mondays(name: str) -> list[models.CheckConstraint]:
    """start_on and end_on may be open; where given they are Mondays in order."""
    return [
        models.CheckConstraint(
            condition=Q(start_on__isnull=True)
            | Q(end_on__isnull=True)
            | Q(end_on__gt=F("start_on")),
            name=f"{name}_in_order",
        ),
        models.CheckConstraint(
            condition=(Q(start_on__isnull=True) | Q(start_on__iso_week_day=1))
            & (Q(end_on__isnull=True) | Q(end_on__iso_week_day=1)),
            name=f"{name}_on_mondays",
        ),
    ]


class Readable(models.QuerySet[Any]):
    """Rows that every member may read; what they cost is cut where they are drawn."""

    def visible_to(self, user: User) -> Any:
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        return self


class Accelerator(Reference):
    """A type of device with the figures of its maker; the file's rows, and own ones."""

    class Kind(models.TextChoices):
        GPU = "gpu", _("GPU")
        TPU = "tpu", _("TPU")
        CPU = "cpu", _("CPU")

    class Confidence(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low")

    kind = models.CharField(_("kind"), max_length=3, choices=Kind)
    vendor = models.CharField(_("maker"), max_length=60, blank=True)
    memory_gb = models.FloatField(_("memory (GB)"), null=True, blank=True, validators=NOT_NEGATIVE)
    bandwidth_gb_s = models.FloatField(
        _("memory bandwidth (GB/s)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    bf16_tflops = models.FloatField(
        _("dense bf16 (TFLOP/s)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    fp8_tflops = models.FloatField(
        _("dense fp8 (TFLOP/s)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    power_w = models.FloatField(_("power (W)"), null=True, blank=True, validators=NOT_NEGATIVE)
    link_gb_s = models.FloatField(
        _("link, both directions (GB/s)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    confidence = models.CharField(
        _("confidence"), max_length=6, choices=Confidence, default=Confidence.MEDIUM
    )
    source = models.CharField(_("source"), max_length=600, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Added by this company, not by the catalog's file: the sync does not retire it.
    is_own = models.BooleanField(default=False)

    objects = Readable.as_manager()

    class Meta(Reference.Meta):
        ordering = ["position", "key"]
        verbose_name = _("accelerator")
        verbose_name_plural = _("accelerators")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["gpu", "tpu", "cpu"]), name="accelerator_kind_known"
            )
        ]

    def get_absolute_url(self) -> str:
        return f"{reverse('capacity:accelerator-list')}#{self.key}"


class PoolQuerySet(Readable):
    def with_totals(self) -> PoolQuerySet:
        """n_listed, n_nodes and n_devices: of the nodes listed, else of the node count."""
        nodes = Node.objects.filter(pool=OuterRef("pk")).order_by().values("pool")
        listed = Coalesce(Subquery(nodes.annotate(n=Count("pk")).values("n")), 0)
        devices = Coalesce(Subquery(nodes.annotate(n=Sum("devices")).values("n")), 0)
        return self.annotate(n_listed=listed).annotate(
            n_nodes=Case(
                When(n_listed__gt=0, then=F("n_listed")),
                default=F("node_count"),
                output_field=models.IntegerField(),
            ),
            n_devices=Case(
                When(n_listed__gt=0, then=devices),
                default=F("node_count") * F("devices_per_node"),
                output_field=models.IntegerField(),
            ),
        )


class Pool(Named):
    """Like nodes of one accelerator type at one site."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="pools", verbose_name=_("site"))
    accelerator = models.ForeignKey(
        Accelerator, models.PROTECT, related_name="pools", verbose_name=_("accelerator")
    )
    # Counts only while no nodes are listed: then the pool has what its nodes have.
    node_count = models.PositiveIntegerField(_("nodes"), default=0)
    devices_per_node = models.PositiveSmallIntegerField(
        _("devices per node"), default=8, validators=AT_LEAST_ONE
    )
    cpu_cores = models.DecimalField(
        _("CPU cores per node"), max_digits=9, decimal_places=3, default=0, validators=NOT_NEGATIVE
    )
    memory_gib = models.DecimalField(
        _("memory per node (GiB)"),
        max_digits=12,
        decimal_places=3,
        default=0,
        validators=NOT_NEGATIVE,
    )
    storage_tb = models.DecimalField(
        _("storage per node (TB)"),
        max_digits=12,
        decimal_places=3,
        default=0,
        validators=NOT_NEGATIVE,
    )
    network_gbit_s = models.DecimalField(
        _("network per node (Gbit/s)"),
        max_digits=9,
        decimal_places=1,
        default=0,
        validators=NOT_NEGATIVE,
    )
    power_kw = models.DecimalField(
        _("power per node (kW)"),
        max_digits=8,
        decimal_places=3,
        default=0,
        validators=NOT_NEGATIVE,
    )
    # Money: managers, planners, administrators.
    rate_per_device_hour = models.DecimalField(
        _("cost per device-hour"),
        max_digits=12,
        decimal_places=4,
        default=Decimal(0),
        validators=NOT_NEGATIVE,
    )
    start_on = models.DateField(_("available from (Monday)"), null=True, blank=True)
    end_on = models.DateField(_("available to (Monday after the last week)"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PoolQuerySet.as_manager()

    class Meta(Named.Meta):
        ordering = ["site__key", "key"]
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        constraints = [
            models.CheckConstraint(
                condition=Q(devices_per_node__gte=1), name="pool_devices_per_node_at_least_1"
            ),
            models.CheckConstraint(
                condition=Q(rate_per_device_hour__gte=0), name="pool_rate_not_negative"
            ),
            *from_to_mondays("pool"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("capacity:pool-detail", args=[self.pk])


class Node(models.Model):
    """One machine of a pool. A pool with listed nodes has exactly what they add up to."""

    pool = models.ForeignKey(Pool, models.CASCADE, related_name="nodes", verbose_name=_("pool"))
    key = models.CharField(_("key"), max_length=80, unique=True)  # its serial or host name
    devices = models.PositiveSmallIntegerField(_("devices"))
    cpu_cores = models.DecimalField(
        _("CPU cores"), max_digits=9, decimal_places=3, default=0, validators=NOT_NEGATIVE
    )
    memory_gib = models.DecimalField(
        _("memory (GiB)"), max_digits=12, decimal_places=3, default=0, validators=NOT_NEGATIVE
    )
    # From and to: an ordered node arrives, an old one leaves.
    start_on = models.DateField(_("available from (Monday)"), null=True, blank=True)
    end_on = models.DateField(_("available to (Monday after the last week)"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = Readable.as_manager()

    class Meta:
        ordering = ["pool", "key"]
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        constraints = [*from_to_mondays("node")]

    def __str__(self) -> str:
        return self.key


class MaintenanceWindow(WholeWeeks):
    """Weeks in which some nodes of a pool, or a share of its devices, are out."""

    pool = models.ForeignKey(
        Pool, models.CASCADE, related_name="maintenance", verbose_name=_("pool")
    )
    nodes_out = models.PositiveIntegerField(
        _("nodes out"), null=True, blank=True, validators=AT_LEAST_ONE
    )
    out_share = models.DecimalField(
        _("share out"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(1)],
    )  # 0-1
    reason_en = models.CharField(_("reason"), max_length=200, blank=True)
    reason_zh = models.CharField(_("reason (Chinese)"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = Readable.as_manager()

    class Meta:
        ordering = ["pool", "start_on", "pk"]
        verbose_name = _("maintenance window")
        verbose_name_plural = _("maintenance windows")
        constraints = [
            models.CheckConstraint(
                # Asked for null as well: a check that is neither true nor false holds.
                condition=Q(
                    nodes_out__isnull=True,
                    out_share__isnull=False,
                    out_share__gt=0,
                    out_share__lte=1,
                )
                | Q(nodes_out__isnull=False, nodes_out__gte=1, out_share__isnull=True),
                name="maintenance_nodes_or_share",
            ),
            *whole_weeks("maintenance"),
        ]

    def __str__(self) -> str:
        return f"{self.pool} {self.start_on}"

    @property
    def reason(self) -> str:
        return in_active_language(self.reason_en, self.reason_zh)

    def clean(self) -> None:
        if (self.nodes_out is None) == (self.out_share is None):
            raise ValidationError(_("Name either the nodes or the share that is out."))

    def devices_out(self, devices: int, devices_per_node: int) -> int:
        """Of so many devices, how many are out; part devices count as whole ones."""
        if self.nodes_out is not None:
            return min(devices, self.nodes_out * devices_per_node)
        share = self.out_share or Decimal(0)
        return min(devices, math.ceil(devices * share))
