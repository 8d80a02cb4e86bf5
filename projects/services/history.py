"""Who a row's history names."""

from __future__ import annotations

from typing import Any

from teamhub.accounts.models import User


def sign(row: Any, by: User) -> None:
    """Name the user of the next save; simple_history reads it."""
    row._history_user = by
