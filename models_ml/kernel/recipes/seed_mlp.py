"""The article's network on raw features: our baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models_ml.kernel.recipes.base import Array, Recipe, Shapes, Weights, setting


@dataclass(frozen=True, slots=True)
class Config:
    """Hyperparameters of the article's training.

    Parameters
    ----------
    hidden
        Units of each hidden layer; relu, then dropout.
    dropout
        Share of units left out in each training step.
    steps_per_execution
        Batches between two looks from Python. 32 is about twice as quick on a CPU, with the same
        weights; the curve, cancel and finish lag by as many batches.
    """

    hidden: tuple[int, ...] = setting((256, 128), low=1, high=4096, source="the article")
    dropout: float = setting(0.5, low=0.0, high=0.95, source="the article")
    epochs: int = setting(10, low=1, high=1000, source="the article")
    batch_size: int = setting(32, low=1, high=65536, source="the default of Keras")
    learning_rate: float = setting(0.001, low=1e-6, high=1.0, source="the default of Adam in Keras")
    steps_per_execution: int = setting(1, low=1, high=1024, source="the default of Keras")


def build(config: Config, shapes: Shapes) -> Any:
    """Make the network, from raw features to the probability of the label 1.

    Parameters
    ----------
    shapes
        With mean and std the first layer standardises; it has no weights, and is saved with them.

    Returns
    -------
    keras.Model
        Compiled: binary cross-entropy, Adam, accuracy. All layers have names of their own, so that
        weights are named alike in every process.
    """
    import keras

    layers: list[Any] = [keras.layers.Input((shapes.n_features,), name="features")]
    if shapes.mean is not None and shapes.std is not None:
        mean, variance = shapes.mean.tolist(), np.square(shapes.std.astype(np.float64)).tolist()
        layers.append(keras.layers.Normalization(mean=mean, variance=variance, name="standardise"))
    for i_layer, units in enumerate(config.hidden, start=1):
        layers.append(keras.layers.Dense(units, activation="relu", name=f"hidden_{i_layer}"))
        layers.append(keras.layers.Dropout(config.dropout, name=f"dropout_{i_layer}"))
    layers.append(keras.layers.Dense(1, activation="sigmoid", name="output"))
    model = keras.Sequential(layers, name="network")
    model.compile(
        optimizer=keras.optimizers.Adam(config.learning_rate),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=["accuracy"],
        steps_per_execution=config.steps_per_execution,
        # XLA on a CPU was 6 to 45 times slower (research/RECOMMENDER.md, section 3.3).
        jit_compile=False,
    )
    return model


def forward(weights: Weights, features: Array) -> Array:
    """Compute the network in NumPy.

    Parameters
    ----------
    weights
        By layer and name, such as "hidden_1/kernel", in the model's order.
    features
        Of shape (n, n_features), standardised where the recipe does that.

    Returns
    -------
    array of shape (n,), float32
    """
    arrays = list(weights.values())
    layers = list(zip(arrays[::2], arrays[1::2], strict=True))
    values = features
    for kernel, bias in layers[:-1]:
        values = np.maximum(values @ kernel + bias, np.float32(0))
    kernel, bias = layers[-1]
    logits = (values @ kernel + bias)[:, 0]
    # The form that cannot overflow, whatever the sign.
    small = np.exp(-np.abs(logits))
    result: Array = np.where(logits >= 0, 1 / (1 + small), small / (1 + small)).astype(np.float32)
    return result


SEED_MLP = Recipe(
    key="seed-mlp",
    title="Article's network",
    summary="256 and 128 units with dropout on raw features, ten epochs.",
    Config=Config,
    build=build,
    forward=forward,
)
