"""Pools of the estate by CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capacity.importers.base import CapacityImporter, amount, known
from capacity.models import Accelerator, Pool
from capacity.rights import may_see_device_cost
from projects.importers.base import slug
from roles.models import Site
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

RATE = "rate_per_device_hour"
PLAIN = (
    "name_zh",
    "devices_per_node",
    "cpu_cores",
    "memory_gib",
    "storage_tb",
    "network_gbit_s",
    "power_kw",
    RATE,
    "start_on",
    "end_on",
    "note",
)


class PoolImporter(CapacityImporter[Pool]):
    kind = "pools"
    title = gettext_lazy("Pools")
    unique = (("key",),)
    columns = (
        Column(
            "key",
            slug(),
            required=True,
            example="sh-h100",
            help=gettext_lazy("Short name; finds the pool again in the next import"),
        ),
        Column("name", csv_values.text(120), required=True, example="Shanghai H100"),
        Column("name_zh", csv_values.text(120), default="", example="上海 H100"),
        Column("site", required=True, example="shanghai", help=gettext_lazy("Key of a site")),
        Column(
            "accelerator",
            required=True,
            example="h100-sxm5-80gb",
            help=gettext_lazy("Key of an accelerator, as on the page of accelerators"),
        ),
        Column(
            "nodes",
            csv_values.integer(0, 10**6),
            default=0,
            example="16",
            help=gettext_lazy("How many; counts only while no nodes are listed"),
        ),
        Column(
            "devices_per_node",
            csv_values.integer(1, 1024),
            default=8,
            example="8",
            help=gettext_lazy("Blank: 8"),
        ),
        Column("cpu_cores", amount(), default=0, example="96", help=gettext_lazy("Per node")),
        Column("memory_gib", amount(), default=0, example="2048", help=gettext_lazy("Per node")),
        Column("storage_tb", amount(), default=0, example="30", help=gettext_lazy("Per node")),
        Column(
            "network_gbit_s", amount(1), default=0, example="3200", help=gettext_lazy("Per node")
        ),
        Column("power_kw", amount(), default=0, example="10.2", help=gettext_lazy("Per node")),
        Column(
            RATE,
            csv_values.decimal(least=0, most=10**7, places=4),
            default=0,
            example="2.5",
            help=gettext_lazy("Cost of one device for an hour, in the company's currency"),
        ),
        Column(
            "start_on",
            csv_values.monday,
            example="2027-01-04",
            help=gettext_lazy("First week in which it is available; blank: always"),
        ),
        Column(
            "end_on",
            csv_values.monday,
            example="2029-01-01",
            help=gettext_lazy("The Monday after the last week; blank: without end"),
        ),
        Column("note", csv_values.text(300), default=""),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        if self.has(RATE) and not may_see_device_cost(self.by):
            self.error(1, RATE, _("You may not set what devices cost. Leave this column out."))
            return
        self._sites = known(_("Site"), Site.objects.all())
        self._types = known(_("Accelerator"), Accelerator.objects.filter(retired_on=None))
        present = {
            pool.key.casefold(): pool
            for pool in Pool.objects.select_for_update(of=("self",))
            .select_related("site", "accelerator")
            .order_by("pk")
        }
        for row in rows:
            site = self.find(row, "site", self._sites)
            accelerator = self.find(row, "accelerator", self._types)
            if site is None or accelerator is None:
                continue
            pool = present.get(row["key"].casefold()) or Pool(key=row["key"])
            yield self._row(row, pool, site, accelerator)

    def _row(self, row: Row, pool: Pool, site: Site, accelerator: Accelerator) -> Planned:
        values: dict[str, Any] = {
            "name_en": row["name"],
            "site": site,
            "accelerator": accelerator,
            **self.present({name: row[name] for name in PLAIN}),
        }
        if self.has("nodes"):
            values["node_count"] = row["nodes"]
        planned = self.collect(row, pool, values, row["name"])
        self.in_order(row, pool.start_on, pool.end_on)
        return planned
