"""Recipes by key. A recipe's module names its Config and builds its network.

Keras is loaded by `build` only, so that a web process can offer and check recipes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models_ml.kernel.recipes.base import Field, InvalidConfig, Recipe, Shapes, config_of
from models_ml.kernel.recipes.base import fields_of as _fields_of
from models_ml.kernel.recipes.seed_mlp import SEED_MLP
from models_ml.kernel.recipes.seed_mlp_scaled import SEED_MLP_SCALED

__all__ = ["DEFAULT", "RECIPES", "Field", "InvalidConfig", "Recipe", "Shapes"]
__all__ += ["config_from", "fields_of"]

RECIPES: dict[str, Recipe] = {each.key: each for each in (SEED_MLP, SEED_MLP_SCALED)}
DEFAULT = SEED_MLP.key


def config_from(key: str, values: Mapping[str, Any]) -> Any:
    """Make the Config of a recipe; what is not given has its default.

    Raises
    ------
    InvalidConfig
        No such recipe, or a value that it cannot take; `details` names the field.
    """
    if key not in RECIPES:
        raise InvalidConfig("There is no recipe “%(recipe)s”.", field="recipe", recipe=key)
    return config_of(RECIPES[key].Config, values)


def fields_of(key: str) -> tuple[Field, ...]:
    """Return the hyperparameters of a recipe in order, for a form."""
    return _fields_of(RECIPES[key].Config)
