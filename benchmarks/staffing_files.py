"""A neutral staffing instance as the product's import files, and the plan back as an answer."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from benchmarks.instances import Instance
from projects.phases import ORDER

FIRST_MONDAY_WEEKS_AHEAD = 8
HOURS = 40  # of a full-time week
DEPARTMENT = "all"
# A role of the product for each role of the neutral format, of the same side.
ROLES = {"pm": "pm", "ds": "data", "mle": "nlp", "swe": "ops", "domain": "ba", "ethics": "ethics"}
BY_SIDE = {"build": "data", "review": "ethics", "other": "ba"}
# Rates and budgets of the format count per tenth of an FTE-week; the product per FTE-week, and it
# weighs 100 of its currency as one point.
MONEY_PER_POINT = 100


def start_of(today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(weeks=FIRST_MONDAY_WEEKS_AHEAD)


def time_zone(hours: int) -> str:
    """A zone without summer time; the sign of these names counts westward."""
    return "Etc/GMT" if hours == 0 else f"Etc/GMT{-hours:+d}"


def people_files(instance: Instance, start: date, lead: str) -> list[tuple[str, str]]:
    """(kind, CSV) of departments, people, skills and absences, in the order of import."""
    offsets = instance["meta"]["site_utc_offset_h"]
    people, skills, absences = [], [], []
    for index, person in enumerate(instance["people"]):
        key, base = f"p{index}", max(person["avail"], default=0)
        site = person["site"]
        hours = base * HOURS / 10
        rate = person["rate"] * MONEY_PER_POINT
        zone = time_zone(offsets[site])
        people.append(
            [key, f"Person {index}", DEPARTMENT, f"site{site}", zone, hours, rate, person["maxc"]]
        )
        skills += [[key, skill, level] for skill, level in person["skills"].items()]
        absences += [[key, *days] for days in _away(person["avail"], base, start)]
    columns = "key,name,department,site,time_zone,weekly_hours,rate_per_fte_week"
    return [
        ("departments", table("key,name,leads", [[DEPARTMENT, "Everybody", lead]])),
        ("people", table(f"{columns},max_concurrent_projects", people)),
        ("skills", table("person,skill,level", skills)),
        ("absences", table("person,first_on,last_on", absences)),
    ]


def _away(available: Sequence[int], base: int, start: date) -> Iterable[tuple[date, date]]:
    """Monday to Friday of each run of weeks without any availability."""
    first = None
    for week, units in enumerate([*available, base]):
        if units not in {0, base}:
            raise ValueError(f"availability {units} in a week of somebody with {base}: no file can")
        if units == 0 and base and first is None:
            first = week
        elif (units or not base) and first is not None:
            yield start + timedelta(weeks=first), start + timedelta(weeks=week, days=-3)
            first = None


def project_files(instance: Instance, start: date, lead: str) -> list[tuple[str, str]]:
    """(kind, CSV) of projects, phases and seats."""
    slots = instance["slots"]
    spans: dict[tuple[int, int], list[int]] = defaultdict(list)
    for slot in slots:
        spans[slot["project"], slot["phase"]] += [slot["start"], slot["end"]]
    projects, phases = [], []
    for index, project in enumerate(instance["projects"]):
        mine = {phase: weeks for (j, phase), weeks in spans.items() if j == index}
        first = min((min(weeks) for weeks in mine.values()), default=0)
        projects.append(
            [
                f"j{index}",
                f"Project {index}",
                DEPARTMENT,
                f"site{project['site']}",
                lead,
                project["prio"],
                "active",
                start + timedelta(weeks=first),
                # Per tenth of an FTE-week, in points.
                project["budget"] * MONEY_PER_POINT / 10,
            ]
        )
        phases += [
            [
                f"j{index}",
                ORDER[phase].value,
                start + timedelta(weeks=min(weeks)),
                start + timedelta(weeks=max(weeks)),
            ]
            for phase, weeks in sorted(mine.items())
        ]
    head = "key,name,department,site,lead,priority,status,start_on,budget"
    columns = "project,role,label,phase,start_on,end_on,fte_share,skills"
    return [
        ("projects", table(head, projects)),
        ("phases", table("project,phase,start_on,end_on", phases)),
        ("seats", table(columns, _seats(instance, start))),
    ]


def _seats(instance: Instance, start: date) -> Iterable[list[Any]]:
    for name, slot in zip(slot_names(instance), instance["slots"], strict=True):
        project, role, label, phase = name
        yield [
            project,
            role,
            label,
            phase,
            start + timedelta(weeks=slot["start"]),
            start + timedelta(weeks=slot["end"]),
            slot["fte"] / 10,
            ";".join(f"{skill}:{level}" for skill, level in slot["req"].items()),
        ]


def slot_names(instance: Instance) -> list[tuple[str, str, str, str]]:
    """Project, role, label and phase of each slot: how the product's files name it."""
    seat_of: dict[int, str] = {}
    for project in instance["projects"]:
        for number, chain in enumerate(project["seats"]):
            seat_of.update(dict.fromkeys(chain, f"seat {number}"))
    names = []
    for index, slot in enumerate(instance["slots"]):
        role = ROLES.get(slot["role"], BY_SIDE[slot["role_side"]])
        label = seat_of.get(index, f"slot {index}")
        names.append((f"j{slot['project']}", role, label, ORDER[slot["phase"]].value))
    return names


def answer_of(instance: Instance, assignments: str) -> list[int]:
    """The person index per slot, -1 where it is open, from the product's export."""
    at = {name: index for index, name in enumerate(slot_names(instance))}
    answer = [-1] * len(instance["slots"])
    for row in csv.DictReader(io.StringIO(assignments)):
        index = at[row["project"], row["role"], row["label"], row["phase"]]
        if answer[index] >= 0:
            raise ValueError(f"two people in slot {index}")
        answer[index] = int(row["person"].removeprefix("p"))
    return answer


def table(head: str, rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head.split(","))
    writer.writerows(rows)
    return out.getvalue()
