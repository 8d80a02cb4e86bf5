"""Ask questions about a proposal or about today's plan; a worker answers, nothing changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Project, Slot, StaffingRun, StaffingStudy
from projects.selectors.staffing_scope import staffable
from projects.services.staffing_scope import names_of_others
from roles.models import Department, Person, Site
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput, NotAllowed
from teamhub.runs import services as runs

Question = StaffingStudy.Question

MOST_SLOTS = 1000
MOST_WEEKS = 104


@dataclass(frozen=True)
class Absences:
    """Who is out: people, a site and a department together; days inclusive, in whole weeks."""

    first_on: date
    last_on: date
    people: Collection[Person] = ()
    site: str = ""
    department: str = ""


@transaction.atomic
def ask(
    *,
    question: str,
    by: User,
    about: StaffingRun | Sequence[Project],
    slot: Slot | None = None,
    start_on: date | None = None,
    person: Person | None = None,
    absences: Absences | None = None,
    slots: Sequence[Slot] = (),
    seconds: int | None = None,
    seed: int = 1,
) -> StaffingStudy:
    """Queue a question about a proposal, or about today's plan of some projects.

    `slot` (with `start_on` where a proposal has it in pieces) and `person` are for "why_not",
    `absences` for "shock", `slots` for "core" (none: all that must be filled).
    """
    if question not in Question.values:
        raise InvalidInput(
            _("There is no question “%(question)s”; known: %(known)s.")
            % {"question": question[:40], "known": ", ".join(Question.values)},
            field="question",
        )
    seconds = settings.STAFFING_SECONDS if seconds is None else seconds
    if not 1 <= seconds <= settings.STAFFING_MAX_SECONDS:
        raise InvalidInput(
            _("The time limit must lie between 1 and %(most)d seconds.")
            % {"most": settings.STAFFING_MAX_SECONDS},
            field="seconds",
        )
    if isinstance(about, StaffingRun):
        run, scope = about, _of_proposal(about, question, by)
    else:
        run, scope = None, _of_today(about, by)
    params: dict[str, Any] = {"seconds": seconds}
    if question == Question.WHY_NOT:
        params |= _why_not(slot, start_on, person, scope, by)
    elif question == Question.SHOCK:
        params |= _shock(absences)
    elif question == Question.CORE:
        params |= _core(slots, scope, by)
    study = StaffingStudy(question=question, proposal=run, params=params, seed=seed)
    runs.submit(study, by=by)
    study.projects.set(scope)
    return study


def may_ask_again(study: StaffingStudy, by: User) -> bool:
    """Whether `by` may ask about what this question was about."""
    if study.proposal_id:
        return StaffingRun.objects.visible_to(by).filter(pk=study.proposal_id).exists()
    return not study.projects.exclude(pk__in=Project.objects.editable_by(by)).exists()


def scope_of(
    by: User,
    *,
    projects: Sequence[Project] = (),
    department: str = "",
    portfolio: bool = False,
) -> list[Project]:
    """Projects by name, of a department and those below it, or all: as far as `by` may edit them.

    Projects that are done or cancelled are in it only where they are named.
    """
    if sum(map(bool, (projects, department, portfolio))) != 1:
        raise InvalidInput(
            _("Name projects, a department, or the whole portfolio: one of the three."),
            field="projects",
        )
    if projects:
        return list(projects)
    top = Department.objects.filter(key=department).first() if department else None
    if department and top is None:
        raise _unknown_department(department)
    chosen = list(staffable(by, department=top).order_by("pk"))
    if not chosen:
        raise InvalidInput(
            _("There is no running project that you lead or deputise in it."),
            field="department" if department else "portfolio",
        )
    return chosen


def _of_proposal(run: StaffingRun, question: str, by: User) -> list[Project]:
    if not run.may_be_asked_about_by(by):
        raise NotAllowed(_("Only who may read a proposal and its projects may ask about it."))
    if question == Question.SHOCK:
        raise InvalidInput(
            _("An absence test is about today's plan: name projects instead of a proposal."),
            field="run",
        )
    if run.status != run.Status.SUCCEEDED:
        raise Conflict(_("This proposal is not ready: its run has not succeeded."))
    return list(run.projects.all())


def _of_today(projects: Sequence[Project], by: User) -> list[Project]:
    if not projects:
        raise InvalidInput(_("Choose at least one project, or a proposal."), field="projects")
    if others := names_of_others(projects, by):
        raise NotAllowed(
            _("Only the lead or a deputy may ask about a project; you are neither in: %(names)s.")
            % {"names": others}
        )
    return list(projects)


def _why_not(
    slot: Slot | None,
    start_on: date | None,
    person: Person | None,
    scope: list[Project],
    by: User,
) -> dict[str, Any]:
    if slot is None:
        raise InvalidInput(_("Name the slot that you ask about."), field="slot")
    if person is None:
        raise InvalidInput(_("Name the person whom you ask about."), field="person")
    _in_scope([slot], scope, by, field="slot")
    if not Person.objects.employed_between(slot.start_on, slot.end_on).filter(pk=person.pk):
        raise InvalidInput(
            _("%(name)s is not employed in the weeks of this slot.") % {"name": person.name},
            field="person",
        )
    asked = {"slot": slot.pk, "person": person.pk}
    return asked | ({} if start_on is None else {"start_on": start_on.isoformat()})


def _shock(absences: Absences | None) -> dict[str, Any]:
    if absences is None:
        raise InvalidInput(_("Say who is absent, and when."), field="absences")
    first, last = absences.first_on, absences.last_on
    for field, day in (("from", first), ("to", last)):
        if not weeks.is_plannable(day):
            words = {"first": weeks.FIRST.year, "last": weeks.LAST.year}
            raise InvalidInput(
                _("The day must lie in the years %(first)d to %(last)d.") % words, field=field
            )
    if last < first:
        raise InvalidInput(_("The absence ends before it begins."), field="to")
    start, end = weeks.monday(first), weeks.add_weeks(weeks.monday(last), 1)
    if last < weeks.monday(timezone.localdate()):
        raise InvalidInput(_("The absence is over; choose weeks from this one on."), field="to")
    if weeks.weeks_between(start, end) > MOST_WEEKS:
        raise InvalidInput(
            _("An absence of more than %(most)d weeks is not tested.") % {"most": MOST_WEEKS},
            field="to",
        )
    return {
        "people": sorted(_absent(absences, start, end)),
        "site": absences.site,
        "department": absences.department,
        "start_on": start.isoformat(),
        "end_on": end.isoformat(),
    }


def _absent(absences: Absences, start: date, end: date) -> set[int]:
    """Ids of everybody who would be out and is employed then."""
    employed = Person.objects.employed_between(start, end)
    out = set(employed.filter(pk__in=[p.pk for p in absences.people]).values_list("pk", flat=True))
    if absences.site:
        if not Site.objects.filter(key=absences.site).exists():
            raise InvalidInput(
                _("There is no site “%(key)s”.") % {"key": absences.site[:60]}, field="site"
            )
        out |= set(employed.filter(site__key=absences.site).values_list("pk", flat=True))
    if absences.department:
        if not Department.objects.filter(key=absences.department).exists():
            raise _unknown_department(absences.department)
        below = employed.in_department(absences.department)
        out |= set(below.values_list("pk", flat=True))
    if not out:
        given = absences.people or absences.site or absences.department
        raise InvalidInput(
            _("Nobody of them is employed in these weeks.")
            if given
            else _("Name people, a site or a department that is absent."),
            field="people",
        )
    return out


def _core(slots: Sequence[Slot], scope: list[Project], by: User) -> dict[str, Any]:
    if len(slots) > MOST_SLOTS:
        raise InvalidInput(
            _("At most %(most)d slots can be asked about at once.") % {"most": MOST_SLOTS},
            field="slots",
        )
    _in_scope(slots, scope, by, field="slots")
    return {"slots": sorted({slot.pk for slot in slots})} if slots else {}


def _in_scope(slots: Sequence[Slot], scope: list[Project], by: User, *, field: str) -> None:
    """Slots belong to the projects asked about, and their plan may be read."""
    ids = {slot.pk for slot in slots}
    there = Slot.objects.visible_to(by).filter(phase__project__in=scope, pk__in=ids)
    missing = ids - set(there.values_list("pk", flat=True))
    if missing:
        raise InvalidInput(
            _("These slots do not belong to the plan asked about: %(slots)s.")
            % {"slots": ", ".join(str(pk) for pk in sorted(missing)[:20])},
            field=field,
        )


def _unknown_department(key: str) -> InvalidInput:
    text = _("There is no department “%(key)s”.") % {"key": key[:60]}
    return InvalidInput(text, field="department")
