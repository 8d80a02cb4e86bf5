"""Fixtures for all tests. The folder of a test gives its marker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest import runner

from tests import missing, servers
from tests.roomy import with_room

if TYPE_CHECKING:
    from django.test import Client
    from rest_framework.test import APIClient

    from teamhub.accounts.models import User
    from tests.cast import Cast

HERE = Path(__file__).parent
FOLDERS = ("unit", "integration", "e2e")
pytest_plugins = ["tests.product", "tests.browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        if folder in FOLDERS:
            item.add_marker(getattr(pytest.mark, folder))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest does it, a third faster (tests/roomy.py)."""
    return with_room(lambda: runner.pytest_runtest_protocol(item, nextitem))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly, once a kind, what this machine could not test."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if missing.MARK in reason:
            reason = reason[reason.index(missing.MARK) :]
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("skipped for lack of a system piece", red=True, bold=True)
        for reason, count in reasons.items():
            terminalreporter.line(f"{reason} ({count} tests)", red=True)


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """The address of a private PostgreSQL; it ends with the session."""
    if servers.postgres_bin() is None:
        missing.missing("PostgreSQL", "Install postgresql, or set PG_BIN to its folder.")
    with servers.private_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a private Redis; it ends with the session."""
    if servers.redis_bin() is None:
        missing.missing("Redis", "Install redis-server.")
    with servers.private_redis() as url:
        yield url


@pytest.fixture(autouse=True)
def own_language_and_zone() -> Iterator[None]:
    """A request leaves its user's language and time zone on the thread; no test inherits them."""
    from django.utils import timezone, translation

    yield
    translation.activate("en")
    timezone.deactivate()


@pytest.fixture
def reference(db: None) -> None:
    """The reference data (roles, skills, domain templates), as after `manage.py seed_reference`."""
    from django.core.management import call_command

    call_command("seed_reference", verbosity=0)


@pytest.fixture
def cast(db: None) -> Cast:
    """Ada manages, Bo is an engineer, Cy is a stranger; and one user of each further group."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A browser's client, logged in as the user."""
    from django.test import Client

    def client_for_user(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_for_user


@pytest.fixture
def api_for() -> Callable[..., APIClient]:
    """A program's client with a token of the user."""
    from tests.cast import api_client

    return api_client
