"""What the API takes and answers for workloads, allocations and measured use."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from capacity.api.base import by_word
from capacity.models import Accelerator, Allocation, Pool, Workload
from capacity.selectors.workloads import editable_projects
from projects.api.serializers import KeyField
from projects.models import Phase
from projects.phases import PhaseKey

FIGURE: dict[str, Any] = {"min_value": 0, "required": False, "allow_null": True}


class ProjectField(KeyField):
    """A project whose workloads the user may write."""

    def __init__(self, **options: Any) -> None:
        super().__init__(None, noun="project", **options)

    def find(self, word: str) -> Any:
        user = self.context["request"].user
        return editable_projects(user).filter(by_word(word)).order_by("pk").first()


class WorkloadOut(serializers.Serializer[Workload]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    project = serializers.CharField(source="project.key")
    phase = serializers.CharField(source="phase.key", allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=Workload.Kind.choices)
    shape = serializers.CharField(help_text="gang, service or batch")
    status = serializers.ChoiceField(choices=Workload.Status.choices)
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    sizing = serializers.ChoiceField(choices=Workload.Sizing.choices)
    devices = serializers.IntegerField()
    weeks = serializers.IntegerField(allow_null=True)
    gang_size = serializers.IntegerField()
    params_b = serializers.FloatField(allow_null=True)
    active_params_b = serializers.FloatField(allow_null=True)
    tokens_b = serializers.FloatField(allow_null=True)
    peak_tokens_per_s = serializers.FloatField(allow_null=True)
    replica_tokens_per_s = serializers.FloatField(allow_null=True)
    mfu_share = serializers.FloatField(allow_null=True)
    sized_on = serializers.CharField(source="sized_on.key", allow_null=True, default=None)
    device_hours = serializers.SerializerMethodField(help_text="p10, p50, p90.")
    assumptions = serializers.JSONField()
    must_serve = serializers.BooleanField()
    priority = serializers.IntegerField(allow_null=True)
    value = serializers.DecimalField(max_digits=15, decimal_places=2, allow_null=True)
    accelerators = serializers.SerializerMethodField()
    pools = serializers.SerializerMethodField()
    used_device_hours = serializers.FloatField(source="used_hours", help_text="Measured.")
    used_cost = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    note = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    version = serializers.IntegerField()

    def get_device_hours(self, row: Workload) -> dict[str, float]:
        if row.device_hours_p50 is None:
            return {"p10": row.device_hours, "p50": row.device_hours, "p90": row.device_hours}
        return {
            "p10": row.device_hours_p10 or 0.0,
            "p50": row.device_hours_p50,
            "p90": row.device_hours_p90 or 0.0,
        }

    def get_accelerators(self, row: Workload) -> list[str]:
        return sorted(one.key for one in row.accelerators.all())

    def get_pools(self, row: Workload) -> list[str]:
        return sorted(one.key for one in row.pools.all())

    def to_representation(self, instance: Workload) -> dict[str, Any]:
        """Value and cost are left out where you may not see them."""
        data: dict[str, Any] = super().to_representation(instance)
        if not self.context["money"]:
            del data["used_cost"]
            if instance.project_id not in self.context["led"]:
                del data["value"]
        return data


class WorkloadPatch(serializers.Serializer[Any]):
    name_en = serializers.CharField(max_length=120, required=False)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phase = serializers.ChoiceField(
        choices=[key.value for key in PhaseKey], required=False, allow_null=True
    )
    kind = serializers.ChoiceField(choices=Workload.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=Workload.Status.choices, required=False)
    start_on = serializers.DateField(required=False, help_text="A Monday.")
    end_on = serializers.DateField(required=False, help_text="The Monday after the last week.")
    sizing = serializers.ChoiceField(
        choices=Workload.Sizing.choices,
        required=False,
        help_text="Left out: model where params_b is given and weeks is not.",
    )
    devices = serializers.IntegerField(
        min_value=1, max_value=10**6, required=False, allow_null=True
    )
    weeks = serializers.IntegerField(min_value=1, max_value=520, required=False, allow_null=True)
    gang_size = serializers.IntegerField(
        min_value=1, max_value=10**6, required=False, allow_null=True
    )
    params_b = serializers.FloatField(**FIGURE)
    active_params_b = serializers.FloatField(**FIGURE)
    tokens_b = serializers.FloatField(**FIGURE)
    peak_tokens_per_s = serializers.FloatField(**FIGURE)
    replica_tokens_per_s = serializers.FloatField(**FIGURE)
    mfu_share = serializers.FloatField(min_value=0.01, max_value=1, required=False, allow_null=True)
    sized_on = KeyField(Accelerator, noun="accelerator", required=False, allow_null=True)
    must_serve = serializers.BooleanField(required=False)
    priority = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    value = serializers.DecimalField(max_digits=15, decimal_places=2, **FIGURE)
    accelerators = serializers.ListField(
        child=KeyField(Accelerator, noun="accelerator"), required=False, max_length=50
    )
    pools = serializers.ListField(child=KeyField(Pool, noun="pool"), required=False, max_length=200)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=300, required=False, allow_blank=True
    )


class WorkloadIn(WorkloadPatch):
    key = serializers.SlugField(max_length=60, required=False)
    name_en = serializers.CharField(max_length=120)
    project = ProjectField(help_text="Key or id of a project.")
    kind = serializers.ChoiceField(choices=Workload.Kind.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A phase as a row; its weeks where none are given; how it is sized."""
        attrs = with_phase(attrs, attrs["project"].pk)
        phase = attrs.get("phase")
        for name in ("start_on", "end_on"):
            if attrs.get(name) is None:
                if phase is None:
                    raise serializers.ValidationError({name: [_("Give the week, or a phase.")]})
                attrs[name] = getattr(phase, name)
        if "sizing" not in attrs:
            by_model = attrs.get("params_b") is not None and attrs.get("weeks") is None
            sizing = Workload.Sizing.MODEL if by_model else Workload.Sizing.DEVICES
            attrs["sizing"] = sizing
        return attrs


