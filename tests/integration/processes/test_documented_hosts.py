"""Several hosts as docs/operations.md describes them: its blocks are run, word for word.

Only its example folders, hosts, passwords and dates are replaced.
"""

from __future__ import annotations

import datetime
import shutil
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from psycopg2 import sql

from tests import missing, servers
from tests.documents import assert_files_are_back, blocks, type_in, write_files
from tests.integration.processes import drive
from tests.integration.processes.conftest import SECRETS, SetUp

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


def rows(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    counted = {}
    with closing(psycopg2.connect(url)) as asked, asked.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counted[table] = cursor.fetchone()[0]
    return counted


def share(var: Path, shared: Path) -> None:
    """As on a host whose folders are links to shared ones."""
    var.mkdir()
    for name in ("datasets", "models", "inputs"):
        (shared / name).mkdir(parents=True)
        (var / name).symlink_to(shared / name)


def test_what_the_document_backs_up_on_postgresql_it_restores_into_a_new_database(
    set_up: SetUp, pg_url: str, tmp_path: Path
) -> None:
    backup, restore = blocks("### PostgreSQL")
    binaries, var, port = servers.postgres_bin(), tmp_path / "var", urlsplit(pg_url).port
    assert binaries is not None
    copy = urlsplit(drive.own_database(pg_url, template=set_up.database)).path
    owner = f"teamhub:{SECRETS['DB_PASSWORD']}@127.0.0.1:{port}"
    env = {
        "PGPORT": str(port),
        "DATABASE_URL": f"postgres://{owner}{copy}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": SECRETS["SECRET_KEY"],
        "TEAMHUB_VAR": str(var),
    }
    kept = {"/var/backups": str(tmp_path / "kept")}
    before = rows(env["DATABASE_URL"])
    share(var, tmp_path / "shared by hosts")
    write_files(var)

    type_in(backup, kept, binaries, **env)
    shutil.rmtree(var)
    share(var, tmp_path / "shared anew")
    here = {
        "2026-11-26": datetime.datetime.now().astimezone().date().isoformat(),
        "--host=db.example.com": "--host=127.0.0.1",
        "teamhub:PASSWORD@db.example.com:5432": owner,
    }
    said = type_in(restore, {**kept, **here}, binaries, **env)

    assert "The chain is whole." in said
    assert before["roles_role"] > 0
    assert rows(f"postgres://{owner}/teamhub_restored") == before
    assert_files_are_back(tmp_path / "shared anew")


def test_the_lines_for_redis_are_a_configuration_that_it_takes(tmp_path: Path) -> None:
    if servers.redis_bin() is None:
        missing.missing("Redis", "Install redis-server.")
    (lines,) = blocks("### 2. Redis")
    settings: list[str] = []
    for line in lines.splitlines():
        name, value = line.split()
        settings += [f"--{name}", value]

    with servers.private_redis(*settings) as url:
        address = url.replace("redis://", "redis://:PASSWORD@")  # as in REDIS_URL of the hosts
        with redis.Redis.from_url(address) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}
