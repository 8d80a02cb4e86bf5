"""What `capacity/data/*.toml` says of accelerators and default workloads: read, checked, frozen.

Pure: no Django. `capacity.reference` maps accelerators to rows, `capacity.services.templates` makes
the workloads of a new project.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from projects.phases import ORDER
from roles.tables import Row, read_file, read_list

DATA = Path(__file__).parent / "data"
KINDS = ("gpu", "tpu", "cpu")
CONFIDENCE = ("high", "medium", "low")
WORKLOAD_KINDS = ("pretraining", "finetuning", "batch_inference", "online_inference")
PHASES = tuple(phase.value for phase in ORDER)
MOST_DEVICES, MOST_WEEKS = 100_000, 52
FIGURES = (
    "memory_gb",
    "bandwidth_gb_s",
    "bf16_tflops",
    "fp8_tflops",
    "power_w",
    "link_gb_s",
)


@dataclass(frozen=True, slots=True)
class AcceleratorRow:
    """A type of device; a figure that nobody publishes is None."""

    key: str
    name_en: str
    name_zh: str
    kind: str
    vendor: str
    figures: dict[str, float | None]
    confidence: str
    source: str


@dataclass(frozen=True, slots=True)
class WorkloadTemplate:
    """A default workload of a domain: devices and weeks, or parameters and tokens on a type."""

    domain: str
    key: str
    kind: str
    phase: str
    name_en: str
    name_zh: str
    note_en: str
    note_zh: str
    devices: int | None
    weeks: int | None
    gang_size: int
    params_b: float | None
    tokens_b: float | None
    sized_on: str
    must_serve: bool
    priority: int | None
    on: tuple[str, ...]
    source: str

    @property
    def by_model(self) -> bool:
        return self.params_b is not None


@cache
def accelerators(path: Path = DATA / "accelerators.toml") -> tuple[AcceleratorRow, ...]:
    """The types in the order of the file; ValueError names the first mistake."""
    return read_list(path, "accelerators", _accelerator)


@cache
def workload_templates(path: Path = DATA / "workloads.toml") -> tuple[WorkloadTemplate, ...]:
    """The default workloads of all domains, in the order of the file."""
    types = {one.key for one in accelerators()}
    top = read_file(path)
    found: list[WorkloadTemplate] = []
    seen = set()
    for row in top.rows("workloads"):
        template = _workload(row, types)
        row.done()
        if (template.domain, template.key) in seen:
            raise row.refuse("this key comes twice in its domain.")
        seen.add((template.domain, template.key))
        found.append(template)
    top.done()
    return tuple(found)


def workloads_of(domain: str) -> list[WorkloadTemplate]:
    return [one for one in workload_templates() if one.domain == domain]


def _accelerator(row: Row) -> AcceleratorRow:
    return AcceleratorRow(
        row.text("key"),
        *row.both("name"),
        kind=row.one_of("kind", KINDS),
        vendor=row.text("vendor"),
        figures={name: row.number(name) if row.has(name) else None for name in FIGURES},
        confidence=row.one_of("confidence", CONFIDENCE),
        source=row.text("source"),
    )


def _workload(row: Row, types: Collection[str]) -> WorkloadTemplate:
    template = WorkloadTemplate(
        domain=row.text("domain"),
        key=row.text("key"),
        kind=row.one_of("kind", WORKLOAD_KINDS),
        phase=row.one_of("phase", PHASES),
        name_en=row.text("name_en"),
        name_zh=row.text("name_zh"),
        note_en=row.text("note_en"),
        note_zh=row.text("note_zh"),
        devices=row.integer("devices", 1, MOST_DEVICES) if row.has("devices") else None,
        weeks=row.integer("weeks", 1, MOST_WEEKS) if row.has("weeks") else None,
        gang_size=row.integer("gang_size", 1, MOST_DEVICES, 1),
        params_b=row.number("params_b") if row.has("params_b") else None,
        tokens_b=row.number("tokens_b") if row.has("tokens_b") else None,
        sized_on=row.one_of("sized_on", types) if row.has("sized_on") else "",
        must_serve=row.flag("must_serve", default=False),
        priority=row.integer("priority", 1, 5) if row.has("priority") else None,
        on=row.many_of("on", types) if row.has("on") else (),
        source=row.text("source") if row.has("source") else "",
    )
    _check_size(row, template)
    return template


def _check_size(row: Row, one: WorkloadTemplate) -> None:
    serving = one.kind == "online_inference"
    if one.by_model:
        if one.tokens_b is None or not one.sized_on or not one.source or one.weeks:
            raise row.refuse("params_b needs tokens_b, sized_on and source, and no weeks.")
    elif one.devices is None or serving == (one.weeks is not None):
        raise row.refuse("devices and weeks are needed; serving has no weeks.")
    elif one.devices % one.gang_size:
        raise row.refuse("devices must be a multiple of gang_size.")