def with_phase(attrs: dict[str, Any], project_id: int) -> dict[str, Any]:
    if attrs.get("phase") is not None:
        phase = Phase.objects.filter(project=project_id, key=attrs["phase"]).first()
        if phase is None:
            raise serializers.ValidationError({"phase": [_("The project has no such phase.")]})
        attrs["phase"] = phase
    return attrs


class AllocationOut(serializers.Serializer[Allocation]):
    id = serializers.IntegerField()
    workload = serializers.CharField(source="workload.key")
    project = serializers.CharField(source="workload.project.key")
    pool = serializers.CharField(source="pool.key")
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    devices = serializers.FloatField()
    state = serializers.ChoiceField(choices=Allocation.State.choices)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Allocation.Source.choices
    )
    plan = serializers.UUIDField(source="plan_id", allow_null=True)
    reason = serializers.CharField()
    version = serializers.IntegerField()


class AllocationPatch(serializers.Serializer[Any]):
    pool = KeyField(Pool, noun="pool", required=False)
    start_on = serializers.DateField(required=False, help_text="A Monday.")
    end_on = serializers.DateField(required=False, help_text="The Monday after the last week.")
    devices = serializers.DecimalField(max_digits=11, decimal_places=3, min_value=0, required=False)
    state = serializers.ChoiceField(choices=Allocation.State.choices, required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class AllocationIn(AllocationPatch):
    workload = KeyField(Workload, noun="workload")
    pool = KeyField(Pool, noun="pool")
    start_on = serializers.DateField(help_text="A Monday.")
    end_on = serializers.DateField(help_text="The Monday after the last week.")
    devices = serializers.DecimalField(max_digits=11, decimal_places=3, min_value=0)
