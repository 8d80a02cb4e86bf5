"""Backup and restore on SQLite: the blocks of docs/operations.md are run, word for word.

Only its example folders and date are replaced.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from teamhub.accounts.models import User
from teamhub.audit import chain
from teamhub.audit import services as audit
from tests.documents import assert_files_are_back, blocks, type_in, write_files


@pytest.fixture
def working_var(transactional_db: None, tmp_path: Path) -> Iterator[Path]:
    """A folder as the product leaves it while it works: its newest row is in the -wal file only."""
    if connection.vendor != "sqlite":
        pytest.skip("this run of the tests has another database")
    ada = User.objects.create_user(username="ada", password="-")
    audit.record(ada, "probe.first", ada)
    chain.seal()
    var = tmp_path / "var"
    write_files(var)
    (var / "secret_key").write_text("for tests only")
    with (
        closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as source,
        closing(sqlite3.connect(var / "teamhub.sqlite3")) as file,
    ):
        source.backup(file)
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA wal_autocheckpoint=0")
        file.execute("UPDATE accounts_user SET first_name = 'in the wal'")
        file.commit()
        assert b"in the wal" not in (var / "teamhub.sqlite3").read_bytes()
        yield var


def test_what_the_document_backs_up_on_sqlite_it_restores_elsewhere(
    working_var: Path, tmp_path: Path
) -> None:
    backup, restore = blocks("### SQLite")
    fresh = tmp_path / "another machine" / "var"
    kept = {"/var/backups": str(tmp_path / "kept")}
    today = datetime.datetime.now().astimezone().date().isoformat()

    type_in(backup, {"/var/lib/teamhub": str(working_var), **kept})
    said = type_in(restore, {"/var/lib/teamhub": f"'{fresh}'", "2026-11-26": today, **kept})

    assert "1 events sealed" in said
    assert "The chain is whole." in said
    assert (fresh / "secret_key").read_text() == "for tests only"
    assert_files_are_back(fresh)
    with closing(sqlite3.connect(fresh / "teamhub.sqlite3")) as file:
        rows = file.execute("SELECT username, first_name FROM accounts_user").fetchall()
    assert rows == [("ada", "in the wal")]
