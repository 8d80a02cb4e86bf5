"""Work that breaks a rule goes to somebody else; what nobody takes over stays, as a fact."""

from __future__ import annotations

import random
from dataclasses import replace
from threading import Event

import pytest

from projects.kernel.staffing import codec, job, verify
from projects.kernel.staffing.holders import kept, left_alone, relieved, with_holders
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution
from teamhub.kernel.budget import Silence
from tests.unit.projects.staffing_cases import Notes, person, problem, project, slot, tiny


@pytest.mark.parametrize("seed", range(30))
def test_slots_turned_into_facts_are_counted_as_the_plan_that_fills_them(seed: int) -> None:
    """What is worth what is the same: the facts' own points are all that is gone."""
    rng = random.Random(seed)
    given = tiny(seed)
    n_people = len(given.people)
    start = tuple(rng.choice([-1, *range(n_people)]) for _ in given.slots)
    given = replace(given, start=start, weights=replace(given.weights, overload=0))
    held = [s for s, p in enumerate(start) if p >= 0]
    turned = frozenset(rng.sample(held, k=min(len(held), 2)))
    stays = [s for s in range(len(start)) if s not in turned]

    facts = with_holders(given, turned)

    assert [slot.key for slot in facts.slots] == [given.slots[s].key for s in stays]
    plan = tuple(rng.choice([-1, *range(n_people)]) for _ in stays)
    whole = list(start)
    for s, p in zip(stays, plan, strict=True):
        whole[s] = p
    alone = tuple(p if s in turned else -1 for s, p in enumerate(whole))
    value = verify.value(facts, StaffingSolution(plan))
    both = verify.value(given, StaffingSolution(tuple(whole)))
    theirs = verify.value(given, StaffingSolution(alone))
    assert value.coverage + theirs.coverage == both.coverage
    assert value.fit + theirs.fit == both.fit
    assert value.cost + theirs.cost == both.cost
    assert value.continuity + theirs.continuity == both.continuity


def test_only_what_the_start_filled_is_left_alone() -> None:
    given = replace(tiny(1), start=(0, 1, *(-1 for _ in tiny(1).slots[2:])))
    plan = (-1, 2, *(-1 for _ in given.slots[2:]))
    assert left_alone(given, plan) == {0}


def over(*others: str, **limits: int) -> StaffingProblem:
    """Ana holds two slots of 8 and has time for one; the others hold nothing."""
    return problem(
        people=(person("ana"), *map(person, others)),
        projects=(project("a", priority=1), project("b", priority=2)),
        slots=(slot("small", fte=8), slot("great", project=1, fte=8)),
        start=(0, 0),
        **limits,
    )


@pytest.mark.parametrize("limits", [{"max_changes": 1}, {"max_movers": 1}])
def test_who_is_over_gives_the_smaller_stake_away_and_that_counts(limits: dict[str, int]) -> None:
    given = relieved(over("ben", **limits))

    assert (given.start, given.facts) == ((1, 0), ())
    assert [getattr(given, name) for name in limits] == [0]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(over(max_movers=1), id="nobody can take it"),
        pytest.param(over("ben", max_movers=0), id="nobody may move"),
        pytest.param(over("ben", max_changes=0), id="nothing may move"),
    ],
)
def test_who_cannot_be_relieved_keeps_all(given: StaffingProblem) -> None:
    assert [fact.person for fact in relieved(given).facts] == [0, 0]
    assert relieved(given).slots == ()


def test_where_one_slot_has_no_taker_the_other_goes() -> None:
    given = over("ben", max_movers=1)
    given = replace(given, exclude=frozenset({(0, 1)}))

    (left,) = relieved(given).slots
    assert (left.key, relieved(given).start) == ("great", (1,))
    assert [(fact.person, fact.project) for fact in relieved(given).facts] == [(0, "a")]


def test_nobody_who_is_over_takes_from_another() -> None:
    given = over("ben", max_movers=2)
    both = (*given.slots, slot("mine", phase="2", fte=8), slot("yours", project=1, phase="2"))
    given = replace(given, slots=both, start=(0, 0, 1, 1))
    assert relieved(given).slots == ()


