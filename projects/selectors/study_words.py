"""Changes and rules in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.models import Phase
from projects.phases import PhaseKey
from projects.selectors.holders import holder_lines
from projects.selectors.proposal import MONEY_RULES, RULE_NAMES
from projects.selectors.study_sight import Sight
from teamhub import weeks
from teamhub.web.templatetags.teamhub_tags import amount, money, year_week

LOAD_RULES = {"availability", "capacity", "max_projects"}
# What somebody fails, as said of one person.
FAILS = {
    "skill": gettext_lazy("does not hold the skills at the levels asked for"),
    "validity": gettext_lazy("holds a skill that is not valid through all weeks"),
    "distance": gettext_lazy("works too many hours away"),
    "excluded": gettext_lazy("is excluded from this slot"),
    "availability": gettext_lazy("is absent or works too few hours"),
    "capacity": gettext_lazy("is taken by other work"),
    "max_projects": gettext_lazy("has as many projects as they may"),
    "independence": gettext_lazy("is on the other side of build and review"),
    "one_per_phase": gettext_lazy("holds another slot of this phase"),
    "budget": gettext_lazy("would exceed the budget"),
    "change_budget": gettext_lazy("would need more moves than the proposal may make"),
    "must_fill": gettext_lazy("is needed in a slot that must be filled"),
}


@dataclass(frozen=True)
class ShownChange:
    """A change as a sentence, and in the keys of the product."""

    kind: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)


def fails(rule: str) -> str:
    return str(FAILS[rule]) if rule in FAILS else rule_name(rule)


def rule_name(rule: str) -> str:
    return str(RULE_NAMES.get(rule, rule))


def may_tell_rule(rule: str, *, money: bool, load: bool) -> bool:
    return (money or rule not in MONEY_RULES) and (load or rule not in LOAD_RULES)


def nobody_can(why: dict[str, Any], start_on: date, sight: Sight) -> str:
    """Why nobody can take a slot, in one line."""
    if why["holders"]:
        lines = holder_lines(why, start_on, money=sight.money)
        return lines[0] if lines else _("Something that only managers see; ask one.")
    if not why["skills"]:
        return _("Nobody is employed in these weeks.")
    scarce = min(why["skills"], key=lambda one: (one["valid"], one["have"]))
    words = {"skill": sight.skill(scarce["skill"]), "level": scarce["level"]}
    if scarce["valid"]:
        skills = ", ".join(f"{sight.skill(one['skill'])} {one['level']}" for one in why["skills"])
        return _("Nobody holds all of it at once: %(skills)s") % {"skills": skills}
    if scarce["have"]:
        return _("Nobody holds %(skill)s at %(level)d or more through all weeks") % words
    return _("Nobody holds %(skill)s at %(level)d or more") % words


def shadow_reason(why: dict[str, Any] | None, sight: Sight) -> str:
    """Why somebody is the best to learn from a holder."""
    if not why:
        return ""
    skills = [sight.skill(key) for key in why["below"]]
    if skills:
        can = _("one level below in %(skills)s") % {"skills": ", ".join(skills)}
    else:
        can = _("holds all skills asked for")
    free = ngettext(
        "free in %(free)d of %(n)d week", "free in %(free)d of %(n)d weeks", why["weeks"]
    ) % {"free": why["free_weeks"], "n": why["weeks"]}
    return f"{can}; {free}"


def shown_changes(
    changes: list[dict[str, Any]], sight: Sight, *, slot: int | None = None
) -> list[ShownChange] | None:
    """All of them, or None where one is not this reader's to know."""
    shown = [_WORDS[change["kind"]](change, sight, slot) for change in changes]
    found = [one for one in shown if one is not None]
    return found if len(found) == len(shown) else None


def week_of(day: str) -> str:
    return year_week(date.fromisoformat(day))


def change_span(change: Mapping[str, Any]) -> str:
    last = weeks.add_weeks(date.fromisoformat(change["end_on"]), -1).isoformat()
    if last <= change["start_on"]:
        return _("in %(week)s") % {"week": week_of(change["start_on"])}
    words = {"first": week_of(change["start_on"]), "last": week_of(last)}
    return _("in %(first)s to %(last)s") % words


