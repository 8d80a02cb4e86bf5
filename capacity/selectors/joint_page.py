"""The week grid of a phase as pages draw it: slots filled and devices granted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from capacity.kernel.joint import LEAST, Array
from capacity.models import HOURS_PER_WEEK, Workload
from capacity.selectors.joint import PhaseLines, Purse, Sums, nothing
from capacity.selectors.plan_weeks import Look
from projects.models import Phase, Project
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.web.templatetags.teamhub_tags import icon

GRID_WEEKS = 26

LOOKS = {
    "all": Look(gettext_lazy("filled or granted"), "check", "th-load-full"),
    "some": Look(gettext_lazy("in part"), "circle-dot", "th-load-partly"),
    "none": Look(pgettext_lazy("slot or devices", "missing"), "alert-triangle", "th-load-over"),
    "left": Look(gettext_lazy("optional, not granted"), "ban", "th-load-absent"),
    "off": Look(gettext_lazy("not asked for"), "", "th-load-free"),
}
WAITS = Look(gettext_lazy("waits"), "hourglass", "th-load-proposed")


@dataclass(frozen=True)
class Mark:
    """How a state is drawn: its words, its icon as HTML, and the class that paints it."""

    label: str
    icon: SafeString
    css: str


@cache
def _mark(look: Look, language: str) -> Mark:
    """Drawn once a process and language: a page has hundreds of cells."""
    with translation.override(language):
        return Mark(str(look.label), icon(look.icon, str(look.label)), look.css)


def mark(look: Look) -> Mark:
    return _mark(look, translation.get_language() or "en")


FTE, DEVICES = 2, 1  # decimals


@dataclass(frozen=True)
class Cell:
    """What is there of what is asked, in a week or in all of them."""

    have: float
    asked: float
    places: int = FTE
    optional: bool = False

    @property
    def state(self) -> str:
        if self.asked <= LEAST:
            return "off"
        if self.have >= self.asked - LEAST:
            return "all"
        if self.have > LEAST:
            return "some"
        return "left" if self.optional else "none"

    @property
    def mark(self) -> Mark:
        return mark(LOOKS[self.state])

    @property
    def is_short(self) -> bool:
        return self.state in {"some", "none", "left"}

    @property
    def text(self) -> str:
        """What is there; beside what is asked where that is more."""
        if self.state == "off":
            return ""
        have = _number(self.have, self.places)
        return f"{have}/{_number(self.asked, self.places)}" if self.is_short else have

    @property
    def of_all(self) -> str:
        return f"{_number(self.have, self.places)} / {_number(self.asked, self.places)}"


@dataclass(frozen=True)
class WaitCell:
    """What waits in a week."""

    value: float
    places: int

    @property
    def mark(self) -> Mark:
        return mark(WAITS if self.value > LEAST else LOOKS["off"])

    @property
    def text(self) -> str:
        return _number(self.value, self.places) if self.value > LEAST else ""


@dataclass(frozen=True)
class Row:
    """A line of the grid; `of_all` is over all weeks of the phase, shown or not."""

    name: str
    cells: Sequence[Cell | WaitCell]
    of_all: str
    detail: str = ""
    url: str = ""
    slot: int | None = None  # to be filled
    is_total: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under one head."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Grid:
    """Some weeks of a phase, with the way to the weeks before and after."""

    lines: PhaseLines
    first: int  # of the weeks shown, counted from the phase's first
    is_now: bool
    sums: Sums

    @property
    def phase(self) -> Phase:
        return self.lines.phase

    @property
    def part(self) -> slice:
        return slice(self.first, self.first + GRID_WEEKS)

    @property
    def mondays(self) -> list[date]:
        phase = self.phase
        return list(weeks.each_week(phase.start_on, phase.end_on))[self.part]

    @property
    def is_cut(self) -> bool:
        return self.phase.n_weeks > GRID_WEEKS

    @property
    def earlier(self) -> int | None:
        return max(0, self.first - GRID_WEEKS) if self.first else None

    @property
    def later(self) -> int | None:
        after = self.first + GRID_WEEKS
        return after if after < self.phase.n_weeks else None

    @property
    def groups(self) -> list[Group]:
        """Slots, workloads and what waits."""
        found = [
            Group(_("Slots (full-time people)"), [*self._slots(), self._all_slots()]),
            Group(_("Workloads (devices)"), [*self._works(), self._all_devices()]),
        ]
        return [*(one for one in found if len(one.rows) > 1), Group(_("Waiting"), self._waits())]

    def _slots(self) -> Iterator[Row]:
        for line in self.lines.slots:
            slot = line.slot
            is_open = bool((line.filled < line.asked - LEAST).any())
            yield Row(
                name=slot.seat.role.name,
                cells=_cells(line.filled, line.asked, self.part, FTE),
                of_all=_total(line.filled, line.asked, FTE).of_all,
                detail=slot.seat.shown_label,
                slot=slot.pk if is_open else None,
            )

    def _works(self) -> Iterator[Row]:
        for line in self.lines.works:
            work = line.workload
            rank = _("must be served") if work.must_serve else _("optional")
            yield Row(
                name=work.name,
                cells=_cells(
                    line.granted, line.asked, self.part, DEVICES, optional=not work.must_serve
                ),
                of_all=_total(line.granted, line.asked, DEVICES).of_all,
                detail=f"{work.get_kind_display()}, {rank}",
                url=work.get_absolute_url(),
            )

    def _all_slots(self) -> Row:
        have, asked = self.lines.weeks.fte_filled, self.lines.weeks.fte_asked
        return Row(
            name=_("All slots"),
            cells=_cells(have, asked, self.part, FTE),
            of_all=_total(have, asked, FTE).of_all,
            is_total=True,
        )

    def _all_devices(self) -> Row:
        """Granted devices, and those that must-serve workloads lack."""
        have, asked = self.lines.weeks.devices_granted, self.lines.weeks.devices_asked
        return Row(
            name=_("All devices"),
            cells=_cells(have, asked, self.part, DEVICES),
            of_all=_total(have, asked, DEVICES).of_all,
            detail=_("granted, or lacking and must be served"),
            is_total=True,
        )

    def _waits(self) -> list[Row]:
        waits = self.lines.waits
        return [
            Row(
                name=name,
                cells=[WaitCell(float(value), places) for value in values[self.part]],
                of_all=_number(float(values.sum()), places),
            )
            for name, values, places in (
                (_("People for devices"), waits.people, FTE),
                (_("Devices for people"), waits.devices, DEVICES),
            )
        ]


@dataclass(frozen=True)
class JointPage:
    """The grids of some phases and what waits in all of them."""

    grids: list[Grid]
    sums: Sums
    ahead: Sums  # of it, from this week on

    @property
    def weekly_hours(self) -> int:
        return int(settings.COMPANY_WEEKLY_HOURS)

    @property
    def device_hours(self) -> int:
        return HOURS_PER_WEEK


def joint_page(
    found: Sequence[PhaseLines], today: date, *, purse: Purse, first: int | None = None
) -> JointPage:
    """Grids of phases that ask for something; long ones begin at `first`, or about now."""
    shown = [lines for lines in found if not lines.is_empty]
    now = _now(shown, today)
    monday = weeks.monday(today)
    sums = [lines.sums() for lines in shown]
    open_ones = [lines for lines in shown if not lines.phase.is_closed]
    ahead = [lines.sums(monday) for lines in open_ones if lines.phase.end_on > monday]
    return JointPage(
        grids=[
            Grid(lines, _first(lines.phase, monday, first), lines.phase.pk == now, total)
            for lines, total in zip(shown, sums, strict=True)
        ],
        sums=sum(sums, nothing(purse)),
        ahead=sum(ahead, nothing(purse)),
    )


def of_no_phase(project: Project, user: User) -> int:
    """Open workloads that belong to no phase, and so stand in no grid."""
    found = Workload.objects.visible_to(user).open().filter(project=project, phase__isnull=True)
    return found.count()


def legend() -> list[Look]:
    """What the colours mean."""
    return [*LOOKS.values(), WAITS]


def _now(found: Sequence[PhaseLines], today: date) -> int | None:
    """The phase that is opened first: the one that runs, else the next, else the last."""
    phases = [lines.phase for lines in found]
    running = [one for one in phases if one.start_on <= today < one.end_on]
    ahead = [one for one in phases if one.start_on > today]
    for group in (running, ahead, phases[-1:]):
        if group:
            return group[0].pk
    return None


def _first(phase: Phase, monday: date, wanted: int | None) -> int:
    if phase.n_weeks <= GRID_WEEKS:
        return 0
    about_now = weeks.weeks_between(phase.start_on, monday) - 1
    first = about_now if wanted is None else wanted
    return max(0, min(first, phase.n_weeks - 1))


def _cells(
    have: Array, asked: Array, part: slice, places: int, *, optional: bool = False
) -> list[Cell]:
    pairs = zip(have[part], asked[part], strict=True)
    return [Cell(float(one), float(wanted), places, optional) for one, wanted in pairs]


def _total(have: Array, asked: Array, places: int) -> Cell:
    return Cell(float(have.sum()), float(asked.sum()), places)


def _number(value: float, places: int) -> str:
    """As many decimals as it has, at most so many; what is there is never written as 0."""
    rounded = round(value, places)
    if not rounded and value > LEAST:
        return "<" + number_format(10.0**-places, places)
    decimals = len(f"{rounded:.{places}f}".partition(".")[2].rstrip("0"))
    return number_format(rounded, decimals, force_grouping=True)
