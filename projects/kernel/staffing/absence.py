"""Slots cut into pieces where their holders are away, so that each piece can go its own way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from projects.kernel.staffing import changes
from projects.kernel.staffing.problem import Slot, StaffingProblem, require

Absences = Mapping[int, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Split:
    """A problem in which the absent have no time, and the plan of its pieces.

    Attributes
    ----------
    problem, plan
        Pieces take the places of the slots that were cut; lost pieces are open.
    origin
        Slot of the original problem for each piece.
    lost
        The pieces that lose their holder, in the order of weeks within a slot.
    """

    problem: StaffingProblem
    plan: tuple[int, ...]
    origin: tuple[int, ...]
    lost: tuple[int, ...]


def absences_of(problem: StaffingProblem, given: Any) -> Absences:
    """Weeks in which people are away, by index of the person.

    Raises
    ------
    InvalidProblem
        Names the entry that is no object, the person who is unknown, or weeks outside the horizon.
    """
    require(isinstance(given, list) and len(given) > 0, "absent", "is no list of absences")
    number = {person.key: p for p, person in enumerate(problem.people)}
    found: dict[int, list[tuple[int, int]]] = {}
    for place, row in enumerate(given):
        complete = isinstance(row, Mapping) and {"person", "start", "end"} <= set(row)
        require(complete, f"absent {place}", "needs person, start and end")
        key, start, end = row["person"], row["start"], row["end"]
        require(key in number, f"person {key}", "the problem has none by this key")
        numbers = type(start) is int and type(end) is int
        inside = numbers and 0 <= start < end <= problem.n_weeks
        complaint = f"weeks {start} to {end} of {problem.n_weeks} are not a range"
        require(inside, f"person {key}", complaint)
        found.setdefault(number[key], []).append((start, end))
    return found


def away(problem: StaffingProblem, absences: Absences) -> StaffingProblem:
    """The problem in which the absent have no time."""
    return changes.apply(
        problem,
        [
            changes.Absent(problem.people[p].key, start, end)
            for p, ranges in absences.items()
            for start, end in ranges
        ],
    )


def split(problem: StaffingProblem, plan: Sequence[int], absences: Absences) -> Split:
    """Cut each slot of an absent holder at the borders of the absence."""
    slots: list[Slot] = []
    people: list[int] = []
    origin: list[int] = []
    lost: list[int] = []
    first: list[int] = []
    for s, slot in enumerate(problem.slots):
        first.append(len(slots))
        for start, end, gone in _pieces(slot, absences.get(plan[s], ())):
            whole = (start, end) == (slot.start, slot.end)
            key = slot.key if whole else f"{slot.key}@{start}"
            if gone:
                lost.append(len(slots))
            must = slot.must_fill and not gone and plan[s] >= 0
            slots.append(replace(slot, key=key, start=start, end=end, must_fill=must))
            people.append(-1 if gone else plan[s])
            origin.append(s)
    first.append(len(slots))
    changed = replace(
        problem,
        slots=tuple(slots),
        seats=tuple(
            tuple(piece for s in chain for piece in range(first[s], first[s + 1]))
            for chain in problem.seats
        ),
        facts=tuple(
            replace(fact, next_to=tuple(first[s] for s in fact.next_to)) for fact in problem.facts
        ),
        start=None,
        max_changes=None,
        **by_piece(problem, origin, set(lost)),
    )
    return Split(away(changed, absences), tuple(people), tuple(origin), tuple(lost))


def _pieces(slot: Slot, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """The longest runs of weeks with and without the holder."""
    found: list[tuple[int, int, bool]] = []
    for week in range(slot.start, slot.end):
        gone = any(start <= week < end for start, end in ranges)
        if found and found[-1][2] is gone:
            found[-1] = (found[-1][0], week + 1, gone)
        else:
            found.append((week, week + 1, gone))
    return found


def by_piece(
    problem: StaffingProblem, origin: Sequence[int], lost: Collection[int] = ()
) -> dict[str, Any]:
    """What the problem says of pairs of slot and person, said of each piece.

    Parameters
    ----------
    lost
        Pieces whose holder is gone: that a slot is pinned to the holder must not keep them open.
    """
    pieces: dict[int, list[int]] = {}
    for piece, s in enumerate(origin):
        pieces.setdefault(s, []).append(piece)
    pins = getattr(problem, "pins", None)
    given: dict[str, Any] = {
        "exclude": frozenset((piece, p) for s, p in problem.exclude for piece in pieces[s]),
    }
    if problem.fit is not None:
        given["fit"] = {
            (piece, p): points for (s, p), points in problem.fit.items() for piece in pieces[s]
        }
    if pins:
        given["pins"] = frozenset(
            (piece, p) for s, p in pins for piece in pieces[s] if piece not in lost
        )
    return given
