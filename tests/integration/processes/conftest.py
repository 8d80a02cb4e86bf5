"""What the tests with real processes share."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests import compose, servers

ROOT = Path(__file__).resolve().parents[3]
SECRETS = {"DB_PASSWORD": "for-tests-only", "SECRET_KEY": "for tests only"}
SETUP_SECONDS = 300


def by_hand(service: str, var: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """The environment of a service when somebody starts it in a shell on this machine."""
    kept = ("HOME", "LANG", "COVERAGE_PROCESS_START")
    binaries = servers.postgres_bin()
    path = [str(Path(sys.executable).parent), *([str(binaries)] if binaries else [])]
    written = compose.environment(service, **SECRETS)
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **written,
        "PATH": os.pathsep.join([*path, os.environ["PATH"]]),
        "TEAMHUB_VAR": str(var),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }


@dataclass(frozen=True)
class SetUp:
    """A PostgreSQL on which the service `setup` of docker-compose.yml has run."""

    database: str  # its name; others take copies of it
    var: Path
    said: str


@pytest.fixture(scope="session")
def set_up(pg_url: str, tmp_path_factory: pytest.TempPathFactory) -> SetUp:
    """Run what docker-compose.yml runs before the others, on its own role and database."""
    written = urlsplit(compose.environment("setup", **SECRETS)["DATABASE_URL"])
    database = written.path.removeprefix("/")
    connection = psycopg2.connect(pg_url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {written.username} LOGIN PASSWORD '{written.password}'")
            cursor.execute(f"CREATE DATABASE {database} OWNER {written.username}")
    finally:
        connection.close()
    port = urlsplit(pg_url).port
    here = written._replace(netloc=f"{written.username}:{written.password}@127.0.0.1:{port}")
    var = tmp_path_factory.mktemp("compose")
    done = subprocess.run(
        compose.services()["setup"]["command"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=by_hand("setup", var, here.geturl(), "redis://127.0.0.1:1/0"),
        text=True,
        timeout=SETUP_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return SetUp(database, var, done.stdout)
