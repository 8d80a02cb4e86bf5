"""What the gate of phase 2 asks of people and devices, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capacity.selectors.gate import OpenSlot, Unserved, devices_lacking, open_slots
from projects import registry
from projects.models import Phase
from projects.phases import PhaseKey
from projects.registry import Missing
from teamhub import weeks
from teamhub.web.templatetags.teamhub_tags import week_names

SLOTS, DEVICES = "slots-filled", "devices-planned"


def register() -> None:
    phases = (PhaseKey.RESEARCH,)
    registry.register_criterion(
        SLOTS, slots_filled, title=gettext_lazy("Slots of the phase are filled"), phases=phases
    )
    registry.register_criterion(
        DEVICES,
        devices_planned,
        title=gettext_lazy("An adopted plan serves what must be served"),
        phases=phases,
    )


def slots_filled(phase: Phase) -> list[Missing]:
    return [Missing("criterion", SLOTS, _slot(one)) for one in open_slots([phase.pk])[phase.pk]]


def devices_planned(phase: Phase) -> list[Missing]:
    found = devices_lacking([phase.project_id])[phase.project_id]
    texts = [_workload(one) for one in found.workloads]
    if found.no_plan:
        texts.insert(
            0,
            _(
                "No plan adopted: no adopted capacity plan has looked at the workloads of this "
                "project yet. A planner computes and adopts one."
            ),
        )
    return [Missing("criterion", DEVICES, text) for text in texts]


def _slot(one: OpenSlot) -> str:
    words = {"seat": one.slot.seat, "weeks": ranges(one.mondays)}
    if one.nobody_ever:
        return _("Nobody holds the slot of %(seat)s: %(weeks)s") % words
    return _("The slot of %(seat)s is not filled in %(weeks)s") % words


def _workload(one: Unserved) -> str:
    work = one.workload
    window = list(weeks.each_week(work.start_on, work.end_on))
    words = {
        "name": work.name,
        "weeks": ranges(one.mondays or window),
        "percent": max(1, round(100 * (1 - one.done))),
    }
    if work.end_on <= timezone.localdate():
        return (
            _(
                "“%(name)s” must be served and its weeks are over (%(weeks)s): write down that it "
                "is done or cancelled, or give it new weeks"
            )
            % words
        )
    if one.mondays:
        return _("“%(name)s” must be served and lacks devices in %(weeks)s") % words
    return (
        _("“%(name)s” must be served: %(percent)d%% of its work has no devices in %(weeks)s")
        % words
    )


def ranges(mondays: Sequence[date]) -> str:
    """Weeks as people write them: 2026-W40 to 2026-W42, 2026-W45."""
    return ", ".join(_range(first, last) for first, last in _runs(mondays))


def _range(first: date, last: date) -> str:
    if first == last:
        return week_names([weeks.iso_label(first)])
    ends = [week_names([weeks.iso_label(day)]) for day in (first, last)]
    return _("%(first)s to %(last)s") % {"first": ends[0], "last": ends[1]}


def _runs(mondays: Sequence[date]) -> Iterator[tuple[date, date]]:
    """First and last of each run of weeks without a gap."""
    first = last = None
    for day in mondays:
        if first is None or last is None:
            first = last = day
        elif day == weeks.add_weeks(last, 1):
            last = day
        else:
            yield first, last
            first = last = day
    if first is not None and last is not None:
        yield first, last
