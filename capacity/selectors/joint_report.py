"""The week grids of a project as tables for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from capacity.kernel.joint import LEAST
from capacity.selectors.joint import PhaseLines, Purse
from teamhub import weeks
from teamhub.api.reports import Column

SCHEMA_VERSION = 1
PARTS = 3  # decimals

ABOUT = (
    Column("project", "text", _("Key of the project.")),
    Column("as_of", "time", _("When the rows were read (UTC).")),
)
_WEEK = (
    Column("phase", "text", _("Key of the phase.")),
    Column("week", "text", _("ISO week, such as 2027-W05.")),
    Column("week_on", "date", _("Monday of the week.")),
)
PEOPLE, DEVICES = "people", "devices"


@dataclass(frozen=True)
class Cost(Column):
    """A column of money, and whose it is: people or devices."""

    of: str = ""


LINES = (
    *_WEEK,
    Column("kind", "text", _("slot or workload.")),
    Column("key", "text", _("Key of the workload; of a slot its id.")),
    Column("name", "text", _("Seat or workload.")),
    Column("must", "boolean", _("Whether it must be filled or served.")),
    Column("asked", "number", _("Full-time people of a slot, devices of a workload.")),
    Column("there", "number", _("Of them, filled or granted.")),
)
SUMS = (
    *_WEEK,
    Column("fte_asked", "number", _("By all slots."), _("full-time people")),
    Column("fte_filled", "number", _("Of it, held by somebody."), _("full-time people")),
    Column("fill_share", "number", _("Filled, of what is asked; 1 where nothing is.")),
    Column("devices_asked", "number", _("Granted, or lacking and must be served."), _("devices")),
    Column("devices_granted", "number", _("By allocations in force."), _("devices")),
    Column("grant_share", "number", _("Granted, of what is asked; 1 where nothing is.")),
    Column("person_weeks_waiting", "number", _("People who wait for devices."), _("person-weeks")),
    Column("device_weeks_waiting", "number", _("Devices that wait for people."), _("device-weeks")),
    Cost("people_cost", "number", _("Of the people who wait."), _("money"), True, PEOPLE),
    Cost("devices_cost", "number", _("Of the devices that wait."), _("money"), True, DEVICES),
)

Row = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """One table of a project; `rows` yields cells for all of its columns."""

    columns: Sequence[Column]
    rows: Callable[[Sequence[PhaseLines]], Iterable[Row]]

    def shown(self, purse: Purse) -> list[Column]:
        return [column for column in self.columns if _may_see(column, purse)]

    def cells(self, found: Sequence[PhaseLines], purse: Purse) -> Iterator[Row]:
        """Rows with the cells of the columns that the user may see."""
        kept = [at for at, one in enumerate(self.columns) if _may_see(one, purse)]
        for row in self.rows(found):
            yield [row[at] for at in kept]


def totals(found: Sequence[PhaseLines]) -> list[dict[str, Any]]:
    """What waits in each phase, in hours and money; a cost that is not for the reader is absent."""
    return [_total(lines) for lines in found]


def _total(lines: PhaseLines) -> dict[str, Any]:
    sums = lines.sums()
    total: dict[str, Any] = {
        "phase": lines.phase.key,
        "start_on": lines.phase.start_on,
        "end_on": lines.phase.end_on,
        "person_weeks_waiting": round(sums.people, PARTS),
        "person_hours_waiting": round(sums.people_hours, PARTS),
        "device_weeks_waiting": round(sums.devices, PARTS),
        "device_hours_waiting": round(sums.device_hours, PARTS),
    }
    costs: dict[str, Decimal | None] = {
        "people_cost": sums.people_cost,
        "devices_cost": sums.devices_cost,
    }
    return total | {name: str(cost) for name, cost in costs.items() if cost is not None}


def _may_see(column: Column, purse: Purse) -> bool:
    if not isinstance(column, Cost):
        return True
    return purse.people if column.of == PEOPLE else purse.devices


def _mondays(lines: PhaseLines) -> list[tuple[str, str, Any]]:
    phase = lines.phase
    return [
        (phase.key, weeks.iso_label(day), day)
        for day in weeks.each_week(phase.start_on, phase.end_on)
    ]


def _lines(found: Sequence[PhaseLines]) -> Iterator[Row]:
    for lines in found:
        heads = _mondays(lines)
        for slot in lines.slots:
            about = ("slot", str(slot.slot.pk), str(slot.slot.seat), slot.slot.must_fill)
            yield from _line(heads, about, slot.asked, slot.filled)
        for work in lines.works:
            about = ("workload", work.workload.key, work.workload.name, work.must_serve)
            yield from _line(heads, about, work.asked, work.granted)


def _line(heads: Sequence[Row], about: Row, asked: Any, there: Any) -> Iterator[Row]:
    """Only weeks in which something is asked for."""
    for head, wanted, have in zip(heads, asked, there, strict=True):
        if wanted > LEAST:
            yield (*head, *about, round(float(wanted), PARTS), round(float(have), PARTS))


def _sums(found: Sequence[PhaseLines]) -> Iterator[Row]:
    for lines in found:
        asked, waits = lines.weeks, lines.waits
        columns = (
            (asked.fte_asked, PARTS),
            (asked.fte_filled, PARTS),
            (asked.fill_share, 4),
            (asked.devices_asked, PARTS),
            (asked.devices_granted, PARTS),
            (asked.grant_share, 4),
            (waits.people, PARTS),
            (waits.devices, PARTS),
            (waits.people_cost, 2),
            (waits.devices_cost, 2),
        )
        for week, head in enumerate(_mondays(lines)):
            yield (*head, *(round(float(values[week]), places) for values, places in columns))


TABLES = {"waiting": Table(SUMS, _sums), "lines": Table(LINES, _lines)}
