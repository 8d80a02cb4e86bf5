"""Neutral staffing instances: read one, make one, and turn one into the kernel's problem.

An instance is a JSON object: W weeks; people [{skills {name: level}, avail [W tenths of an FTE],
rate, site, maxc}]; projects [{prio, site, budget, seats [[slot indices in phase order]]}]; slots
[{project, phase, role, role_side, req {skill: level}, fte (tenths), start, end}]; meta: the
constants of the objective.
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

from projects.kernel.staffing.problem import (
    InvalidProblem,
    Person,
    Project,
    Side,
    Slot,
    StaffingProblem,
    Weights,
)

Instance = dict[str, Any]


class BadInstance(ValueError):
    """The file is no instance; the message says why in one line."""


def read(path: Path) -> Instance:
    """Read an instance, packed or not."""
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        instance = json.loads(text)
    except OSError as error:
        raise BadInstance(f"{path}: cannot be read ({error.strerror or error})") from error
    except (EOFError, ValueError) as error:
        raise BadInstance(f"{path}: is not JSON ({error})") from error
    if not isinstance(instance, dict):
        raise BadInstance(f"{path}: is not a JSON object")
    missing = [key for key in ("W", "people", "projects", "slots", "meta") if key not in instance]
    if missing:
        raise BadInstance(f"{path}: lacks {', '.join(missing)}")
    return instance


def problem_of(instance: Instance) -> StaffingProblem:
    """The instance as the kernel's problem; its objective is the instance's own, to the point."""
    try:
        return _problem(instance)
    except InvalidProblem as error:
        raise BadInstance(str(error)) from error
    except KeyError as error:
        raise BadInstance(f"an entry lacks {error}") from error
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise BadInstance(f"an entry has the wrong form ({error})") from error


def _problem(instance: Instance) -> StaffingProblem:
    meta = instance["meta"]
    offsets = [60 * hours for hours in meta["site_utc_offset_h"]]
    people = tuple(
        Person(
            key=f"p{i}",
            skills=dict(row["skills"]),
            availability=tuple(row["avail"]),
            rate=row["rate"],
            site=str(row["site"]),
            utc_offset_minutes=offsets[row["site"]],
            max_projects=row["maxc"],
        )
        for i, row in enumerate(instance["people"])
    )
    projects = tuple(
        Project(
            key=f"j{i}",
            priority=row["prio"],
            site=str(row["site"]),
            utc_offset_minutes=offsets[row["site"]],
            budget=row["budget"],
        )
        for i, row in enumerate(instance["projects"])
    )
    slots = tuple(
        Slot(
            key=f"s{i}",
            project=row["project"],
            phase=str(row["phase"]),
            required=dict(row["req"]),
            fte=row["fte"],
            start=row["start"],
            end=row["end"],
            role=row.get("role", ""),
            side=Side(row["role_side"]),
        )
        for i, row in enumerate(instance["slots"])
    )
    return StaffingProblem(
        n_weeks=instance["W"],
        people=people,
        projects=projects,
        slots=slots,
        seats=tuple(tuple(chain) for row in instance["projects"] for chain in row["seats"]),
        units_per_fte=10,
        weights=Weights(
            priority=meta["priority_weight"],
            fit_by_surplus=tuple(meta["fit_by_surplus"]),
            same_site=meta["same_site_bonus"],
            continuity=meta["continuity_bonus"],
            overload=meta["overload_penalty"],
            overload_pct=meta["overload_pct"],
            max_offset_hours=meta["max_offset_h"],
        ),
    )


# --- generator ----------------------------------------------------------------------------

# role: (side, skills, FTE in tenths, share of people, first and last phase, 0 to 6)
_ROLES: dict[str, tuple[str, tuple[str, ...], tuple[int, ...], int, int, int]] = {
    "manager": ("other", ("planning", "agile"), (3, 5, 8), 16, 0, 6),
    "architect": ("build", ("systems", "cloud"), (5, 6, 8), 14, 0, 4),
    "data engineer": ("build", ("python", "pipelines"), (6, 8, 10), 24, 1, 5),
    "ml engineer": ("build", ("ml", "python", "serving"), (6, 8, 10), 26, 2, 6),
    "ethics reviewer": ("review", ("ethics",), (2, 3), 10, 0, 6),
    "legal reviewer": ("review", ("law",), (2, 3), 10, 3, 6),
}
_OFFSETS_H = (-5, 0, 1, 8)
_PHASES = 7


def generate(people: int, projects: int, weeks: int, seed: int) -> Instance:
    """A company of the given size with somewhat more work than hands, reproducible by its seed."""
    rng = random.Random(seed)
    instance: Instance = {
        "W": weeks,
        "people": [_person(rng, weeks) for _ in range(people)],
        "projects": [],
        "slots": [],
        "meta": {
            "name": f"generated-{people}-{projects}-{weeks}-{seed}",
            "continuity_bonus": 15,
            "overload_penalty": 20,
            "overload_pct": 85,
            "site_utc_offset_h": list(_OFFSETS_H),
            "max_offset_h": 7,
            "fit_by_surplus": [10, 18, 22, 20],
            "same_site_bonus": 12,
            "priority_weight": 100,
        },
    }
    for _ in range(projects):
        _add_project(rng, instance)
    return instance


def _person(rng: random.Random, weeks: int) -> dict[str, Any]:
    names = list(_ROLES)
    main = rng.choices(names, [_ROLES[name][3] for name in names])[0]
    skills = {skill: rng.randint(2, 5) for skill in _ROLES[main][1]}
    if rng.random() < 0.5:
        for skill in _ROLES[rng.choice(names)][1]:
            skills[skill] = max(skills.get(skill, 0), rng.randint(1, 4))
    hours = rng.choices([10, 8, 5], [70, 15, 15])[0]
    avail = [hours] * weeks
    for _ in range(rng.choice([0, 1, 1, 2])):
        away = rng.randrange(max(1, weeks))
        for week in range(away, min(weeks, away + rng.choice([1, 2, 3]))):
            avail[week] = 0
    return {
        "skills": skills,
        "avail": avail,
        "rate": rng.randint(12, 48),
        "site": rng.choices(range(4), [40, 25, 20, 15])[0],
        "maxc": rng.choices([1, 2, 3], [20, 50, 30])[0],
    }


def _add_project(rng: random.Random, instance: Instance) -> None:
    number, weeks = len(instance["projects"]), instance["W"]
    seats = list(_ROLES) + [role for role in _ROLES if "engineer" in role and rng.random() < 0.5]
    chains: list[list[int]] = [[] for _ in seats]
    asked = [
        {skill: rng.choice([1, 2, 2, 3, 3, 4]) for skill in _ROLES[role][1][: rng.randint(1, 3)]}
        for role in seats
    ]
    start, effort = rng.randint(0, max(0, weeks // 6)), 0
    for phase in range(_PHASES):
        end = min(weeks, start + rng.choice([2, 3, 3, 4, 5]))
        if start >= end:
            break
        for chain, role, required in zip(chains, seats, asked, strict=True):
            side, _skills, ftes, _share, first, last = _ROLES[role]
            if not first <= phase <= last:
                continue
            slot = {"project": number, "phase": phase, "role": role, "role_side": side}
            fte = rng.choice(ftes)
            slot |= {"req": dict(required), "fte": fte, "start": start, "end": end}
            chain.append(len(instance["slots"]))
            instance["slots"].append(slot)
            effort += fte * (end - start)
        start = end
    instance["projects"].append(
        {
            "prio": rng.choice([1, 1, 2, 2, 3, 5]),
            "site": rng.choices(range(4), [40, 25, 20, 15])[0],
            "budget": int(effort * 30 * rng.uniform(0.8, 1.1)),
            "seats": [chain for chain in chains if chain],
        }
    )
