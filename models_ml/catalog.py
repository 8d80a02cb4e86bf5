"""The recipes as pages, forms and programs ask for them.

The kernel's recipes need NumPy: it is loaded by the first call, not when a process starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from models_ml.words import ADVICE, FIELD_LABELS
from teamhub.errors import InvalidInput

DEFAULT = "seed-mlp"  # the article's


@dataclass(frozen=True)
class Setting:
    """One hyperparameter of a recipe."""

    name: str
    label: str
    kind: str  # integer, number, integers
    default: Any
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class RecipeCard:
    """A recipe in the words of the active language."""

    key: str
    title: str
    summary: str
    advice: str
    settings: tuple[Setting, ...]


def known() -> list[str]:
    """Keys of all recipes, in the order in which they are offered."""
    from models_ml.kernel import recipes  # noqa: PLC0415 (NumPy)

    return list(recipes.RECIPES)


def cards() -> list[RecipeCard]:
    return [card(key) for key in known()]


def card(key: str) -> RecipeCard:
    """One recipe; raises InvalidInput for a key that there is not."""
    from models_ml.kernel import recipes  # noqa: PLC0415 (NumPy)

    recipe = recipes.RECIPES.get(key)
    if recipe is None:
        raise InvalidInput(
            _("There is no recipe “%(recipe)s”. Known: %(known)s.")
            % {"recipe": key[:40], "known": ", ".join(recipes.RECIPES)},
            field="recipe",
        )
    settings = tuple(
        Setting(
            name=field.name,
            label=str(FIELD_LABELS.get(field.name, field.name)),
            kind=field.kind,
            default=field.default,
            low=field.low,
            high=field.high,
            source=_(field.source),
        )
        for field in recipes.fields_of(key)
    )
    return RecipeCard(key, _(recipe.title), _(recipe.summary), str(ADVICE.get(key, "")), settings)


def title(key: str) -> str:
    """A recipe's name; its key where it is no longer offered."""
    return card(key).title if key in known() else key


def complete(key: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    """The whole configuration as plain JSON; raises InvalidInput with the field at fault."""
    from models_ml.kernel import recipes  # noqa: PLC0415 (NumPy)

    card(key)
    try:
        config = recipes.config_from(key, changed)
    except recipes.InvalidConfig as error:
        words = _(error.template) % error.details
        raise InvalidInput(words, field="config", setting=error.details.get("field")) from None
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(config).items()
    }
