"""One company for the whole walk: for every group somebody who owns things, and somebody who works.

Stewards own: each app makes them so (they deputise project alpha, they lead the department apps).
Members only work. Each app adds a part to the company, and names for the probes what of it is
the steward's own, what is foreign, and what a member meets at work.

Money, reasons, days and names are such that they can be found as text wherever they leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from teamhub.accounts.groups import Group
from teamhub.accounts.models import User
from tests import builders as make

GROUPS = [group.value for group in Group]
NOBODY = "nobody"  # logged in, in no group
REVIEWS = {"reviewer", "legal"}

# Whose things a probe is about. A steward asks for their own; a member for those of strangers, and
# for those of a project where they work: on their own side, or on the other side of the review.
OWN, FOREIGN, HELD, CROSSED = "own", "foreign", "held", "crossed"

Amount = Decimal | float


def figure(*amounts: Amount) -> str:
    """A pattern that finds amounts as pages, files and programs write them."""
    wholes = sorted({whole for amount in amounts for whole in (int(amount), round(amount))})
    written = "|".join(rf"{whole}|{whole:,}" for whole in wholes)
    return rf"(?<!\w)(?:{written})(?!\d)"


def named(what: str, group: str) -> str:
    return f"{what}-{group.replace(' ', '-')}"


@dataclass(frozen=True)
class Things:
    """What a probe is about, by name: `things.project` is what the part of projects calls so."""

    which: str  # OWN, FOREIGN, HELD or CROSSED
    named: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.named[name]
        except KeyError:
            raise AttributeError(f"no part of the scene names {name!r} {self.which}") from None


class ScenePart:
    """What an app adds to the company; made after the parts that are listed before it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @classmethod
    def of(cls, scene: Scene) -> Self:
        part = scene.parts[cls]
        assert isinstance(part, cls)
        return part

    def things(self, which: str, user: User) -> dict[str, Any]:
        """Name one of each kind: `user` is the steward or member who asks, lea if FOREIGN."""
        raise NotImplementedError


class Scene:
    """The users, the site and the roles; all else is made by the parts."""

    def __init__(self, parts: Iterable[type[ScenePart]]) -> None:
        self.site = make.make_site("berlin")
        self.lea = make.make_user("lea", Group.MANAGER)
        self.stewards = {group: make.make_user(named("steward", group), group) for group in GROUPS}
        self.members = {group: make.make_user(named("member", group), group) for group in GROUPS}
        self.members[NOBODY] = make.make_user("member-nobody")
        self.parts: dict[type[ScenePart], ScenePart] = {}
        for part in parts:
            self.parts[part] = part(self)

    def users(self) -> list[User]:
        return [*self.stewards.values(), *self.members.values(), self.lea]

    def things(self, which: str, group: str) -> Things:
        """What the steward or the member of the group asks for."""
        named: dict[str, Any] = {}
        for part in self.parts.values():
            more = part.things(which, self._whose(which, group))
            if twice := set(more) & set(named):
                raise ValueError(f"{type(part).__name__} names again what is named: {twice}")
            named |= more
        return Things(which, named)

    def _whose(self, which: str, group: str) -> User:
        if which == FOREIGN:
            return self.lea
        return (self.stewards if which == OWN else self.members)[group]
