"""What today's plan breaks already, and why a proposal does not mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Assignment, Project, StaffingRun
from projects.selectors.proposal import RULE_NAMES
from projects.selectors.standing import Over
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User

CAPACITY = "capacity"


@dataclass(frozen=True)
class Breach:
    """One rule that today's plan breaks, for a person or a project, and what keeps it so."""

    text: str
    person: Person | None = None
    why: list[str] = field(default_factory=list)


def lets_nobody_move(run: StaffingRun) -> bool:
    """Whether the proposal was asked without a change budget."""
    people = run.params.get("people_budget")
    return people == 0 or (people is None and not run.params.get("change_budget"))


def breaches(
    run: StaffingRun, user: User, *, over: Sequence[Over], still: Sequence[Over]
) -> list[Breach]:
    """One line a person and rule (or project and rule), with the weeks it concerns.

    They tell of load and of plans: of people and projects where the user sees these. `over` are
    those who have too much today, `still` those who have it with the proposal.
    """
    weeks_of: dict[tuple[Any, Any, str], int] = defaultdict(int)
    for breach in run.inherited:
        key = (breach["person"], breach["project"], breach["rule"])
        weeks_of[key] += breach["week"] is not None
    today = {one.person.pk: one for one in over}
    for one in still:  # work that might have moved is no fact to the solver, and still too much
        known = any(key[0] == one.person.pk and key[2] == CAPACITY for key in weeks_of)
        if one.person.pk in today and not known:
            weeks_of[one.person.pk, None, CAPACITY] = len(one.weeks)
    seen = Person.objects.load_visible_to(user)
    people = seen.in_bulk({person for person, *_rest in weeks_of if person})
    ids = {project for _person, project, _rule in weeks_of if project}
    plans = Project.objects.detail_visible_to(user)
    projects = {str(pk): name for pk, name in plans.filter(pk__in=ids).values_list("pk", "name")}
    reasons = _Stuck(run, user, people, today)
    lines = []
    for (person, project, rule), n_weeks in weeks_of.items():
        if (person and person not in people) or (project and str(project) not in projects):
            continue
        names = [people[person].name if person else "", projects.get(str(project), "")]
        text = f"{', '.join(filter(None, names))}: {RULE_NAMES.get(rule, rule)}"
        if n_weeks:
            text += " (" + ngettext("%(n)d week", "%(n)d weeks", n_weeks) % {"n": n_weeks} + ")"
        why = reasons.of(person) if person and rule == CAPACITY else []
        lines.append(Breach(text, people.get(person), why))
    return lines


class _Stuck:
    """Why work of people who have too much stays with them (three queries)."""

    def __init__(
        self, run: StaffingRun, user: User, people: Iterable[int], today: dict[int, Over]
    ) -> None:
        self.nobody_moves = lets_nobody_move(run)
        self.scope = set(run.projects.values_list("pk", flat=True))
        self.frozen = [date.fromisoformat(day) for day in run.params.get("frozen_weeks", ())]
        self.window = [
            date.fromisoformat(day) if (day := run.params.get(name)) else None
            for name in ("from_on", "to_on")
        ]
        self.today = today
        self.now = weeks.monday(timezone.localdate())
        live = Assignment.objects.filter(end_on__gt=self.now)
        self.work: dict[int, list[Assignment]] = defaultdict(list)
        found = live.filter(person__in=list(people)).select_related("slot__phase__project")
        for one in found.order_by("start_on", "pk"):
            self.work[one.person_id].append(one)
        slots = {one.slot_id for each in self.work.values() for one in each}
        self.sharing: dict[int, int] = defaultdict(int)
        for slot in live.filter(slot__in=slots).order_by().values_list("slot", flat=True):
            self.sharing[slot] += 1
        seen = Project.objects.detail_visible_to(user)
        self.seen = set(seen.values_list("pk", flat=True))

    def of(self, person: int) -> list[str]:
        busy = self.today[person].weeks if person in self.today else []
        lines = []
        for one in self.work[person]:
            if busy and not any(one.start_on <= day < one.end_on for day in busy):
                continue
            project = one.slot.phase.project
            name = project.name if project.pk in self.seen else _("other work")
            lines.append(f"{name}: {self._reason(one, project)}")
        return list(dict.fromkeys(lines))

    def _reason(self, one: Assignment, project: Project) -> str:
        start, end = self.window
        cut = (start and max(one.start_on, self.now) < start) or (end and one.end_on > end)
        if project.pk not in self.scope or cut:
            return _("outside of what was asked")
        if one.locked:
            return _("locked")
        if one.status == Assignment.Status.TENTATIVE:
            return _("tentative, its lead has been asked")
        if self.sharing[one.slot_id] > 1:
            return _("several people share the slot")
        if any(one.start_on <= day < one.end_on for day in self.frozen):
            return _("nothing moves in these weeks")
        if self.nobody_moves:
            return _("nobody was allowed to move")
        if (one.end_on, one.fte_hundredths) != (one.slot.end_on, one.slot.fte_hundredths):
            return _("a part of a slot does not move")
        return _("it may move, but no better place was found")
