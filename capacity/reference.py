"""Accelerators as rows: `capacity.catalog` reads and checks the file, this writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from capacity.catalog import AcceleratorRow, accelerators
from capacity.models import Accelerator
from roles.reference import SyncResult, upsert


@transaction.atomic
def sync_reference(found: Sequence[AcceleratorRow] | None = None) -> SyncResult:
    """Make the rows say what the file says; own types stay, what the file drops is retired."""
    result = SyncResult()
    upsert(
        Accelerator,
        {
            one.key: _values(one) | {"position": position, "is_own": False}
            for position, one in enumerate(accelerators() if found is None else found)
        },
        result,
    )
    return result


def _values(one: AcceleratorRow) -> dict[str, Any]:
    names = ("name_en", "name_zh", "kind", "vendor", "confidence", "source")
    return {name: getattr(one, name) for name in names} | one.figures
