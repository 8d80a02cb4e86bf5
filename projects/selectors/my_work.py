"""An engineer's page: the phases one works in, and the checklist items that are one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from projects.models import Assignment, ChecklistItem, Phase, Project
from projects.models.checklist import ChecklistItemQuerySet
from projects.selectors.projects import AHEAD, ItemRow, phase_state, read_items
from teamhub.accounts.models import User

RECENT = timedelta(days=14)
MAX_RECENT = 20
MAX_ITEMS = 200


@dataclass(frozen=True)
class MyPhase:
    """A part of somebody's work: a slot's weeks, effort and role in a phase."""

    assignment: Assignment
    state: str

    @property
    def phase(self) -> Phase:
        return self.assignment.slot.phase


@dataclass(frozen=True)
class MyWork:
    now: list[MyPhase]
    later: list[MyPhase]
    this_week: list[ItemRow] = field(default_factory=list)
    others: list[ItemRow] = field(default_factory=list)  # of colleagues in the same phases
    waiting: list[ItemRow] = field(default_factory=list)
    done: list[ItemRow] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.now or self.later or self.this_week or self.waiting or self.done)


def my_items(user: User) -> ChecklistItemQuerySet:
    """Items given to this user, or to a role that they hold in the phase.

    The lead of a project gets the items whose role nobody holds in that phase, once it has begun.
    """
    in_phase = Assignment.objects.filter(slot__phase=OuterRef("phase"))
    same_role = in_phase.filter(slot__seat__role=OuterRef("role"))
    mine = Q(assignee__user=user) | Q(assignee__isnull=True) & (
        Exists(same_role.filter(person__user=user))
        | (Q(role__isnull=True) & Exists(in_phase.filter(person__user=user)))
    )
    begun = Q(phase__start_on__lte=timezone.localdate())
    left_over = Q(assignee__isnull=True, project__lead=user) & begun & ~Exists(same_role)
    return (
        ChecklistItem.objects.visible_to(user)
        .filter(mine | left_over)
        .exclude(project__status__in=[Project.Status.CANCELLED, Project.Status.DONE])
    )


def my_work(user: User, tickable: set[int], today: date | None = None) -> MyWork:
    """Everything on the page; `tickable` are ids of phases in which the user may tick."""
    today = today or timezone.localdate()
    phases = [
        MyPhase(row, phase_state(row.slot.phase, today))
        for row in Assignment.objects.filter(person__user=user, end_on__gt=today)
        .select_related("slot__seat__role", "slot__phase__project")
        .order_by("start_on", "pk")
    ]
    work = MyWork(
        now=[row for row in phases if row.assignment.start_on <= today],
        later=[row for row in phases if row.assignment.start_on > today],
    )
    open_items = my_items(user).open().filter(phase__closed_at__isnull=True)
    for item in read_items(open_items).order_by("phase__end_on", "position", "pk")[:MAX_ITEMS]:
        ahead = phase_state(item.phase, today) == AHEAD
        row = ItemRow(item, item.phase_id in tickable, mine=True)
        (work.waiting if ahead else work.this_week).append(row)
    shared = (
        ChecklistItem.objects.visible_to(user)
        .open()
        .filter(phase__in=[row.phase.pk for row in work.now], phase__closed_at__isnull=True)
    )
    for item in read_items(shared.exclude(pk__in=[row.item.pk for row in work.this_week])).order_by(
        "phase__end_on", "position", "pk"
    )[:MAX_ITEMS]:
        work.others.append(ItemRow(item, item.phase_id in tickable))
    since = timezone.now() - RECENT
    recent = ChecklistItem.objects.visible_to(user).filter(done_by=user, done_at__gte=since)
    for item in read_items(recent).order_by("-done_at", "pk")[:MAX_RECENT]:
        may = item.phase_id in tickable and not item.phase.is_closed
        work.done.append(ItemRow(item, may, mine=True))
    return work
