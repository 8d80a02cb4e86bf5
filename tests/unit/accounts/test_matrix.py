"""The matrix of docs/security.md is whole and says what the brief of the product asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from teamhub.accounts.groups import Group
from tests.matrix import ANONYMOUS, CELLS, REFUSALS, load_matrix

OBJECTS = {
    "role catalog",
    "person basics",
    "person load and absence dates",
    "absence reason",
    "person rate",
    "project names and phases",
    "project detail",
    "project cost",
    "checklist tick",
    "hand assignment",
    "staffing run start",
    "proposal read",
    "proposal accept",
    "requests inbox",
    "imports",
    "exports",
    "devices",
    "device cost",
    "workloads",
    "allocations",
    "capacity plans",
    "data set",
    "training run",
    "model version",
    "runs",
    "audit",
    "users",
    "tokens",
}
MATRIX = load_matrix()
GROUPS = [group.value for group in Group]


def test_every_object_has_a_table() -> None:
    """Apps bring more tables; the walk fails where one of them has no probe."""
    assert {rule.thing for rule in MATRIX.values()} >= OBJECTS


@pytest.mark.parametrize("key", MATRIX, ids=" / ".join)
def test_every_group_stands_in_every_row(key: tuple[str, str]) -> None:
    rule = MATRIX[key]

    assert sorted(rule.cells) == sorted([ANONYMOUS, *GROUPS])
    assert set(rule.cells.values()) <= set(CELLS)
    assert rule.refused in REFUSALS


@pytest.mark.parametrize("key", MATRIX, ids=" / ".join)
def test_a_row_that_says_own_says_what_is_own(key: tuple[str, str]) -> None:
    rule = MATRIX[key]

    assert rule.own or "own" not in rule.cells.values()


def test_nobody_does_anything_without_a_log_in() -> None:
    assert {rule.cells[ANONYMOUS] for rule in MATRIX.values()} == {"no"}


@pytest.mark.parametrize(
    ("key", "groups"),
    [
        (("person rate", "read"), {"administrator", "manager"}),
        (("project cost", "read"), {"administrator", "manager"}),
        (("exports", "people: rates"), {"administrator", "manager"}),
        (("exports", "plan: budgets"), {"administrator", "manager"}),
        (("person load and absence dates", "read"), {"administrator", "manager", "planner"}),
        (("absence reason", "read"), {"administrator"}),
        (("audit", "read"), {"administrator"}),
        (("role catalog", "read"), set(GROUPS)),
        (("person basics", "read"), set(GROUPS)),
        (("project names and phases", "read"), set(GROUPS)),
        (("project detail", "change"), {"administrator"}),
        (("proposal accept", "accept or reject a row"), {"administrator"}),
    ],
)
def test_only_these_groups_may_do_it_with_every_object(
    key: tuple[str, str], groups: set[str]
) -> None:
    assert set(MATRIX[key].groups("yes")) == groups


TABLE = """
## Who may do what

### thing

own: mine.

| action | anonymous | viewer | refused |
| --- | --- | --- | --- |
{row}
"""


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("| read | no | yes |", "3 cells"),
        ("| read | no | yes | 403 |\n| read | no | no | 403 |", "two rows"),
        ("", "no table"),
    ],
)
def test_a_broken_table_is_named(row: str, complaint: str, tmp_path: Path) -> None:
    page = tmp_path / "security.md"
    page.write_text(TABLE.format(row=row))

    with pytest.raises(ValueError, match=complaint):
        load_matrix(page)


def test_a_good_table_is_read(tmp_path: Path) -> None:
    page = tmp_path / "security.md"
    page.write_text(TABLE.format(row="| read | no | own | left out |"))

    rule = load_matrix(page)["thing", "read"]

    assert rule.cells == {"anonymous": "no", "viewer": "own"}
    assert (rule.refused, rule.own) == ("left out", "mine.")
