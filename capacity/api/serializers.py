"""What the API takes and answers for the estate."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from capacity.models import Accelerator, MaintenanceWindow, Node, Pool
from projects.api.serializers import KeyField
from roles.models import Site

FIGURE: dict[str, Any] = {"min_value": 0, "required": False, "allow_null": True}
AMOUNT: dict[str, Any] = {"min_value": 0, "required": False}


class AcceleratorOut(serializers.Serializer[Accelerator]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    kind = serializers.ChoiceField(choices=Accelerator.Kind.choices)
    vendor = serializers.CharField()
    memory_gb = serializers.FloatField(allow_null=True)
    bandwidth_gb_s = serializers.FloatField(allow_null=True)
    bf16_tflops = serializers.FloatField(allow_null=True, help_text="Dense.")
    fp8_tflops = serializers.FloatField(allow_null=True, help_text="Dense.")
    power_w = serializers.FloatField(allow_null=True)
    link_gb_s = serializers.FloatField(allow_null=True, help_text="Both directions.")
    confidence = serializers.ChoiceField(choices=Accelerator.Confidence.choices)
    source = serializers.CharField()  # type: ignore[assignment]  # hides Field.source
    is_own = serializers.BooleanField(help_text="Added by this company.")


class AcceleratorIn(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    name_en = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Accelerator.Kind.choices)
    vendor = serializers.CharField(max_length=60, required=False, allow_blank=True)
    memory_gb = serializers.FloatField(**FIGURE)
    bandwidth_gb_s = serializers.FloatField(**FIGURE)
    bf16_tflops = serializers.FloatField(**FIGURE)
    fp8_tflops = serializers.FloatField(**FIGURE)
    power_w = serializers.FloatField(**FIGURE)
    link_gb_s = serializers.FloatField(**FIGURE)
    confidence = serializers.ChoiceField(choices=Accelerator.Confidence.choices, required=False)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=600, required=False, allow_blank=True
    )


class PoolOut(serializers.Serializer[Pool]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()
    site = serializers.CharField(source="site.key")
    accelerator = serializers.CharField(source="accelerator.key")
    nodes = serializers.IntegerField(source="n_nodes", help_text="Listed, else counted.")
    devices = serializers.IntegerField(source="n_devices")
    node_count = serializers.IntegerField(help_text="Counts while no nodes are listed.")
    devices_per_node = serializers.IntegerField()
    cpu_cores = serializers.FloatField(help_text="Per node, like the next four.")
    memory_gib = serializers.FloatField()
    storage_tb = serializers.FloatField()
    network_gbit_s = serializers.FloatField()
    power_kw = serializers.FloatField()
    rate_per_device_hour = serializers.DecimalField(max_digits=12, decimal_places=4)
    start_on = serializers.DateField(allow_null=True)
    end_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    version = serializers.IntegerField()

    def to_representation(self, instance: Pool) -> dict[str, Any]:
        """The rate is left out where you may not see it."""
        data: dict[str, Any] = super().to_representation(instance)
        if not self.context["money"]:
            del data["rate_per_device_hour"]
        return data


class PoolPatch(serializers.Serializer[Any]):
    name_en = serializers.CharField(max_length=120, required=False)
    name_zh = serializers.CharField(max_length=120, required=False, allow_blank=True)
    site = KeyField(Site, noun="site", required=False)
    accelerator = KeyField(Accelerator, noun="accelerator", required=False)
    node_count = serializers.IntegerField(max_value=10**6, **AMOUNT)
    devices_per_node = serializers.IntegerField(min_value=1, max_value=1024, required=False)
    cpu_cores = serializers.DecimalField(max_digits=9, decimal_places=3, **AMOUNT)
    memory_gib = serializers.DecimalField(max_digits=12, decimal_places=3, **AMOUNT)
    storage_tb = serializers.DecimalField(max_digits=12, decimal_places=3, **AMOUNT)
    network_gbit_s = serializers.DecimalField(max_digits=9, decimal_places=1, **AMOUNT)
    power_kw = serializers.DecimalField(max_digits=8, decimal_places=3, **AMOUNT)
    rate_per_device_hour = serializers.DecimalField(max_digits=12, decimal_places=4, **AMOUNT)
    start_on = serializers.DateField(required=False, allow_null=True, help_text="A Monday.")
    end_on = serializers.DateField(required=False, allow_null=True, help_text="A Monday.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PoolIn(PoolPatch):
    key = serializers.SlugField(max_length=60)
    name_en = serializers.CharField(max_length=120)
    site = KeyField(Site, noun="site", help_text="Key of a site.")
    accelerator = KeyField(Accelerator, noun="accelerator", help_text="Key of a type.")


class NodeOut(serializers.Serializer[Node]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    pool = serializers.CharField(source="pool.key")
    devices = serializers.IntegerField()
    cpu_cores = serializers.FloatField()
    memory_gib = serializers.FloatField()
    start_on = serializers.DateField(allow_null=True)
    end_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


class NodePatch(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=80, required=False)
    pool = KeyField(Pool, noun="pool", required=False)
    devices = serializers.IntegerField(min_value=0, max_value=1024, required=False)
    cpu_cores = serializers.DecimalField(max_digits=9, decimal_places=3, **AMOUNT)
    memory_gib = serializers.DecimalField(max_digits=12, decimal_places=3, **AMOUNT)
    start_on = serializers.DateField(required=False, allow_null=True, help_text="A Monday.")
    end_on = serializers.DateField(required=False, allow_null=True, help_text="A Monday.")


class NodeIn(NodePatch):
    key = serializers.CharField(max_length=80)
    pool = KeyField(Pool, noun="pool")
    devices = serializers.IntegerField(min_value=0, max_value=1024)


class MaintenanceOut(serializers.Serializer[MaintenanceWindow]):
    id = serializers.IntegerField()
    pool = serializers.CharField(source="pool.key")
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    nodes_out = serializers.IntegerField(allow_null=True)
    out_share = serializers.FloatField(allow_null=True, help_text="0-1 of the devices.")
    reason_en = serializers.CharField()
    reason_zh = serializers.CharField()
    version = serializers.IntegerField()


class MaintenancePatch(serializers.Serializer[Any]):
    start_on = serializers.DateField(required=False, help_text="A Monday.")
    end_on = serializers.DateField(required=False, help_text="The Monday after the last week.")
    nodes_out = serializers.IntegerField(
        min_value=1, max_value=10**6, required=False, allow_null=True
    )
    out_share = serializers.DecimalField(
        max_digits=4,
        decimal_places=3,
        min_value=0,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="0-1; either this or nodes_out.",
    )
    reason_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MaintenanceIn(MaintenancePatch):
    pool = KeyField(Pool, noun="pool")
    start_on = serializers.DateField(help_text="A Monday.")
    end_on = serializers.DateField(help_text="The Monday after the last week.")
