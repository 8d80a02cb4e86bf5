"""What stops those who hold the skills of an open slot, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from teamhub import weeks as week_math
from teamhub.web.templatetags.teamhub_tags import week

# What they take away tells of rates or of a budget.
MONEY_RULES = {"budget"}


def holder_lines(blocker: dict[str, Any], start_on: date, *, money: bool) -> list[str]:
    """One line such as "Of the 12 who hold all of it: 9 are full in W14–W18; 3 built this project".

    `start_on` is the Monday of the first of the blocker's weeks; nothing of money without `money`.
    """
    first = blocker["weeks"][0]
    parts = []
    for row in blocker["of_holders"]:
        if money or row["rule"] not in MONEY_RULES:
            days = [week_math.add_weeks(start_on, number - first) for number in row["weeks"]]
            parts.append(_part(row, week_ranges(days), blocker.get("side", "")))
    parts = [part for part in parts if part]
    if not parts:
        return []
    words = {"count": blocker["holders"], "parts": _("; ").join(parts)}
    if blocker.get("skills"):
        return [_("Of the %(count)d who hold all of it: %(parts)s") % words]
    return [_("Of all %(count)d: %(parts)s") % words]


def week_ranges(days: Iterable[date]) -> str:
    """Mondays as ranges of week names: W14–W18, W20."""
    names = []
    for first, last in _runs(days):
        names.append(week(first) if first == last else f"{week(first)}–{week(last)}")
    return ", ".join(names)


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    run: tuple[date, date] | None = None
    for day in sorted(days):
        if run is not None and day == week_math.add_weeks(run[1], 1):
            run = run[0], day
            continue
        if run is not None:
            yield run
        run = day, day
    if run is not None:
        yield run


def _part(row: dict[str, Any], weeks: str, side: str) -> str:
    n = row["count"]
    texts = {
        "availability": ngettext(
            "%(count)d is absent or works too few hours in %(weeks)s",
            "%(count)d are absent or work too few hours in %(weeks)s",
            n,
        ),
        "capacity": ngettext(
            "%(count)d is full in %(weeks)s", "%(count)d are full in %(weeks)s", n
        ),
        "max_projects": ngettext(
            "%(count)d has as many projects as they may in %(weeks)s",
            "%(count)d have as many projects as they may in %(weeks)s",
            n,
        ),
        "distance": ngettext(
            "%(count)d works too many hours away", "%(count)d work too many hours away", n
        ),
        "excluded": ngettext("%(count)d is kept from it", "%(count)d are kept from it", n),
        "independence": ngettext(
            "%(count)d reviewed this project", "%(count)d reviewed this project", n
        )
        if side == "build"
        else ngettext("%(count)d built this project", "%(count)d built this project", n),
        "one_per_phase": ngettext(
            "%(count)d holds another slot of this phase",
            "%(count)d hold another slot of this phase",
            n,
        ),
        "apart": ngettext(
            "%(count)d would meet somebody whom they are kept apart from",
            "%(count)d would meet somebody whom they are kept apart from",
            n,
        ),
        "budget": ngettext(
            "%(count)d would exceed the budget", "%(count)d would exceed the budget", n
        ),
    }
    text = texts.get(row["rule"], "")
    return text % {"count": n, "weeks": weeks} if text else ""
