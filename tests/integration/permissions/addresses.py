"""Every address of the URL conf, and the fragments and exports that pages offer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, resolve


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Route and full name of each; the route is written as `resolve` writes it."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.pattern), ":".join([*spaces, pattern.name or "without a name"])
            continue
        before = str(pattern.pattern)
        below = (*spaces, pattern.namespace) if pattern.namespace else spaces
        for route, name in addresses(pattern, below):
            yield before + route.removeprefix("^" if before else ""), name


def route_of(path: str) -> str:
    return resolve(path.partition("?")[0]).route


# --- what pages offer -----------------------------------------------------------------------------

_OF_HTMX = re.compile(r"<[^>]*?\shx-(?:get|post)=[^>]*>")
_EXPORT = re.compile(r'href="([^"]*(?:[?;]format=csv|\.csv|/export/)[^"]*)"')
_ONE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|\{\w+\}")


def piece(method: str, path: str, root: str = "") -> tuple[str, str, str]:
    """Method, address and fragment, the same for every object; a list and its file differ."""
    address, _mark, query = path.partition("?")
    file = " (csv)" if "format=csv" in query else ""
    return method, _ONE.sub("*", address) + file, _ONE.sub("*", root)


def offers(page: str) -> Iterator[tuple[str, str, str]]:
    """What a page has htmx ask for, and the files that it links."""
    for tag in _OF_HTMX.findall(page):
        method, path = re.findall(r'\shx-(get|post)="([^"]*)"', tag)[0]
        target = "".join(re.findall(r'\shx-target="([^"]*)"', tag))
        if target == "this":
            target = "#" + "".join(re.findall(r'\sid="([^"]*)"', tag))
        yield piece(method.upper(), path, target.removeprefix("#"))
    for path in _EXPORT.findall(page):
        yield piece("GET", path)
