"""Who reads all of this app's rows, and who brings data and trains: docs/security.md."""

from __future__ import annotations

from typing import Any

from teamhub.accounts import permissions
from teamhub.accounts.groups import Group

READERS = (
    Group.ADMINISTRATOR,
    Group.MANAGER,
    Group.PLANNER,
    Group.ML_ENGINEER,
    Group.EXECUTIVE,
    Group.VIEWER,
)
TRAINERS = (Group.ADMINISTRATOR, Group.MANAGER, Group.ML_ENGINEER)


def reads_all(user: Any) -> bool:
    return permissions.in_group(user, *READERS)


def may_train(user: Any) -> bool:
    """Upload data sets, start trainings, take the files of models."""
    return permissions.in_group(user, *TRAINERS)
