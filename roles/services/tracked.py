"""Write rows that keep a history: under lock, against the version that was read, by somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput, Stale

M = TypeVar("M", bound=models.Model)


def hold(row: M, *, version: int | None) -> M:
    """The row of today under lock. With `version`, refuse if somebody changed it since."""
    model = type(row)
    fresh = model._default_manager.select_for_update().filter(pk=row.pk).first()
    if fresh is None:
        raise Conflict(_("Somebody removed it meanwhile."), code="gone")
    if version is not None and fresh.version != version:  # type: ignore[attr-defined]
        raise Stale(
            _("Somebody changed %(what)s since you read it. Look at it again.") % {"what": row}
        )
    return fresh


def check(row: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Turn what Django's validation says into our error; details name the fields."""
    try:
        row.full_clean(exclude=set(exclude), validate_constraints=False)
        # Only of what is sound so far: in words of people the same would be said twice.
        row.validate_constraints(exclude=set(exclude))
    except ValidationError as error:
        fields = {
            ("" if name == NON_FIELD_ERRORS else name): messages
            for name, messages in error.message_dict.items()
        }
        text = " ".join(message for messages in fields.values() for message in messages)
        raise InvalidInput(text, fields=fields) from error


def save(row: models.Model, *, by: User) -> None:
    check(row)
    _sign(row, by)
    write(row)


def write(row: models.Model) -> None:
    """Save; of two that make the same row at once the second is told, not shown a bug."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict(
            _("Somebody wrote the same at this moment. Load the page again."), code="double"
        ) from None


def delete(row: models.Model, *, by: User) -> None:
    _sign(row, by)
    row.delete()


def _sign(row: Any, by: User) -> None:
    row._history_user = by  # read by simple_history


def assign(row: models.Model, changes: Mapping[str, Any]) -> list[str]:
    """Set the values that differ; returns their names."""
    different = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, changes[name])
    return different


def plain(value: Any) -> Any:
    """A value as the audit keeps it."""
    if isinstance(value, models.Model):
        return getattr(value, "key", None) or value.pk
    if isinstance(value, dt.date | Decimal):
        return str(value)
    return value


def snapshot(row: models.Model, names: Collection[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}
