"""Small staffing problems for tests: builders that fill in the rest, and random ones by seed."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from threading import Event
from typing import Any

from projects.kernel.staffing import job
from projects.kernel.staffing.problem import (
    Fact,
    Level,
    Person,
    Project,
    Side,
    Slot,
    StaffingProblem,
    StaffingSolution,
    Weights,
)
from projects.kernel.staffing.solve import solve
from teamhub.kernel.budget import Budget
from teamhub.kernel.outcome import Outcome

WEEKS = 4
# Nothing but filling slots counts.
COVERAGE_ONLY = Weights(fit_by_surplus=(0,), same_site=0, cost=0, continuity=0, overload=0)


def person(key: str = "ana", **changes: Any) -> Person:
    values: dict[str, Any] = {"skills": {"ml": 3}, "availability": (10,) * WEEKS}
    return Person(key=key, **(values | changes))


def project(key: str = "alpha", **changes: Any) -> Project:
    return Project(key=key, **changes)


def slot(key: str = "s0", **changes: Any) -> Slot:
    values: dict[str, Any] = {"project": 0, "phase": "1", "required": {"ml": 2}, "fte": 5}
    return Slot(key=key, **(values | {"start": 0, "end": 2} | changes))


def problem(**changes: Any) -> StaffingProblem:
    values: dict[str, Any] = {
        "n_weeks": WEEKS,
        "people": (person(),),
        "projects": (project(),),
        "slots": (slot(),),
        "units_per_fte": 10,
    }
    return StaffingProblem(**(values | changes))


def solved(given: StaffingProblem, **options: Any) -> Outcome[StaffingSolution]:
    return solve(given, budget=Budget(5.0), **options)


def plan_of(outcome: Outcome[StaffingSolution]) -> list[int]:
    assert outcome.solution is not None
    return list(outcome.solution.assignment)


class Notes:
    """A report that remembers, and can ask to stop."""

    def __init__(self, stop: Event | None = None) -> None:
        self.stages: list[str] = []
        self.points: list[tuple[float, float | None, float | None]] = []
        self.aside: list[Mapping[str, Any]] = []
        self._stop = stop

    def __call__(self, stage: str, progress: float) -> None:
        assert 0 <= progress <= 1
        self.stages.append(stage)

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        self.points.append((seconds, objective, bound))
        if self._stop is not None:
            self._stop.set()

    def best(self, result: Mapping[str, Any]) -> None:
        self.aside.append(result)


def tiny(seed: int, *, musts: bool = False, limited: bool = False) -> StaffingProblem:
    """Three people, two projects with overlapping phases, five slots, facts and short skills.

    `limited` adds a plan of which only one or two placements may change.
    """
    rng = random.Random(seed)
    sides = list(Side)
    projects = tuple(
        project(
            f"j{j}",
            priority=rng.randint(1, 3),
            site=rng.choice("ab"),
            utc_offset_minutes=rng.choice([0, 330]),
            budget=rng.choice([None, 60, 150]),
        )
        for j in range(2)
    )
    people = tuple(
        person(
            f"p{p}",
            skills={"ml": rng.randint(1, 4), "law": _short_skill(rng)},
            availability=tuple(rng.choice([0, 5, 8, 10, 10, 10]) for _ in range(WEEKS)),
            rate=rng.randint(1, 9),
            site=rng.choice("ab"),
            utc_offset_minutes=rng.choice([0, 480]),
            max_projects=rng.randint(1, 2),
        )
        for p in range(3)
    )
    slots = []
    for s in range(5):
        start = rng.randint(0, 2)
        slots.append(
            slot(
                f"s{s}",
                project=rng.randrange(2),
                phase=rng.choice("123"),
                required=rng.choice([{"ml": 1}, {"ml": 2}, {"law": 1}, {"ml": 2, "law": 1}, {}]),
                fte=rng.choice([2, 3, 5, 8]),
                start=start,
                end=rng.randint(start + 1, WEEKS),
                side=rng.choice(sides),
                must_fill=musts and rng.random() < 0.3,
                priority=rng.choice([None, None, 0, 4]),
            )
        )
    chains = [tuple(s for s in range(5) if slots[s].project == j) for j in range(2)]
    facts = tuple(
        Fact(
            person=rng.randrange(3),
            project=rng.choice(["j0", "j1", "elsewhere"]),
            phase=rng.choice("123"),
            fte=rng.choice([2, 4, 12]),
            start=rng.randint(-2, 1),
            end=rng.randint(1, 5),
            side=rng.choice(sides),
            next_to=(rng.randrange(5),),
        )
        for _ in range(rng.randint(0, 2))
    )
    whole = problem(
        people=people,
        projects=projects,
        slots=tuple(slots),
        seats=tuple(chain for chain in chains if chain),
        facts=facts,
        exclude=frozenset({(rng.randrange(5), rng.randrange(3))}),
        fit={(0, 0): 30, (3, 1): 2} if rng.random() < 0.3 else None,
    )
    if not limited:
        return whole
    held = tuple(rng.choice([-1, 0, 1, 2]) for _ in slots)
    return job.anchored(dataclasses.replace(whole, start=held, max_changes=rng.randint(0, 2)))


def _short_skill(rng: random.Random) -> int | tuple[Level, ...]:
    if rng.random() < 0.5:
        return rng.randint(0, 3)
    return Level(rng.randint(1, 3), rng.randint(-1, 1), rng.randint(2, 5)), Level(1, 2, None)
