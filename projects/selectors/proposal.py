"""A proposal as its page and the API show it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Project, ProposalRow, StaffingRun
from roles.models import Skill
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub import weeks as week_math

Decision = ProposalRow.Decision


@dataclass(frozen=True)
class ShownRow:
    """One row with what this user may read and do."""

    row: ProposalRow
    may_decide: bool
    score: dict[str, int]  # by criterion, without money for those who may not see it
    reasons: list[str]  # why nobody, in words

    @property
    def is_filled(self) -> bool:
        return self.row.person_id is not None


@dataclass(frozen=True)
class ProposalView:
    run: StaffingRun
    rows: list[ShownRow]
    with_money: bool
    may_decide: bool

    @property
    def filled(self) -> list[ShownRow]:
        return [shown for shown in self.rows if shown.is_filled]

    @property
    def unfilled(self) -> list[ShownRow]:
        return [shown for shown in self.rows if not shown.is_filled]

    @property
    def n_open(self) -> int:
        return sum(1 for s in self.filled if s.row.decision == Decision.OPEN and s.may_decide)

    @property
    def decided(self) -> Counter[str]:
        return Counter(shown.row.decision for shown in self.filled)

    @property
    def cost(self) -> Decimal | None:
        return self.run.cost if self.with_money else None


def rows_of(run: StaffingRun) -> Any:
    return run.rows.select_related(
        "person__department",
        "person__site",
        "slot__seat__role",
        "slot__phase__project",
        "replaces__person",
        "decided_by",
    )


def proposal_view(run: StaffingRun, user: User) -> ProposalView:
    """The whole proposal for one user (a fixed number of queries)."""
    editable = set(Project.objects.editable_by(user).values_list("pk", flat=True))
    money = permissions.may_see_money(user)
    skills = {skill.key: skill.name for skill in Skill.objects.all()}
    shown = [
        ShownRow(
            row=row,
            may_decide=row.slot.phase.project_id in editable,
            score=score_for(row, money=money),
            reasons=[blocker_text(blocker, skills) for blocker in row.blockers],
        )
        for row in rows_of(run)
    ]
    return ProposalView(
        run=run,
        rows=shown,
        with_money=money,
        may_decide=any(one.may_decide for one in shown),
    )


def score_for(row: ProposalRow, *, money: bool) -> dict[str, int]:
    """Points by criterion; with money hidden, only what does not tell a rate."""
    if money:
        return dict(row.score)
    return {key: value for key, value in row.score.items() if key == "fit"}


def blocker_text(blocker: dict[str, Any], skills: dict[str, str]) -> str:
    """One blocking rule in words: how many people fall to it, and what it asks."""
    rule, count = blocker["rule"], int(blocker.get("count", 0))
    details = blocker.get("details") or {}
    if rule == "skill":
        asked = ", ".join(
            f"{skills.get(key, key)} ≥ {level}" for key, level in _skill_needs(details).items()
        )
        text = ngettext(
            "%(count)d person lacks the skills asked (%(skills)s)",
            "%(count)d people lack the skills asked (%(skills)s)",
            count,
        )
        return text % {"count": count, "skills": asked or _("several")}
    texts = {
        "validity": ngettext(
            "%(count)d person's skill is not valid in all weeks",
            "%(count)d people's skills are not valid in all weeks",
            count,
        ),
        "distance": ngettext(
            "%(count)d person works too many hours away",
            "%(count)d people work too many hours away",
            count,
        ),
        "excluded": ngettext(
            "%(count)d person is excluded", "%(count)d people are excluded", count
        ),
        "availability": ngettext(
            "%(count)d person is absent or works too few hours",
            "%(count)d people are absent or work too few hours",
            count,
        ),
        "capacity": ngettext(
            "%(count)d person is taken by other work",
            "%(count)d people are taken by other work",
            count,
        ),
        "max_projects": ngettext(
            "%(count)d person has all projects they may have at once",
            "%(count)d people have all projects they may have at once",
            count,
        ),
        "independence": ngettext(
            "%(count)d person is on the other side of build and review",
            "%(count)d people are on the other side of build and review",
            count,
        ),
        "one_per_phase": ngettext(
            "%(count)d person holds another slot of this phase",
            "%(count)d people hold another slot of this phase",
            count,
        ),
        "budget": ngettext(
            "%(count)d person would exceed the budget",
            "%(count)d people would exceed the budget",
            count,
        ),
    }
    if rule in texts:
        return texts[rule] % {"count": count}
    if rule == "worth":
        return _("Filling it would cost more than it is worth under these weights")
    return _("Rule %(rule)s") % {"rule": rule}


def _skill_needs(details: dict[str, Any]) -> dict[str, int]:
    needs = details.get("required") or details.get("skills") or {}
    return {str(key): int(level) for key, level in needs.items()}


def row_weeks(row: ProposalRow) -> list[str]:
    return [week_math.iso_label(day) for day in week_math.each_week(row.start_on, row.end_on)]
