"""The domain templates as they stand in `projects/data/domains/*.toml`: read, checked, frozen.

Pure: no Django. A template that is `ready` can be made into a project; the others only lend
their names until they are filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from projects.phases import ORDER
from roles.catalog import RolesCatalog, load_roles_catalog
from roles.tables import Row, SkillNeed, build_all, read_file

__all__ = [
    "DataCategory",
    "DomainTemplate",
    "ItemTemplate",
    "PhaseTemplate",
    "RequirementTemplate",
    "SeatTemplate",
    "SkillNeed",
    "SlotTemplate",
    "both_languages",
    "domain",
    "load_domains",
]

DATA = Path(__file__).parent / "data"
PHASES = tuple(phase.value for phase in ORDER)
RISK_CLASSES = ("minimal", "limited", "high")
DIRECTIONS = ("at_least", "at_most")
EVIDENCE = ("note", "link", "none")
HIGHEST_PRIORITY = 5
MOST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class DataCategory:
    """A kind of data that the application processes."""

    key: str
    name_en: str
    name_zh: str
    personal: bool


@dataclass(frozen=True, slots=True)
class RequirementTemplate:
    """A goal of the business unit with a target that can be measured."""

    key: str
    goal_en: str
    goal_zh: str
    metric_en: str
    metric_zh: str
    threshold: float
    unit: str
    direction: str
    needs: tuple[SkillNeed, ...]


@dataclass(frozen=True, slots=True)
class SlotTemplate:
    """A seat's part in one phase, over all weeks of that phase."""

    phase: str
    fte_hundredths: int
    needs: tuple[SkillNeed, ...]
    priority: int
    must_fill: bool


@dataclass(frozen=True, slots=True)
class SeatTemplate:
    """A role line that lasts through the phases of its slots, in phase order."""

    key: str
    role: str
    label_en: str
    label_zh: str
    slots: tuple[SlotTemplate, ...]


@dataclass(frozen=True, slots=True)
class ItemTemplate:
    """A checklist item; the first digit of its number is the phase."""

    key: str
    phase: str
    text_en: str
    text_zh: str
    mandatory: bool
    role: str
    evidence: str


@dataclass(frozen=True, slots=True)
class PhaseTemplate:
    """A phase with its planned length; phases run back to back."""

    key: str
    weeks: int
    items: tuple[ItemTemplate, ...]


@dataclass(frozen=True, slots=True)
class DomainTemplate:
    """What a project of an application domain starts from."""

    key: str
    ready: bool
    name_en: str
    name_zh: str
    description_en: str
    description_zh: str
    purpose_en: str
    purpose_zh: str
    affected_en: str
    affected_zh: str
    risk_class: str
    item_prefix: str
    data_categories: tuple[DataCategory, ...] = ()
    requirements: tuple[RequirementTemplate, ...] = ()
    phases: tuple[PhaseTemplate, ...] = ()
    seats: tuple[SeatTemplate, ...] = ()

    @property
    def weeks(self) -> int:
        """Length of the whole project in weeks."""
        return sum(phase.weeks for phase in self.phases)

    @property
    def items(self) -> tuple[ItemTemplate, ...]:
        """All checklist items in phase order."""
        return tuple(item for phase in self.phases for item in phase.items)


def load_domains(
    folder: Path = DATA, roles: RolesCatalog | None = None
) -> tuple[DomainTemplate, ...]:
    """Return the templates in the order of `domains.toml`.

    ValueError names the file and the key of the first mistake.
    """
    catalog = roles or load_roles_catalog()
    known = _Known({one.key for one in catalog.roles}, {one.key for one in catalog.skills})
    top = read_file(folder / "domains.toml")
    order = top.many_of("order")
    top.done()
    found = tuple(_read(folder / "domains" / f"{key}.toml", key, known) for key in order)
    strangers = {path.stem for path in (folder / "domains").glob("*.toml")} - set(order)
    if strangers:
        raise top.refuse(f"order does not name {', '.join(sorted(strangers))}.")
    prefixes = [one.item_prefix for one in found]
    if len(set(prefixes)) < len(prefixes):
        raise top.refuse("two domains share an item_prefix.")
    return found


def domain(key: str) -> DomainTemplate:
    """Return one of the product's own templates, read once; KeyError when there is none."""
    return _own_domains()[key]


@cache
def _own_domains() -> dict[str, DomainTemplate]:
    return {template.key: template for template in load_domains()}


