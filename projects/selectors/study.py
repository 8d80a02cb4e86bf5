"""The answer of a study as one reader may have it: named, in words, without what is not theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects.models import StaffingStudy
from projects.selectors.change_words import phase_name
from projects.selectors.proposal import CRITERIA, SUBTRACTED
from projects.selectors.study_shapes import (
    Alone,
    Core,
    Cover,
    Depth,
    Failing,
    Forced,
    Idea,
    Lost,
    Move,
    Part,
    PersonRule,
    Points,
    Shock,
    SkillLine,
    SlippingPhase,
    Way,
    WhatHelps,
    WhyNot,
)
from projects.selectors.study_sight import ShownPerson, ShownSlot, Sight
from projects.selectors.study_words import (
    ShownChange,
    fails,
    may_tell_rule,
    nobody_can,
    rule_name,
    shadow_reason,
    shown_changes,
)
from teamhub import weeks
from teamhub.accounts.models import User

Json = dict[str, Any]
FORCED_CRITERIA = CRITERIA | {"overload": _("overload")}


@dataclass(frozen=True)
class StudyView:
    study: StaffingStudy
    with_money: bool
    gone: bool = False  # what was asked about is no longer there
    hidden: bool = False  # it is not this reader's to know
    answer: WhyNot | WhatHelps | Shock | Core | None = None
    template: str = ""
    absent: list[ShownPerson] = field(default_factory=list)

    @property
    def first_week(self) -> date | None:
        """Of an absence."""
        start = self.study.params.get("start_on")
        return date.fromisoformat(start) if start else None

    @property
    def last_week(self) -> date | None:
        end = self.study.params.get("end_on")
        return weeks.add_weeks(date.fromisoformat(end), -1) if end else None


def study_view(study: StaffingStudy, user: User) -> StudyView:
    """The answer for one reader (a fixed number of queries)."""
    asked = [{"person": pk} for pk in study.params.get("people", ())]
    told = {"answer": study.answer, "asked": asked, "params": study.params}
    sight = Sight(user, told, [project.pk for project in study.projects.all()])
    view: Json = {
        "study": study,
        "with_money": sight.money,
        "template": f"projects/_study_{study.question}.html",
        "absent": [p for one in asked if (p := sight.person(one["person"])) is not None],
    }
    if not study.answer:
        return StudyView(**view)
    if study.answer.get("gone"):
        return StudyView(**view, gone=True)
    answer = _SHOWN[study.question](study.answer, sight)
    return StudyView(**view, answer=answer, hidden=answer is None)


def changes_of(study: StaffingStudy, number: int, user: User) -> list[ShownChange] | None:
    """The changes of a way or an idea, counted from 1; None where they are not the reader's."""
    answer = study_view(study, user).answer
    rows: list[Any] = []
    if isinstance(answer, WhyNot):
        rows = [*answer.ways]
    elif isinstance(answer, WhatHelps):
        rows = [*answer.ideas]
    return next((row.changes for row in rows if row.rank == number), None)


def _why_not(answer: Json, sight: Sight) -> WhyNot | None:
    slot, person = sight.slot(answer["slot"]), sight.person(answer["person"])
    if slot is None or person is None:
        return None
    load = sight.sees_load(answer["person"], slot.slot)
    told = [r for r in answer["failing"] if may_tell_rule(r, money=sight.money, load=load)]
    ways = [(shown_changes(w["changes"], sight, slot=slot.slot), w) for w in answer["ways"]]
    scores = (answer["score"], answer["holder_score"])
    needs = [shown_changes([one], sight, slot=slot.slot) for one in answer.get("needs", ())]
    return WhyNot(
        slot=slot,
        person=person,
        holder=sight.person(answer["holder"]),
        first=answer["first"],
        verdict=_verdict(answer, money=sight.money),
        failing=[Failing(rule, fails(rule)) for rule in told],
        weeks=[date.fromisoformat(day) for day in answer["weeks"]] if load else [],
        hidden_rules=len(told) < len(answer["failing"]),
        skills=[SkillLine(name=sight.skill(one["skill"]), **one) for one in answer["skills"]],
        points=_points(*scores, money=sight.money),
        amount=_money(scores[0], sight),
        holder_amount=_money(scores[1], sight),
        ways=[
            Way(rank, changes, way["gain"] if sight.money else None)
            for rank, (changes, way) in enumerate(ways, 1)
            if changes is not None
        ],
        hidden_ways=sum(changes is None for changes, _way in ways),
        never=[
            Failing(rule, fails(rule))
            for rule in answer["never"]
            if may_tell_rule(rule, money=sight.money, load=load)
        ],
        needs=[change for one in needs if one is not None for change in one],
        hidden_needs=needs.count(None),
        forced=_forced(answer["forced"], sight),
        n_slots=answer["neighbourhood"]["slots"],
        n_people=answer["neighbourhood"]["people"],
    )


