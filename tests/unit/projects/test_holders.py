"""Do the words say who holds the skills, what stops them, and when?"""

from __future__ import annotations

import datetime as dt

import pytest

from projects.kernel.staffing import job
from projects.kernel.staffing.explain import explain
from projects.kernel.staffing.problem import Fact, Side, StaffingSolution
from projects.selectors.holders import holder_lines, week_ranges
from projects.selectors.proposal import blocker_lines
from tests.unit.projects.staffing_cases import person, problem, project, slot

START = dt.date(2026, 3, 30)  # week 14
SKILLS = {"ml": "Machine learning"}


def blocked() -> dict:
    """A review of weeks 2 to 4: one of seven lacks the skill, the others are stopped."""
    people = [person(f"p{p}", availability=(10,) * 6) for p in range(6)]
    people.append(person("novice", skills={"ml": 1}, availability=(10,) * 6))
    facts = [Fact(p, "other", "1", 8, 2 + p % 2, 4 + p % 2) for p in range(3)]
    facts += [Fact(p, "alpha", "0", 0, 0, 0, side=Side.BUILD) for p in (2, 3, 4)]
    given = problem(
        n_weeks=6,
        people=(*people[:5], person("dear", availability=(10,) * 6, rate=9), people[6]),
        projects=(project(budget=50),),
        slots=(slot(start=2, end=5, side=Side.REVIEW),),
        facts=tuple(facts),
    )
    (found,) = explain(given, StaffingSolution((-1,))).blockers
    return job.blocker(given, found)


def test_a_blocker_counts_among_those_who_hold_the_skills_and_tells_the_weeks() -> None:
    told = blocked()
    assert (told["holders"], told["failing"]["skill"], told["side"]) == (6, 1, "review")
    assert told["of_holders"] == [
        {"rule": "capacity", "count": 3, "weeks": [2, 3, 4]},
        {"rule": "independence", "count": 3, "weeks": []},
        {"rule": "budget", "count": 1, "weeks": []},
    ]


def test_the_line_reads_as_a_manager_says_it() -> None:
    lines = blocker_lines(blocked(), SKILLS, money=True, start_on=START)
    assert lines[1:] == [
        "6 people hold Machine learning at 2 or more, 6 through all weeks",
        "Of the 6 who hold all of it: 3 are full in W14–W16; 3 built this project; "
        "1 would exceed the budget",
    ]


def test_nothing_of_money_is_said_without_the_right() -> None:
    told = blocked() | {"rules": ["capacity"]}
    lines = blocker_lines(told, SKILLS, money=False, start_on=START)
    assert "3 built this project" in lines[-1]
    assert not any("budget" in line for line in lines)


@pytest.mark.parametrize(
    ("rule", "side", "words"),
    [
        ("availability", "", "1 is absent or works too few hours in W14"),
        ("max_projects", "", "1 has as many projects as they may in W14"),
        ("distance", "", "1 works too many hours away"),
        ("excluded", "", "1 is kept from it"),
        ("independence", "build", "1 reviewed this project"),
        ("one_per_phase", "", "1 holds another slot of this phase"),
        ("apart", "", "1 would meet somebody whom they are kept apart from"),
    ],
)
def test_each_rule_has_its_words(rule: str, side: str, words: str) -> None:
    row = {"rule": rule, "count": 1, "weeks": [3]}
    given = {"weeks": [3, 5], "side": side, "holders": 1, "of_holders": [row], "skills": []}
    assert holder_lines(given, START, money=True) == [f"Of all 1: {words}"]


def test_a_rule_that_nobody_knows_and_no_holders_say_nothing() -> None:
    given = {"weeks": [3, 5], "holders": 0, "of_holders": [], "skills": [{}]}
    assert holder_lines(given, START, money=True) == []
    row = {"rule": "moon", "count": 1, "weeks": []}
    assert holder_lines(given | {"of_holders": [row]}, START, money=True) == []


def test_weeks_are_told_as_ranges_across_the_year() -> None:
    days = [dt.date(2026, 12, 21) + dt.timedelta(weeks=n) for n in (0, 1, 2, 5)]
    assert week_ranges(days) == "W52–W01, W04"
