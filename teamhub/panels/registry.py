"""Panels by place, search sources and demo parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise

PLACES = ("home", "project", "person", "phase")


def _everybody(user: Any) -> bool:
    return True


@dataclass(frozen=True)
class Panel:
    """One box of a page that another app owns.

    `context(request, obj)` returns what the template needs, or None to hide the panel. `obj` is
    the page's object, None on the home page.
    """

    key: str
    title: Text
    template: str
    context: Callable[[HttpRequest, Any], Mapping[str, Any] | None] = lambda request, obj: {}
    order: int = 100
    visible: Callable[[Any], bool] = _everybody
    wide: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Shown:
    """A panel with the context that it is drawn with."""

    panel: Panel
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Hit:
    """One answer of a search source."""

    title: str
    kind: Text
    url: str
    detail: Text = ""


Source = Callable[[Any, str], list[Hit]]
DemoPart = Callable[[Any], None]


@dataclass
class _Registry:
    panels: dict[str, dict[str, Panel]] = field(
        default_factory=lambda: {place: {} for place in PLACES}
    )
    sources: list[Source] = field(default_factory=list)
    demo: list[tuple[int, DemoPart]] = field(default_factory=list)


_registry = _Registry()


def places() -> tuple[str, ...]:
    return PLACES


def register(place: str, panel: Panel) -> None:
    """Add a panel to a place; the same key twice is a mistake of an app."""
    if place not in PLACES:
        raise ValueError(f"No page has the place {place!r}; there are {', '.join(PLACES)}.")
    if panel.key in _registry.panels[place]:
        raise ValueError(f"The panel {panel.key!r} is registered twice at {place!r}.")
    _registry.panels[place][panel.key] = panel


def shown(place: str, request: HttpRequest, obj: Any = None) -> list[Shown]:
    """Panels of a place that this user may see and that have something to say, in order."""
    ordered = sorted(_registry.panels[place].values(), key=lambda panel: (panel.order, panel.key))
    found = []
    for panel in ordered:
        if not panel.visible(request.user):
            continue
        context = panel.context(request, obj)
        if context is not None:
            found.append(Shown(panel, context))
    return found


def register_search(source: Source) -> None:
    """Add `source(user, query)`, which returns only what this user may see."""
    if source not in _registry.sources:
        _registry.sources.append(source)


def search(user: Any, query: str) -> list[Hit]:
    """Answers of all sources, in the order in which they were registered."""
    return [hit for source in _registry.sources for hit in source(user, query)]


def register_demo(order: int, part: DemoPart) -> None:
    """Add an app's share of the demo company: `part(world)`; low orders run first."""
    if part not in [known for _, known in _registry.demo]:
        _registry.demo.append((order, part))


def demo_parts() -> list[DemoPart]:
    return [part for _, part in sorted(_registry.demo, key=lambda entry: entry[0])]


@contextmanager
def isolated() -> Iterator[None]:
    """Empty registries inside the block; for tests."""
    before = dict(vars(_registry))
    vars(_registry).update(vars(_Registry()))
    try:
        yield
    finally:
        vars(_registry).update(before)
