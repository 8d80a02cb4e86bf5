"""Rows of projects, phases, slots, assignments and items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from projects.models import Assignment, ChecklistItem, Phase, Project, Slot
from tests.integration.permissions.rows import (
    Found,
    View,
    Who,
    column,
    ids,
    json_column,
    keys,
    links,
    pks,
)
from tests.integration.permissions.rows_people import loads
from tests.integration.permissions.scene import REVIEWS, Scene
from tests.integration.permissions.scene_projects import Plans, side_of
from tests.integration.permissions.walker import Answer

WORDS = {"alpha", "beta", "gamma"}
EVERY_PLAN = {"administrator", "manager", "planner", "viewer", "executive"}
# An assignment opens a project to them; to reviewers and legal only one of the review side.
ENGINEERS = {"engineer", "ml engineer"}
PLAN_BY_WORK = {*ENGINEERS, *REVIEWS}
PROJECT = r'<th scope="row"><a href="/projects/(\d+)/"'
ITEM = r'<li id="item-(\d+)"'


def plans(who: Who) -> set[str]:
    """Keys of the projects whose plan they see."""
    if who.group in EVERY_PLAN:
        return WORDS
    if who.is_steward:
        return {"alpha"}
    if who.group in ENGINEERS:
        return {"alpha", "gamma"}
    return {"alpha"} if who.group in REVIEWS else set()


def assignments(who: Who) -> set[Any]:
    seen = Assignment.objects.filter(slot__phase__project__key__in=plans(who))
    return set(seen) | set(Assignment.objects.filter(person=who.person))


def items(who: Who) -> set[Any]:
    return set(ChecklistItem.objects.filter(project__key__in=plans(who)))


def my_items(who: Who) -> set[Any]:
    """Members work in alpha and gamma; stewards work nowhere, and no item is of a lead's role."""
    works_in = set() if who.is_steward else {"alpha", "gamma"} & plans(who)
    plan = Plans.of(who.scene).plans
    return {plan[word][name] for word in works_in for name in ("item", "ticked")}


def still_open(found: set[Any]) -> list[Any]:
    return [item for item in found if item.done_at is None]


def hidden(who: Who) -> list[str]:
    """Parts of plans that are not theirs."""
    patterns = []
    for word in sorted(WORDS - plans(who)):
        names = rf"(?:Item|Ticked) {word}|(?:note|purpose)-{word}|[OT]-{word}"
        seats = {"team", "check", "open", "big"} - _known_seats(who, word)
        patterns.append(rf"\b(?:{names}|(?:{'|'.join(sorted(seats))})-{word})\b")
    return patterns


def _known_seats(who: Who, word: str) -> set[str]:
    """One's own work is seen by everybody, and the seat for which one's people are asked."""
    if who.is_steward:
        return {"check"} if word == "beta" else set()
    return set() if word == "beta" else {side_of(who.group, word)}


def project_views() -> list[View]:
    names = links(PROJECT)
    api = "/api/v1/projects/"
    found = [
        View("/projects/", names, all_projects),
        View("/projects/", names, all_projects, "project-list"),
        View("/projects/?format=csv", column("key"), lambda _who: keys(Project.objects.all())),
        View("/projects/?format=csv", _led, plans),
        View("/projects/?lead=lea", names, _led_by_lea),
        View(f"{api}projects/", ids, all_projects),
        View(f"{api}projects/", _with_detail, plans),
        View(f"{api}slots/", json_column("project"), of_plans(Slot, "phase__project__key")),
        View(f"{api}slots/?format=csv", column("project"), of_plans(Slot, "phase__project__key")),
        View(f"{api}assignments/", ids, lambda who: pks(assignments(who))),
        View(f"{api}assignments/?format=csv", column("id"), lambda who: pks(assignments(who))),
        View(f"{api}checklist-items/", ids, lambda who: pks(items(who))),
        View(f"{api}checklist-items/?mine=1", ids, lambda who: pks(my_items(who))),
        View("/my-work/", links(ITEM), lambda who: pks(still_open(my_items(who)))),
        *(
            View(f"/search/?q={words}", links(pattern), wanted, root)
            for root in ("", "th-search-hits")
            for words, pattern, wanted in (
                ("O-", r"#item-(\d+)", lambda who: pks(still_open(items(who)))),
                ("Project", r'href="/projects/(\d+)/"', all_projects),
            )
        ),
        View(
            _assign_in_alpha,
            _whose_hours_are_told,
            lambda who: sorted(one.key for one in loads(who)),
            status=_assigns_in_alpha,
        ),
    ]
    for export in ("/projects/export/", f"{api}export/"):
        for kind, name, wanted in (
            ("projects", "key", of_plans(Project, "key")),
            ("phases", "project", of_plans(Phase, "project__key")),
            ("seats", "project", of_plans(Slot, "phase__project__key")),
            ("assignments", "project", _of_assignments),
        ):
            found.append(View(f"{export}{kind}/", column(name), wanted))
    return found


def _assign_in_alpha(scene: Scene) -> str:
    slot = Plans.of(scene).plans["alpha"]["open"]
    return reverse("api:projects:slot-candidates", args=[slot.pk]) + "?limit=1000"


def _whose_hours_are_told(answer: Answer) -> list[str]:
    """How free somebody is: candidates tell it of those whose load one sees."""
    rows = answer.json()["results"]
    return sorted(row["person"] for row in rows if row["hours_by_week"] is not None)


def _assigns_in_alpha(who: Who) -> int:
    if who.is_steward or who.group in {"administrator", "manager"}:
        return 200
    return 403 if "alpha" in plans(who) else 404


def all_projects(_who: Who) -> list[str]:
    return pks(Project.objects.all())


def of_plans(model: Any, path: str) -> Callable[[Who], list[Any]]:
    """The project's key for each row of the plans that they see."""
    return lambda who: list(
        model.objects.filter(**{f"{path}__in": plans(who)}).values_list(path, flat=True)
    )


def _of_assignments(who: Who) -> list[str]:
    return [row.slot.phase.project.key for row in assignments(who)]


def _with_detail(answer: Answer) -> Found:
    return [row["key"] for row in answer.json()["results"] if row["lead"] is not None]


def _led(answer: Answer) -> Found:
    return [key for key, lead in column("key", "lead")(answer) if lead]


def _led_by_lea(who: Who) -> list[str]:
    """A filter finds only what they see."""
    plan = Plans.of(who.scene).plans
    return [str(plan[word]["project"].pk) for word in plans(who) - {"alpha"}]
