"""What a model has to beat, on the same split: the majority, a logistic regression, a challenger.

scikit-learn is loaded by the first call only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.kernel.metrics import Scores, scores

Matrix = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float32]
MAX_ITERATIONS = 1000  # of the logistic regression; it converges in tens on standardised columns


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows to learn from and those to be judged by.

    Parameters
    ----------
    train_x, held_x
        Of shape (n_train, n_features) and (n_held, n_features).
    train_y, held_y
        Of shape (n_train,) and (n_held,), 0 or 1.
    """

    train_x: Matrix
    train_y: Vector
    held_x: Matrix
    held_y: Vector


def majority(parts: Parts, seed: int) -> Scores:
    """Predict the share of positive training rows for every row."""
    share = float(parts.train_y.mean(dtype=np.float64))
    return scores(parts.held_y, np.full(len(parts.held_y), share))


def logistic_regression(parts: Parts, seed: int) -> Scores:
    """Fit a logistic regression (L2, C = 1) on standardised columns."""
    from sklearn.linear_model import LogisticRegression

    mean, std = standardisation(parts.train_x)
    model = LogisticRegression(max_iter=MAX_ITERATIONS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged: what it has by then is the baseline
        model.fit((parts.train_x - mean) / std, parts.train_y)
    return scores(parts.held_y, model.predict_proba((parts.held_x - mean) / std)[:, 1])


def hist_gradient_boosting(parts: Parts, seed: int) -> Scores:
    """Fit scikit-learn's histogram gradient boosting with its defaults.

    Notes
    -----
    It stops early on a cut of the training part when that has more than 10,000 rows.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(random_state=seed)
    model.fit(parts.train_x, parts.train_y)
    return scores(parts.held_y, model.predict_proba(parts.held_x)[:, 1])


ALWAYS = ("majority", "logistic_regression")
CHALLENGERS = ("hist_gradient_boosting",)
BASELINES: dict[str, Callable[[Parts, int], Scores]] = {
    "majority": majority,
    "logistic_regression": logistic_regression,
    "hist_gradient_boosting": hist_gradient_boosting,
}


def standardisation(features: Matrix) -> tuple[Vector, Vector]:
    """Return the mean and standard deviation of each column, 1 where a column is constant.

    Parameters
    ----------
    features
        Of shape (n, n_features).

    Returns
    -------
    tuple
        Two float32 arrays of shape (n_features,); computed in float64.
    """
    std = features.std(axis=0, dtype=np.float64)
    mean = features.mean(axis=0, dtype=np.float64)
    flat = features.min(axis=0) == features.max(axis=0)
    return mean.astype(np.float32), np.where(flat, 1.0, std).astype(np.float32)