def both_languages(text: str) -> tuple[str, str]:
    """A seat's label or a purpose in English and Chinese; what no template holds stays as it is.

    These texts are people's to change once a project is made, so a row keeps one text only. One
    that nobody has changed is still the template's, and is shown in the reader's language.
    """
    return _texts().get(text, (text, text))


@cache
def _texts() -> dict[str, tuple[str, str]]:
    pairs = [
        pair
        for one in _own_domains().values()
        for pair in (
            (one.purpose_en, one.purpose_zh),
            *((seat.label_en, seat.label_zh) for seat in one.seats),
        )
    ]
    return {text: (en, zh or en) for en, zh in pairs for text in (en, zh) if text}


@dataclass(frozen=True, slots=True)
class _Known:
    roles: set[str]
    skills: set[str]


def _read(path: Path, key: str, known: _Known) -> DomainTemplate:
    top = read_file(path)
    if top.text("key") != key:
        raise top.refuse(f"key must be “{key}”, like the name of the file.")
    ready = top.flag("ready", default=True)
    prefix = top.text("item_prefix")
    template = DomainTemplate(
        key,
        ready,
        *top.both("name"),
        *top.both("description"),
        *top.both("purpose"),
        *top.both("affected"),
        risk_class=top.one_of("risk_class", RISK_CLASSES),
        item_prefix=prefix,
        data_categories=build_all(top.rows("data_categories"), _category) if ready else (),
        requirements=build_all(top.rows("requirements"), lambda row: _requirement(row, known))
        if ready
        else (),
        phases=_read_phases(top, prefix, known) if ready else (),
        seats=build_all(top.rows("seats"), lambda row: _seat(row, known)) if ready else (),
    )
    top.done()
    return template


def _category(row: Row) -> DataCategory:
    return DataCategory(
        row.text("key"), *row.both("name"), personal=row.flag("personal", default=True)
    )


def _requirement(row: Row, known: _Known) -> RequirementTemplate:
    return RequirementTemplate(
        row.text("key"),
        *row.both("goal"),
        *row.both("metric"),
        threshold=row.number("threshold"),
        unit=row.text("unit"),
        direction=row.one_of("direction", DIRECTIONS),
        needs=row.needs("needs", known.skills),
    )


def _read_phases(top: Row, prefix: str, known: _Known) -> tuple[PhaseTemplate, ...]:
    phases = build_all(top.rows("phases"), lambda row: _phase(row, prefix, known))
    if tuple(phase.key for phase in phases) != PHASES:
        raise top.refuse(f"phases must be {', '.join(PHASES)}, in this order.")
    return phases


def _phase(row: Row, prefix: str, known: _Known) -> PhaseTemplate:
    key = row.one_of("key", PHASES)
    stem = f"{prefix}-{PHASES.index(key) + 1}"
    return PhaseTemplate(
        key,
        row.integer("weeks", 1, MOST_WEEKS),
        build_all(row.rows("items"), lambda item: _item(item, key, stem, known)),
    )


def _item(row: Row, phase: str, stem: str, known: _Known) -> ItemTemplate:
    key = row.text("key")
    if not (key.startswith(stem) and key[len(stem) :].isdigit()):
        raise row.refuse(f"an item of phase {phase} needs a key such as {stem}1.")
    return ItemTemplate(
        key,
        phase,
        *row.both("text"),
        mandatory=row.flag("mandatory", default=True),
        role=row.one_of("role", known.roles),
        evidence=row.one_of("evidence", EVIDENCE),
    )


def _seat(row: Row, known: _Known) -> SeatTemplate:
    """Read a seat: `fte` gives its phases; `needs_in` raises or adds needs in one phase."""
    key, role, label = row.text("key"), row.one_of("role", known.roles), row.both("label")
    shares = row.integers("fte", PHASES, 1, 100)
    base = {need.skill: need.level for need in row.needs("needs", known.skills)}
    priority = row.integer("priority", 1, HIGHEST_PRIORITY)
    must_fill = row.flag("must_fill", default=False)
    if not shares or not base:
        raise row.refuse("fte and needs must each name at least one.")
    special: dict[str, dict[str, int]] = {}
    if row.has("needs_in"):
        extra = row.row("needs_in")
        special = {
            phase: {need.skill: need.level for need in extra.needs(phase, known.skills)}
            for phase in shares
            if extra.has(phase)
        }
        extra.done()
    slots = []
    for phase in PHASES:
        if phase in shares:
            needs = base | special.get(phase, {})
            levels = tuple(SkillNeed(skill, level) for skill, level in needs.items())
            slots.append(SlotTemplate(phase, shares[phase], levels, priority, must_fill))
    return SeatTemplate(key, role, *label, tuple(slots))
