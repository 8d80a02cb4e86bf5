"""The estimator for programs: what a model takes, before it is a workload."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capacity.api.base import validated
from capacity.models import Accelerator, Workload
from capacity.selectors.estimating import Answer, Ask, estimate
from capacity.selectors.prices import prices
from projects.api.serializers import KeyField

FIGURE: dict[str, Any] = {"min_value": 0, "required": False, "allow_null": True}
COUNT: dict[str, Any] = {
    "min_value": 1,
    "max_value": 10**6,
    "required": False,
    "allow_null": True,
}


class EstimateIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Workload.Kind.choices)
    accelerator = KeyField(Accelerator, noun="accelerator", help_text="Key of a type.")
    params_b = serializers.FloatField(min_value=0, help_text="Billions of parameters.")
    active_params_b = serializers.FloatField(
        help_text="Of a mixture of experts, those that a token uses.", **FIGURE
    )
    tokens_b = serializers.FloatField(
        help_text="Billions of tokens; for online inference none.", **FIGURE
    )
    peak_tokens_per_s = serializers.FloatField(
        help_text="Online inference: output tokens at the peak.", **FIGURE
    )
    replica_tokens_per_s = serializers.FloatField(
        help_text="Inference: measured output tokens of one copy of the model.", **FIGURE
    )
    mfu = serializers.FloatField(min_value=0.01, max_value=1, required=False, allow_null=True)
    goodput = serializers.FloatField(min_value=0.01, max_value=1, required=False, allow_null=True)
    gang = serializers.IntegerField(**COUNT)
    devices = serializers.IntegerField(**COUNT)
    weeks = serializers.IntegerField(help_text="The time that there is.", **COUNT)


class BandOut(serializers.Serializer[Any]):
    p10 = serializers.FloatField()
    p50 = serializers.FloatField()
    p90 = serializers.FloatField()


class SourceOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.FloatField()
    source = serializers.CharField()  # type: ignore[assignment]


class CostOut(serializers.Serializer[Any]):
    pool = serializers.CharField()
    p10 = serializers.DecimalField(max_digits=18, decimal_places=2)
    p50 = serializers.DecimalField(max_digits=18, decimal_places=2)
    p90 = serializers.DecimalField(max_digits=18, decimal_places=2)


class EstimateOut(serializers.Serializer[Any]):
    device_hours = BandOut(help_text="Of serving: of the weeks, or of one.")
    memory_gb = serializers.FloatField(help_text="On each device of a gang.")
    gang = serializers.IntegerField(help_text="Devices of one copy of the model.")
    devices = serializers.IntegerField()
    weeks = serializers.IntegerField(allow_null=True, help_text="At that many devices.")
    replicas = serializers.IntegerField(allow_null=True)
    sources = SourceOut(many=True)
    costs = CostOut(many=True, help_text="In the pools of this type; with money only.")


class EstimateView(APIView):
    @extend_schema(operation_id="capacity_estimate", request=EstimateIn, responses=EstimateOut)
    def post(self, request: Request) -> Response:
        """Device-hours with a band, memory and devices, and what the answer rests on."""
        given = validated(EstimateIn, request)
        answer = estimate(Ask(**given))
        return Response(_out(request, answer, given["accelerator"]))


def _out(request: Request, answer: Answer, accelerator: Accelerator) -> dict[str, Any]:
    hours = answer.hours
    costs = [
        {"pool": one.pool.key, "p10": one.low, "p50": one.middle, "p90": one.high}
        for one in prices(request.user, accelerator, hours.p10, hours.p50, hours.p90)
    ]
    return {
        "device_hours": {"p10": hours.p10, "p50": hours.p50, "p90": hours.p90},
        "memory_gb": answer.memory_gb,
        "gang": answer.gang,
        "devices": answer.devices,
        "weeks": answer.weeks,
        "replicas": answer.replicas,
        "sources": answer.sources,
        "costs": costs,
    }
