"""Run rows and users for the tests of the runs room."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group

from teamhub.accounts.models import User
from teamhub.runs import bell
from tests.probe_app.models import ProbeRun

MakeUser = Callable[..., User]
MakeRun = Callable[..., ProbeRun]


@pytest.fixture
def make_member(db: None) -> MakeUser:
    def make(name: str = "", *groups: str) -> User:
        user = User.objects.create_user(username=name or uuid.uuid4().hex[:8], password="-")
        for group in groups:
            user.groups.add(Group.objects.get_or_create(name=group)[0])
        return user

    return make


@pytest.fixture
def bo(make_member: MakeUser) -> User:
    return make_member("bo", "engineer")


@pytest.fixture
def make_run(bo: User) -> MakeRun:
    def make(**fields: Any) -> ProbeRun:
        return ProbeRun.objects.create(**({"requested_by": bo} | fields))

    return make


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have gone to the broker."""
    sent: list[str] = []

    def take(run: Any) -> bool:
        sent.append(str(run.pk))
        return True

    monkeypatch.setattr(bell, "ring", take)
    return sent


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    settings.RUN_DIR = tmp_path / "runs"
    settings.RUN_INPUT_DIR = tmp_path / "inputs"
    settings.RUN_HEARTBEAT_SECONDS = 0.2
    settings.RUN_REPORT_SECONDS = 0
