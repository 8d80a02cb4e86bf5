"""How good predictions are, and when they are none: plain NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.floating]

CLIP = 1e-7  # as Keras clips probabilities in its cross-entropy (keras.config.epsilon)
ALL_ALIKE_STD = 1e-4  # research/RECOMMENDER.md, section 5
CHANCE_AUC = 0.52
LEARNABLE_AUC = 0.6


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy at 0.5, area under the ROC curve, and log loss (natural logarithm)."""

    accuracy: float
    auc: float
    log_loss: float


def scores(labels: Vector, probabilities: Vector) -> Scores:
    """Judge probabilities of the label 1.

    Parameters
    ----------
    labels
        Of shape (n,), 0 or 1, both there.
    probabilities
        Of shape (n,), 0 to 1, finite.

    Raises
    ------
    ValueError
        Shapes differ, or there is one class only.
    """
    return Scores(
        accuracy(labels, probabilities), auc(labels, probabilities), log_loss(labels, probabilities)
    )


def accuracy(labels: Vector, probabilities: Vector) -> float:
    """Return the share of rows on the right side of 0.5; 0.5 itself counts as 0, as in Keras.

    Parameters
    ----------
    labels, probabilities
        Of shape (n,), n > 0.
    """
    return float(np.mean((probabilities > 0.5) == (labels > 0.5)))


def auc(labels: Vector, probabilities: Vector) -> float:
    """Return the chance that a random positive row scores above a random negative one.

    Parameters
    ----------
    labels, probabilities
        Of shape (n,).

    Raises
    ------
    ValueError
        There is one class only.

    Notes
    -----
    Mann-Whitney U over n+ n-, ties count half: the mean rank of equal scores. O(n log n).
    """
    positive = labels > 0.5
    n_positive = int(positive.sum())
    n_negative = len(labels) - n_positive
    if n_positive == 0 or n_negative == 0:
        raise ValueError("The area under the curve needs rows of both classes.")
    _, group, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    last = np.cumsum(counts, dtype=np.float64)
    mean_rank = last - (counts - 1) / 2
    rank_sum = float(mean_rank[group[positive]].sum())
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def log_loss(labels: Vector, probabilities: Vector) -> float:
    """Return the mean binary cross-entropy, with probabilities kept `CLIP` away from 0 and 1.

    Parameters
    ----------
    labels, probabilities
        Of shape (n,), n > 0.
    """
    clipped = np.clip(probabilities.astype(np.float64), CLIP, 1 - CLIP)
    return float(-np.mean(np.where(labels > 0.5, np.log(clipped), np.log1p(-clipped))))


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with a prediction in [low, high): do as many have the label 1 as was predicted?"""

    low: float
    high: float
    n: int
    mean_probability: float | None
    positive_share: float | None


def reliability(labels: Vector, probabilities: Vector, *, n_bins: int = 10) -> tuple[Bin, ...]:
    """Compare what was predicted with what came, by bins of equal width.

    Parameters
    ----------
    labels, probabilities
        Of shape (n,).

    Returns
    -------
    tuple of Bin
        `n_bins` of them; the last one holds 1 too, an empty one has no shares.
    """
    bins = np.minimum((probabilities.astype(np.float64) * n_bins).astype(int), n_bins - 1)
    found = []
    for i_bin in range(n_bins):
        here = bins == i_bin
        n = int(here.sum())
        found.append(
            Bin(
                low=i_bin / n_bins,
                high=(i_bin + 1) / n_bins,
                n=n,
                mean_probability=float(probabilities[here].mean(dtype=np.float64)) if n else None,
                positive_share=float(labels[here].mean(dtype=np.float64)) if n else None,
            )
        )
    return tuple(found)


# What a page says of a model that learnt nothing, by code.
DEGENERATE = {
    "constant_predictions": (
        "The model predicts the same for every row (standard deviation %(std).6f); its accuracy "
        "is the share of the more frequent class."
    ),
    "no_better_than_chance": (
        "The model ranks rows no better than chance (AUC %(auc).3f), while a logistic regression "
        "on the same rows reaches %(baseline_auc).3f."
    ),
}


@dataclass(frozen=True, slots=True)
class Degenerate:
    """Why a model is none: a key of `DEGENERATE` and what its sentence names."""

    code: str
    std: float
    auc: float
    baseline_auc: float

    @property
    def details(self) -> dict[str, float]:
        return {"std": self.std, "auc": self.auc, "baseline_auc": self.baseline_auc}

    @property
    def reason(self) -> str:
        return DEGENERATE[self.code] % self.details


def degenerate(labels: Vector, probabilities: Vector, baseline_auc: float) -> Degenerate | None:
    """Say whether the predictions are those of a dead model.

    Parameters
    ----------
    labels, probabilities
        Of the held-out rows, of shape (n,).
    baseline_auc
        Of a logistic regression on the same rows.

    Notes
    -----
    A network that collapsed to the majority class reports its share as accuracy and no error.
    Thresholds: research/RECOMMENDER.md, section 5.
    """
    std = float(probabilities.std(dtype=np.float64))
    found = auc(labels, probabilities)
    if std < ALL_ALIKE_STD:
        return Degenerate("constant_predictions", std, found, baseline_auc)
    if found < CHANCE_AUC and baseline_auc > LEARNABLE_AUC:
        return Degenerate("no_better_than_chance", std, found, baseline_auc)
    return None
