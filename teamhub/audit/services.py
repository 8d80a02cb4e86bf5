"""Write an event in the caller's transaction."""

from __future__ import annotations

from typing import Any

from teamhub.audit.models import AuditEvent


def record(
    by: Any,
    verb: str,
    obj: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    run: Any = None,
) -> AuditEvent:
    return AuditEvent.objects.create(
        by=by,
        by_name=by.get_username() if by is not None else "",
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_text=str(obj)[:200] if obj is not None else "",
        before=before,
        after=after,
        reason=reason,
        run_id=str(run.pk) if run is not None else "",
    )
