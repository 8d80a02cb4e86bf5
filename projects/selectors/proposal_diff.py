"""A proposal against the present plan: who moves and why, who is added, what stays open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Count

from projects.models import PlanChange, PlanChangeLine, Project, ProposalRow, StaffingRun
from projects.selectors.move_reasons import MoveReasons
from projects.selectors.proposal import Decision, ProposalView, ShownRow, proposal_view
from projects.selectors.proposal_breaches import Breach, breaches, lets_nobody_move
from projects.selectors.proposal_fit import Fit, FitWords, fit_of
from projects.selectors.standing import Ground, Held, Standing
from roles.models import Person
from teamhub.accounts.models import User

DRAWN = 50  # rows that a page draws at once; of one large project as many of each kind


@dataclass(frozen=True)
class DiffRow:
    """One row of the proposal and why it says what it says."""

    shown: ShownRow
    why: list[str]
    instead_of: Person | None = None  # who holds the slot, or held it before the acceptance
    unfit: list[str] = field(default_factory=list)  # what stands in its way today, in words
    together: list[str] = field(default_factory=list)  # other projects without which it is refused
    alone: list[str] = field(default_factory=list)  # and why it would be

    @property
    def row(self) -> ProposalRow:
        return self.shown.row

    @property
    def key(self) -> str:
        return str(self.row.pk)

    @property
    def is_move(self) -> bool:
        return self.shown.is_filled and self.instead_of is not None

    @property
    def may_decide(self) -> bool:
        return self.shown.may_decide and self.row.decision == Decision.OPEN


@dataclass(frozen=True)
class Group:
    """The rows of one project."""

    project: Project
    filled: list[DiffRow]
    open: list[DiffRow]
    drawn: int = 0  # how many rows this page draws of each kind

    @property
    def n_rows(self) -> int:
        return len(self.filled) + len(self.open)

    @property
    def n_moves(self) -> int:
        return sum(one.is_move for one in self.filled)

    @property
    def n_deciding(self) -> int:
        return sum(one.may_decide and not one.unfit for one in self.filled)

    @property
    def unmet_musts(self) -> int:
        return sum(one.row.slot.must_fill for one in self.open)

    @property
    def drawn_filled(self) -> list[DiffRow]:
        return self.filled[: self.drawn]

    @property
    def drawn_open(self) -> list[DiffRow]:
        return self.open[: self.drawn]

    @property
    def n_hidden(self) -> int:
        return self.n_rows - len(self.drawn_filled) - len(self.drawn_open)


@dataclass(frozen=True)
class Diff:
    """What changes, by kind, and the figures of both plans.

    Before is today's plan without what was accepted of this proposal; after is the plan with all
    that it proposes, apart from what was rejected.
    """

    view: ProposalView
    moves: list[DiffRow]
    adds: list[DiffRow]
    open: list[DiffRow]
    before: Standing
    after: Standing
    breaches: list[Breach]  # what today's plan breaks already and the proposal leaves so

    @property
    def fitting(self) -> list[DiffRow]:
        """The open rows that an acceptance of all would take."""
        return [one for one in self.moves + self.adds if one.may_decide and not one.unfit]

    @property
    def n_unfit(self) -> int:
        return sum(bool(one.unfit) for one in self.moves + self.adds)

    @property
    def n_added(self) -> int:
        return sum(not one.unfit for one in self.adds)

    @property
    def n_moved(self) -> int:
        return sum(not one.unfit for one in self.moves)

    @property
    def n_filled(self) -> int:
        """Rows with somebody whom today's plan does not keep from it."""
        return self.n_added + self.n_moved

    @property
    def n_asking(self) -> int:
        """How many of them become requests to other leads."""
        return sum(bool(one.shown.answering) for one in self.fitting)

    @property
    def unmet_musts(self) -> int:
        """Slots that must be filled and are not in full, with the whole proposal in the plan."""
        return self.after.open_musts

    @property
    def n_may_move(self) -> int:
        """How many people to let move where nobody was allowed to and some have too much."""
        return len(self.before.over) * lets_nobody_move(self.view.run)

    @property
    def worst_project(self) -> Project | None:
        """The first project with a slot that must be filled and stays open."""
        musts = (one for one in self.open if one.row.slot.must_fill)
        return next((one.row.slot.phase.project for one in musts), None)

    def groups_with(self, asked: str = "") -> list[Group]:
        """By project; the first ones are drawn, others when they are opened.

        `asked` is the id of a project whose rows are all drawn.
        """
        filled: dict[int, list[DiffRow]] = defaultdict(list)
        unfilled: dict[int, list[DiffRow]] = defaultdict(list)
        projects: dict[int, Project] = {}
        for rows, into in ((self.moves + self.adds, filled), (self.open, unfilled)):
            for one in rows:
                project = one.row.slot.phase.project
                projects[project.pk] = project
                into[project.pk].append(one)
        found: list[Group] = []
        left = DRAWN
        for pk in sorted(projects, key=lambda pk: (projects[pk].name, pk)):
            group = Group(projects[pk], filled[pk], unfilled[pk])
            fits = not found or group.n_rows <= left
            drawn = group.n_rows if str(pk) == asked else DRAWN * fits
            left = max(0, left - group.n_rows * fits)
            found.append(Group(group.project, group.filled, group.open, drawn))
        return found


