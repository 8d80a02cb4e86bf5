"""A study's answer in ids and dates in place of the kernel's keys and week numbers.

What has gone meanwhile is left out: a slot, a person, a way that needs somebody who left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from projects.bridge.units import MONEY
from projects.kernel.staffing import codec
from projects.kernel.staffing.problem import Levels, level_in
from projects.models import Project, Slot
from roles.models import Person, Skill
from teamhub import weeks

Json = dict[str, Any]
CENT = Decimal("0.01")
HIRED = "hire-"  # how the kernel calls people who are not there yet
RATE = 100  # kernel's rate per effort unit to a rate per FTE-week


def kept_answer(job: Mapping[str, Any], answer: Mapping[str, Any]) -> Json:
    """The answer to keep; {"gone": true} where the slot or person asked about has gone."""
    return _KEPT[job["question"]](_Plan(job), answer)


def amount(money: float | None) -> str | None:
    """Money of the kernel as a decimal of the company's currency."""
    return None if money is None else str((Decimal(money) / MONEY).quantize(CENT))


class _Plan:
    """What the keys and numbers of a job stand for, as far as it is still there."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self.start = date.fromisoformat(job["start_on"])
        self.problem = codec.problem_from_json(job["problem"])
        self._people = set(Person.objects.values_list("pk", flat=True))
        self._projects = set(Project.objects.values_list("pk", flat=True))
        self.known_skills = set(Skill.objects.values_list("key", flat=True))
        ids = {piece["slot"] for piece in job["pieces"]}
        there = set(Slot.objects.filter(pk__in=ids).values_list("pk", flat=True))
        self._pieces = {p["key"]: p for p in job["pieces"] if p["slot"] in there}
        self._slot_of = {slot.key: slot for slot in self.problem.slots}
        self._person_of = {person.key: person for person in self.problem.people}

    def week(self, number: int) -> str:
        return weeks.add_weeks(self.start, number).isoformat()

    def weeks(self, numbers: Iterable[int]) -> list[str]:
        return [self.week(number) for number in numbers]

    def slot(self, key: str) -> Json | None:
        piece = self._pieces.get(key)
        if piece is None:
            return None
        return {name: piece[name] for name in ("slot", "start_on", "end_on", "fte_hundredths")}

    def person(self, key: str | None) -> int | str | None:
        if key is None or key.startswith(HIRED):
            return key
        return int(key) if int(key) in self._people else None

    def project(self, key: str) -> int | None:
        return int(key) if int(key) in self._projects else None

    def skills(self, slot: str, person: str, holder: str | None) -> list[Json]:
        """What the slot asks for beside the least level that each holds through its weeks."""
        wanted = self._slot_of[slot]

        def least(key: str | None, skill: str) -> int | None:
            if key is None or key not in self._person_of:
                return None
            held: Levels = self._person_of[key].skills.get(skill, 0)
            return min(level_in(held, week) for week in range(wanted.start, wanted.end))

        return [
            {
                "skill": skill,
                "level": level,
                "person": least(person, skill),
                "holder": least(holder, skill),
            }
            for skill, level in wanted.required.items()
        ]

    def changes(self, given: list[Json]) -> list[Json] | None:
        """The changes; None where one of them speaks of what has gone."""
        kept = [self._change(dict(change)) for change in given]
        return None if None in kept else [change for change in kept if change is not None]

    def _change(self, change: Json) -> Json | None:
        subject: Json = {}
        if "person" in change:
            subject["person"] = self.person(change["person"])
        if "project" in change:
            subject["project"] = self.project(change["project"])
        if "slot" in change:
            piece = self.slot(change["slot"])
            subject["slot"] = None if piece is None else piece["slot"]
        if None in subject.values():
            return None
        kind = change["kind"]
        return {"kind": kind, **subject, **_CHANGES[kind](self, change)}

    def _hire(self, change: Json) -> Json:
        return {
            "skills": dict(change["skills"]),
            "fte_hundredths": change["fte"],
            "start_on": self.week(change["start"]),
            "end_on": self.week(change["end"]),
            "rate": _rate(change.get("rate", 0)),
            "site": change.get("site", ""),
        }

    def _train(self, change: Json) -> Json:
        person = self._person_of.get(change["person"])
        held = person.skills.get(change["skill"], 0) if person else 0
        return {
            "skill": change["skill"],
            "level": change["level"],
            "before": level_in(held, max(0, change["from_week"])),
            "from_on": self.week(change["from_week"]),
        }

    def _span(self, change: Json) -> Json:
        out: Json = {"start_on": self.week(change["start"]), "end_on": self.week(change["end"])}
        if "fte" in change:
            out["fte_hundredths"] = change["fte"]
        return out | {"to_the_end": change["end"] >= self.problem.n_weeks}

    def _rate(self, change: Json) -> Json:
        person = self._person_of.get(change["person"])
        return {"rate": _rate(change["rate"]), "before": _rate(person.rate if person else 0)}

    def _more_projects(self, change: Json) -> Json:
        person = self._person_of.get(change["person"])
        before = person.max_projects if person else None
        return {"max_projects": change["max_projects"], "before": before}

    def _shift(self, change: Json) -> Json:
        return {"phase": change["phase"], "weeks": change["weeks"]}

    def _lower(self, change: Json) -> Json:
        slot = self._slot_of.get(change["slot"])
        before = slot.required.get(change["skill"]) if slot else None
        return {"skill": change["skill"], "level": change["level"], "before": before}

    def _budget(self, change: Json) -> Json:
        before = next((p.budget for p in self.problem.projects if p.key == change["project"]), None)
        return {"amount": amount(change["amount"]), "before": amount(before)}


_CHANGES = {
    "hire": _Plan._hire,
    "train": _Plan._train,
    "free": _Plan._span,
    "absent": _Plan._span,
    "rate": _Plan._rate,
    "more_projects": _Plan._more_projects,
    "shift": _Plan._shift,
    "lower": _Plan._lower,
    "budget": _Plan._budget,
}


def _rate(kernel: int) -> str:
    return str((Decimal(kernel) / RATE).quantize(CENT))


def _score(score: Mapping[str, Any] | None) -> Json | None:
    if score is None:
        return None
    points = {name: score[name] for name in ("coverage", "fit", "cost", "continuity")}
    return points | {"money": amount(score["money"])}


def _why_not(plan: _Plan, answer: Mapping[str, Any]) -> Json:
    slot, person = plan.slot(answer["slot"]), plan.person(answer["person"])
    if slot is None or person is None:
        return {"gone": True}
    ways = ((plan.changes(way["changes"]), way) for way in answer["ways"])
    return {
        "slot": slot,
        "person": person,
        "holder": plan.person(answer["holder"]),
        "failing": list(answer["failing"]),
        "weeks": plan.weeks(answer["weeks"]),
        "score": _score(answer["score"]),
        "holder_score": _score(answer["holder_score"]),
        "skills": plan.skills(answer["slot"], answer["person"], answer["holder"]),
        "first": answer["first"],
        "ways": [
            {"changes": changes, "gain": way["gain"]}
            for changes, way in ways
            if changes is not None
        ],
        "never": list(answer.get("never", ())),
        "needs": plan.changes(list(answer.get("needs", ()))) or [],
        "forced": _forced(plan, answer["forced"]),
        "estimate": answer["estimate"],
        "neighbourhood": dict(answer["neighbourhood"]),
    }


def _forced(plan: _Plan, forced: Mapping[str, Any] | None) -> Json | None:
    if forced is None:
        return None
    moves = [
        {
            "slot": plan.slot(move["slot"]),
            "before": plan.person(move["before"]),
            "after": plan.person(move["after"]),
        }
        for move in forced["moves"]
    ]
    given_up = [plan.slot(key) for key in forced.get("elsewhere", ())]
    return {
        "loss": forced["loss"],
        "gain": forced.get("gain"),
        "cut_short": forced.get("cut_short", False),
        "taker": plan.person(forced.get("taker")),
        "elsewhere": [slot for slot in given_up if slot is not None],
        "parts": dict(forced["parts"]),
        "moves": [move for move in moves if move["slot"] is not None],
    }


def _what_helps(plan: _Plan, answer: Mapping[str, Any]) -> Json:
    ideas = []
    for idea in answer["ideas"]:
        changes = plan.changes(idea["changes"])
        if changes is not None:
            fills = [plan.slot(key) for key in idea["fills"]]
            ideas.append(
                {
                    "changes": changes,
                    "gain": idea["gain"],
                    "price": idea.get("price"),
                    "fills": [slot for slot in fills if slot is not None],
                    "coverage_share": idea["coverage_share"],
                    "money": amount(idea["money"]),
                }
            )
    return {"base": dict(answer["base"]), "ideas": ideas, "tried": answer["tried"]}


def _shock(plan: _Plan, answer: Mapping[str, Any]) -> Json:
    return {
        "lost": [lost for one in answer["lost"] if (lost := _lost(plan, one)) is not None],
        "phases": [
            {**one, "project": plan.project(one["project"])}
            for one in answer["phases"]
            if plan.project(one["project"]) is not None
        ],
        "coverage_share": dict(answer["coverage_share"]),
        "complete": answer.get("complete", True),
        "depth": [
            {**one, "project": plan.project(one["project"])}
            for one in answer["depth"]
            if plan.project(one["project"]) is not None and one["skill"] in plan.known_skills
        ],
    }


def _lost(plan: _Plan, lost: Mapping[str, Any]) -> Json | None:
    slot, person = plan.slot(lost["slot"]), plan.person(lost["person"])
    if slot is None or person is None:
        return None
    cover = [{**one, "person": plan.person(one["person"])} for one in lost["cover"]]
    return {
        "slot": slot,
        "person": person,
        "start_on": plan.week(lost["start"]),
        "end_on": plan.week(lost["end"]),
        "only_holder": lost["only_holder"],
        "cover": [one for one in cover if one["person"] is not None],
        "shadow": plan.person(lost["shadow"]),
        "shadow_why": lost.get("shadow_why"),
        "covered_by": plan.person(lost["covered_by"]),
    }


def _core(plan: _Plan, answer: Mapping[str, Any]) -> Json:
    people = [{**one, "person": plan.person(one["person"])} for one in answer["people"]]
    projects = [{**one, "project": plan.project(one["project"])} for one in answer["projects"]]
    slots = [plan.slot(key) for key in answer["slots"]]
    alone = [{**one, "slot": plan.slot(one["slot"])} for one in answer.get("alone", ())]
    rest = [plan.slot(key) for key in answer.get("rest", ())]
    return {
        "feasible": answer["feasible"],
        "alone": [one for one in alone if one["slot"] is not None],
        "rest_feasible": answer.get("rest_feasible", answer["feasible"]),
        "rest": [{"slot": pk} for pk in sorted({one["slot"] for one in rest if one is not None})],
        "slots": [slot for slot in slots if slot is not None],
        "people": [one for one in people if one["person"] is not None],
        "projects": [one for one in projects if one["project"] is not None],
        "minimal": answer["minimal"],
    }


_KEPT = {
    "why_not": _why_not,
    "what_helps": _what_helps,
    "shock": _shock,
    "core": _core,
}
