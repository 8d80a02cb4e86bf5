"""What the importers of the plan share: who may, and how a cell finds its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from projects.models import Project
from projects.phases import PhaseKey
from projects.services import plan
from roles.models import Person, Role
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.errors import NotAllowed
from teamhub.web.csv_import import CsvImporter, Row
from teamhub.web.csv_values import Parser

M = TypeVar("M", bound=models.Model)
MAX_NAMED = 8  # keys listed in an error


class PlanImporter(CsvImporter):
    """The company's present plan: managers and administrators import it."""

    def permit(self) -> None:
        if not (permissions.is_manager(self.by) and permissions.has_scope(self.by, "write")):
            raise NotAllowed(_("Only managers and administrators import the plan."))

    def find(self, row: Row, column: str, known: Known[M]) -> M | None:
        """The row's object, or None after reporting that there is none."""
        found = known.get(row[column])
        if found is None:
            self.error(row, column, known.unknown(row[column]))
        return found


class Known(Generic[M]):
    """Rows by every word that a cell may name them with."""

    def __init__(self, noun: str | Promise, entries: Iterable[tuple[M, Iterable[str]]]) -> None:
        self.noun = noun
        self._words: dict[str, M | None] = {}
        self._keys: list[str] = []
        self.found: list[M] = []
        for found, words in entries:
            self.found.append(found)
            for place, word in enumerate(words):
                if place == 0:
                    self._keys.append(word)
                self._add(word, found)

    def _add(self, word: str, found: M) -> None:
        folded = word.strip().casefold()
        if not folded:
            return
        other = self._words.get(folded, found)
        # Two rows with the same word: naming it would be a guess.
        self._words[folded] = found if other is not None and other.pk == found.pk else None

    def get(self, word: str) -> M | None:
        return self._words.get(word.strip().casefold())

    def unknown(self, word: str) -> str:
        folded = word.strip().casefold()
        if folded in self._words:
            return _("“%(word)s” names several of: %(noun)s. Write the key instead.") % {
                "word": word,
                "noun": self.noun,
            }
        near = get_close_matches(folded, self._words, n=1)
        if near:
            return _("%(noun)s: there is no “%(word)s”. Is it “%(near)s”?") % {
                "noun": self.noun,
                "word": word,
                "near": near[0],
            }
        return _("%(noun)s: there is no “%(word)s”. Known: %(known)s.") % {
            "noun": self.noun,
            "word": word,
            "known": _listed(self._keys),
        }


def _listed(keys: list[str]) -> str:
    if not keys:
        return _("none yet")
    shown = ", ".join(keys[:MAX_NAMED])
    return f"{shown}, …" if len(keys) > MAX_NAMED else shown


def known_projects(rows: Iterable[Row], *, column: str = "project") -> Known[Project]:
    """The projects that the rows name, under lock, by key."""
    wanted = {row[column].strip().casefold() for row in rows}
    keys = dict(Project.objects.values_list("key", "pk"))
    ids = [pk for key, pk in keys.items() if key.casefold() in wanted]
    plan.lock(projects=ids)
    found = Project.objects.filter(pk__in=ids).select_related("department", "site", "lead")
    known = Known(_("Project"), ((project, [project.key]) for project in found))
    known._keys = sorted(keys)
    return known


def known_roles() -> Known[Role]:
    return Known(
        _("Role"), ((role, [role.key, role.name_en, role.name_zh]) for role in Role.objects.all())
    )


def known_people() -> Known[Person]:
    return Known(
        _("Person"),
        ((person, [person.key, person.email]) for person in Person.objects.order_by("key")),
    )


def known_users() -> Known[User]:
    return Known(
        _("User"),
        (
            (user, [user.username, user.email])
            for user in User.objects.order_by("username").prefetch_related("groups")
        ),
    )


def known_named(noun: str, rows: Iterable[Any]) -> Known[Any]:
    return Known(noun, ((row, [row.key, row.name_en, row.name_zh]) for row in rows))


PHASE_WORDS: Mapping[str, PhaseKey] = {
    **{key.value: key for key in PhaseKey},
    **{str(key.number): key for key in PhaseKey},
}


def phase(raw: str) -> PhaseKey:
    """A phase by its key or its number."""
    try:
        return PHASE_WORDS[raw.casefold()]
    except KeyError:
        raise ValueError(
            _("“%(raw)s” is not a phase. Phases: %(keys)s, or 1 to 7.")
            % {"raw": raw[:40], "keys": ", ".join(PhaseKey)}
        ) from None


def needs(raw: str) -> dict[str, int]:
    """Skills with their least level, such as nlp:3;python:2."""
    found: dict[str, int] = {}
    for part in filter(None, (piece.strip() for piece in raw.split(";"))):
        key, mark, level = part.rpartition(":")
        if not mark or level.strip() not in {"1", "2", "3", "4", "5"} or not key.strip():
            raise ValueError(
                _("“%(part)s” is not a skill with a level from 1 to 5. Write it as nlp:3.")
                % {"part": part[:60]}
            )
        if key.strip() in found:
            raise ValueError(_("The skill “%(key)s” is there twice.") % {"key": key.strip()})
        found[key.strip()] = int(level)
    return found


def slug(max_length: int = 60) -> Parser:
    """A key: letters, digits, hyphens."""

    def parse(raw: str) -> str:
        fits = raw.isascii() and raw.replace("-", "").replace("_", "").isalnum()
        if not fits or len(raw) > max_length:
            raise ValueError(
                _(
                    "“%(raw)s” is not a key. Use letters, digits and hyphens, at most %(most)d "
                    "characters."
                )
                % {"raw": raw[:60], "most": max_length}
            )
        return raw

    return parse
