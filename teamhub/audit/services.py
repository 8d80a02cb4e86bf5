"""Write an event in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from teamhub.audit.models import AuditEvent

_address: ContextVar[str | None] = ContextVar("audit_address", default=None)


@contextmanager
def coming_from(address: str | None) -> Iterator[None]:
    """Write this address on every event inside; the web's middleware calls it."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def record(
    by: Any,
    verb: str,
    obj: Any,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    run: Any = None,
) -> AuditEvent:
    """Add an event: `by` is a user or None (the product itself), `obj` a row or None.

    Dates, decimals and UUIDs in `before` and `after` are taken. The event is there when the
    caller's transaction is; its number and hash come later, from the sealer.
    """
    known = by is not None and by.pk is not None
    return AuditEvent.objects.create(
        by=by if known else None,
        by_name=by.get_username()[:150] if known else "",
        address=_address.get(),
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_text=_clean(str(obj))[:200] if obj is not None else "",
        before=_plain(before),
        after=_plain(after),
        reason=_clean(reason),
        run_id=str(run.pk) if run is not None else "",
    )


def _plain(values: Mapping[str, Any] | None) -> Any:
    """Turn values into what both databases give back exactly as it was written."""
    if values is None:
        return None
    return _without_nul(
        json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder, allow_nan=False))
    )


def _without_nul(value: Any) -> Any:
    """PostgreSQL takes no NUL in a text."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_without_nul(part) for part in value]
    if isinstance(value, dict):
        return {_clean(key): _without_nul(part) for key, part in value.items()}
    return value


def _clean(text: Any) -> str:
    return str(text).replace("\0", "")
