"""Write many rows at once, each with its line of history, inside the caller's transaction.

An import of a thousand people would need minutes of single saves. The caller has checked the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from roles.models import Person, Role
from teamhub.accounts.models import User

M = TypeVar("M", bound=models.Model)
BATCH = 500


def create_all(rows: Sequence[M], *, by: User) -> None:
    if rows:
        bulk_create_with_history(list(rows), type(rows[0]), batch_size=BATCH, default_user=by)


def update_all(rows: Sequence[M], fields: Collection[str], *, by: User) -> None:
    """Write these fields and count the version up."""
    if not rows:
        return
    _count_up(rows)
    bulk_update_with_history(
        list(rows), type(rows[0]), [*fields, "version"], batch_size=BATCH, default_user=by
    )


def store_people(
    new: Sequence[Person],
    changed: Sequence[Person],
    fields: Collection[str],
    roles: Mapping[str, Collection[Role]],
    *,
    by: User,
) -> None:
    """Write people and, for those whose key `roles` names, all of their roles.

    The roles go first: one line of history then holds the person as they stand afterwards.
    """
    Person.objects.bulk_create(new, batch_size=BATCH)
    _count_up(changed)
    if changed:
        Person.objects.bulk_update(changed, [*fields, "version"], batch_size=BATCH)
    people = [*new, *changed]
    _store_roles([person for person in people if person.key in roles], roles)
    _remember(new, by=by, update=False)
    _remember(changed, by=by, update=True)


def _count_up(rows: Sequence[Any]) -> None:
    for row in rows:
        row.version += 1


def _store_roles(people: Sequence[Person], roles: Mapping[str, Collection[Role]]) -> None:
    through: Any = Person.roles.through
    through.objects.filter(person__in=people).delete()
    through.objects.bulk_create(
        [
            through(person_id=person.pk, role_id=role.pk)
            for person in people
            for role in roles[person.key]
        ],
        batch_size=BATCH,
    )


def _remember(people: Sequence[Person], *, by: User, update: bool) -> None:
    """What simple_history's own bulk functions do, and the roles, which they leave out."""
    if not people:
        return
    records = Person.history.bulk_history_create(
        people, batch_size=BATCH, update=update, default_user=by
    )
    record_of = {record.id: record for record in records}
    through: Any = Person.roles.through
    remembered: Any = Person.history.model.roles.model
    remembered.objects.bulk_create(
        [
            remembered(history=record_of[person], id=pk, person_id=person, role_id=role)
            for pk, person, role in through.objects.filter(person__in=people).values_list(
                "pk", "person", "role"
            )
        ],
        batch_size=BATCH,
    )
