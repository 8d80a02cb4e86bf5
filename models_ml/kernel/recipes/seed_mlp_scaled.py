"""The article's network on standardised features: the same, able to learn on ordinary tables.

On raw columns of very different size the network collapses to the majority class, on three of the
five sets that we measured (research/RECOMMENDER.md, section 3.2).
"""

from __future__ import annotations

from models_ml.kernel.recipes.base import Recipe
from models_ml.kernel.recipes.seed_mlp import Config, build, forward

SEED_MLP_SCALED = Recipe(
    key="seed-mlp-scaled",
    title="Article's network, standardised",
    summary="The same network; each column is first brought to mean 0 and deviation 1.",
    Config=Config,
    build=build,
    forward=forward,
    standardises=True,
)
