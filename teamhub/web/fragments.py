"""A page and the piece of it that htmx asks for come from the same view and the same context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def wants_fragment(request: HttpRequest, root: str = "") -> bool:
    """Whether htmx asks for a piece; with `root`, for the piece with this id.

    Going back in the browser's history asks by htmx as well, but needs the whole page.
    """
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.history_restore_request:
        return False
    return not root or htmx.target == root


def page_or_fragment(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: Mapping[str, Any],
    *,
    root: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the fragment when htmx asks for it, the page that includes it otherwise."""
    template = fragment if wants_fragment(request, root) else page
    response = render(request, template, dict(context), status=status)
    response.headers.setdefault("Vary", "HX-Request")
    return response
