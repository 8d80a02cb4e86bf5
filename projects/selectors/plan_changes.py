"""Changes of the plan as their page and the API show them: who, when, what in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Assignment, PlanChange, PlanChangeLine, Project
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User

SHOWN_LINES = 20  # of one change in the list; those with more are opened one by one
OPENED_LINES = 500  # of one that is opened; an import may have thousands
SHOWN_PROJECTS = 3
MADE, ENDED, ALTERED = "made", "ended", "altered"


@dataclass(frozen=True)
class ShownLine:
    """One assignment of a change in words."""

    line: PlanChangeLine
    with_money: bool = False

    @property
    def action(self) -> str:
        if self.line.before is None:
            return MADE
        return ENDED if self.line.after is None else ALTERED

    @property
    def label(self) -> str:
        return {MADE: _("assigned"), ENDED: _("removed"), ALTERED: _("changed")}[self.action]

    @property
    def tone(self) -> str:
        """As components/_badge.html knows it."""
        return {MADE: "good", ENDED: "neutral", ALTERED: "accent"}[self.action]

    @property
    def icon(self) -> str:
        return {MADE: "plus", ENDED: "minus", ALTERED: "pencil"}[self.action]

    @property
    def facts(self) -> str:
        """Weeks, effort and status; of an alteration what was and what is."""
        before, after = self.line.before, self.line.after
        if before is not None and after is not None:
            was, now = _facts(before), _facts(after)
            told = [f"{a} → {b}" for a, b in zip(was, now, strict=True) if a != b]
            return " · ".join(told) or _("another reason")
        return " · ".join(_facts(self.line.kept)[:3])

    @property
    def override(self) -> str:
        """What the decision passed over, in words."""
        names = {"locked": _("passed over a lock"), "reviewed": _("passed over an approval")}
        return names.get(self.line.kept.get("override", ""), "")

    @property
    def over_budget(self) -> bool:
        """Whether a choice by hand exceeded the budget; told to those who see money only."""
        return self.with_money and bool(self.line.kept.get("over_budget"))


@dataclass(frozen=True)
class ShownChange:
    change: PlanChange
    lines: list[ShownLine]
    n_lines: int  # that this user may see
    may_undo: bool
    undone_by: PlanChange | None = None
    projects: tuple[str, ...] = ()  # names of those that this user may see
    redoes: bool = False  # to take it back makes happen again what somebody undid
    more: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "more", self.n_lines - len(self.lines))

    @property
    def summary(self) -> str:
        """All of it in one line."""
        n = self.n_lines
        text = ngettext("%(n)d assignment in %(projects)s", "%(n)d assignments in %(projects)s", n)
        return text % {"n": n, "projects": first_of(self.projects)}


def first_of(names: Sequence[str]) -> str:
    """The first three of many names."""
    shown, more = ", ".join(names[:SHOWN_PROJECTS]), len(names) - SHOWN_PROJECTS
    if more <= 0:
        return shown
    return _("%(names)s and %(more)d more") % {"names": shown, "more": more}


def _facts(kept: dict[str, Any]) -> tuple[str, ...]:
    start, end = date.fromisoformat(kept["start_on"]), date.fromisoformat(kept["end_on"])
    last = weeks.add_weeks(end, -1)
    return (
        _("%(first)s to %(last)s")
        % {"first": weeks.iso_label(start), "last": weeks.iso_label(last)},
        _("%(fte)s FTE") % {"fte": formats.number_format(kept["fte_hundredths"] / 100, 2)},
        str(Assignment.Status(kept["status"]).label),
        _("locked") if kept["locked"] else _("not locked"),
    )


def changes_for(user: User) -> QuerySet[PlanChange]:
    """The changes with a line that the user sees, the newest first."""
    return PlanChange.objects.visible_to(user).select_related("by", "undoes__by", "run")


def with_lines(changes: QuerySet[PlanChange], lines: QuerySet[PlanChangeLine]) -> Any:
    """Changes that have one of these lines."""
    return changes.filter(pk__in=lines.order_by().values("change"))


def shown(
    changes: Iterable[PlanChange], user: User, *, most: int | None = SHOWN_LINES
) -> list[ShownChange]:
    """Changes with their visible lines (a fixed number of queries)."""
    changes = list(changes)
    ids = [change.pk for change in changes]
    lines = lines_for(user)
    counts = dict(
        PlanChangeLine.objects.visible_to(user)
        .filter(change__in=ids)
        .order_by()
        .values_list("change")
        .annotate(n=Count("pk"))
    )
    kept = PlanChange.objects.filter(pk__in=ids).prefetch_related(
        Prefetch("lines", lines if most is None else lines[:most], to_attr="shown_lines")
    )
    found: dict[int, list[PlanChangeLine]] = {one.pk: one.shown_lines for one in kept}
    undone = {
        one.undoes_id: one for one in PlanChange.objects.filter(undoes__in=ids).select_related("by")
    }
    foreign = _foreign(ids, user)
    names = _projects(ids, user)
    money = permissions.may_see_money(user)
    return [
        ShownChange(
            change,
            [ShownLine(line, money) for line in found[change.pk]],
            counts.get(change.pk, 0),
            may_undo=change.pk not in foreign and change.pk not in undone,
            undone_by=undone.get(change.pk),
            projects=tuple(names.get(change.pk, ())),
            redoes=_depth(change) % 2 == 1,
        )
        for change in changes
    ]


def lines_for(user: User) -> QuerySet[PlanChangeLine]:
    return (
        PlanChangeLine.objects.visible_to(user)
        .select_related("person", "slot__seat__role", "slot__phase__project")
        .order_by("pk")
    )


def _projects(ids: list[int], user: User) -> dict[int, list[str]]:
    """Names of the projects of each change whose plan the user sees."""
    lines = PlanChangeLine.objects.visible_to(user).filter(change__in=ids)
    pairs = lines.order_by("slot__phase__project__name").values_list(
        "change", "slot__phase__project__name"
    )
    found: dict[int, list[str]] = {}
    for change, name in pairs.distinct():
        found.setdefault(change, []).append(name)
    return found


def _depth(change: PlanChange) -> int:
    """0 a decision, 1 its undo, 2 the redo, 3 undone again (a query for each from the third on)."""
    depth = 0
    while change.undoes is not None:
        change, depth = change.undoes, depth + 1
    return depth


def _foreign(ids: list[int], user: User) -> set[int]:
    """Changes that touch a project which the user may not edit."""
    editable = Project.objects.editable_by(user).values("pk")
    lines = PlanChangeLine.objects.filter(change__in=ids)
    others = lines.exclude(slot__phase__project__in=editable)
    return set(others.order_by().values_list("change", flat=True))


CSV_COLUMNS = [
    "change",
    "at",
    "by",
    "kind",
    "reason",
    "undoes",
    "project",
    "phase",
    "role",
    "label",
    "person",
    "name",
    "action",
    *(f"{name}_{side}" for side in ("before", "after") for name in ("start_on", "end_on")),
    "fte_share_before",
    "fte_share_after",
    "status_before",
    "status_after",
    "locked_before",
    "locked_after",
]


def csv_rows(changes: QuerySet[PlanChange], user: User) -> Iterator[list[Any]]:
    """A row a line, the newest change first."""
    lines = lines_for(user).filter(change__in=changes.order_by().values("pk"))
    lines = lines.select_related(
        "person", "slot__seat__role", "slot__phase__project", "change__by"
    ).order_by("-change__at", "-change", "pk")
    for line in lines.iterator(chunk_size=500):
        data = line_data(line)
        before, after = data["before"] or {}, data["after"] or {}
        change = line.change
        cells = {
            "change": change.pk,
            "at": change.at,
            "by": change.by.username,
            "kind": change.kind,
            "reason": change.reason,
            "undoes": change.undoes_id,
            **{name: data[name] for name in ("project", "phase", "role", "label")},
            **{name: data[name] for name in ("person", "name", "action")},
            **{f"{name}_before": value for name, value in before.items()},
            **{f"{name}_after": value for name, value in after.items()},
        }
        yield [cells.get(name) for name in CSV_COLUMNS]


def line_data(line: PlanChangeLine, *, with_money: bool = False) -> dict[str, Any]:
    """A line in the words of the API."""
    shown = ShownLine(line, with_money)
    told = {"over_budget": shown.over_budget} if with_money else {}
    return told | {
        "assignment": line.assignment_id,
        "project": line.slot.phase.project.key,
        "phase": line.slot.phase.key,
        "role": line.slot.seat.role.key,
        "label": line.slot.seat.label,
        "slot": line.slot_id,
        "person": line.person.key,
        "name": line.person.name,
        "action": shown.action,
        "before": _side(line.before),
        "after": _side(line.after),
        "override": line.kept.get("override"),
    }


def _side(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    names = ("start_on", "end_on", "status", "locked", "reason")
    return {"fte_share": kept["fte_hundredths"] / 100} | {name: kept[name] for name in names}
