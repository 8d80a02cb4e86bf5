"""The address that a request came from; the only place that reads X-Forwarded-For."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A request over a Unix socket has no address; writing this word trusts the socket's other end.
SOCKET = "unix"


def client_ip(request: HttpRequest) -> str | None:
    """The nearest address that is not a trusted proxy; None where the server knows none.

    Each proxy appends the address that it was called from, so the list is read from the right, and
    only as long as trusted proxies wrote it. Everything further left is the client's own claim.
    """
    sender = str(request.META.get("REMOTE_ADDR", "") or "")
    nearest = _address(sender)
    if not _is_trusted(nearest):
        return str(nearest) if nearest else None
    claims = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    for claim in reversed(claims):
        address = _address(claim)
        if address is None:  # no proxy of ours writes this
            break
        nearest = address
        if not _is_trusted(address):
            break
    return str(nearest) if nearest else None


def login_address(request: HttpRequest) -> str | None:
    """The address under which failed log-ins are counted: of IPv6 the /64.

    One customer has 2**64 addresses there, and could take a new one for each guess.
    """
    address = _address(client_ip(request) or "")
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address) if address else None


def trusted_networks() -> tuple[Network, ...]:
    """Read TRUSTED_PROXIES; a bad entry raises ImproperlyConfigured."""
    return _networks(tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=8)
def _networks(entries: tuple[str, ...]) -> tuple[Network, ...]:
    found = []
    for entry in entries:
        if entry == SOCKET:
            continue
        try:
            found.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES: {entry!r} is neither an address nor a network. "
                "Write for example 10.0.0.5 or 10.0.0.0/24."
            ) from None
    return tuple(found)


def _is_trusted(address: Address | None) -> bool:
    if address is None:
        return SOCKET in settings.TRUSTED_PROXIES
    return any(address in network for network in trusted_networks())


def _address(text: str) -> Address | None:
    """Parse an address as proxies write it: with or without port and brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or ipaddress.IPv6Address(int(address))  # without scope
    return address
