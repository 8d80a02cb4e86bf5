"""Ask the product as somebody, take back what it changed, and ask nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.cast import SCOPES, api_client

if TYPE_CHECKING:
    from teamhub.accounts.models import User
    from tests.integration.permissions.scene import Things

HTMX = "htmx"  # surface of fragments; the others are page and api


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str  # where it sends a browser or htmx
    kind: str  # content type

    @property
    def is_json(self) -> bool:
        return "json" in self.kind

    @property
    def is_csv(self) -> bool:
        return "csv" in self.kind

    def json(self) -> Any:
        return json.loads(self.text)


def always(form: Any, _things: Things) -> Any:
    """The same form whatever the scene."""
    return form


@dataclass(frozen=True)
class Probe:
    """One address of the product, and what it answers to those who may."""

    rule: tuple[str, str]
    method: str
    name: str
    args: tuple[str, ...] = ()
    kwargs: tuple[tuple[str, str], ...] = ()
    query: str = ""
    root: str = ""  # the fragment that htmx asks for
    data: Callable[[Things], Any] = lambda _things: {}
    headers: tuple[tuple[str, str], ...] = ()
    ok: int = 200
    refused: int = 0  # where the refusal is not the one of the matrix
    reads: tuple[str, str] | None = None  # who may not do this gets 404
    tells: Callable[[Things], str] | None = None  # a pattern that only those who may find
    only_own: bool = False

    def __str__(self) -> str:
        extra = "".join(f" {value}" for _key, value in self.kwargs)
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {self.name}{extra}{query}{' (fragment)' if self.root else ''}"

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    def path(self, things: Things) -> str:
        args = [_value(things, part) for part in self.args]
        address = reverse(self.name, args=args or None, kwargs=dict(self.kwargs) or None)
        return f"{address}?{self.query}" if self.query else address


def _value(things: Things, part: str) -> Any:
    name, _dot, attribute = part.partition(".")
    return getattr(getattr(things, name), attribute or "pk")


def _root(root: str, things: Things) -> str:
    """The id of the fragment: `item-{item}` names the row of the thing."""
    name, brace, rest = root.partition("{")
    return f"{name}{_value(things, rest.removesuffix('}'))}" if brace else root


@dataclass
class Walker:
    """Somebody with a browser and a program (a token)."""

    user: User | None
    scopes: tuple[str, ...] = SCOPES
    answers: dict[tuple[Any, ...], Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.browser: Any = Client()
        self.program: Any = APIClient()
        if self.user is not None:
            self.browser.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
            self.program = api_client(self.user, self.scopes)

    def probe(self, probe: Probe, things: Things) -> Answer:
        data = probe.data(things) if probe.method != "GET" else None
        headers = dict(probe.headers)
        if probe.root:
            headers |= {"HX-Request": "true", "HX-Target": _root(probe.root, things)}
        return self.ask(probe.method, probe.path(things), data, headers)

    def ask(
        self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        key = (method, path, repr(data), repr(headers))
        if key not in self.answers:
            with transaction.atomic():
                self.answers[key] = self._send(method.lower(), path, data, headers or {})
                transaction.set_rollback(True)
        return self.answers[key]

    def _send(self, method: str, path: str, data: Any, headers: dict[str, str]) -> Answer:
        more: dict[str, Any] = {"headers": headers}
        if not path.startswith("/api/"):
            response = getattr(self.browser, method)(path, data or {}, **more)
        else:
            if method != "get":
                is_file = any(hasattr(one, "read") for one in (data or {}).values())
                more["format"] = "multipart" if is_file else "json"
            response = getattr(self.program, method)(path, data, **more)
        body = b"".join(response) if response.streaming else response.content
        kind = response.headers.get("Content-Type", "")
        location = response.get("Location", "") or response.get("HX-Redirect", "")
        return Answer(response.status_code, body.decode("utf-8-sig"), location, kind)
