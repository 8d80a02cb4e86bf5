"""The house stands as its plan says: sizes, names, templates, documented settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("teamhub", "roles", "projects", "capacity", "models_ml")
SOURCES = sorted(
    path
    for folder in (*PACKAGES, "scripts", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- sizes and names ------------------------------------------------------------------------------


def test_every_module_can_be_read_in_one_sitting() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in SOURCES}

    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_every_module_is_named_for_what_it_holds() -> None:
    empty_words = {"utils.py", "helpers.py", "common.py", "misc.py", "manager.py"}

    assert [name(path) for path in SOURCES if path.name in empty_words] == []


def test_every_model_says_what_it_is_and_in_which_order_it_comes() -> None:
    ours = [
        model
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in PACKAGES
        for model in config.get_models()
        if not model.__name__.startswith("Historical")
    ]

    assert ours
    assert [model for model in ours if "__str__" not in _defined_in(model)] == []
    assert [model for model in ours if not model._meta.ordering] == []


def _defined_in(model: type) -> set[str]:
    """Names that the model or a base of ours defines."""
    return {
        defined
        for base in model.__mro__
        if not base.__module__.startswith("django.db")
        for defined in vars(base)
    }


# --- the strict content security policy -----------------------------------------------------------

INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "an hx-on handler": r"\shx-on[:-]",
    "an inline script": r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>",
}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_has(what: str) -> None:
    found = [name(path) for path in TEMPLATES if re.search(INLINE[what], path.read_text())]

    assert found == []


@pytest.mark.parametrize(
    ("what", "html"),
    [
        ("a style attribute", '<p class="a" style="x">'),
        ("a style element", "<style>"),
        ("an event handler", '<a href="#" onclick="x()">'),
        ("an hx-on handler", '<p hx-on:click="x">'),
        ("an inline script", "<script>x()</script>"),
        ("an inline script", '<script type="module">x()</script>'),
    ],
)
def test_the_patterns_find_inline_code(what: str, html: str) -> None:
    assert re.search(INLINE[what], html)


# --- settings -------------------------------------------------------------------------------------


def test_every_variable_of_the_environment_is_documented() -> None:
    read = set(
        re.findall(
            r"env\.(?:text|flag|integer|number|listing|secret)\(\s*\"(\w+)\"",
            (ROOT / "teamhub/settings.py").read_text(),
        )
    )
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))

    assert len(read) > 20
    assert sorted(read - documented) == []