def diff_of(run: StaffingRun, user: User) -> Diff:
    """The whole proposal as a diff (a fixed number of queries, whatever its size)."""
    view = proposal_view(run, user)
    shown_rows = [shown.row for shown in view.rows]
    taken, fit = Taken(run), fit_of(run)
    before, after = standings(run, shown_rows, user, taken=taken, fit=fit)
    holders = taken.holders(shown_rows)
    why = MoveReasons(run, view, holders, before)
    words = FitWords(fit, user)
    rows = [
        DiffRow(
            shown,
            why.of(shown),
            holders.get(shown.row.pk),
            words.of(shown.row, fit.refused, may_decide=shown.may_decide),
            words.together(shown.row),
            words.of(shown.row, fit.alone, may_decide=shown.may_decide),
        )
        for shown in view.rows
    ]
    return Diff(
        view=view,
        moves=[one for one in rows if one.is_move],
        adds=[one for one in rows if one.shown.is_filled and not one.is_move],
        open=[one for one in rows if not one.shown.is_filled],
        before=before,
        after=after,
        breaches=breaches(run, user, over=before.over, still=after.over),
    )


class Taken:
    """What acceptances of a proposal took from those who held it (three queries).

    A row forgets the assignment that it replaced when it is accepted; the plan keeps it.
    """

    def __init__(self, run: StaffingRun) -> None:
        lines = PlanChangeLine.objects.filter(
            change__run=run, change__kind=PlanChange.Kind.ACCEPT
        ).select_related("person", "change")
        self.lines = list(lines.order_by("pk"))
        made = acceptances(run) if self.lines else []
        self.standing = {change.pk for change in made if change.stands}  # type: ignore[attr-defined]

    def holders(self, rows: Iterable[ProposalRow]) -> dict[int, Person]:
        """By row: who holds its slot and would go, or has gone."""
        at = {(line.change_id, line.assignment_id): line for line in self.lines}
        gone: dict[int, Person] = {}
        for line in self.lines:
            moved = line.kept.get("row") or {}
            former = at.get((line.change_id, moved.get("from", {}).get("replaces")))
            if former is not None:
                gone[moved["id"]] = former.person
        found: dict[int, Person] = {}
        for row in rows:
            if row.replaces is not None:
                found[row.pk] = row.replaces.person
            elif row.decision in {Decision.ACCEPTED, Decision.REQUESTED} and row.pk in gone:
                found[row.pk] = gone[row.pk]
        return found

    def ended(self) -> list[Held]:
        """Weeks of work that ended and that no undo has brought back."""
        found = []
        for line in self.lines:
            before, after = line.before, line.after
            if before is None or line.change_id not in self.standing:
                continue
            start = before["start_on"] if after is None else after["end_on"]
            if start >= before["end_on"]:
                continue
            found.append(
                Held(
                    line.assignment_id if after is None else None,
                    line.slot_id,
                    line.person_id,
                    date.fromisoformat(start),
                    date.fromisoformat(before["end_on"]),
                    before["fte_hundredths"],
                )
            )
        return found


def standings(
    run: StaffingRun, rows: Iterable[ProposalRow], user: User, *, taken: Taken, fit: Fit
) -> tuple[Standing, Standing]:
    """Figures of the plan before this proposal and with it, as far as it still fits."""
    rows = [row for row in rows if row.person_id is not None or row.score.get("hire")]
    ended = taken.ended()
    start, end = (_day(run.params.get(name)) for name in ("from_on", "to_on"))
    ground = Ground(
        run.projects.all(),
        user,
        start=start,
        end=end,
        people={row.person_id for row in rows if row.person_id is not None}
        | {one.person for one in ended},
    )
    made = {row.assignment_id for row in rows if row.assignment_id}
    present = [one for one in ground.held if one.assignment not in made]
    standing = [row for row in rows if _stands(row) and row.pk not in fit.refused]
    moved = {row.replaces_id: row.start_on for row in standing if row.replaces_id is not None}
    after = [left for one in present if (left := _left(one, moved)) is not None]
    after += [_proposed(row) for row in standing]
    return ground.standing(present + ended), ground.standing(after)


def _left(one: Held, moved: dict[int, date]) -> Held | None:
    """What stays of some work: of begun work that moves, the weeks before it does."""
    goes_on = moved.get(one.assignment) if one.assignment is not None else None
    if goes_on is None or one.end_on <= goes_on:
        return one
    return None if one.start_on >= goes_on else replace(one, end_on=goes_on)


def acceptances(run: StaffingRun) -> list[PlanChange]:
    """What was accepted of the proposal, newest first.

    Each has `stands` (whether no undo took it back, or a redo brought it back) and `last`, the
    change that an undo or redo of it takes back now.
    """
    made = run.changes.filter(kind=PlanChange.Kind.ACCEPT).select_related("by")
    found: list[PlanChange] = list(made.annotate(n_lines=Count("lines")))
    undone = run.changes.filter(undoes__isnull=False).select_related("by")
    later = {change.undoes_id: change for change in undone}
    for change in found:
        last, stands = change, True
        while last.pk in later:
            last, stands = later[last.pk], not stands
        change.last, change.stands = last, stands  # type: ignore[attr-defined]
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _stands(row: ProposalRow) -> bool:
    return row.decision != Decision.REJECTED


def _proposed(row: ProposalRow) -> Held:
    person = row.person_id or 0  # rows without a person do not come here
    return Held(None, row.slot_id, person, row.start_on, row.end_on, row.fte_hundredths)
