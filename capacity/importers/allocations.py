"""Allocations by CSV: what runs, what is locked, what is planned by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capacity.importers.base import CapacityImporter, known
from capacity.models import Allocation, Pool, Shape, Workload
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

Pair = tuple[int, int]


class AllocationImporter(CapacityImporter[Allocation]):
    kind = "allocations"
    title = gettext_lazy("Allocations")
    unique = (("workload", "pool", "start_on"),)
    ignored = ("plan",)
    columns = (
        Column(
            "workload",
            required=True,
            example="triage-pretraining",
            help=gettext_lazy("Key of a workload"),
        ),
        Column("pool", required=True, example="sh-h100", help=gettext_lazy("Key of a pool")),
        Column("start_on", csv_values.monday, required=True, example="2027-01-04"),
        Column(
            "end_on",
            csv_values.monday,
            required=True,
            example="2027-03-01",
            help=gettext_lazy("The Monday after the last week"),
        ),
        Column(
            "devices",
            csv_values.decimal(least=0, most=10**7, places=3),
            required=True,
            example="64",
            help=gettext_lazy("Whole; batch work may take a part of a device's week"),
        ),
        Column(
            "state",
            csv_values.choice(Allocation.State.values),
            default=Allocation.State.PLANNED.value,
            example="running",
            help=gettext_lazy(
                "planned, running or locked; plans work around what runs or is locked"
            ),
        ),
        Column("reason", csv_values.text(300), default="", help=gettext_lazy("Why, if told")),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        pools = known(_("Pool"), Pool.objects.select_for_update().order_by("pk"))
        workloads = known(_("Workload"), Workload.objects.select_for_update().order_by("pk"))
        present: dict[tuple[int, int, Any], Allocation] = {}
        self._all: dict[Pair, list[tuple[Allocation, Row | None]]] = defaultdict(list)
        in_force = Allocation.objects.in_force().select_for_update(of=("self",)).order_by("pk")
        for one in in_force.select_related("workload", "pool"):
            present[one.workload_id, one.pool_id, one.start_on] = one
        touched = set()
        for row in rows:
            workload = self.find(row, "workload", workloads)
            pool = self.find(row, "pool", pools)
            if workload is None or pool is None or not self._possible(row, workload):
                continue
            one = present.get((workload.pk, pool.pk, row["start_on"])) or Allocation(
                workload=workload,
                pool=pool,
                start_on=row["start_on"],
                source=Allocation.Source.IMPORT,
            )
            touched.add(one.pk)
            self._all[workload.pk, pool.pk].append((one, row))
            yield self._row(row, one)
        for one in present.values():
            if one.pk not in touched:
                self._all[one.workload_id, one.pool_id].append((one, None))
        self._refuse_overlaps()

    def _possible(self, row: Row, workload: Workload) -> bool:
        devices = row["devices"]
        if devices <= 0:
            self.error(row, "devices", _("At least a part of a device."))
        elif devices != devices.to_integral_value() and workload.shape != Shape.BATCH:
            self.error(row, "devices", _("Only batch work takes a part of a device's week."))
        else:
            return self.in_order(row, row["start_on"], row["end_on"])
        return False

    def _row(self, row: Row, one: Allocation) -> Planned:
        values = {
            "end_on": row["end_on"],
            "devices": row["devices"],
            **self.present({"state": row["state"], "reason": row["reason"]}),
        }
        fixed = one.plan_id is not None and (one.end_on, one.devices) != (
            row["end_on"],
            row["devices"],
        )
        if fixed:
            text = _("An adopted plan gave these devices; only state and reason can be changed.")
            self.error(row, "devices", text)
        return self.collect(row, one, values, f"{one.workload} → {one.pool}")

    def _refuse_overlaps(self) -> None:
        """A workload has its devices of a pool once in a week."""
        for entries in self._all.values():
            entries.sort(key=lambda entry: entry[0].start_on)
            for (one, row), (other, other_row) in pairwise(entries):
                if other.start_on >= one.end_on:
                    continue
                told, rest = (other_row, one) if other_row is not None else (row, other)
                if told is not None:
                    text = _("It overlaps with the devices from %(start)s to %(end)s.")
                    span = {"start": rest.start_on, "end": rest.end_on}
                    self.error(told, "start_on", text % span)
