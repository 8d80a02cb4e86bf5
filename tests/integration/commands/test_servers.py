"""The private servers of the tests answer, and end with the tests."""

from __future__ import annotations

from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from tests import servers

pytestmark = pytest.mark.processes


def test_a_private_postgres_answers_and_is_gone_afterwards() -> None:
    if servers.postgres_bin() is None:
        pytest.skip("tests of pg_url say so")
    before = {child.pid for child in psutil.Process().children()}
    with servers.private_postgres() as url:
        connection = psycopg2.connect(url)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            assert cursor.fetchone() == ("UTF8",)
            cursor.execute("SHOW data_directory")
            data = Path(cursor.fetchone()[0])
        connection.close()

    assert {child.pid for child in psutil.Process().children()} <= before
    assert not data.exists()


def test_a_private_redis_answers_and_is_gone_afterwards(redis_url: str) -> None:
    with servers.private_redis() as other:
        assert other != redis_url
        client = redis.Redis.from_url(other)
        assert client.ping()
        client.close()

    client = redis.Redis.from_url(other)
    with pytest.raises(redis.ConnectionError):
        client.ping()
    client.close()


def test_postgres_of_the_session_takes_connections(pg_url: str) -> None:
    psycopg2.connect(pg_url).close()