@pytest.mark.parametrize("seed", range(60))
def test_what_is_begun_from_keeps_the_rules_and_the_budgets(seed: int) -> None:
    rng = random.Random(seed)
    given = tiny(seed)
    start = tuple(rng.choice([-1, *range(len(given.people))]) for _ in given.slots)
    changes, movers = rng.randint(0, 3), rng.choice([None, 0, 1, 2])
    given = replace(given, start=start, max_changes=changes, max_movers=movers)

    begun = relieved(given)

    assert begun.start is not None
    assert verify.verify(begun, StaffingSolution(begun.start)) == []
    holders = {slot.key: p for slot, p in zip(given.slots, start, strict=True)}
    pairs = [(holders[slot.key], p) for slot, p in zip(begun.slots, begun.start, strict=True)]
    assert all((before < 0) == (now < 0) for before, now in pairs), "nobody is left out"
    gone = [before for before, now in pairs if before != now]
    assert begun.max_changes == changes - len(gone)
    assert begun.max_movers == (None if movers is None else movers - len(set(gone)))


def test_the_shortest_look_relieves_whoever_is_over() -> None:
    given = over("ben", max_movers=1)
    asked = {"problem": codec.problem_to_json(given), "seconds": 0.01, "holders_stay": True}

    result = job.run(asked, Silence(), Event())

    assert {row["slot"]: row["person"] for row in result["assignment"]} == {
        "small": "ben",
        "great": "ana",
    }


@pytest.mark.parametrize("seed", range(60))
def test_who_is_left_alone_is_back_and_the_rest_keeps_the_rules(seed: int) -> None:
    rng = random.Random(seed)
    given = tiny(seed)
    start = tuple(rng.choice([-1, *range(len(given.people))]) for _ in given.slots)
    given = relieved(replace(given, start=start, max_changes=3))
    plan = tuple(rng.choice([-1, p, 0, 1, 2]) for p in given.start or ())
    given = replace(given, max_changes=None)  # a random plan may change all

    still = kept(given, plan)

    alone = left_alone(given, plan)
    assert left_alone(given, still) == frozenset()
    assert all(still[s] == (given.start or ())[s] for s in alone)
    if alone:
        assert verify.verify(given, StaffingSolution(still)) == []
    else:
        assert still == plan


def test_a_proposal_leaves_no_holder_alone_and_says_what_it_is_worth() -> None:
    """Ana's time would be worth more in the other slot, but hers stays with her."""
    given = problem(
        people=(person("ana"),),
        projects=(project("a", priority=1), project("b", priority=2)),
        slots=(slot("held", fte=8), slot("open", project=1, fte=8)),
        start=(0, -1),
        max_changes=1,
    )
    asked = {"problem": codec.problem_to_json(given), "seconds": 0.5}
    assert [row["slot"] for row in job.run(asked, Silence(), Event())["assignment"]] == ["open"]

    notes = Notes()
    result = job.run(asked | {"holders_stay": True}, notes, Event())

    assert result["assignment"] == [{"slot": "held", "person": "ana"}]
    worth = verify.value(given, StaffingSolution((0, -1))).objective
    assert (result["outcome"], result["objective"]) == ("feasible", worth)
    assert result["bound"] > worth
    assert notes.points[-1][1:] == (worth, result["bound"])
    assert all(one["assignment"] == result["assignment"] for one in notes.aside)


def test_a_slot_that_must_be_filled_is_told_where_it_is_given_up_for_a_holder() -> None:
    given = problem(
        people=(person("ana"), person("ben", skills={"law": 3})),
        slots=(
            slot("held", fte=8),
            slot("must", phase="2", fte=8, must_fill=True),
            slot("other", phase="3", fte=8, must_fill=True, required={"law": 1}),
        ),
        start=(0, -1, -1),
        max_changes=1,
    )
    asked = {"problem": codec.problem_to_json(given), "seconds": 0.5, "holders_stay": True}

    result = job.run(asked, Silence(), Event())

    taken = {row["slot"]: row["person"] for row in result["assignment"]}
    assert taken == {"held": "ana", "other": "ben"}
    assert (result["outcome"], result["core"]) == ("infeasible", ["must"])
    assert [one["slot"] for one in result["blockers"]] == ["must"]


def test_what_must_be_filled_goes_last_where_something_has_to_go() -> None:
    given = problem(
        people=(person("ana"),),
        projects=(project("a", priority=9), project("b")),
        slots=(
            slot("held", start=0, end=4, fte=2),
            slot("great", start=0, end=4, fte=8),
            slot("must", project=1, start=2, end=4, fte=8, must_fill=True),
        ),
        start=(0, -1, -1),
        max_changes=1,
    )
    assert kept(given, (-1, 0, 0)) == (0, -1, 0)
