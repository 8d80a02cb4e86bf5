"""Two of everything: one that belongs to the user who is asked about, and one of strangers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from projects.models import ProposalRow, StaffingRequest, StaffingRun
from roles.models import Side
from teamhub.accounts.groups import Group
from teamhub.accounts.models import ApiToken, User
from teamhub.audit.models import AuditEvent
from tests import builders as make


@dataclass(frozen=True)
class Things:
    """One of each kind. Texts of the own ones hold "own", those of strangers "foreign"."""

    word: str
    department: Any
    member: Any  # of the department, which the user leads if this is their own
    worker: Any  # has the assignment; themself if these are their own
    absence: Any  # of the worker, with a reason
    member_absence: Any
    project: Any
    phase: Any
    slot: Any
    assignment: Any
    item: Any
    run: Any
    row: Any
    request: Any
    token: Any
    account: User
    event: Any

    @property
    def reason(self) -> str:
        return f"reason-{self.word}"

    @property
    def label(self) -> str:
        return f"seat-{self.word}"


# Figures that occur nowhere else; own ones first.
BUDGET = {"own": 111222, "foreign": 333444}
RATE = {"own": 555001, "foreign": 666002}
COST = {"own": 777111, "foreign": 888222}


def figure(number: int) -> str:
    """A pattern that finds the number however a page groups it."""
    text = str(number)
    return re.escape(text[:-3]) + r"\D?" + re.escape(text[-3:])


class World:
    """`own` and `foreign` things for one user: deputy of the own project, lead of its department.

    The lead of every project is somebody else, so that a deputy's rights are what is tried.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.lea = make.make_user("lea", Group.MANAGER)
        self.site = make.make_site("place")
        self.role = make.make_role("builder")
        self.review = make.make_role("checker", side=Side.REVIEW)
        self.foreign = self._things("foreign", self.lea)
        self.own = self._things("own", user)

    def _things(self, word: str, user: User) -> Things:
        department = make.make_department(f"department-{word}")
        department.leads.set([user])
        people: dict[str, Any] = {"site": self.site, "rate_per_fte_week": Decimal(RATE[word])}
        member = make.make_person(
            f"Member {word}", key=f"member-{word}", department=department, **people
        )
        worker = make.make_person(
            f"Worker {word}",
            key=f"worker-{word}",
            user=user,
            department=make.make_department(f"elsewhere-{word}"),
            **people,
        )
        deputies = [user] if word == "own" else []
        project = make.make_project(
            f"Project {word}",
            key=f"project-{word}",
            lead=self.lea,
            deputies=deputies,
            department=department,
            site=self.site,
            budget=Decimal(BUDGET[word]),
        )
        phase = make.make_phase(project)
        slot = make.make_slot(make.make_seat(project, self.role, label=f"seat-{word}"), phase)
        assignment = make.make_assignment(slot, worker, fte_hundredths=10)
        run = StaffingRun.objects.create(
            requested_by=self.lea,
            status="succeeded",
            outcome="feasible",
            attempt=1,
            started_at=timezone.now(),
            finished_at=timezone.now(),
            cost=Decimal(COST[word]),
            objective=1,
        )
        run.projects.set([project])
        row = ProposalRow.objects.create(
            run=run,
            slot=slot,
            person=member,
            start_on=slot.start_on,
            end_on=slot.end_on,
            fte_hundredths=40,
            cost=Decimal(COST[word]),
        )
        first = {"own": 10, "foreign": 20}[word]
        token, _secret = ApiToken.objects.create(user=user, name=f"token-{word}", scopes=["read"])
        return Things(
            word=word,
            department=department,
            member=member,
            worker=worker,
            absence=make.make_absence(worker, *days(first), reason=f"reason-{word}"),
            member_absence=make.make_absence(member, *days(30), reason=f"hidden-{word}"),
            project=project,
            phase=phase,
            slot=slot,
            assignment=assignment,
            item=make.make_item(phase, text_en=f"Item {word}"),
            run=run,
            row=row,
            request=StaffingRequest.objects.create(
                row=row, department=department, asked_by=self.lea
            ),
            token=token,
            account=user,
            event=AuditEvent.objects.create(verb=f"test.{word}", reason=f"event-{word}"),
        )


def days(ahead: int) -> tuple[dt.date, dt.date]:
    """Five days that begin so many days after today."""
    first = timezone.localdate() + dt.timedelta(days=ahead)
    return first, first + dt.timedelta(days=4)
