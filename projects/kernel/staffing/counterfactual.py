"""Why not her: what forcing somebody into a slot would lose, and what would make her the first.

Both sides of each comparison are the best plans of one neighbourhood (docs/formulas.md#why-not).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.kernel.staffing import changes, verify, ways
from projects.kernel.staffing.explain import binding_weeks
from projects.kernel.staffing.greedy import continuity
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.neighbourhood import Plan, Resolved, around, placed, resolve, settled
from projects.kernel.staffing.problem import InvalidProblem, StaffingProblem, StaffingSolution
from teamhub.kernel.budget import Deadline, Report

Json = dict[str, Any]
PARTS = ("coverage", "fit", "cost", "continuity", "overload")


def answer(
    problem: StaffingProblem,
    plan: Plan,
    params: Mapping[str, Any],
    deadline: Deadline,
    seed: int,
    report: Report,
) -> Json:
    """Say why a person does not hold a slot, what forcing her would lose, and what would help.

    Parameters
    ----------
    plan
        Index of the person per slot, -1 where open.
    params
        {"slot": key, "person": key}.

    Returns
    -------
    dict
        slot, person, holder (keys); failing, the rules that she fails on the plan as it stands, and
        weeks, those in which they bind; score and holder_score in points (money in money units);
        first, whether she is strictly the best choice of the neighbourhood already; ways, the
        smallest changes that make her so (see `ways`); never, the rules that no change of hers
        lifts; needs, all that she lacks to take the slot, where that is too much to ask; forced,
        see `_loss`; neighbourhood, its size.

    Raises
    ------
    InvalidProblem
        Names a slot or a person that the problem does not have.
    """
    s = _index("slot", params, [slot.key for slot in problem.slots])
    p = _index("person", params, [person.key for person in problem.people])
    problem = settled(problem, plan)
    report("Trying changes", 0.1)
    both = compare(problem, plan, s, p, deadline, seed)
    lost = both.lost
    case = ways.Case(problem, plan, s, p, both.slots, deadline, seed)
    first = case.first(())
    found = ways.Found()
    # Where the time hid a better plan without her, so it would hide what makes her first.
    if not first and both.worth is not None and not (lost and lost["cut_short"]):
        report("Confirming by solving again", 0.3)
        found = ways.smallest(case, both.worth, None if lost is None else lost["loss"])
    standing = placed(problem, plan)
    return {
        "slot": problem.slots[s].key,
        "person": problem.people[p].key,
        "holder": _key(problem, plan[s]),
        **_standing(standing, s, p),
        "score": score(standing, s, p),
        "holder_score": score(standing, s, plan[s]) if plan[s] >= 0 else None,
        "first": first,
        "ways": [_way(way) for way in found.ways],
        "never": [rule.value for rule in found.never],
        "needs": [changes.to_json(change) for change in found.needs],
        "forced": lost,
        "estimate": True,
        "neighbourhood": {
            "slots": len(both.slots),
            "people": len(set(standing.tables.suited(s).tolist()) | {p}),
        },
    }


@dataclass(frozen=True)
class Comparison:
    """A neighbourhood solved freely, and with somebody in a slot.

    `worth` is the objective of the free plan, None where none was found; `lost` what the forced one
    is worth less, None where there is none.
    """

    slots: tuple[int, ...]
    worth: int | None
    lost: Json | None


def compare(
    problem: StaffingProblem, plan: Plan, s: int, p: int, deadline: Deadline, seed: int = 0
) -> Comparison:
    """Solve the neighbourhood of a slot twice, freely and with a person in it.

    The must-fill slots of the problem are those that the plan fills (see `settled`).
    """
    slots = around(placed(problem, plan), s, p)
    free = resolve(problem, plan, slots, deadline, seed=seed)
    forced = resolve(problem, plan, slots, deadline, force=(s, p), seed=seed)
    if free is None:
        return Comparison(slots, None, None)
    worth = verify.value(problem, StaffingSolution(free.plan)).objective
    return Comparison(slots, worth, _loss(problem, plan, free, forced, s, p))


def _index(kind: str, params: Mapping[str, Any], keys: list[str]) -> int:
    key = params.get(kind)
    if key not in keys:
        raise InvalidProblem(f"{kind} {key}: the problem has none by this key")
    return keys.index(key)


def _key(problem: StaffingProblem, p: int) -> str | None:
    return problem.people[p].key if p >= 0 else None


def _standing(ledger: Ledger, s: int, p: int) -> Json:
    """The rules she fails on the plan as it stands, the slot open for her."""
    holder = int(ledger.plan[s])
    if holder >= 0:
        ledger.remove(s)
    rules = ways.failed_rules(ledger, s, p)
    weeks = binding_weeks(ledger, s, p, rules)
    if holder >= 0:
        ledger.place(s, holder)
    return {"failing": [rule.value for rule in rules], "weeks": list(weeks)}


def score(ledger: Ledger, s: int, p: int) -> Json:
    """What a person is worth in a slot beside all that is placed; `cost` is a loss.

    Continuity counts the slots on both sides in the seat: it is what the plan has of this choice.
    """
    tables, who = ledger.tables, np.array([p])
    effort = int(tables.effort[s])
    kept = int(continuity(ledger, s, who)[0])
    kept += sum(points for held_by, points in ledger.beside_facts.get(s, ()) if held_by == p)
    return {
        "coverage": tables.problem.weights.priority * int(tables.priority[s]) * effort,
        "fit": int(tables.fit(s, who)[0]) * effort,
        "cost": int(tables.cost(s, who)[0]),
        "continuity": kept,
        "money": int(tables.rate[p]) * effort,
    }


def _loss(
    problem: StaffingProblem, plan: Plan, free: Resolved, forced: Resolved | None, s: int, p: int
) -> Json | None:
    """What the neighbourhood loses with her in the slot; None where no such plan exists.

    `loss` and `parts` compare with the best plan known, in which `taker` has the slot and she has
    the slots `elsewhere` that she gives up; `gain` compares with the plan as it stands, and so do
    the moves. `cut_short`: the best plan known is the one with her, for the time ended.
    """
    if forced is None:
        return None
    without = verify.value(problem, StaffingSolution(free.plan))
    with_her = verify.value(problem, StaffingSolution(forced.plan))
    cut_short = with_her.objective > without.objective
    if cut_short:
        free, without = forced, with_her
    standing = verify.value(problem, StaffingSolution(plan))
    moves = [
        {
            "slot": problem.slots[other].key,
            "before": _key(problem, before),
            "after": _key(problem, after),
        }
        for other, (before, after) in enumerate(zip(plan, forced.plan, strict=True))
        if before != after
    ]
    pairs = enumerate(zip(free.plan, forced.plan, strict=True))
    given_up = [other for other, (best, now) in pairs if best == p != now]
    return {
        "loss": without.objective - with_her.objective,
        "gain": with_her.objective - standing.objective,
        "cut_short": cut_short,
        "taker": _key(problem, free.plan[s]),
        "elsewhere": [problem.slots[other].key for other in given_up],
        "parts": {part: getattr(with_her, part) - getattr(without, part) for part in PARTS},
        "moves": moves,
        "proven": free.proven and forced.proven,
    }


def _way(way: ways.Way) -> Json:
    return {
        "changes": [changes.to_json(change) for change in way.changes],
        "gain": way.gain,
        "burden_fte_weeks": round(way.burden, 2),
        "first": True,
        "smallest": way.smallest,
    }
