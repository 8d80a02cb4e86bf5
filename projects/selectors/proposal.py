"""A proposal as its page and the API show it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.models import Project, ProposalRow, StaffingRequest, StaffingRun
from projects.models.staffing import MONEY_SUPPOSED
from projects.selectors.holders import MONEY_RULES, holder_lines
from projects.selectors.requests import Leads
from roles.models import Person, Skill
from teamhub import weeks as week_math
from teamhub.accounts import permissions
from teamhub.accounts.models import User

Decision = ProposalRow.Decision

CRITERIA = {
    "coverage": gettext_lazy("coverage"),
    "fit": gettext_lazy("fit"),
    "cost": gettext_lazy("cost"),
    "continuity": gettext_lazy("continuity"),
}
SUBTRACTED = {"cost"}
RULE_NAMES = {
    "skill": gettext_lazy("skills"),
    "validity": gettext_lazy("validity of skills"),
    "distance": gettext_lazy("distance between sites"),
    "excluded": gettext_lazy("exclusion"),
    "availability": gettext_lazy("availability"),
    "capacity": gettext_lazy("other work"),
    "max_projects": gettext_lazy("most projects at once"),
    "independence": gettext_lazy("independence of build and review"),
    "one_per_phase": gettext_lazy("one slot per person and phase"),
    "apart": gettext_lazy("people kept apart"),
    "budget": gettext_lazy("budget"),
}


@dataclass(frozen=True)
class ShownRow:
    """One row with what this user may read and do."""

    row: ProposalRow
    may_decide: bool
    score: dict[str, int]  # by criterion, without money for those who may not see it
    reasons: list[str]  # why nobody, in words
    answering: str = ""  # leads who would be asked, or have been
    hire: str = ""  # somebody who is only supposed would take it, in words
    locked: bool = False  # asked for: this person or nobody

    @property
    def is_filled(self) -> bool:
        """Whether somebody takes it, if only somebody who is supposed."""
        return self.row.person_id is not None or bool(self.hire)

    @property
    def named_score(self) -> list[tuple[Any, int]]:
        """Criteria in words with the points that they add, or take away."""
        return [
            (CRITERIA.get(key, key), -points if key in SUBTRACTED else points)
            for key, points in self.score.items()
        ]


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
    def unmet_musts(self) -> int:
        return sum(1 for shown in self.unfilled if shown.row.slot.must_fill)

    @property
    def n_open(self) -> int:
        return sum(1 for s in self.filled if s.row.decision == Decision.OPEN and s.may_decide)

    @property
    def decided(self) -> Counter[str]:
        return Counter(shown.row.decision for shown in self.filled)

    @property
    def cost(self) -> Decimal | None:
        return self.run.cost if self.with_money else None


def rows_of(run: StaffingRun, user: User) -> Any:
    """The rows of those of its projects whose plan the user sees."""
    seen = run.rows.filter(slot__phase__project__in=Project.objects.detail_visible_to(user))
    return seen.select_related(
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
    rows = list(rows_of(run, user))
    answering = _answering(rows, user)
    pinned = _pinned(run)
    kept = {pin["slot"]: pin["person"] for pin in run.params.get("pins", ())}
    shown = [
        ShownRow(
            row=row,
            may_decide=row.slot.phase.project_id in editable and not run.is_what_if,
            score=score_for(row, money=money),
            reasons=_reasons(row, skills, pinned, money=money),
            answering=answering.get(row.pk, ""),
            hire=hire_of(row),
            locked=row.person_id is not None and kept.get(row.slot_id) == row.person_id,
        )
        for row in rows
    ]
    return ProposalView(
        run=run,
        rows=shown,
        with_money=money,
        may_decide=any(one.may_decide for one in shown),
    )


def hire_of(row: ProposalRow) -> str:
    """A supposed person in words, "" where the row names a real one or nobody."""
    number = str(row.score.get("hire", "")).removeprefix("hire-")
    return _("New hire %(number)s") % {"number": number} if number else ""


def _pinned(run: StaffingRun) -> dict[int, str]:
    """Names of those for whom slots are kept, by slot."""
    pins = {pin["slot"]: pin["person"] for pin in run.params.get("pins", ())}
    if not pins:
        return {}
    names = dict(Person.objects.filter(pk__in=pins.values()).values_list("pk", "name"))
    return {slot: names[person] for slot, person in pins.items() if person in names}


def _reasons(
    row: ProposalRow, skills: dict[str, str], pinned: dict[int, str], *, money: bool
) -> list[str]:
    """Why a row names nobody, in words."""
    if hire := hire_of(row):
        return [_("%(hire)s would take it.") % {"hire": hire}]
    lines = [
        line
        for one in row.blockers
        for line in blocker_lines(one, skills, money=money, start_on=row.start_on)
    ]
    if lines and row.slot_id in pinned:
        kept = _("It is kept for %(person)s, who cannot take it as the plan stands.")
        lines.insert(0, kept % {"person": pinned[row.slot_id]})
    return lines


def _answering(rows: list[ProposalRow], user: User) -> dict[int, str]:
    """Names of the leads who would have to agree to open rows, or have been asked."""
    pending = [row for row in rows if row.decision in {Decision.OPEN, Decision.REQUESTED}]
    leads = Leads(pending, by=user)
    names = {}
    for row in pending:
        if row.decision == Decision.OPEN:
            names[row.pk] = leads.answering(leads.asked(row))
    sent = StaffingRequest.objects.filter(row__in=pending).select_related("project__lead")
    for request in sent:
        if request.project is not None:
            names[request.row_id] = str(request.project.lead)
        else:
            names[request.row_id] = leads.answering({"department_id": request.department_id})
    return names


def score_for(row: ProposalRow, *, money: bool) -> dict[str, int]:
    """Points by criterion; with money hidden, only what does not tell a rate."""
    if money:
        return {key: value for key, value in row.score.items() if key in CRITERIA}
    return {key: value for key, value in row.score.items() if key == "fit"}


def shown_params(run: StaffingRun, user: User) -> dict[str, Any]:
    """What was asked; supposed rates and budgets only for those who see money."""
    params = dict(run.params)
    if "what_if" in params and not permissions.may_see_money(user):
        params["what_if"] = [
            {name: value for name, value in one.items() if name not in MONEY_SUPPOSED}
            for one in params["what_if"]
        ]
    return params


def blocker_lines(
    blocker: dict[str, Any], skills: dict[str, str], *, money: bool, start_on: date
) -> list[str]:
    """Why a slot stays open, in words: the rule to lift first, then what each rule takes away.

    Without `money` nothing is said that tells of rates or of a budget. `start_on` is the Monday of
    the first of the blocker's weeks.
    """
    reason = blocker.get("reason")
    rules_named = [one for one in blocker.get("rules", ()) if money or one not in MONEY_RULES]
    hidden = not money and (reason == "not_worth_it" or rules_named != [*blocker.get("rules", ())])
    if hidden and not rules_named:
        return [_("Something that only managers see stands in the way; ask one.")]
    if reason == "nobody":
        return [_("Nobody is employed in these weeks.")]
    if reason == "not_worth_it":
        return [_("Somebody could, but under these weights it would cost more than it is worth.")]
    if reason == "not_reached":
        return [_("Somebody could take it; the solver ran out of time. Allow more seconds.")]
    lines = []
    rules = [str(RULE_NAMES.get(rule, rule)) for rule in rules_named]
    if rules:
        text = _("Stands in the way: %(rules)s")
        lines.append(text % {"rules": _(" and ").join(rules)})
    lines += [_supply(row, skills) for row in blocker.get("skills", ())]
    if "of_holders" in blocker:
        return [*filter(None, lines), *holder_lines(blocker, start_on, money=money)]
    # Stored before holders were counted.
    lines += [
        _failing(rule, count)
        for rule, count in blocker.get("failing", {}).items()
        if money or rule not in MONEY_RULES
    ]
    return [line for line in lines if line]


def _supply(row: dict[str, Any], skills: dict[str, str]) -> str:
    text = ngettext(
        "%(count)d person holds %(skill)s at %(level)d or more, %(valid)d through all weeks",
        "%(count)d people hold %(skill)s at %(level)d or more, %(valid)d through all weeks",
        row["have"],
    )
    words = {"count": row["have"], "level": row["level"], "valid": row["valid"]}
    return text % (words | {"skill": skills.get(row["skill"], row["skill"])})


def _failing(rule: str, count: int) -> str:
    texts = {
        "distance": ngettext(
            "%(count)d person works too many hours away",
            "%(count)d people work too many hours away",
            count,
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
            "%(count)d person has as many projects as they may",
            "%(count)d people have as many projects as they may",
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
        "excluded": ngettext(
            "%(count)d person is kept from it by a wish",
            "%(count)d people are kept from it by a wish",
            count,
        ),
        "apart": ngettext(
            "%(count)d person would meet somebody whom they are to be kept apart from",
            "%(count)d people would meet somebody whom they are to be kept apart from",
            count,
        ),
        "budget": ngettext(
            "%(count)d person would exceed the budget",
            "%(count)d people would exceed the budget",
            count,
        ),
    }
    return texts[rule] % {"count": count} if rule in texts else ""


def row_weeks(row: ProposalRow) -> list[str]:
    return [week_math.iso_label(day) for day in week_math.each_week(row.start_on, row.end_on)]
