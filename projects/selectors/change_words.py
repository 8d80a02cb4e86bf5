"""Changes as sentences, from names and values: in answers, and in proposals that suppose them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Phase
from projects.phases import PhaseKey
from teamhub import weeks
from teamhub.web.templatetags.teamhub_tags import amount, money, year_week


def week_of(day: str) -> str:
    return year_week(date.fromisoformat(day))


def span(start_on: str, end_on: str) -> str:
    """Weeks from a Monday to before another."""
    last = weeks.add_weeks(date.fromisoformat(end_on), -1).isoformat()
    if last <= start_on:
        return _("in %(week)s") % {"week": week_of(start_on)}
    return _("in %(first)s to %(last)s") % {"first": week_of(start_on), "last": week_of(last)}


def phase_name(key: str) -> str:
    labels = dict(Phase._meta.get_field("key").flatchoices)
    return f"{PhaseKey(key).number} {labels[key]}"


def hire(share: float, skills: dict[str, int], when: str, site: str = "") -> str:
    levels = ", ".join(f"{name} {level}" for name, level in skills.items())
    words = {"fte": amount(share, 2), "skills": levels, "weeks": when}
    if levels:
        text = _("Hire %(fte)s FTE with %(skills)s %(weeks)s") % words
    else:
        text = _("Hire %(fte)s FTE %(weeks)s") % words
    return text + _(" in %(site)s") % {"site": site} if site else text


def train(name: str, skill: str, level: int, from_on: str, *, before: int = 0) -> str:
    words = {"name": name, "skill": skill, "level": level, "week": week_of(from_on)}
    if before:
        text = _("%(name)s: %(skill)s level %(before)d → %(level)d from %(week)s")
        return text % {**words, "before": before}
    return _("%(name)s: %(skill)s at level %(level)d from %(week)s") % words


def free(name: str, percent: int, when: str, *, from_on: str = "") -> str:
    """`from_on` where it holds from then to the end."""
    words = {"name": name, "percent": percent, "weeks": when}
    if from_on:
        text = _("%(name)s: %(percent)d %% more time from %(week)s")
        return text % {**words, "week": week_of(from_on)}
    return _("%(name)s: %(percent)d %% more time %(weeks)s") % words


def absent(name: str, when: str) -> str:
    return _("%(name)s absent %(weeks)s") % {"name": name, "weeks": when}


def rate(name: str, new: str, *, before: str = "") -> str:
    words = {"name": name, "rate": money(Decimal(new))}
    if before:
        text = _("%(name)s: rate %(before)s → %(rate)s per FTE-week")
        return text % {**words, "before": money(Decimal(before))}
    return _("%(name)s: rate %(rate)s per FTE-week") % words


def more_projects(name: str, n: int) -> str:
    text = ngettext(
        "%(name)s: up to %(n)d project at once", "%(name)s: up to %(n)d projects at once", n
    )
    return text % {"name": name, "n": n}


def shift(project: str, phase: str, n: int) -> str:
    words = {"project": project, "phase": phase_name(phase), "n": abs(n)}
    later = ngettext(
        "%(project)s: phase %(phase)s %(n)d week later",
        "%(project)s: phase %(phase)s %(n)d weeks later",
        abs(n),
    )
    earlier = ngettext(
        "%(project)s: phase %(phase)s %(n)d week earlier",
        "%(project)s: phase %(phase)s %(n)d weeks earlier",
        abs(n),
    )
    return (later if n > 0 else earlier) % words


def lower(slot: str, skill: str, level: int, *, before: int | None = None) -> str:
    words = {"slot": slot, "skill": skill, "level": level}
    if not level:
        return _("%(slot)s: do not ask for %(skill)s") % words
    if before is None:
        return _("%(slot)s: ask for %(skill)s %(level)d") % words
    text = _("%(slot)s: ask for %(skill)s %(level)d instead of %(before)d")
    return text % {**words, "before": before}


def budget(project: str, new: str | None, *, before: str | None = "") -> str:
    """`before` is None where there was no budget, and blank where it is not known."""
    if new is None:
        return _("%(project)s: no people budget") % {"project": project}
    words = {"project": project, "amount": money(Decimal(new))}
    if before == "":
        return _("%(project)s: people budget %(amount)s") % words
    text = _("%(project)s: people budget %(before)s → %(amount)s")
    return text % {**words, "before": money(Decimal(before)) if before else "–"}
