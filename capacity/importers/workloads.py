"""Workloads by CSV: devices and weeks, or parameters and tokens that the estimator reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capacity.importers.base import CapacityImporter, known, number
from capacity.models import Accelerator, Pool, Workload
from capacity.rights import may_see_device_cost
from capacity.services import sizing
from capacity.services.workloads import SIZED
from projects.importers.base import phase, slug
from projects.models import Phase, Project
from teamhub.errors import InvalidInput
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

PLAIN = (
    "name_zh",
    "kind",
    "status",
    "devices",
    "weeks",
    "gang_size",
    "params_b",
    "active_params_b",
    "tokens_b",
    "peak_tokens_per_s",
    "replica_tokens_per_s",
    "mfu_share",
    "must_serve",
    "priority",
    "value",
    "note",
    "source",
)
LINKS = ("accelerators", "pools")
words = csv_values.many(csv_values.text(60))


class WorkloadImporter(CapacityImporter[Workload]):
    kind = "workloads"
    title = gettext_lazy("Workloads")
    unique = (("key",),)
    columns = (
        Column(
            "key",
            slug(),
            required=True,
            example="triage-pretraining",
            help=gettext_lazy("Short name; finds the workload again in the next import"),
        ),
        Column("name", csv_values.text(120), required=True, example="Pre-training"),
        Column("name_zh", csv_values.text(120), default="", example="预训练"),
        Column("project", required=True, example="triage", help=gettext_lazy("Key of a project")),
        Column(
            "phase",
            phase,
            example="training",
            help=gettext_lazy("Key of the phase, or its number from 1 to 7"),
        ),
        Column(
            "kind",
            csv_values.choice(Workload.Kind.values),
            required=True,
            example="pretraining",
            help=gettext_lazy("pretraining, finetuning, batch_inference or online_inference"),
        ),
        Column(
            "status",
            csv_values.choice(Workload.Status.values),
            default=Workload.Status.OPEN.value,
            help=gettext_lazy("open, done or cancelled; blank: open"),
        ),
        Column(
            "start_on",
            csv_values.monday,
            example="2027-01-04",
            help=gettext_lazy("First week of its window; blank: the phase's"),
        ),
        Column(
            "end_on",
            csv_values.monday,
            example="2027-06-28",
            help=gettext_lazy("The Monday after the last week; blank: the phase's"),
        ),
        Column(
            "sizing",
            csv_values.choice(Workload.Sizing.values),
            help=gettext_lazy(
                "devices or model; blank: model where parameters are given and weeks are not"
            ),
        ),
        Column("devices", csv_values.integer(1, 10**6), example="64"),
        Column("weeks", csv_values.integer(1, 520), example="6"),
        Column(
            "gang_size",
            csv_values.integer(1, 10**6),
            example="8",
            help=gettext_lazy("Devices of one copy of the model; blank: 1, or what memory needs"),
        ),
        Column("params_b", number(), help=gettext_lazy("Billions of parameters")),
        Column(
            "active_params_b",
            number(),
            help=gettext_lazy("Of a mixture of experts, those that a token uses"),
        ),
        Column("tokens_b", number(), help=gettext_lazy("Billions of tokens")),
        Column(
            "peak_tokens_per_s", number(), help=gettext_lazy("Serving: output tokens at the peak")
        ),
        Column(
            "replica_tokens_per_s",
            number(),
            help=gettext_lazy("Inference: measured output tokens of one copy of the model"),
        ),
        Column(
            "mfu_share",
            number(most=1),
            help=gettext_lazy("Share of the peak that training reaches, 0 to 1"),
        ),
        Column("sized_on", help=gettext_lazy("Key of the accelerator that hours are counted on")),
        Column("must_serve", csv_values.flag, default=False, example="yes"),
        Column(
            "priority",
            csv_values.integer(1, 5),
            help=gettext_lazy("1 to 5 (highest); blank: the project's"),
        ),
        Column(
            "value",
            csv_values.decimal(least=0, most=10**13),
            help=gettext_lazy("What serving it is worth, in the company's currency"),
        ),
        Column(
            "accelerators",
            words,
            default=[],
            help=gettext_lazy("Keys of types it can run on, separated by semicolons"),
        ),
        Column(
            "pools",
            words,
            default=[],
            help=gettext_lazy("Keys of pools it can run in, separated by semicolons"),
        ),
        Column("note", csv_values.text(300), default=""),
        Column("source", csv_values.text(300), default=""),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        if self.has("value") and not may_see_device_cost(self.by):
            self.error(1, "value", _("You may not set values. Leave this column out."))
            return
        self._projects = known(_("Project"), Project.objects.detail_visible_to(self.by))
        self._phases = {(one.project_id, one.key): one for one in Phase.objects.all()}
        self._links = {
            "accelerators": known(_("Accelerator"), Accelerator.objects.filter(retired_on=None)),
            "pools": known(_("Pool"), Pool.objects.order_by("key")),
        }
        self._wanted: dict[str, dict[str, list[Any]]] = {}
        present = {
            workload.key.casefold(): workload
            for workload in Workload.objects.select_for_update(of=("self",))
            .select_related("project", "phase", "sized_on")
            .prefetch_related(*LINKS)
            .order_by("pk")
        }
        for row in rows:
            project = self.find(row, "project", self._projects)
            if project is None:
                continue
            workload = present.get(row["key"].casefold()) or Workload(
                key=row["key"], project=project
            )
            if workload.project_id != project.pk:
                text = _("This workload belongs to %(project)s.")
                self.error(row, "project", text % {"project": workload.project.key})
                continue
            planned = self._row(row, workload)
            if planned is not None:
                yield planned

    def _row(self, row: Row, workload: Workload) -> Planned | None:
        values, links = self._values(row, workload), self._row_links(row)
        if values is None or links is None:
            return None
        before = {name: getattr(workload, name) for name in (*SIZED, "devices", "weeks")}
        planned = self.upsert(row, workload, values, label=row["name"])
        planned.save = None
        if not self.in_order(row, workload.start_on, workload.end_on):
            return planned
        decides = planned.action == "create" or set(planned.changes) & sizing.DECIDES
        if decides and not self._size(row, workload, planned, before):
            return planned
        self._note_links(workload, links, planned)
        if planned.action != "unchanged" and self._fits(row, workload):
            if planned.action == "create":
                self._new.append(workload)
            else:
                self._changed.append(workload)
                self._fields |= set(planned.changes) - set(LINKS)
        return planned

    def _values(self, row: Row, workload: Workload) -> dict[str, Any] | None:
        found = len(self._errors)
        values: dict[str, Any] = {
            "name_en": row["name"],
            **self.present({name: row[name] for name in PLAIN}),
        }
        phase_row = self._phase(row, workload)
        if self.has("phase"):
            values["phase"] = phase_row
        for name in ("start_on", "end_on"):
            given = row.get(name) or getattr(phase_row or workload.phase, name, None)
            if self.has(name) or workload._state.adding:
                if given is None and row["phase"] is None:
                    self.error(row, name, _("Write the week, or a phase whose weeks count."))
                values[name] = given
        if self.has("sized_on"):
            values["sized_on"] = (
                self.find(row, "sized_on", self._links["accelerators"]) if row["sized_on"] else None
            )
        if row["sizing"] or workload._state.adding:
            by_model = row.get("params_b") is not None and row.get("weeks") is None
            guess = Workload.Sizing.MODEL if by_model else Workload.Sizing.DEVICES
            values["sizing"] = row["sizing"] or guess
        if workload._state.adding or self.has("gang_size"):
            by_hand = values.get("sizing", workload.sizing) == Workload.Sizing.DEVICES
            values["gang_size"] = row["gang_size"] or (1 if by_hand else None)
        return None if len(self._errors) > found else values

    def _phase(self, row: Row, workload: Workload) -> Phase | None:
        if row["phase"] is None:
            return None
        found = self._phases.get((workload.project_id, row["phase"].value))
        if found is None:
            self.error(row, "phase", _("The project has no such phase."))
        return found

    def _row_links(self, row: Row) -> dict[str, list[Any]] | None:
        links: dict[str, list[Any]] = {}
        for name in LINKS:
            if self.has(name):
                found = self.find_all(row, name, self._links[name])
                if found is None:
                    return None
                links[name] = found
        return links

    def _size(self, row: Row, workload: Workload, planned: Planned, before: dict[str, Any]) -> bool:
        try:
            sizing.size(workload)
        except InvalidInput as error:
            fields = error.details.get("fields", {"": [str(error)]})
            for name, texts in fields.items():
                self.error(row, name, " ".join(texts))
            return False
        follows = {
            name: (was, getattr(workload, name))
            for name, was in before.items()
            if planned.action != "create" and was != getattr(workload, name)
        }
        planned.changes = {**planned.changes, **follows}
        if planned.changes:
            self._fields |= {"assumptions", "gang_size"}
        return True

    def _note_links(
        self, workload: Workload, links: dict[str, list[Any]], planned: Planned
    ) -> None:
        for name, rows in links.items():
            before = []
            if not workload._state.adding:
                before = sorted(one.key for one in getattr(workload, name).all())
            after = sorted(one.key for one in rows)
            if before == after:
                continue
            planned.changes = {**planned.changes, name: (before, after)}
            if planned.action == "unchanged":
                planned.action = "update"
            self._wanted.setdefault(workload.key, {})[name] = rows

    def write(self, planned: Any) -> None:
        if self._changed and not self._fields:
            self._fields = {"name_en"}  # only links change: the version is still counted up
        super().write(planned)
        for workload in (*self._new, *self._changed):
            for name, rows in self._wanted.get(workload.key, {}).items():
                getattr(workload, name).set(rows)
