"""Who describes the estate, and who reads what devices cost."""

from __future__ import annotations

from typing import Any

from teamhub.accounts import permissions
from teamhub.accounts.groups import Group


def may_plan(user: Any) -> bool:
    """Planners and administrators write pools, nodes, maintenance, allocations and any workload."""
    planner = permissions.is_planner(user) or permissions.is_administrator(user)
    return planner and permissions.has_scope(user, "write")


def may_see_device_cost(user: Any) -> bool:
    """Managers and planners: devices have a price list, people do not."""
    reader = permissions.is_manager(user) or permissions.is_planner(user)
    return reader and permissions.has_scope(user, "money")


def sees_all_allocations(user: Any) -> bool:
    """Those who see the detail of every project; sums over all projects are for them."""
    return permissions.has_scope(user, "read") and permissions.in_group(
        user, Group.ADMINISTRATOR, Group.MANAGER, Group.PLANNER, Group.VIEWER, Group.EXECUTIVE
    )


def may_read_plans(user: Any) -> bool:
    """Who sees the sums over all projects, and programs that report them."""
    reader = sees_all_allocations(user) or permissions.in_group(user, Group.API_CLIENT)
    return reader and permissions.has_scope(user, "read")
