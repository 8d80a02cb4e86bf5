"""The rights that docs/security.md promises, read from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "security.md"
ANONYMOUS = "anonymous"
CELLS = ("yes", "own", "no")
REFUSALS = ("403", "404", "left out")
_SECTION = "## Who may do what"
_OBJECT = "### "
_OWN = "own:"


@dataclass(frozen=True)
class Rule:
    """One row: what each group may do with objects of a kind."""

    thing: str
    action: str
    cells: dict[str, str]  # group or "anonymous": yes, own or no
    refused: str  # what those get who may not
    own: str  # what makes an object one's own; empty where no cell says so

    @property
    def key(self) -> tuple[str, str]:
        return self.thing, self.action

    def groups(self, cell: str) -> list[str]:
        """The groups with this cell, without those who are not logged in."""
        return [group for group, said in self.cells.items() if said == cell and group != ANONYMOUS]


def load_matrix(page: Path = PAGE) -> dict[tuple[str, str], Rule]:
    """Return every rule under (object, action); a table that cannot be read raises ValueError."""
    found: dict[tuple[str, str], Rule] = {}
    for rule in _rules(page.read_text()):
        if rule.key in found:
            raise ValueError(f"{page.name}: two rows for {rule.key}")
        found[rule.key] = rule
    return found


def _rules(text: str) -> Iterator[Rule]:
    _before, mark, section = text.partition(_SECTION)
    if not mark:
        raise ValueError(f"no section {_SECTION!r}")
    for part in section.split(f"\n{_OBJECT}")[1:]:
        thing, _newline, body = part.partition("\n")
        yield from _table(thing.strip(), body)


def _table(thing: str, body: str) -> Iterator[Rule]:
    lines = body.strip().splitlines()
    own = next((line.removeprefix(_OWN).strip() for line in lines if line.startswith(_OWN)), "")
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    if len(rows) < 3:
        raise ValueError(f"{thing}: no table with a row")
    head = rows[0]
    if (head[0], head[-1]) != ("action", "refused"):
        raise ValueError(f"{thing}: the table begins with action and ends with refused")
    for row in rows[2:]:
        if len(row) != len(head):
            raise ValueError(f"{thing}: the row {row[0]!r} has {len(row)} cells, not {len(head)}")
        cells = dict(zip(head[1:-1], row[1:-1], strict=True))
        yield Rule(thing, row[0], cells, refused=row[-1], own=own)
