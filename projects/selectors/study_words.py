"""Changes and rules in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.selectors import change_words as say
from projects.selectors.holders import holder_lines
from projects.selectors.proposal import MONEY_RULES, RULE_NAMES
from projects.selectors.study_sight import Sight

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


def _span(change: dict[str, Any]) -> str:
    return say.span(change["start_on"], change["end_on"])


def _hire(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange:
    share = change["fte_hundredths"] / 100
    skills = {sight.skill(key): level for key, level in change["skills"].items()}
    site = sight.site(change["site"]) if change["site"] else ""
    data: dict[str, Any] = {
        "skills": change["skills"],
        "fte_share": share,
        "start_on": change["start_on"],
        "end_on": change["end_on"],
        "site": change["site"],
    }
    if sight.money:
        data["rate"] = change["rate"]
    return ShownChange("hire", say.hire(share, skills, _span(change), site), data)


def _train(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None:
        return None
    text = say.train(
        person.name,
        sight.skill(change["skill"]),
        change["level"],
        change["from_on"],
        before=change["before"],
    )
    data = {name: change[name] for name in ("skill", "level", "from_on")}
    return ShownChange("train", text, {"person": person.key, **data})


def _free(change: dict[str, Any], sight: Sight, slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.sees_load(change["person"], slot):
        return None
    from_on = change["start_on"] if change["to_the_end"] else ""
    text = say.free(person.name, change["fte_hundredths"], _span(change), from_on=from_on)
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
    data = {"person": person.key, "start_on": change["start_on"], "end_on": change["end_on"]}
    return ShownChange("absent", say.absent(person.name, _span(change)), data)


def _rate(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.money:
        return None
    text = say.rate(person.name, change["rate"], before=change["before"])
    return ShownChange("rate", text, {"person": person.key, "rate": change["rate"]})


def _more_projects(change: dict[str, Any], sight: Sight, slot: int | None) -> ShownChange | None:
    person = sight.person(change["person"])
    if person is None or not sight.sees_load(change["person"], slot):
        return None
    text = say.more_projects(person.name, change["max_projects"])
    data = {"person": person.key, "max_projects": change["max_projects"]}
    return ShownChange("more_projects", text, data)


def _shift(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    project = sight.projects.get(change["project"])
    if project is None:
        return None
    text = say.shift(project.name, change["phase"], change["weeks"])
    data = {"project": project.key, "phase": change["phase"], "weeks": change["weeks"]}
    return ShownChange("shift", text, data)


def _lower(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    slot = sight.whole_slot(change["slot"])
    if slot is None:
        return None
    skill, before = sight.skill(change["skill"]), change["before"] or 0
    text = say.lower(str(slot), skill, change["level"], before=before)
    data = {"slot": slot.slot, "skill": change["skill"], "level": change["level"]}
    return ShownChange("lower", text, data)


def _budget(change: dict[str, Any], sight: Sight, _slot: int | None) -> ShownChange | None:
    project = sight.projects.get(change["project"])
    if project is None or not (sight.money and sight.sees_plan(project.pk)):
        return None
    text = say.budget(project.name, change["amount"], before=change["before"] or None)
    return ShownChange("budget", text, {"project": project.key, "amount": change["amount"]})


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
