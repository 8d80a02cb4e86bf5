"""What a run asks beyond the plan: what may move and when, who must and who must not, what if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from projects.bridge.units import MONEY
from projects.kernel.staffing import changes
from projects.kernel.staffing.problem import InvalidProblem, StaffingProblem
from projects.models import Assignment
from roles.models import Person, Site
from roles.time_zones import standard_offset_hours
from teamhub import weeks
from teamhub.errors import InvalidInput

if TYPE_CHECKING:
    from projects.bridge.rows import Loading

Params = Mapping[str, Any]
Span = tuple[date, date]


@dataclass(frozen=True)
class Wishes:
    """The part of a run's parameters that decides what is open and what stays as it is.

    Attributes
    ----------
    from_on, to_on
        Mondays: only work in from_on <= week < to_on is open.
    absences
        By person: weeks in which they are taken to be away; what they hold then is open.
    """

    movable: bool = False
    frozen: frozenset[date] = frozenset()
    from_on: date | None = None
    to_on: date | None = None
    absences: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, params: Params) -> Wishes:
        people = params.get("people_budget")
        # A budget of people alone lets any number of their slots change hands.
        slots = params.get("change_budget", 0)
        return cls(
            movable=people != 0 and (slots > 0 or people is not None),
            frozen=frozenset(map(date.fromisoformat, params.get("frozen_weeks", ()))),
            from_on=_day(params.get("from_on")),
            to_on=_day(params.get("to_on")),
            absences=_absences(params),
        )

    def window(self, start: date, end: date) -> Span:
        """The part of some weeks that may be staffed."""
        return max(start, self.from_on or start), min(end, self.to_on or end)

    def may_move(self, assignment: Assignment) -> bool:
        """Whether no week of it is frozen and its person is there in all of them."""
        start, end = assignment.start_on, assignment.end_on
        return not any(start <= monday < end for monday in self.frozen) and self.kept_spans(
            assignment
        ) == [(start, end)]

    def holds(self, assignment: Assignment, monday: date) -> bool:
        """Whether it still takes this week."""
        inside = assignment.start_on <= monday < assignment.end_on
        away = self.absences.get(assignment.person_id, ())
        return inside and not any(start <= monday < end for start, end in away)

    def kept_spans(self, assignment: Assignment) -> list[Span]:
        """The weeks of an assignment in which its person is there, in one piece where they are."""
        if assignment.person_id not in self.absences:
            return [(assignment.start_on, assignment.end_on)]
        spans: list[Span] = []
        for monday in weeks.each_week(assignment.start_on, assignment.end_on):
            if not self.holds(assignment, monday):
                continue
            after = weeks.add_weeks(monday, 1)
            if spans and spans[-1][1] == monday:
                spans[-1] = spans[-1][0], after
            else:
                spans.append((monday, after))
        return spans


NO_WISHES = Wishes()


def named_people(params: Params) -> set[int]:
    """People whom the wishes name: they are loaded even where they are not employed then."""
    keys = {one["person"] for one in params.get("what_if", ()) if "person" in one}
    found = set(Person.objects.filter(key__in=keys).values_list("pk", flat=True)) if keys else set()
    return found | {pin["person"] for pin in params.get("pins", ())}


def with_rules(problem: StaffingProblem, params: Params, rows: Loading) -> StaffingProblem:
    """The problem under this run's rules: who must, who must not, how few may lose work."""
    index, pieces = rows.person_index, rows.pieces
    pinned = {pin["slot"]: pin["person"] for pin in params.get("pins", ())}
    exclude = {
        (s, index[one["person"]])
        for one in params.get("exclusions", ())
        if one["person"] in index
        for s, piece in enumerate(pieces)
        if one.get("slot", piece.slot.pk) == piece.slot.pk
        and one.get("project", piece.slot.phase.project_id) == piece.slot.phase.project_id
    }
    apart = {
        (index[one], index[other])
        for one, other in params.get("apart", ())
        if one in index and other in index
    }
    musts = set(params.get("must_fill", ()))
    slots = tuple(
        replace(slot, must_fill=True) if piece.slot.pk in musts else slot
        for slot, piece in zip(problem.slots, pieces, strict=True)
    )
    return replace(
        problem,
        slots=slots,
        pins=frozenset(
            (s, index[pinned[piece.slot.pk]])
            for s, piece in enumerate(pieces)
            if pinned.get(piece.slot.pk) in index
        ),
        exclude=problem.exclude | exclude,
        apart=frozenset(apart),
        max_movers=params.get("people_budget") if rows.wishes.movable else None,
    )


