"""The role catalog as rows: `roles.catalog` reads and checks the files, this writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from roles.catalog import RolesCatalog, load_roles_catalog
from roles.models import (
    CalendarDay,
    Discipline,
    LearningResource,
    MapEdge,
    MapNode,
    MapNodeSkill,
    Role,
    SiteCalendar,
    Skill,
)
from teamhub.names import Reference

R = TypeVar("R", bound=Reference)
Keys = list[str]


@dataclass
class SyncResult:
    """What a sync changed, as `model:key`; a second sync of the same files changes nothing."""

    created: Keys = field(default_factory=list)
    updated: Keys = field(default_factory=list)
    retired: Keys = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.retired)

    def note_update(self, row: Reference) -> None:
        name = _name(row)
        if name not in self.created and name not in self.updated:
            self.updated.append(name)

    def __str__(self) -> str:
        return (
            f"{len(self.created)} created, {len(self.updated)} updated, {len(self.retired)} retired"
        )


@transaction.atomic
def sync_reference(catalog: RolesCatalog | None = None) -> SyncResult:
    """Make the rows say what the files say.

    Rows are matched by key and never deleted: what the files no longer name is retired, because
    people and plans may point at it. Parts of a row (days, needs, edges) follow the file exactly.
    """
    catalog = catalog or load_roles_catalog()
    result = SyncResult()
    calendars = upsert(
        SiteCalendar,
        {one.key: _names(one) | {"source": one.source} for one in catalog.calendars},
        result,
    )
    disciplines = upsert(
        Discipline,
        {
            one.key: _names(one)
            | {"duty_en": one.duty_en, "duty_zh": one.duty_zh, "position": position}
            for position, one in enumerate(catalog.disciplines)
        },
        result,
    )
    roles = upsert(
        Role,
        {
            one.key: _names(one)
            | {
                "discipline_id": disciplines[one.discipline].pk,
                "side": one.side,
                "position": position,
            }
            for position, one in enumerate(catalog.roles)
        },
        result,
    )
    skills = upsert(
        Skill,
        {
            one.key: _names(one)
            | {
                "discipline_id": disciplines[one.discipline].pk,
                "description_en": one.description_en,
                "description_zh": one.description_zh,
                "is_own": False,
            }
            for one in catalog.skills
        },
        result,
    )
    _sync_days(catalog, calendars, result)
    _sync_learning(catalog, skills, result)
    _sync_map(catalog, roles, skills, result)
    return result


def _sync_days(
    catalog: RolesCatalog, calendars: Mapping[str, SiteCalendar], result: SyncResult
) -> None:
    for calendar in catalog.calendars:
        _replace_parts(
            CalendarDay,
            {"calendar": calendars[calendar.key]},
            "on",
            {
                day.on: {"kind": day.kind, "name_en": day.name_en, "name_zh": day.name_zh}
                for day in calendar.days
            },
            result,
        )


def _sync_learning(catalog: RolesCatalog, skills: Mapping[str, Skill], result: SyncResult) -> None:
    resources = upsert(
        LearningResource,
        {
            one.key: _names(one)
            | {"author": one.author, "publisher": one.publisher, "kind": one.kind}
            for one in catalog.learning
        },
        result,
    )
    wanted = {one.key: [skills[key].pk for key in one.skills] for one in catalog.learning}
    _set_links(resources, "skills", wanted, result)


def _sync_map(
    catalog: RolesCatalog,
    roles: Mapping[str, Role],
    skills: Mapping[str, Skill],
    result: SyncResult,
) -> None:
    nodes = upsert(
        MapNode,
        {
            one.key: _names(one)
            | {
                "kind": one.kind,
                "accountable_role_id": roles[one.default_roles[0]].pk,
                "position": position,
            }
            for position, one in enumerate(catalog.nodes)
        },
        result,
    )
    wanted = {one.key: [roles[key].pk for key in one.default_roles] for one in catalog.nodes}
    _set_links(nodes, "default_roles", wanted, result)
    for node in catalog.nodes:
        _replace_parts(
            MapNodeSkill,
            {"node": nodes[node.key]},
            "skill_id",
            {skills[need.skill].pk: {"level": need.level} for need in node.needs},
            result,
        )
        _replace_parts(
            MapEdge,
            {"source": nodes[node.key]},
            "target_id",
            {nodes[to].pk: {} for source, to in catalog.edges if source == node.key},
            result,
        )
    retired = [node for node in MapNode.objects.all() if node.retired_on is not None]
    MapEdge.objects.filter(models.Q(source__in=retired) | models.Q(target__in=retired)).delete()


def _names(one: Any) -> dict[str, Any]:
    return {"name_en": one.name_en, "name_zh": one.name_zh}


def _name(row: Reference) -> str:
    return f"{row._meta.model_name}:{row.key}"


def upsert(
    model: type[R], wanted: Mapping[str, Mapping[str, Any]], result: SyncResult
) -> dict[str, R]:
    """Create, update and retire rows of one table; returns the wanted ones by key."""
    rows: dict[str, R] = {row.key: row for row in model._default_manager.all()}
    for key, values in wanted.items():
        row = rows.get(key)
        if row is None:
            rows[key] = model._default_manager.create(key=key, **values)
            result.created.append(_name(rows[key]))
        elif _assign(row, {**values, "retired_on": None}):
            row.save()
            result.note_update(row)
    for key, row in rows.items():
        if key not in wanted and row.retired_on is None and not getattr(row, "is_own", False):
            row.retired_on = timezone.localdate()
            row.save(update_fields=["retired_on"])
            result.retired.append(_name(row))
    return {key: rows[key] for key in wanted}


def _assign(row: models.Model, values: Mapping[str, Any]) -> bool:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _set_links(
    rows: Mapping[str, Reference],
    name: str,
    wanted: Mapping[str, Sequence[int]],
    result: SyncResult,
) -> None:
    for key, row in rows.items():
        links = getattr(row, name)
        if set(links.values_list("pk", flat=True)) != set(wanted[key]):
            links.set(wanted[key])
            result.note_update(row)


def _replace_parts(
    model: type[models.Model],
    owner: Mapping[str, Reference],
    key: str,
    wanted: Mapping[Any, Mapping[str, Any]],
    result: SyncResult,
) -> None:
    """Make the parts of one owner equal to `wanted`, a mapping from `key` to the other values."""
    manager = model._default_manager
    parts = {getattr(part, key): part for part in manager.filter(**owner)}
    new = [
        model(**owner, **{key: at}, **values) for at, values in wanted.items() if at not in parts
    ]
    changed = [part for at, part in parts.items() if at in wanted and _assign(part, wanted[at])]
    gone = [part.pk for at, part in parts.items() if at not in wanted]
    if not (new or changed or gone):
        return
    manager.filter(pk__in=gone).delete()
    manager.bulk_create(new)
    for part in changed:
        part.save()
    _note_owner(owner.values(), result)


def _note_owner(owners: Iterable[Reference], result: SyncResult) -> None:
    for owner in owners:
        result.note_update(owner)
