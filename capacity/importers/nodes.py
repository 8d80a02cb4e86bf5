"""The nodes of pools by CSV."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capacity.importers.base import CapacityImporter, amount, known
from capacity.models import Node, Pool
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

PLAIN = ("devices", "cpu_cores", "memory_gib", "start_on", "end_on")


class NodeImporter(CapacityImporter[Node]):
    kind = "nodes"
    title = gettext_lazy("Nodes")
    unique = (("key",),)
    columns = (
        Column(
            "key",
            csv_values.text(80),
            required=True,
            example="sh-h100-001",
            help=gettext_lazy("Serial or host name; finds the node again in the next import"),
        ),
        Column("pool", required=True, example="sh-h100", help=gettext_lazy("Key of a pool")),
        Column(
            "devices",
            csv_values.integer(0, 1024),
            required=True,
            example="8",
            help=gettext_lazy("GPUs, TPUs or CPUs in it"),
        ),
        Column("cpu_cores", amount(), default=0, example="96"),
        Column("memory_gib", amount(), default=0, example="2048"),
        Column(
            "start_on",
            csv_values.monday,
            example="2027-03-01",
            help=gettext_lazy("First week in which it is available; blank: always"),
        ),
        Column(
            "end_on",
            csv_values.monday,
            example="2030-03-04",
            help=gettext_lazy("The Monday after the last week; blank: without end"),
        ),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        pools = known(_("Pool"), Pool.objects.select_for_update().order_by("pk"))
        present = {
            node.key.casefold(): node
            for node in Node.objects.select_for_update(of=("self",))
            .select_related("pool")
            .order_by("pk")
        }
        for row in rows:
            pool = self.find(row, "pool", pools)
            if pool is None:
                continue
            node = present.get(row["key"].casefold()) or Node(key=row["key"])
            values = {"pool": pool, **self.present({name: row[name] for name in PLAIN})}
            planned = self.collect(row, node, values, f"{pool.key} · {row['key']}")
            self.in_order(row, node.start_on, node.end_on)
            yield planned