def _verdict(answer: Json, *, money: bool) -> str:
    """What decides between the person and whoever has the slot; see `study_shapes.WhyNot`."""
    forced = answer["forced"]
    if answer["first"]:
        return "first"
    if forced is None:
        return "barred"
    if forced["loss"] <= 0:
        # Answers of before have no gain, and what they tell by criterion is the gain.
        parts = (_signed(key, points) for key, points in forced["parts"].items())
        gain = forced.get("gain")
        return "better" if (sum(parts) if gain is None else gain) > 0 else "tie"
    if forced.get("elsewhere"):
        return "elsewhere"
    if not money:  # who is worth more of the two tells of their rates
        return "around"
    worth, held = (_worth(answer[name]) for name in ("score", "holder_score"))
    return "holder" if held is not None and worth is not None and held > worth else "around"


def _worth(score: Json | None) -> int | None:
    if score is None:
        return None
    return sum(-score[key] if key in SUBTRACTED else score[key] for key in CRITERIA)


def _points(score: Json | None, holder: Json | None, *, money: bool) -> list[Points]:
    """By criterion; with money hidden, only what does not tell a rate."""
    if score is None:
        return []
    shown = CRITERIA if money else {"fit": CRITERIA["fit"]}
    sign = {key: -1 if key in SUBTRACTED else 1 for key in shown}
    return [
        Points(key, name, sign[key] * score[key], sign[key] * holder[key] if holder else None)
        for key, name in shown.items()
    ]


def _money(score: Json | None, sight: Sight) -> Decimal | None:
    return Decimal(score["money"]) if score is not None and sight.money else None


def _forced(forced: Json | None, sight: Sight) -> Forced | None:
    if forced is None:
        return None
    moves = [
        Move(slot, sight.person(move["before"]), sight.person(move["after"]))
        for move in forced["moves"]
        if (slot := sight.slot(move["slot"])) is not None
    ]
    parts = [
        Part(key, name, _signed(key, forced["parts"][key]))
        for key, name in FORCED_CRITERIA.items()
        if forced["parts"].get(key)
    ]
    given_up = forced.get("elsewhere", ())
    elsewhere = _slots(given_up, sight)
    return Forced(
        loss=forced["loss"] if sight.money else None,
        gain=forced.get("gain") if sight.money else None,
        taker=sight.person(forced.get("taker")),
        stays_open="taker" in forced and forced["taker"] is None,
        elsewhere=elsewhere,
        hidden_elsewhere=len(given_up) - len(elsewhere),
        parts=parts if sight.money else [],
        moves=moves,
        hidden_moves=len(forced["moves"]) - len(moves),
    )


def _signed(criterion: str, points: int) -> int:
    """What is paid counts against the plan."""
    return -points if criterion in SUBTRACTED | {"overload"} else points


def _what_helps(answer: Json, sight: Sight) -> WhatHelps:
    ideas = []
    for rank, idea in enumerate(answer["ideas"], 1):
        changes = shown_changes(idea["changes"], sight)
        fills = _slots(idea["fills"], sight)
        # What helps a plan only that is not theirs would tell what this plan lacks.
        if changes is None or not (fills or sight.sees_all):
            continue
        ideas.append(
            Idea(
                rank=rank,
                changes=changes,
                fills=fills,
                hidden_fills=len(idea["fills"]) - len(fills),
                coverage=idea["coverage_share"] if sight.sees_all else None,
                gain=idea["gain"] if sight.money else None,
                amount=Decimal(idea["money"]) if sight.money and idea["money"] else None,
            )
        )
    return WhatHelps(
        open=answer["base"]["open"] if sight.sees_all else None,
        coverage=answer["base"]["coverage_share"] if sight.sees_all else None,
        ideas=ideas,
        hidden_ideas=len(answer["ideas"]) - len(ideas),
        tried=answer["tried"],
    )