def with_changes(problem: StaffingProblem, params: Params, rows: Loading) -> StaffingProblem:
    """The problem in which what the run supposes has come true."""
    given = params.get("what_if", ())
    if not given:
        return problem
    read = _Changes(problem, rows)
    for number, one in enumerate(given, start=1):
        try:
            problem = changes.apply(problem, read.kernel_changes(one))
        except InvalidProblem as error:
            raise InvalidInput(
                _("Supposition %(number)d (%(kind)s) cannot be: %(error)s")
                % {"number": number, "kind": one["kind"], "error": error}
            ) from error
    return problem


class _Changes:
    """Reads changes in the product's words: keys, Mondays, shares, money."""

    def __init__(self, problem: StaffingProblem, rows: Loading) -> None:
        self.problem, self.rows = problem, rows
        self.person_key: dict[Any, str] = {one.key: str(one.pk) for one in rows.people}
        self.project_key: dict[Any, str] = {one.key: str(one.pk) for one in rows.projects}

    def kernel_changes(self, one: Params) -> Iterable[changes.Change]:
        """One change; of a slot one for each open piece, and none for weeks beyond the horizon."""
        kind = one["kind"]
        if kind == "lower":
            return [
                changes.Lower(slot.key, one["skill"], one["level"])
                for slot, piece in zip(self.problem.slots, self.rows.pieces, strict=True)
                if piece.slot.pk == one["slot"]
            ]
        if kind == "shift":
            project = self.project_key.get(one["project"], str(one["project"]))
            return [changes.Shift(project, one["phase"], one["weeks"])]
        if kind == "budget":
            amount = None if one["amount"] is None else int(Decimal(one["amount"]) * MONEY)
            project = self.project_key.get(one["project"], str(one["project"]))
            return [changes.Budget(project, amount)]
        if kind == "hire":
            return self._hire(one)
        return self._of_person(one, self.person_key.get(one["person"], str(one["person"])))

    def _of_person(self, one: Params, person: str) -> Iterable[changes.Change]:
        kind = one["kind"]
        if kind == "train":
            from_week = self.rows.week(date.fromisoformat(one["from_on"]))
            return [changes.Train(person, one["skill"], one["level"], from_week)]
        if kind == "rate":
            return [changes.Rate(person, int(Decimal(one["rate"]) * 100))]
        if kind == "more_projects":
            return [changes.MoreProjects(person, one["max_projects"])]
        start, end = self._weeks(one)
        if start >= end:
            return []
        if kind == "free":
            return [changes.Free(person, _hundredths(one), start, end)]
        return [changes.Absent(person, start, end)]

    def _hire(self, one: Params) -> Iterable[changes.Change]:
        start, end = self._weeks(one)
        if start >= end:
            return []
        site = Site.objects.filter(key=one.get("site", "")).first() or self.rows.projects[0].site
        if "rate" in one:
            rate = int(Decimal(one["rate"]) * 100)
        else:  # neither dear nor cheap
            rates = [person.rate for person in self.problem.people]
            rate = round(sum(rates) / max(1, len(rates)))
        return [
            changes.Hire(
                skills=tuple(sorted(one["skills"].items())),
                fte=_hundredths(one),
                start=start,
                end=end,
                site=site.key,
                utc_offset_minutes=round(60 * standard_offset_hours(site.time_zone)),
                rate=rate,
            )
        ]

    def _weeks(self, one: Params) -> tuple[int, int]:
        start = self.rows.week(date.fromisoformat(one["start_on"]))
        end = self.rows.week(date.fromisoformat(one["end_on"]))
        return max(0, start), min(self.problem.n_weeks, end)


def _hundredths(one: Params) -> int:
    return round(100 * float(one["fte_share"]))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _absences(params: Params) -> dict[int, tuple[Span, ...]]:
    given = [one for one in params.get("what_if", ()) if one["kind"] == "absent"]
    if not given:
        return {}
    keys = {one["person"] for one in given}
    ids = dict(Person.objects.filter(key__in=keys).values_list("key", "pk"))
    found: dict[int, tuple[Span, ...]] = {}
    for one in given:
        span = date.fromisoformat(one["start_on"]), date.fromisoformat(one["end_on"])
        if one["person"] in ids:
            pk = ids[one["person"]]
            found[pk] = (*found.get(pk, ()), span)
    return found
