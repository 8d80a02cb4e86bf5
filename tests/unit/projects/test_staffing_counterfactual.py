"""Does the change that is named make her first, would less of it do, and is the loss exact?"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks import instances
from projects.kernel.staffing import changes, counterfactual, ways
from projects.kernel.staffing.neighbourhood import (
    MOST_SLOTS,
    Resolved,
    around,
    placed,
    resolve,
    settled,
)
from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Level,
    Side,
    StaffingProblem,
    StaffingSolution,
    level_in,
)
from projects.kernel.staffing.solve import solve
from projects.kernel.staffing.verify import verify
from teamhub.kernel.budget import Budget, Deadline, Silence
from tests.oracles import staffing_best_around
from tests.unit.projects.staffing_cases import person, plan_of, problem, project, slot, solved, tiny

Plan = tuple[int, ...]


def ask(given: StaffingProblem, plan: Plan, s: int, p: int, seconds: float = 30.0) -> dict:
    params = {"slot": given.slots[s].key, "person": given.people[p].key}
    return counterfactual.answer(given, plan, params, Deadline(Budget(seconds)), 0, Silence())


def lessened(given: StaffingProblem, slot_start: int, change: changes.Change) -> list:
    """The change by one step less, each way there is; None where nothing of it remains."""
    assert isinstance(
        change, changes.Train | changes.Free | changes.Rate | changes.MoreProjects | changes.Absent
    )
    who = next(p for p in given.people if p.key == change.person)
    match change:
        case changes.Train():
            held = who.skills.get(change.skill, 0)
            weeks = range(slot_start, given.n_weeks)
            had = held if isinstance(held, int) else max(level_in(held, week) for week in weeks)
            return [replace(change, level=change.level - 1) if change.level - 1 > had else None]
        case changes.Free():
            less = [replace(change, fte=change.fte - 1) if change.fte > 1 else None]
            if change.end - change.start > 1:
                less.append(replace(change, start=change.start + 1))
                less.append(replace(change, end=change.end - 1))
            return less
        case changes.Rate():
            return [replace(change, rate=change.rate + 1) if change.rate + 1 < who.rate else None]
        case changes.MoreProjects():
            fewer = change.max_projects - 1
            return [replace(change, max_projects=fewer) if fewer > who.max_projects else None]
    raise AssertionError(change)


def way_and_less(given: StaffingProblem, s: int, way: dict) -> tuple[list, list[list]]:
    made = [changes.from_json(one) for one in way["changes"]]
    less = []
    for i, change in enumerate(made):
        for smaller in lessened(given, given.slots[s].start, change):
            rest = [*made[:i], *([] if smaller is None else [smaller]), *made[i + 1 :]]
            less.append(rest)
    return made, less


def test_against_trying_all_plans_the_loss_is_exact_and_each_way_is_smallest() -> None:
    n_ways = 0
    for seed in range(30):
        given, rng = tiny(seed), random.Random(seed)
        if seed % 5 == 0:
            given = replace(given, apart=frozenset({(0, 1)}))
        plan = tuple(plan_of(solved(given)))
        s, p = rng.randrange(5), rng.randrange(3)
        told = ask(given, plan, s, p)
        slots = around(placed(given, plan), s, p)

        def both(
            made: list, *, given=given, plan=plan, slots=slots, s=s, p=p
        ) -> tuple[int | None, int | None]:
            return staffing_best_around(changes.apply(given, made), list(plan), slots, s, p)

        def first(made: list, both=both) -> bool:
            hers, others = both(made)
            return hers is not None and (others is None or hers > others)

        hers, others = both([])
        assert told["first"] == first([])
        if hers is None:
            assert told["forced"] is None
        else:
            assert told["forced"]["loss"] == max(0, (others or 0) - hers)
        assert not (told["ways"] and told["never"])
        assert any(told[name] for name in ("forced", "ways", "never", "needs"))
        for way in told["ways"]:
            made, less = way_and_less(given, s, way)
            assert way["smallest"]
            assert first(made)
            assert not any(first(smaller) for smaller in less)
            n_ways += 1
    assert n_ways > 5


@pytest.mark.parametrize("seed", range(2))
def test_solving_again_with_a_way_applied_gives_her_the_slot_and_with_less_it_does_not(
    seed: int,
) -> None:
    given = instances.problem_of(instances.generate(12, 3, 14, seed))
    plan = tuple(plan_of(solve(given, budget=Budget(0.3), seed=seed)))
    rng, n_ways = random.Random(seed), 0
    for _ in range(6):
        s, p = rng.randrange(len(given.slots)), rng.randrange(12)
        told = ask(given, plan, s, p)
        slots = around(placed(given, plan), s, p)
        for way in told["ways"]:
            made, less = way_and_less(given, s, way)
            after = resolve(changes.apply(given, made), plan, slots, Deadline(Budget(9.0)))
            assert after is not None
            assert after.proven
            assert after.plan[s] == p
            assert verify(changes.apply(given, made), StaffingSolution(after.plan)) == []
            for smaller in less:
                changed = changes.apply(given, smaller)
                then = resolve(changed, plan, slots, Deadline(Budget(9.0)), unless_better=(s, p))
                assert then is None or then.plan[s] != p
            n_ways += 1
    assert n_ways


TWO = problem(
    people=(person("ana", skills={"ml": 2}, rate=9), person("bo", skills={"ml": 3}, rate=6)),
)


def test_a_level_more_at_a_lower_rate_makes_her_first_where_neither_does_alone() -> None:
    told = ask(TWO, (1,), 0, 0)
    assert (told["holder"], told["failing"], told["first"]) == ("bo", [], False)
    # 10 units: fit 10 against 18, rate 9 against 6.
    parts = {"coverage": 0, "fit": -80, "cost": 30, "continuity": 0, "overload": 0}
    assert (told["forced"]["loss"], told["forced"]["parts"]) == (110, parts)
    assert told["forced"]["moves"] == [{"slot": "s0", "before": "bo", "after": "ana"}]
    assert told["score"]["fit"] == 10 * (10 + 12)
    assert told["holder_score"]["money"] == 60
    (way,) = told["ways"]
    assert way["changes"] == [
        {"kind": "train", "person": "ana", "skill": "ml", "level": 3, "from_week": 0},
        {"kind": "rate", "person": "ana", "rate": 5},
    ]
    assert way["gain"] == 10


def test_where_she_is_worth_more_elsewhere_it_is_said_where_and_who_takes_the_slot() -> None:
    law = slot("s1", phase="2", required={"law": 1}, fte=8)
    given = problem(people=(person(skills={"ml": 9, "law": 1}), person("bo")), slots=(slot(), law))
    told = ask(given, (1, 0), 0, 0)
    assert (told["failing"], told["first"]) == (["capacity"], False)
    forced = told["forced"]
    assert (forced["elsewhere"], forced["taker"], forced["cut_short"]) == (["s1"], "bo", False)
    assert forced["loss"] == -forced["gain"] > 0


def test_where_the_time_hides_the_better_plan_the_one_with_her_is_the_best_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hasty(*args: object, **options: object) -> Resolved:
        return Resolved((1,), proven=False) if options.get("force") else Resolved((0,), False)

    for module in (counterfactual, ways):
        monkeypatch.setattr(module, "resolve", hasty)
    told = ask(TWO, (0,), 0, 1)
    forced = told["forced"]
    assert (told["ways"], told["never"], told["needs"]) == ([], [], [])
    assert (forced["loss"], forced["gain"], forced["cut_short"]) == (0, 110, True)
    # What is told by criterion adds up to what is told in all.
    assert set(forced["parts"].values()) == {0}


def test_what_could_change_but_is_too_much_is_told_and_not_called_a_rule() -> None:
    away = person("ana", skills={"ml": 2}, availability=(10, 10, 0, 10))
    asked = slot(end=4, required={"ml": 2, "law": 2, "art": 3, "tax": 1})
    told = ask(problem(people=(away,), slots=(asked,)), (-1,), 0, 0)
    assert (told["ways"], told["never"]) == ([], [])
    needs = [(one["kind"], one.get("level"), one.get("start")) for one in told["needs"]]
    assert needs == [
        ("train", 2, None),
        ("train", 3, None),
        ("train", 1, None),
        ("free", None, 2),
    ]


def test_time_is_asked_for_in_the_weeks_only_in_which_she_has_none() -> None:
    busy = Fact(person=0, project="x", phase="1", fte=8, start=1, end=2)
    given = replace(TWO, facts=(busy,), slots=(slot(end=4, required={"ml": 1}),))
    given = replace(given, people=(person("ana"), person("bo", skills={"ml": 1})))
    told = ask(given, (1,), 0, 0)
    assert (told["failing"], told["weeks"]) == (["capacity"], [1])
    assert told["forced"] is None
    (way,) = told["ways"]
    assert way["changes"] == [{"kind": "free", "person": "ana", "fte": 3, "start": 1, "end": 2}]


def test_a_skill_that_ends_too_early_is_to_be_renewed() -> None:
    short = person("ana", skills={"ml": (Level(3, 0, 1),)})
    told = ask(replace(TWO, people=(short,)), (-1,), 0, 0)
    assert told["failing"] == ["validity"]
    (way,) = told["ways"]
    assert way["changes"] == [
        {"kind": "train", "person": "ana", "skill": "ml", "level": 2, "from_week": 0}
    ]


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("distance", problem(people=(person(utc_offset_minutes=-600),))),
        ("excluded", problem(exclude=frozenset({(0, 0)}))),
        (
            "independence",
            problem(
                slots=(slot(side=Side.REVIEW),),
                facts=(Fact(0, "alpha", "0", 0, 0, 0, side=Side.BUILD),),
            ),
        ),
        ("one_per_phase", problem(facts=(Fact(0, "alpha", "1", 0, 0, 0),))),
        ("budget", problem(people=(person(rate=10),), projects=(project(budget=9),))),
    ],
)
def test_what_no_change_of_hers_lifts_is_named(rule: str, given: StaffingProblem) -> None:
    told = ask(given, (-1,), 0, 0)
    assert (told["failing"], told["ways"], told["never"]) == ([rule], [], [rule])
    assert told["forced"] is None


def test_a_must_fill_slot_that_only_she_can_take_bars_her() -> None:
    must = slot("s1", phase="2", required={"law": 1}, must_fill=True, fte=8)
    given = problem(
        people=(person(skills={"ml": 9, "law": 1}, max_projects=1), person("bo")),
        slots=(slot(), must),
    )
    told = ask(given, (1, 0), 0, 0)
    assert told["forced"] is None
    assert [change["kind"] for change in told["ways"][0]["changes"]] == ["free"]
    barred = replace(given, start=(1, 0), max_changes=0)
    assert ask(barred, (1, 0), 0, 0)["never"] == ["change_budget", "must_fill"]


def test_a_must_fill_slot_that_the_plan_leaves_open_does_not_forbid_the_question() -> None:
    must = slot("s1", phase="2", required={"nobody": 1}, must_fill=True)
    given = problem(slots=(slot(), must))
    assert not settled(given, (0, -1)).slots[1].must_fill
    assert ask(given, (0, -1), 0, 0)["first"]


def test_a_neighbourhood_is_small_and_holds_what_bars_her() -> None:
    given = instances.problem_of(instances.generate(30, 6, 20, 1))
    plan = plan_of(solve(given, budget=Budget(0.3)))
    ledger = placed(given, plan)
    for s in range(0, len(given.slots), 7):
        slots = around(ledger, s, 3)
        assert s in slots
        assert 1 <= len(slots) <= MOST_SLOTS
        same = given.slots[s]
        for other, x in enumerate(given.slots):
            if plan[other] == 3 and x.project == same.project and x.phase == same.phase:
                assert other in slots


def test_without_time_nothing_is_claimed() -> None:
    told = ask(TWO, (1,), 0, 0, seconds=1e-9)
    assert not any(way["smallest"] for way in told["ways"])


@pytest.mark.parametrize("params", [{"slot": "s9", "person": "ana"}, {"slot": "s0"}])
def test_unknown_keys_are_refused(params: dict) -> None:
    with pytest.raises(InvalidProblem, match="the problem has none by this key"):
        counterfactual.answer(TWO, (1,), params, Deadline(Budget(1.0)), 0, Silence())
