"""Who is believed about the client's address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from teamhub.accounts import addresses

CLIENT = "203.0.113.7"
PROXY = "10.0.0.5"
NETWORK = "10.0.0.0/24"


def client_ip(sender: str, forwarded: str | None = None) -> str | None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=sender)
    return addresses.client_ip(request)


def test_without_a_trusted_proxy_the_header_means_nothing(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []

    assert client_ip(CLIENT, "198.51.100.1") == CLIENT


def test_a_client_that_connects_directly_cannot_pretend(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [NETWORK]

    assert client_ip(CLIENT, "198.51.100.1") == CLIENT


@pytest.mark.parametrize("trusted", [PROXY, NETWORK])
def test_a_trusted_proxy_names_the_client(trusted: str, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [trusted]

    assert client_ip(PROXY, CLIENT) == CLIENT


@pytest.mark.parametrize(
    "forwarded",
    [
        f"198.51.100.1, {CLIENT}",
        f"127.0.0.1, {CLIENT}",
        f"{PROXY}, {CLIENT}",  # the client writes the proxy's own address
        f"198.51.100.1, {CLIENT}, 10.0.0.9",  # two proxies in a row
        f"nonsense, {CLIENT}",
    ],
)
def test_what_the_client_wrote_itself_is_not_believed(forwarded: str, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [NETWORK]

    assert client_ip(PROXY, forwarded) == CLIENT


@pytest.mark.parametrize("forwarded", [None, "", " , ", "nonsense", f"{CLIENT}, nonsense"])
def test_without_a_readable_entry_it_is_the_proxy(forwarded: str | None, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [NETWORK]

    assert client_ip(PROXY, forwarded) == PROXY


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (f"{CLIENT}:51234", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:51234", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
    ],
)
def test_ports_brackets_and_ipv4_in_ipv6_are_read(
    forwarded: str, expected: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [PROXY]

    assert client_ip(PROXY, forwarded) == expected


def test_a_proxy_that_listens_on_both_protocols_is_the_same_proxy(
    settings: Any,
) -> None:
    settings.TRUSTED_PROXIES = [PROXY]

    assert client_ip(f"::ffff:{PROXY}", CLIENT) == CLIENT


def test_a_unix_socket_is_trusted_only_when_it_is_named(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    unnamed = client_ip("", CLIENT)
    settings.TRUSTED_PROXIES = ["unix"]

    assert (unnamed, client_ip("", CLIENT)) == (None, CLIENT)


def test_a_proxy_that_is_no_address_stops_the_start(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["proxy.example.org"]

    with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES.*proxy\.example\.org"):
        addresses.trusted_networks()
