"""What `up` checks before anything starts, without starting anything."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from teamhub import embedded


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEAMHUB_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    return tmp_path / "var"


def test_the_first_start_makes_a_secret_that_only_the_owner_reads(var: Path) -> None:
    embedded.ensure_secret()

    made = var / "secret_key"
    assert len(made.read_text()) >= 50
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [path.name for path in var.iterdir()] == ["secret_key"]


def test_a_later_start_keeps_the_secret(var: Path) -> None:
    embedded.ensure_secret()
    first = (var / "secret_key").read_text()

    embedded.ensure_secret()

    assert (var / "secret_key").read_text() == first


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FILE"])
def test_a_secret_of_the_environment_leaves_no_file(
    name: str, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "x")

    embedded.ensure_secret()

    assert not var.exists()


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TEAMHUB_VAR", str(tmp_path / "file" / "var"))
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(ImproperlyConfigured, match=r"secret_key cannot be made.*TEAMHUB_VAR"):
        embedded.ensure_secret()


def test_a_second_instance_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with (
        embedded.hold(tmp_path),
        pytest.raises(embedded.CannotStart, match=rf"\(process {os.getpid()}\).*TEAMHUB_VAR"),
    ):
        embedded.hold(tmp_path)


def test_the_folder_is_free_again_when_the_first_instance_ends(tmp_path: Path) -> None:
    embedded.hold(tmp_path).close()

    embedded.hold(tmp_path).close()


def test_a_taken_port_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(embedded.CannotStart) as refused:
            embedded.listen("127.0.0.1", port)

    assert f"Port {port} on 127.0.0.1 cannot be used: address already in use" in str(refused.value)
    assert f"make run PORT={port + 1}" in str(refused.value)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(embedded.CannotStart, match=r"no.such.host.invalid:80 is no address"):
        embedded.listen("no.such.host.invalid", 80)


def test_what_is_no_port_is_refused() -> None:
    with pytest.raises(embedded.CannotStart, match="70000 is no port: 1 to 65535"):
        embedded.listen("127.0.0.1", 70_000)


def test_a_free_port_is_taken_and_already_listens() -> None:
    with (
        embedded.listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname(), timeout=2),
    ):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machines_own_addresses_are_loopback(address: str) -> None:
    assert embedded.is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "::", "teamhub.example"])  # noqa: S104
def test_what_others_can_reach_is_not_loopback(address: str) -> None:
    assert not embedded.is_loopback(address)


def test_a_product_on_an_address_may_be_asked_by_that_address() -> None:
    hosts = embedded.allowed_hosts("192.0.2.7").split(",")

    assert {"localhost", "192.0.2.7", socket.gethostname()} <= set(hosts)
    assert "*" not in hosts


def test_the_digest_changes_with_a_file_and_only_then(tmp_path: Path) -> None:
    one = tmp_path / "one.css"
    one.write_text("a")
    before = embedded.digest_of([one])

    assert embedded.digest_of([one]) == before
    one.write_text("ab")
    assert embedded.digest_of([one]) != before
