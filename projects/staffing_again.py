"""The parameters of an earlier proposal as the workspace's form takes them, with further wishes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings

from projects.bridge import PRODUCT_WEIGHTS
from projects.models import Project, ProposalRow, StaffingRun, WeightProfile
from projects.staffing_forms import SECONDS, WorkspaceForm
from projects.staffing_names import Names, person_label, project_label, slot_label
from teamhub import weeks
from teamhub.accounts.models import User

Typed = dict[str, list[list[str]]]


def initial_of(run: StaffingRun, *, user: User, projects: Iterable[Project]) -> dict[str, Any]:
    """What the fields of the form begin with."""
    params = run.params
    scoped = set(run.projects.values_list("pk", flat=True))
    offered = {project.pk for project in projects}
    slots = params.get("change_budget") or None
    first, last = params.get("from_on"), params.get("to_on")
    own = WeightProfile.objects.visible_to(user).filter(name=params.get("profile") or "")
    profile = own.order_by("-owner").first() if params.get("profile") else None
    return {
        "scope": WorkspaceForm.PORTFOLIO if scoped == offered else WorkspaceForm.PROJECTS,
        "projects": sorted(scoped & offered),
        "from_on": date.fromisoformat(first) if first else None,
        "to_on": weeks.add_weeks(date.fromisoformat(last), -1) if last else None,
        "people_budget": params.get("people_budget"),
        "change_budget": slots,
        "seed": run.seed,
        "profile": profile.pk if profile else None,
        **_seconds(params.get("seconds")),
        **{
            f"weight_{name}": params.get("weights", {}).get(name, value)
            for name, value in PRODUCT_WEIGHTS.items()
        },
    }


def _seconds(seconds: int | None) -> dict[str, Any]:
    if seconds is None:
        return {}
    if seconds in {*SECONDS, settings.STAFFING_SECONDS}:
        return {"limit": str(seconds)}
    return {"limit": "own", "seconds": seconds}


def lines_of(
    run: StaffingRun,
    names: Names,
    *,
    pinned: Iterable[ProposalRow] = (),
    refused: Iterable[ProposalRow] = (),
) -> Typed:
    """Its wishes as lines, with these picks locked and these people kept from these slots."""
    params = run.params
    told = _Told(names)
    pins = [[told.slot(one["slot"]), told.person(one["person"])] for one in params.get("pins", ())]
    exclusions = [
        [told.person(one["person"]), told.place(one)] for one in params.get("exclusions", ())
    ]
    pins += [[told.slot(row.slot_id), told.person(row.person_id)] for row in _filled(pinned)]
    no = [[told.person(row.person_id), told.slot(row.slot_id)] for row in _filled(refused)]
    pins = [pin for pin in pins if pin[::-1] not in no]
    exclusions += no
    return {
        "pins": _whole(pins),
        "exclusions": _whole(exclusions, needed=1),
        "apart": _whole([[told.person(pk) for pk in pair] for pair in params.get("apart", ())]),
        "must_fill": _whole([[told.slot(pk)] for pk in params.get("must_fill", ())]),
        "frozen": _spans(params.get("frozen_weeks", ())),
    }


def _filled(rows: Iterable[ProposalRow]) -> list[Any]:
    return [row for row in rows if row.person_id is not None]


class _Told:
    """Labels by id; "" for what is over or may not be named."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.people = {person.pk: person for person in names.people.values()}
        self.projects = {project.pk: project for project in names.projects}

    def person(self, pk: int) -> str:
        return person_label(self.people[pk]) if pk in self.people else ""

    def slot(self, pk: int) -> str:
        return slot_label(self.names.slots[pk]) if pk in self.names.slots else ""

    def place(self, one: dict[str, int]) -> str:
        if "slot" in one:
            return self.slot(one["slot"]) or f"#{one['slot']}"
        if "project" in one:
            project = self.projects.get(one["project"])
            return project_label(project) if project else f"#{one['project']}"
        return ""


def _whole(lines: list[list[str]], needed: int | None = None) -> list[list[str]]:
    """Without what is over, each once."""
    found: list[list[str]] = []
    for line in lines:
        if all(line[:needed]) and line not in found:
            found.append(line)
    return found


def _spans(mondays: Iterable[str]) -> list[list[str]]:
    """Weeks that follow each other as one span."""
    days = sorted(date.fromisoformat(day) for day in mondays)
    runs = groupby(enumerate(days), key=lambda item: weeks.add_weeks(item[1], -item[0]))
    spans = [[day for _index, day in group] for _key, group in runs]
    return [[span[0].isoformat(), span[-1].isoformat()] for span in spans]
