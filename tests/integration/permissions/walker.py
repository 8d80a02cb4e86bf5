"""Ask the product as somebody, take back what it changed, and ask nothing twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.cast import SCOPES, api_client

if TYPE_CHECKING:
    from teamhub.accounts.models import User
    from tests.integration.permissions.scene import Things

# A row of the matrix: object and action.
RuleKey = tuple[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str  # where it sends a browser or htmx
    kind: str  # content type
    allowed: frozenset[str] = frozenset()  # methods, where it says so
    left: bool | None = None  # what the probe asks of the database afterwards

    @property
    def is_page(self) -> bool:
        return "html" in self.kind

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

    rule: RuleKey
    method: str
    name: str
    args: tuple[str, ...] = ()  # names of things, or of their attributes: "project.key"
    kwargs: tuple[tuple[str, str], ...] = ()
    query: str = ""
    root: str = ""  # the fragment that htmx asks for: "item-{item}" is the row of the thing
    data: Callable[[Things], Any] = lambda _things: {}
    headers: tuple[tuple[str, str], ...] = ()
    ok: int = 200
    refused: int = 0  # where the refusal is not the one of the matrix
    # What one must be allowed before: the first of these that one may not gives the refusal.
    reads: tuple[RuleKey, ...] = ()
    tells: Callable[[Things], str] | None = None  # a pattern that only those who may find
    leaves: Callable[[Things], bool] | None = None  # true afterwards only for those who may
    only_own: bool = False
    without_money: int = 0  # the status for a token without that scope, where it is another

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
        return f"{address}?{_filled(self.query, things)}" if self.query else address


def _filled(words: str, things: Things) -> str:
    """Words with "{run}" replaced by the id of that thing."""
    return re.sub(r"\{([\w.]+)\}", lambda match: str(_value(things, match[1])), words)


def _value(things: Things, part: str) -> Any:
    name, _dot, attribute = part.partition(".")
    return getattr(getattr(things, name), attribute or "pk")


def _root(root: str, things: Things) -> str:
    name, brace, rest = root.partition("{")
    return f"{name}{_value(things, rest.removesuffix('}'))}" if brace else root


def of_fragment(root: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": root} if root else {}


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
        self.cookies = dict(self.browser.cookies)  # of the log-in

    def probe(self, probe: Probe, things: Things) -> Answer:
        data = probe.data(things) if probe.method != "GET" else None
        headers = dict(probe.headers) | of_fragment(_root(probe.root, things))
        leaves = (probe.leaves, things) if probe.leaves else None
        return self.ask(probe.method, probe.path(things), data, headers, leaves)

    def ask(
        self,
        method: str,
        path: str,
        data: Any = None,
        headers: dict[str, str] | None = None,
        leaves: tuple[Callable[[Things], bool], Things] | None = None,
    ) -> Answer:
        key = (method, path, _told(data), repr(headers or {}), leaves and leaves[0])
        if key not in self.answers:
            with transaction.atomic():
                response = self._send(method.lower(), path, data, headers or {})
                left = leaves[0](leaves[1]) if leaves else None
                self.answers[key] = _answer(response, left)
                transaction.set_rollback(True)
            # What an answer wants to say on the next page must not be found there.
            self.browser.cookies = SimpleCookie(self.cookies)
        return self.answers[key]

    def _send(self, method: str, path: str, data: Any, headers: dict[str, str]) -> Any:
        more: dict[str, Any] = {"headers": headers}
        if not path.startswith("/api/"):
            return getattr(self.browser, method)(path, data or {}, **more)
        if method not in {"get", "options"}:
            is_file = any(hasattr(one, "read") for one in (data or {}).values())
            more["format"] = "multipart" if is_file else "json"
        return getattr(self.program, method)(path, data, **more)


def _told(data: Any) -> str:
    """What is sent, the same for files with the same content."""
    parts = data if isinstance(data, dict) else {"": data}
    return repr([(k, v.getvalue() if hasattr(v, "getvalue") else v) for k, v in parts.items()])


def _answer(response: Any, left: bool | None) -> Answer:
    body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    is_text = any(part in kind for part in ("text", "json", "yaml")) or not body
    # Files of other kinds stay bytes, of which a pattern still finds what is not compressed.
    text = body.decode("utf-8-sig" if is_text else "latin-1")
    location = response.get("Location", "") or response.get("HX-Redirect", "")
    allowed = frozenset(response.get("Allow", "").replace(" ", "").split(",")) - {""}
    return Answer(response.status_code, text, location, kind, allowed, left)
