"""How each row of the matrix is tried: doors that open or not, and answers that tell or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.cast import api_client

if TYPE_CHECKING:
    from teamhub.accounts.models import User
    from tests.integration.rights.world import Things

REFUSED = {401, 403, 404}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str = ""

    @property
    def is_refusal(self) -> bool:
        return self.status in REFUSED or self.location.startswith(reverse("accounts:login"))


class Walker:
    """Somebody with a browser and a program; what they change is taken back at once."""

    def __init__(
        self, user: User | None, scopes: tuple[str, ...] = ("read", "write", "money")
    ) -> None:
        self.browser: Any = Client(raise_request_exception=False)
        self.program: Any = APIClient(raise_request_exception=False)
        if user is not None:
            self.browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            self.program = api_client(user, scopes)
            self.program.raise_request_exception = False

    def ask(self, method: str, path: str, data: Any = None, headers: Any = None) -> Answer:
        with transaction.atomic():
            response = self._send(method.lower(), path, data, headers)
            body = b"".join(response) if response.streaming else response.content
            transaction.set_rollback(True)
        return Answer(response.status_code, body.decode(), response.get("Location", ""))

    def _send(self, method: str, path: str, data: Any, headers: Any) -> Any:
        more: dict[str, Any] = {"headers": dict(headers)} if headers else {}
        if not path.startswith("/api/"):
            return getattr(self.browser, method)(path, data or {}, **more)
        if method != "get":
            is_file = any(hasattr(value, "read") for value in (data or {}).values())
            more["format"] = "multipart" if is_file else "json"
        return getattr(self.program, method)(path, data, **more)


Path = Callable[["Things"], str]
Data = Callable[["Things"], Any]


@dataclass(frozen=True)
class Door:
    """An address that answers (with a form's error too) or refuses."""

    key: tuple[str, str]
    method: str
    path: Path
    data: Data = lambda _things: None
    headers: tuple[tuple[str, str], ...] = ()
    only_own: bool = False

    def __str__(self) -> str:
        return f"{self.method} {getattr(self.path, 'name', '')}"


@dataclass(frozen=True)
class Telling:
    """An answer that holds the text (a pattern) or does not."""

    key: tuple[str, str]
    path: Path
    marker: Callable[[Things], str]

    def __str__(self) -> str:
        return f"GET {getattr(self.path, 'name', '')}"


class At:
    """The address of a named page for a thing: `At("projects:project-detail", "project")`."""

    def __init__(self, name: str, *parts: str, query: str = "", **fixed: Any) -> None:
        self.name = name + (f"?{query}" if query else "") + (f" {fixed}" if fixed else "")
        self._url_name, self._parts, self._query, self._fixed = name, parts, query, fixed

    def __call__(self, things: Things) -> str:
        args = [self._value(things, part) for part in self._parts]
        address = reverse(self._url_name, args=args or None, kwargs=self._fixed or None)
        return f"{address}?{self._query}" if self._query else address

    @staticmethod
    def _value(things: Things, part: str) -> Any:
        name, _dot, attribute = part.partition(".")
        return getattr(getattr(things, name), attribute or "pk")


def doors(key: tuple[str, str], *addresses: At | tuple[Any, ...]) -> Iterator[Door]:
    """Doors from addresses (GET) or (method, address, data)."""
    for address in addresses:
        if isinstance(address, At):
            yield Door(key, "GET", address)
        else:
            yield Door(key, *address)


def tellings(
    key: tuple[str, str], marker: Callable[[Things], str], *addresses: At
) -> Iterator[Telling]:
    for address in addresses:
        yield Telling(key, address, marker)


def name_of(thing: str, attribute: str = "name") -> Callable[[Things], str]:
    """A pattern for the name of the thing."""
    return lambda things: re.escape(str(getattr(getattr(things, thing), attribute)))
