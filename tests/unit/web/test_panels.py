"""The registries that apps fill."""

from types import SimpleNamespace
from typing import Any

import pytest

from teamhub import panels

REQUEST: Any = SimpleNamespace(user="ada")


@pytest.fixture(autouse=True)
def empty_registry() -> Any:
    with panels.isolated():
        yield


def test_panels_come_in_their_order() -> None:
    panels.register("home", panels.Panel("late", "Late", "x.html", order=20))
    panels.register("home", panels.Panel("early", "Early", "x.html", order=10))

    assert [shown.panel.key for shown in panels.shown("home", REQUEST)] == ["early", "late"]


def test_a_panel_without_context_or_right_is_hidden() -> None:
    panels.register("home", panels.Panel("none", "N", "x.html", lambda request, obj: None))
    panels.register("home", panels.Panel("bo", "B", "x.html", visible=lambda user: user == "bo"))

    assert panels.shown("home", REQUEST) == []


def test_a_hidden_panel_is_not_computed() -> None:
    def context(request: Any, obj: Any) -> dict[str, Any]:
        raise AssertionError("computed")

    panels.register("home", panels.Panel("x", "X", "x.html", context, visible=lambda user: False))

    assert panels.shown("home", REQUEST) == []


def test_the_same_key_twice_and_an_unknown_place_are_mistakes() -> None:
    panels.register("home", panels.Panel("x", "X", "x.html"))

    with pytest.raises(ValueError, match="twice"):
        panels.register("home", panels.Panel("x", "X", "x.html"))
    with pytest.raises(ValueError, match="attic"):
        panels.register("attic", panels.Panel("x", "X", "x.html"))


def test_search_asks_every_source_for_this_user() -> None:
    panels.register_search(lambda user, q: [panels.Hit(f"{user} {q}", "People", "/1")])
    panels.register_search(lambda user, q: [panels.Hit("two", "Projects", "/2")])

    assert [hit.title for hit in panels.search("ada", "wei")] == ["ada wei", "two"]


def test_demo_parts_run_in_their_order() -> None:
    done: list[str] = []
    panels.register_demo(20, lambda world: done.append("projects"))
    panels.register_demo(10, lambda world: done.append("roles"))

    for part in panels.demo_parts():
        part(None)

    assert done == ["roles", "projects"]
