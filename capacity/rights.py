"""Who describes the estate, and who reads what devices cost."""

from __future__ import annotations

from typing import Any

from teamhub.accounts import permissions


def may_plan(user: Any) -> bool:
    """Planners and administrators write pools, nodes, maintenance, allocations and any workload."""
    planner = permissions.is_planner(user) or permissions.is_administrator(user)
    return planner and permissions.has_scope(user, "write")


def may_see_device_cost(user: Any) -> bool:
    """Managers and planners: devices have a price list, people do not."""
    reader = permissions.is_manager(user) or permissions.is_planner(user)
    return reader and permissions.has_scope(user, "money")