def _hire(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange:
    levels = ", ".join(f"{sight.skill(key)} {level}" for key, level in change["skills"].items())
    share = change["fte_hundredths"] / 100
    words = {"fte": amount(share, 2), "skills": levels, "weeks": change_span(change)}
    if levels:
        text = _("Hire %(fte)s FTE with %(skills)s %(weeks)s") % words
    else:
        text = _("Hire %(fte)s FTE %(weeks)s") % words
    if change["site"]:
        text += _(" in %(site)s") % {"site": sight.site(change["site"])}
    data: dict[str, Any] = {
        "skills": change["skills"],
        "fte_share": share,
        "start_on": change["start_on"],
        "end_on": change["end_on"],
        "site": change["site"],
    }
    if sight.money:
        data["rate"] = change["rate"]
    return ShownChange("hire", text, data)


def _train(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None:
        return None
    words = {
        "name": person.name,
        "skill": sight.skill(change["skill"]),
        "before": change["before"],
        "level": change["level"],
        "week": week_of(change["from_on"]),
    }
    if change["before"]:
        text = _("%(name)s: %(skill)s level %(before)d → %(level)d from %(week)s") % words
    else:
        text = _("%(name)s: %(skill)s at level %(level)d from %(week)s") % words
    data = {name: change[name] for name in ("skill", "level", "from_on")}
    return ShownChange("train", text, {"person": person.key, **data})


def _free(change: dict[str, Any], sight: Sight, slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.sees_load(change["person"], slot):
        return None
    words = {
        "name": person.name,
        "percent": change["fte_hundredths"],
        "week": week_of(change["start_on"]),
        "weeks": change_span(change),
    }
    if change["to_the_end"]:
        text = _("%(name)s: %(percent)d %% more time from %(week)s") % words
    else:
        text = _("%(name)s: %(percent)d %% more time %(weeks)s") % words
    data = {
        "person": person.key,
        "fte_share": change["fte_hundredths"] / 100,
        "start_on": change["start_on"],
        "end_on": change["end_on"],
    }
    return ShownChange("free", text, data)


def _absent(change: dict[str, Any], sight: Sight, slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.sees_load(change["person"], slot):
        return None
    text = _("%(name)s absent %(weeks)s") % {"name": person.name, "weeks": change_span(change)}
    data = {"person": person.key, "start_on": change["start_on"], "end_on": change["end_on"]}
    return ShownChange("absent", text, data)


def _rate(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.money:
        return None
    words = {
        "name": person.name,
        "before": money(Decimal(change["before"])),
        "rate": money(Decimal(change["rate"])),
    }
    text = _("%(name)s: rate %(before)s → %(rate)s per FTE-week") % words
    return ShownChange("rate", text, {"person": person.key, "rate": change["rate"]})


def _more_projects(change: dict[str, Any], sight: Sight, slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.sees_load(change["person"], slot):
        return None
    text = ngettext(
        "%(name)s: up to %(n)d project at once",
        "%(name)s: up to %(n)d projects at once",
        change["max_projects"],
    ) % {"name": person.name, "n": change["max_projects"]}
    data = {"person": person.key, "max_projects": change["max_projects"]}
    return ShownChange("more_projects", text, data)


def _shift(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    project = sight.projects.get(change["project"])
    if project is None:
        return None
    n = change["weeks"]
    words = {"project": project.name, "phase": phase_name(change["phase"]), "n": abs(n)}
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
    data = {"project": project.key, "phase": change["phase"], "weeks": n}
    return ShownChange("shift", (later if n > 0 else earlier) % words, data)


def _lower(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    slot = sight.whole_slot(change["slot"])
    if slot is None:
        return None
    words = {
        "slot": str(slot),
        "skill": sight.skill(change["skill"]),
        "before": change["before"] or 0,
        "level": change["level"],
    }
    if change["level"]:
        text = _("%(slot)s: ask for %(skill)s %(level)d instead of %(before)d") % words
    else:
        text = _("%(slot)s: do not ask for %(skill)s") % words
    data = {"slot": slot.slot, "skill": change["skill"], "level": change["level"]}
    return ShownChange("lower", text, data)


def _budget(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    project = sight.projects.get(change["project"])
    if project is None or not (sight.money and sight.sees_plan(project.pk)):
        return None
    if change["amount"] is None:
        text = _("%(project)s: no people budget") % {"project": project.name}
    else:
        words = {
            "project": project.name,
            "before": money(Decimal(change["before"])) if change["before"] else "–",
            "amount": money(Decimal(change["amount"])),
        }
        text = _("%(project)s: people budget %(before)s → %(amount)s") % words
    return ShownChange("budget", text, {"project": project.key, "amount": change["amount"]})


def phase_name(key: str) -> str:
    labels = dict(Phase._meta.get_field("key").flatchoices)
    return f"{PhaseKey(key).number} {labels[key]}"


_WORDS = {
    "hire": _hire,
    "train": _train,
    "free": _free,
    "absent": _absent,
    "rate": _rate,
    "more_projects": _more_projects,
    "shift": _shift,
    "lower": _lower,
    "budget": _budget,
}
