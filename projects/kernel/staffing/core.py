"""Why slots that must be filled cannot all be filled: those that nobody can take at all, and a
smallest clash of the rest, in people and slots.

A clash is told in groups that a manager knows: this slot must be filled; this person's time, most
projects, independence, one slot a phase; this project's budget. A group is relaxed by leaving out
all of its rows (docs/formulas.md#core).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.kernel.staffing.clash import Clash, Group
from projects.kernel.staffing.explain import Blocker, Reason, blocker
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.neighbourhood import Plan
from projects.kernel.staffing.problem import InvalidProblem, Rule, StaffingProblem
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Deadline, Report

Json = dict[str, Any]
# So few groups are tried one by one from the start: most of them will be needed.
FEW = 40
NOBODY = {Reason.BLOCKED, Reason.NOBODY}
USUAL = {Rule.MUST_FILL, Rule.CAPACITY, Rule.ONE_PER_PHASE}


@dataclass(frozen=True)
class Core:
    """A set of groups that cannot hold together; empty where everything can.

    A group of Rule.APART is numbered by its pair in `apart`.

    `minimal` says that dropping any one group was shown to leave a satisfiable rest; `known` is
    False where the time ended before it was clear whether there is a clash at all.
    """

    groups: tuple[Group, ...]
    minimal: bool
    known: bool = True
    apart: tuple[tuple[int, int], ...] = ()


def answer(
    problem: StaffingProblem,
    plan: Plan,
    params: Mapping[str, Any],
    deadline: Deadline,
    seed: int,
    report: Report,
) -> Json:
    """Name a smallest clash among slots that must all be filled, beside the facts.

    Parameters
    ----------
    plan
        Not looked at: the question is whether any plan fills them.
    params
        {"slots": keys}; absent or empty: every must-fill slot.

    Returns
    -------
    dict
        feasible (None: not known in the time); alone: every slot that nobody can take though all
        others stay open, with what stops those who hold its skills; then of the others:
        rest_feasible; slots, people [{person, rule}] and projects [{project, rule}] of their clash,
        with `beside` where people are to be kept apart; minimal; sentence_parts: of each slot of
        the clash how many people suit it, and who of them are in the clash. rest: the slots asked
        about that are in neither.

    Raises
    ------
    InvalidProblem
        Names a slot that the problem does not have.
    """
    slots = _slots(problem, params)
    tables = Tables(problem)
    report("Trying changes", 0.1)
    ledger = Ledger(tables)
    alone = [why for s in slots if (why := blocker(ledger, s)).reason in NOBODY]
    lost = {why.slot for why in alone}
    core = smallest(ledger, [s for s in slots if s not in lost], deadline, seed=seed)
    report("Confirming by solving again", 0.95)
    clash = [problem.slots[g.number].key for g in core.groups if g.rule is Rule.MUST_FILL]
    people = [_rule(problem, core, g) for g in core.groups if _people(core, g)]
    budgets = [g.number for g in core.groups if g.rule is Rule.BUDGET]
    feasible = not core.groups if core.known else None
    named = {problem.slots[s].key for s in lost} | set(clash)
    return {
        "feasible": False if alone else feasible,
        "alone": [_alone(problem, why) for why in alone],
        "rest_feasible": feasible,
        "slots": clash,
        "people": people,
        "projects": [{"project": problem.projects[j].key, "rule": "budget"} for j in budgets],
        "minimal": core.minimal,
        "sentence_parts": _parts(tables, core),
        "rest": [key for s in slots if (key := problem.slots[s].key) not in named],
    }


def _alone(problem: StaffingProblem, why: Blocker) -> Json:
    slot = problem.slots[why.slot]
    return {
        "slot": slot.key,
        "weeks": [slot.start, slot.end],
        "side": slot.side.value,
        "skills": [
            {"skill": one.skill, "level": one.level, "have": one.have, "valid": one.valid}
            for one in why.supply
        ],
        "holders": why.holders,
        "of_holders": [
            {"rule": one.rule.value, "count": one.count, "weeks": list(one.weeks)}
            for one in why.of_holders
        ],
    }


def _people(core: Core, group: Group) -> tuple[int, ...]:
    """Whose rule a group is."""
    if group.rule in {Rule.MUST_FILL, Rule.BUDGET}:
        return ()
    return core.apart[group.number] if group.rule is Rule.APART else (group.number,)


def _rule(problem: StaffingProblem, core: Core, group: Group) -> Json:
    keys = [problem.people[p].key for p in _people(core, group)]
    row: Json = {"person": keys[0], "rule": group.rule.value}
    return row | ({"beside": keys[1]} if group.rule is Rule.APART else {})


def _slots(problem: StaffingProblem, params: Mapping[str, Any]) -> list[int]:
    wanted = params.get("slots")
    if not wanted:
        return [s for s, slot in enumerate(problem.slots) if slot.must_fill]
    number = {slot.key: s for s, slot in enumerate(problem.slots)}
    for key in wanted:
        if key not in number:
            raise InvalidProblem(f"slot {key}: the problem has none by this key")
    return sorted({number[key] for key in wanted})


def _parts(tables: Tables, core: Core) -> Json:
    named = {p for group in core.groups for p in _people(core, group)}
    rows = []
    for group in core.groups:
        if group.rule is Rule.MUST_FILL:
            suited = tables.suited(group.number).tolist()
            rows.append(
                {
                    "slot": tables.problem.slots[group.number].key,
                    "suited": len(suited),
                    "people": [tables.problem.people[p].key for p in suited if p in named],
                }
            )
    return {"n_slots": len(rows), "n_people": len(named), "slots": rows}


def smallest(ledger: Ledger, slots: Sequence[int], deadline: Deadline, *, seed: int = 0) -> Core:
    """Reduce the clash among some slots until nothing can be left out of it.

    Parameters
    ----------
    ledger
        With facts only; slots outside `slots` stay open.

    Notes
    -----
    A deletion filter. While the relaxation (shares of people) is infeasible, its prices name a
    clash among few groups at once; where only whole people make it infeasible, a branch and bound
    decides. Many groups go by the handful first, then one by one, slots before rules.
    """
    clash = Clash(ledger, slots, deadline, seed)
    everything = frozenset(clash.groups)
    # Time alone is the usual reason, and its programme a fraction of the whole.
    verdict = clash.test(frozenset(g for g in everything if g.rule in USUAL))
    if not verdict.infeasible:
        verdict = clash.test(everything)
    if not verdict.infeasible:
        return Core((), minimal=verdict.known, known=verdict.known)
    kept, needed, sure = verdict.support, set[Group](), True
    step = 1 if len(kept) <= FEW else len(kept) // 4
    while (loose := sorted(kept - needed, key=_order)) and not deadline.over:
        for first in range(0, len(loose), step):
            part = frozenset(loose[first : first + step]) & kept
            if not part:
                continue
            found = clash.test(kept - part)
            if found.infeasible:
                kept = found.support
            elif step == 1:
                needed |= part
                sure &= found.known
        step = max(1, step // 4)
    groups = tuple(sorted(kept, key=_order))
    return Core(groups, minimal=sure and kept <= needed, apart=tuple(clash.apart))


def _order(group: Group) -> tuple[bool, str, int]:
    """Slots are tried first, so that few of them remain."""
    return group.rule is not Rule.MUST_FILL, group.rule.value, group.number
