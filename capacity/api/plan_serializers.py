"""Plans as programs ask for them and read them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from capacity.models import CapacityPlan, Objective
from capacity.models.plan import MAX_WEEKS
from capacity.rights import may_see_device_cost
from projects.models import Project

MONEY = (
    "objective_value",
    "bound",
    "gap",
    "value",
    "cost",
    "net_value",
    "weighted_cost",
    "efficiency",
    "incumbents",
)


class PlanIn(serializers.Serializer[Any]):
    objective = serializers.ChoiceField(choices=[one.value for one in Objective], required=False)
    weeks = serializers.IntegerField(min_value=1, max_value=MAX_WEEKS, required=False)
    seconds = serializers.IntegerField(min_value=1, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        first = serializers.DateField(
            required=False, source="start_on", help_text="A Monday; this week's by default."
        )
        return {"from": first, **super().get_fields()}


class PointOut(serializers.Serializer[Any]):
    seconds = serializers.FloatField()
    objective = serializers.FloatField()
    bound = serializers.FloatField(allow_null=True)


class PlanOut(serializers.Serializer[CapacityPlan]):
    """Money is absent for those who may not see it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    objective = serializers.CharField()
    weeks = serializers.IntegerField(source="n_weeks")
    status = serializers.CharField()
    outcome = serializers.CharField()
    stage = serializers.CharField()
    progress = serializers.FloatField()
    params = serializers.DictField()
    seed = serializers.IntegerField()
    as_of = serializers.DateTimeField(allow_null=True)
    rows_sha256 = serializers.CharField()
    method = serializers.CharField()
    workloads = serializers.IntegerField(source="n_workloads", allow_null=True)
    served = serializers.IntegerField(source="n_served", allow_null=True)
    values_assumed = serializers.IntegerField(source="n_values_assumed", allow_null=True)
    served_device_weeks = serializers.FloatField(allow_null=True)
    missing_device_weeks = serializers.FloatField(source="shortage_device_weeks", allow_null=True)
    core = serializers.SerializerMethodField(
        help_text="Workloads that must be and cannot be served together, of projects that you see."
    )
    core_proven = serializers.BooleanField(allow_null=True)
    rows = serializers.IntegerField(source="n_rows", allow_null=True)
    rows_adopted = serializers.IntegerField(source="n_in_force", allow_null=True)
    adopted_at = serializers.DateTimeField(allow_null=True)
    adopted_by = serializers.CharField(source="adopted_by.username", allow_null=True, default=None)
    requested_by = serializers.CharField(source="requested_by.username")
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    objective_value = serializers.FloatField(allow_null=True, required=False)
    bound = serializers.FloatField(allow_null=True, required=False)
    gap = serializers.FloatField(allow_null=True, required=False)
    value = serializers.DecimalField(18, 2, allow_null=True, required=False)
    cost = serializers.DecimalField(18, 2, allow_null=True, required=False)
    net_value = serializers.DecimalField(18, 2, allow_null=True, required=False)
    weighted_cost = serializers.FloatField(allow_null=True, required=False)
    efficiency = serializers.FloatField(allow_null=True, required=False)
    incumbents = serializers.SerializerMethodField(required=False)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        first = serializers.DateField(source="start_on", help_text="Monday of the first week.")
        return {"id": fields.pop("id"), "name": fields.pop("name"), "from": first, **fields}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_core(self, plan: CapacityPlan) -> list[str]:
        user = self.context["request"].user
        if plan.core_proven is None:
            return []
        seen = Project.objects.detail_visible_to(user)
        core = plan.left_out.filter(in_core=True, workload__project__in=seen)
        return list(core.order_by("workload__key").values_list("workload__key", flat=True))

    @extend_schema_field(PointOut(many=True))
    def get_incumbents(self, plan: CapacityPlan) -> list[dict[str, Any]]:
        return list(PointOut(plan.incumbents(), many=True).data)

    def to_representation(self, instance: CapacityPlan) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not may_see_device_cost(self.context["request"].user):
            for name in MONEY:
                data.pop(name, None)
        return data


class PlanLineOut(PlanOut):
    """A plan in a list: without what takes a query for each."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in ("core", "incumbents"):
            fields.pop(name)
        return fields


class AdoptIn(serializers.Serializer[Any]):
    rows = serializers.JSONField(help_text='A list of row ids, or "all".')
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class AdoptRefusalOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    workload = serializers.CharField()
    reason = serializers.CharField()
    clashes = serializers.ListField(child=serializers.DictField())


class AdoptOut(serializers.Serializer[Any]):
    adopted = serializers.ListField(child=serializers.IntegerField())
    refused = AdoptRefusalOut(many=True)
    replaced = serializers.IntegerField(help_text="Rows of earlier plans that gave way.")
    removed = serializers.IntegerField(help_text="Planned rows by hand or import, now gone.")


class ColumnsOut(serializers.Serializer[Any]):
    schema_version = serializers.IntegerField()
    tables = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