def _slots(pieces: Iterable[Json], sight: Sight) -> list[ShownSlot]:
    return [slot for piece in pieces if (slot := sight.slot(piece)) is not None]


def _shock(answer: Json, sight: Sight) -> Shock:
    lost = [one for row in answer["lost"] if (one := _lost(row, sight)) is not None]
    phases = [_phase(row, sight) for row in answer["phases"] if sight.sees_plan(row["project"])]
    share = answer["coverage_share"]
    return Shock(
        lost=lost,
        hidden_lost=len(answer["lost"]) - len(lost),
        phases=phases,
        hidden_phases=len(answer["phases"]) - len(phases),
        before=share["before"],
        after=share["after"],
        recovered=share["recovered"],
        complete=answer["complete"],
        depth=[_depth(row, sight) for row in answer["depth"] if sight.sees_plan(row["project"])],
    )


def _lost(row: Json, sight: Sight) -> Lost | None:
    slot, person = sight.slot(row["slot"]), sight.person(row["person"])
    if slot is None or person is None:
        return None

    def named(pk: int | str | None) -> ShownPerson | None:
        return sight.person(pk) if pk is not None and sight.sees_load(pk, slot.slot) else None

    cover = [
        Cover(who, one["free"], [Failing(r, fails(r)) for r in told], one["fit"])
        for one in row["cover"]
        if (who := named(one["person"])) is not None
        for told in [[r for r in one["rules"] if may_tell_rule(r, money=sight.money, load=True)]]
    ]
    return Lost(
        slot=slot,
        person=person,
        start_on=date.fromisoformat(row["start_on"]),
        end_on=date.fromisoformat(row["end_on"]),
        cover=cover,
        hidden_cover=len(row["cover"]) - len(cover),
        somebody_can=any(one["free"] for one in row["cover"]),
        shadow=(shadow := named(row["shadow"])),
        shadow_why=shadow_reason(row.get("shadow_why"), sight) if shadow else "",
        covered_by=named(row["covered_by"]),
        is_covered=row["covered_by"] is not None,
    )


def _phase(row: Json, sight: Sight) -> SlippingPhase:
    project = sight.projects[row["project"]]
    return SlippingPhase(
        project=project.key,
        project_name=project.name,
        phase=row["phase"],
        phase_name=phase_name(row["phase"]),
        lost_effort=row["lost_effort"],
        uncovered_effort=row["uncovered_effort"],
        slips_weeks=row["slips_weeks"],
    )


def _depth(row: Json, sight: Sight) -> Depth:
    project = sight.projects[row["project"]]
    return Depth(
        skill=row["skill"],
        skill_name=sight.skill(row["skill"]),
        level=row["level"],
        project=project.key,
        project_name=project.name,
        need=row["need"],
        can=row["can"],
        can_without=row["can_without"],
    )


def _core(answer: Json, sight: Sight) -> Core:
    slots = _slots(answer["slots"], sight)
    people = [
        PersonRule(person, row["rule"], rule_name(row["rule"]))
        for row in answer["people"]
        if sight.sees_load(row["person"]) and (person := sight.person(row["person"])) is not None
    ]
    projects = [
        sight.projects[row["project"]]
        for row in answer["projects"]
        if sight.money and sight.sees_plan(row["project"])
    ]
    alone = [
        Alone(slot, nobody_can(row, slot.start_on, sight))
        for row in answer.get("alone", ())
        if (slot := sight.slot(row["slot"])) is not None
    ]
    rest = (sight.whole_slot(row["slot"]) for row in answer.get("rest", ()))
    return Core(
        feasible=answer["feasible"],
        alone=alone,
        hidden_alone=len(answer.get("alone", ())) - len(alone),
        rest_feasible=answer.get("rest_feasible", answer["feasible"]),
        minimal=answer["minimal"],
        slots=slots,
        hidden_slots=len(answer["slots"]) - len(slots),
        people=people,
        hidden_people=len(answer["people"]) - len(people),
        projects=[project.key for project in projects],
        project_names=[project.name for project in projects],
        hidden_projects=len(answer["projects"]) - len(projects),
        rest=[slot.slot for slot in rest if slot is not None],
    )


_SHOWN: dict[str, Any] = {
    "why_not": _why_not,
    "what_helps": _what_helps,
    "shock": _shock,
    "core": _core,
}
