"""The article's split: 80 % to train on, 20 % to be judged by.

The article validates each epoch on the test part, and so does training here; nothing is chosen by
it, the model is that of the last epoch. Who wants to choose (a recipe, a setting) cuts a validation
part from the training part with `validation_cut` and leaves the test part alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SPLIT_SEED = 42  # the article's random_state
TEST_SHARE = 0.2  # the article's test_size
VALIDATION_SHARE = 0.1  # of the training part; research/RECOMMENDER.md, section 3.2
# Rarer classes keep their share in both parts. Above that, the article's plain random split.
STRATIFY_BELOW_SHARE = 0.05

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers from 0.

    Parameters
    ----------
    train, held_out
        Of shape (n_train,) and (n_held_out,), in the order in which scikit-learn gives them.
    """

    train: Rows
    held_out: Rows
    stratified: bool


def split(labels: npt.NDArray[np.float32], *, seed: int = SPLIT_SEED) -> Split:
    """Split the rows as scikit-learn's `train_test_split` does.

    Parameters
    ----------
    labels
        Of shape (n_rows,), 0 or 1, both there.

    Raises
    ------
    ValueError
        Fewer than two rows of a class that should be stratified.
    """
    return _cut(np.arange(len(labels)), labels, TEST_SHARE, seed)


def validation_cut(whole: Split, labels: npt.NDArray[np.float32], *, seed: int) -> Split:
    """Cut a validation part from the training part; the test part is in neither.

    Parameters
    ----------
    labels
        Of all rows, of shape (n_rows,).

    Raises
    ------
    ValueError
        As `split` does.
    """
    return _cut(whole.train, labels[whole.train], VALIDATION_SHARE, seed)


def _cut(rows: Rows, labels: npt.NDArray[np.float32], share: float, seed: int) -> Split:
    from sklearn.model_selection import train_test_split

    positive_share = float(labels.mean(dtype=np.float64))
    stratified = min(positive_share, 1 - positive_share) < STRATIFY_BELOW_SHARE
    train, held_out = train_test_split(
        rows, test_size=share, random_state=seed, stratify=labels if stratified else None
    )
    return Split(train, held_out, stratified)
