"""Problem and solution as plain JSON values and back; equal problems give equal text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Level,
    Levels,
    Person,
    Project,
    Side,
    Slot,
    StaffingProblem,
    StaffingSolution,
    Weights,
)

Json = dict[str, Any]
SCHEMA = 1


def problem_to_json(problem: StaffingProblem) -> Json:
    """Everything a solve needs, in plain values with sorted keys."""
    return {
        "schema": SCHEMA,
        "n_weeks": problem.n_weeks,
        "units_per_fte": problem.units_per_fte,
        "people": [_plain(person) | {"skills": _skills(person)} for person in problem.people],
        "projects": [_plain(project) for project in problem.projects],
        "slots": [_plain(slot) for slot in problem.slots],
        "seats": [list(chain) for chain in problem.seats],
        "facts": [_plain(fact) for fact in problem.facts],
        "fit": None
        if problem.fit is None
        else [[s, p, points] for (s, p), points in sorted(problem.fit.items())],
        "exclude": sorted([s, p] for s, p in problem.exclude),
        **_rules(problem),
        "start": None if problem.start is None else list(problem.start),
        "max_changes": problem.max_changes,
        "weights": _plain(problem.weights),
    }


def problem_from_json(data: Mapping[str, Any]) -> StaffingProblem:
    """Read a problem back.

    Raises
    ------
    InvalidProblem
        The data is of another schema, lacks a field, or contradicts itself.
    """
    if data.get("schema") != SCHEMA:
        raise InvalidProblem(f"problem: schema {data.get('schema')} is not {SCHEMA}")
    try:
        return StaffingProblem(
            n_weeks=data["n_weeks"],
            units_per_fte=data["units_per_fte"],
            people=tuple(_person(row) for row in data["people"]),
            projects=tuple(Project(**row) for row in data["projects"]),
            slots=tuple(Slot(**row | {"side": Side(row["side"])}) for row in data["slots"]),
            seats=tuple(tuple(chain) for chain in data["seats"]),
            facts=tuple(_fact(row) for row in data["facts"]),
            fit=None if data["fit"] is None else {(s, p): points for s, p, points in data["fit"]},
            exclude=frozenset((s, p) for s, p in data["exclude"]),
            pins=frozenset((s, p) for s, p in data.get("pins", ())),
            apart=frozenset((one, other) for one, other in data.get("apart", ())),
            start=None if data["start"] is None else tuple(data["start"]),
            max_changes=data["max_changes"],
            max_movers=data.get("max_movers"),
            weights=_weights(data["weights"]),
        )
    except KeyError as error:
        raise InvalidProblem(f"problem: lacks {error}") from error
    except InvalidProblem:
        raise
    except (TypeError, ValueError) as error:
        raise InvalidProblem(f"problem: {error}") from error


def solution_to_json(problem: StaffingProblem, solution: StaffingSolution) -> Json:
    """Key of the person by key of the slot, None where it stays open."""
    return {
        slot.key: None if p < 0 else problem.people[p].key
        for slot, p in zip(problem.slots, solution.assignment, strict=True)
    }


def solution_from_json(
    problem: StaffingProblem, data: Mapping[str, str | None]
) -> StaffingSolution:
    """Read a plan back; slots it does not name stay open."""
    number = {person.key: p for p, person in enumerate(problem.people)}
    known = {slot.key for slot in problem.slots}
    for slot, person in data.items():
        if slot not in known:
            raise InvalidProblem(f"plan: no slot {slot}")
        if person is not None and person not in number:
            raise InvalidProblem(f"plan: no person {person} for slot {slot}")
    people = (data.get(slot.key) for slot in problem.slots)
    return StaffingSolution(tuple(-1 if key is None else number[key] for key in people))


def _rules(problem: StaffingProblem) -> Json:
    """Rules of one question, left out where none is given: inputs stored before them stay equal."""
    given: Json = {}
    if problem.pins:
        given["pins"] = sorted([s, p] for s, p in problem.pins)
    if problem.apart:
        given["apart"] = sorted([min(pair), max(pair)] for pair in problem.apart)
    if problem.max_movers is not None:
        given["max_movers"] = problem.max_movers
    return given


def _plain(row: Any) -> Json:
    values = {item.name: getattr(row, item.name) for item in fields(row)}
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Side):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    return value


def _skills(person: Person) -> Json:
    def levels(given: Levels) -> Any:
        return given if isinstance(given, int) else [asdict(record) for record in given]

    return {skill: levels(given) for skill, given in sorted(person.skills.items())}


def _person(row: Mapping[str, Any]) -> Person:
    skills = {
        skill: given if isinstance(given, int) else tuple(Level(**record) for record in given)
        for skill, given in row["skills"].items()
    }
    return Person(**{**row, "skills": skills, "availability": tuple(row["availability"])})


def _fact(row: Mapping[str, Any]) -> Fact:
    return Fact(**{**row, "side": Side(row["side"]), "next_to": tuple(row["next_to"])})


def _weights(row: Mapping[str, Any]) -> Weights:
    return Weights(**{**row, "fit_by_surplus": tuple(row["fit_by_surplus"])})
