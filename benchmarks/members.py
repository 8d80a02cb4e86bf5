"""Another member of the running product, made as people are made: invited, by forms, over HTTP."""

from __future__ import annotations

import html
import http.cookiejar
import re
import secrets
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from benchmarks.running import USER, Client, ProductError

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LINK = re.compile(r'<code id="th-link">([^<]+)</code>')


class Browser:
    """Forms with cookies; as much of a browser as a log-in needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        with self._opener.open(self.url + path, timeout=60) as answer:
            text: str = answer.read().decode()
        return text

    def post(self, path: str, fields: Mapping[str, Any]) -> str:
        """Fill in the form at this address and send it."""
        found = _TOKEN.search(self.get(path))
        if found is None:
            raise ProductError(f"{path} has no form")
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": found[1]}, doseq=True)
        request = urllib.request.Request(  # noqa: S310 (loopback only)
            self.url + path, data.encode(), {"Referer": self.url + path}
        )
        with self._opener.open(request, timeout=60) as answer:
            text: str = answer.read().decode()
        return text


def member(client: Client, password: str, group: str, *, scopes: list[str]) -> Client:
    """Somebody of this group with a token of these scopes; `password` is the administrator's."""
    email = f"{group.replace(' ', '-')}@example.org"
    office = Browser(client.url)
    office.post("/accounts/login/", {"username": USER, "password": password, "next": "/"})
    issued = office.post(
        "/accounts/users/invite/", {"full_name": group.title(), "email": email, "groups": [group]}
    )
    link = _LINK.search(issued)
    name = re.search(r"<dt>User name</dt><dd>([^<]+)</dd>", issued)
    if link is None or name is None:
        raise ProductError(f"no link was shown for the new {group}")
    chosen = secrets.token_urlsafe(16)
    path = urllib.parse.urlsplit(html.unescape(link[1])).path
    Browser(client.url).post(path, {"new_password1": chosen, "new_password2": chosen})
    answer = client.call(
        "POST",
        "/api/v1/auth/token/",
        {"username": html.unescape(name[1]), "password": chosen, "scopes": scopes},
    )
    return Client(client.url, answer["token"])
