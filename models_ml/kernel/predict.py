"""Scoring with the exported weights: NumPy only, no TensorFlow in a serving process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.kernel.recipes import RECIPES

Array = npt.NDArray[np.float32]
PREPROCESSING = "preprocessing.json"
WEIGHTS = "weights.npz"
SCHEMA = 1


class InvalidModel(ValueError):
    """Files that are no exported model, or rows that do not fit it."""

    code = "model"


@dataclass(frozen=True, slots=True)
class Scorer:
    """An exported model.

    Parameters
    ----------
    columns
        The features in the order in which `score` takes them.
    mean, std
        Of shape (n_features,), or None where the recipe takes raw features.
    weights
        By layer and name, in the model's order.
    """

    recipe: str
    columns: tuple[str, ...]
    weights: Mapping[str, Array]
    mean: Array | None = None
    std: Array | None = None

    @classmethod
    def load(cls, folder: Path) -> Scorer:
        """Read `preprocessing.json` and `weights.npz`; check their sha256 before.

        Raises
        ------
        InvalidModel
            A file is missing or does not hold what it should.
        """
        try:
            about = json.loads((folder / PREPROCESSING).read_text("utf-8"))
            with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
                weights = {name: arrays[name] for name in arrays.files}
            if about["schema"] != SCHEMA or about["recipe"] not in RECIPES:
                raise InvalidModel(f"{folder}: of another version or an unknown recipe")
            return cls(
                recipe=about["recipe"],
                columns=tuple(about["columns"]),
                weights=weights,
                mean=_vector(about["mean"]),
                std=_vector(about["std"]),
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, InvalidModel):
                raise
            raise InvalidModel(f"{folder}: no exported model ({error})") from error

    def score(self, features: npt.ArrayLike) -> Array:
        """Return the probability of the label 1 for each row.

        Parameters
        ----------
        features
            Of shape (n, n_features), raw, finite, in the order of `columns`.

        Returns
        -------
        array of shape (n,), float32
            Within 1e-5 of what the Keras model says.

        Raises
        ------
        InvalidModel
            Another number of columns, or a number that is not finite.
        """
        values = np.asarray(features, np.float32)
        if values.ndim != 2 or values.shape[1] != len(self.columns):
            raise InvalidModel(f"rows need {len(self.columns)} features, not shape {values.shape}")
        if not np.isfinite(values).all():
            raise InvalidModel("a feature is not a finite number")
        if self.mean is not None and self.std is not None:
            values = (values - self.mean) / self.std
        return RECIPES[self.recipe].forward(self.weights, values)

    def score_rows(self, rows: Sequence[Mapping[str, Any]]) -> Array:
        """Score rows that name their features; further keys are left alone.

        Raises
        ------
        InvalidModel
            A feature is missing or no number.
        """
        values = np.empty((len(rows), len(self.columns)), np.float32)
        for i_row, row in enumerate(rows):
            for i_column, name in enumerate(self.columns):
                try:
                    values[i_row, i_column] = float(row[name])
                except (KeyError, TypeError, ValueError):
                    raise InvalidModel(
                        f"row {i_row + 1}: “{name}” is missing or no number"
                    ) from None
        return self.score(values)


def _vector(values: Sequence[float] | None) -> Array | None:
    return None if values is None else np.asarray(values, np.float32)
