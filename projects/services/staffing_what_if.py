"""Suppositions of a proposal: hire, train, free, shift, pay; checked before anything is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Phase
from projects.models.staffing import MONEY_SUPPOSED
from projects.services.staffing_scope import Json, Named, clean_monday, whole
from roles.models import Person, Site, Skill
from teamhub.accounts import permissions
from teamhub.errors import InvalidInput, NotAllowed

MOST_CHANGES = 20
MOST_SHIFT = 52  # weeks
MOST_PROJECTS = 20
MOST_MONEY = Decimal(10) ** 12

# Fields of each kind, those with a question mark may be left out.
FIELDS = {
    "hire": ("skills", "fte_share", "start_on", "end_on", "site?", "rate?"),
    "train": ("person", "skill", "level", "from_on"),
    "free": ("person", "fte_share", "start_on", "end_on"),
    "absent": ("person", "start_on", "end_on"),
    "rate": ("person", "rate"),
    "more_projects": ("person", "max_projects"),
    "shift": ("project", "phase", "weeks"),
    "lower": ("slot", "skill", "level"),
    "budget": ("project", "amount"),
}


def clean_changes(named: Named, given: Iterable[Any]) -> list[Json]:
    """The suppositions in the form in which a run keeps them; refuses what cannot be read."""
    rows = list(given)
    if len(rows) > MOST_CHANGES:
        raise InvalidInput(_("what_if: at most %(most)d at once.") % {"most": MOST_CHANGES})
    money = permissions.may_see_money(named.by)
    return [_Reader(named, f"what_if {n}", money=money).read(row) for n, row in enumerate(rows, 1)]


class _Reader:
    """Reads one supposition; `where` begins its complaints."""

    def __init__(self, named: Named, where: str, *, money: bool) -> None:
        self.named, self.where, self.money = named, where, money
        self.readers: dict[str, Callable[[Any], Any]] = {
            "person": self._person,
            "skill": self._skill,
            "skills": self._skills,
            "site": lambda value: self._row(Site.objects.all(), "site", value),
            "project": self._project,
            "phase": self._text,
            "slot": lambda value: named.slot(value, where),
            "fte_share": self._share,
            "rate": self._amount,
            "amount": lambda value: None if value is None else self._amount(value),
            "max_projects": lambda value: self._number("max_projects", value, 1, MOST_PROJECTS),
            "weeks": lambda value: self._number("weeks", value, -MOST_SHIFT, MOST_SHIFT),
        }

    def read(self, row: Any) -> Json:
        kind = row.get("kind") if isinstance(row, Mapping) else None
        if not isinstance(kind, str) or kind not in FIELDS:
            raise self._refuse(_("kind must be one of %(kinds)s.") % {"kinds": ", ".join(FIELDS)})
        known = {name.rstrip("?") for name in FIELDS[kind]}
        needed = {name for name in FIELDS[kind] if not name.endswith("?")}
        strange = [str(name)[:40] for name in row if name != "kind" and name not in known]
        if strange or not needed <= set(row):
            fields = ", ".join(FIELDS[kind])
            raise self._refuse(_("“%(kind)s” takes %(fields)s.") % {"kind": kind, "fields": fields})
        if MONEY_SUPPOSED & set(row) and not self.money:
            raise NotAllowed(_("Only who may see money may suppose a rate or a budget."))
        clean: Json = {"kind": kind}
        for name in known & set(row):
            clean[name] = self._field(kind, name, row[name])
        if "end_on" in clean and clean["start_on"] >= clean["end_on"]:
            raise self._refuse(_("start_on must lie before end_on."))
        self._phase_exists(clean)
        return clean

    def _field(self, kind: str, name: str, value: Any) -> Any:
        if name in {"start_on", "end_on", "from_on"}:
            return clean_monday(value, f"{self.where}: {name}")
        if name == "level":
            return self._number("level", value, 0 if kind == "lower" else 1, 5)
        return self.readers[name](value)

    def _refuse(self, complaint: str) -> InvalidInput:
        return InvalidInput(f"{self.where}: {complaint}")

    def _person(self, value: Any) -> str:
        return self._row(Person.objects.visible_to(self.named.by), "person", value)

    def _skill(self, value: Any) -> str:
        return self._row(Skill.objects.all(), "skill", value)

    def _skills(self, value: Any) -> dict[str, int]:
        if not isinstance(value, Mapping) or not 1 <= len(value) <= 20:
            raise self._refuse(_("skills must name at least one skill with its level."))
        return {
            self._skill(key): self._number("level", level, 1, 5) for key, level in value.items()
        }

    def _row(self, rows: Any, noun: str, value: Any) -> str:
        if isinstance(value, str) and "\0" not in value and rows.filter(key=value).exists():
            return value
        raise self._refuse(
            _("there is no %(noun)s “%(word)s”.") % {"noun": noun, "word": str(value)[:60]}
        )

    def _project(self, value: Any) -> str:
        if value in [project.key for project in self.named.projects]:
            return str(value)
        raise self._refuse(
            _("project “%(word)s” is not among those that are staffed here.")
            % {"word": str(value)[:60]}
        )

    def _phase_exists(self, clean: Json) -> None:
        if "phase" not in clean:
            return
        key, phase = clean["project"], clean["phase"]
        if not Phase.objects.filter(project__key=key, key=phase).exists():
            raise self._refuse(
                _("project “%(project)s” has no phase “%(phase)s”.")
                % {"project": key, "phase": phase}
            )

    def _text(self, value: Any) -> str:
        if not isinstance(value, str) or "\0" in value:
            raise self._refuse(_("phase must be the key of a phase."))
        return value[:60]

    def _number(self, name: str, value: Any, least: int, most: int) -> int:
        if not whole(value, least, most):
            raise self._refuse(
                _("%(name)s must be a whole number from %(least)d to %(most)d.")
                % {"name": name, "least": least, "most": most}
            )
        return int(value)

    def _share(self, value: Any) -> float:
        share = self._decimal("fte_share", value)
        if not Decimal("0.01") <= share <= 1:
            raise self._refuse(_("fte_share must lie between 0.01 and 1."))
        return float(share.quantize(Decimal("0.01")))

    def _amount(self, value: Any) -> str:
        amount = self._decimal("rate or amount", value)
        if not 0 <= amount <= MOST_MONEY:
            raise self._refuse(_("an amount of money must not be below 0."))
        return str(amount.quantize(Decimal("0.01")))

    def _decimal(self, name: str, value: Any) -> Decimal:
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            raise self._refuse(
                _("%(name)s must be a number; got “%(value)s”.")
                % {"name": name, "value": str(value)[:40]}
            )
        return number
