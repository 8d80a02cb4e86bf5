"""Are figures what textbooks and scikit-learn say, and is a dead model called so?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics as peers
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from models_ml.kernel import metrics
from models_ml.kernel.baselines import BASELINES, Parts, standardisation
from models_ml.kernel.split import split, validation_cut

LABELS = np.array([0, 0, 1, 1], np.float32)


def drawn(seed: int, n: int = 500, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n).astype(np.float32)
    probabilities = np.clip(0.3 * labels + 0.7 * rng.random(n), 0, 1)
    return labels, np.round(probabilities, 1) if ties else probabilities


# --- metrics --------------------------------------------------------------------------------------


def test_auc_counts_pairs_in_the_right_order() -> None:
    # Of the four pairs (negative, positive) three are in order.
    assert metrics.auc(LABELS, np.array([0.1, 0.4, 0.35, 0.8])) == 0.75


def test_auc_counts_a_tie_half() -> None:
    # Pairs: (.1,.4) and (.1,.8) and (.4,.8) in order, (.4,.4) a tie.
    assert metrics.auc(LABELS, np.array([0.1, 0.4, 0.4, 0.8])) == 3.5 / 4


@pytest.mark.parametrize(("constant", "expected"), [(0.2, 0.5), (0.9, 0.5)])
def test_auc_of_a_constant_is_one_half(constant: float, expected: float) -> None:
    assert metrics.auc(LABELS, np.full(4, constant)) == expected


@pytest.mark.parametrize("labels", [np.zeros(4), np.ones(4)])
def test_auc_needs_both_classes(labels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="both classes"):
        metrics.auc(labels, np.arange(4) / 4)


def test_log_loss_is_the_mean_surprise() -> None:
    found = metrics.log_loss(LABELS, np.array([0.5, 0.25, 0.5, 0.75]))
    # In nats: ln 2 for each coin toss, ln 4/3 for each 75 %.
    assert found == pytest.approx((2 * math.log(2) + 2 * math.log(4 / 3)) / 4)


def test_log_loss_of_a_sure_mistake_is_finite() -> None:
    found = metrics.log_loss(np.array([1.0, 0.0]), np.array([0.0, 0.0]))
    assert found == pytest.approx(-math.log(1e-7) / 2)


def test_accuracy_counts_one_half_as_no() -> None:
    assert metrics.accuracy(LABELS, np.array([0.5, 0.6, 0.5, 0.7])) == 0.5


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_all_metrics_equal_those_of_scikit_learn(seed: int, ties: bool) -> None:
    labels, probabilities = drawn(seed, ties=ties)
    found = metrics.scores(labels, probabilities)

    assert found.auc == pytest.approx(peers.roc_auc_score(labels, probabilities), abs=1e-12)
    clipped = np.clip(probabilities, 1e-7, 1 - 1e-7)
    assert found.log_loss == pytest.approx(peers.log_loss(labels, clipped), abs=1e-12)
    assert found.accuracy == peers.accuracy_score(labels, probabilities > 0.5)


def test_turning_predictions_around_turns_the_auc_around() -> None:
    labels, probabilities = drawn(5, ties=True)
    turned = metrics.auc(labels, 1 - probabilities)
    assert turned == pytest.approx(1 - metrics.auc(labels, probabilities))


def test_reliability_compares_what_was_said_with_what_came() -> None:
    labels = np.array([0, 1, 1, 1, 0])
    bins = metrics.reliability(labels, np.array([0.12, 0.18, 0.9, 1.0, 0.0]))

    assert [each.n for each in bins] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[1].low, bins[1].high) == (0.1, 0.2)
    assert bins[1].mean_probability == pytest.approx(0.15)
    assert bins[1].positive_share == 0.5
    assert bins[9].positive_share == 1
    assert bins[2].positive_share is None


# --- dead models ----------------------------------------------------------------------------------


def test_equal_predictions_are_a_dead_model() -> None:
    labels, probabilities = drawn(0)
    found = metrics.degenerate(labels, 0.24 + probabilities * 1e-5, baseline_auc=0.9)

    assert found is not None
    assert found.code == "constant_predictions"
    assert "the same for every row" in found.reason


def test_chance_is_a_dead_model_where_a_line_can_learn() -> None:
    labels = np.tile(LABELS, 50)
    spread = np.tile([0.2, 0.8, 0.2, 0.8], 50)
    found = metrics.degenerate(labels, spread, baseline_auc=0.855)

    assert metrics.auc(labels, spread) == 0.5
    assert found is not None
    assert found.code == "no_better_than_chance"
    assert "reaches 0.855" in found.reason
    # Where nothing can be learnt, chance is no fault of the model.
    assert metrics.degenerate(labels, spread, baseline_auc=0.55) is None


def test_a_model_that_learnt_is_not_dead() -> None:
    assert metrics.degenerate(*drawn(1), baseline_auc=0.9) is None


# --- split and baselines --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [42, 7])
def test_the_split_is_that_of_the_article(seed: int) -> None:
    labels, _ = drawn(2, n=997)
    x_train, x_test = train_test_split(np.arange(997), test_size=0.2, random_state=seed)
    found = split(labels, seed=seed)

    assert found.train.tolist() == x_train.tolist()
    assert found.held_out.tolist() == x_test.tolist()
    assert not found.stratified


def test_the_seed_of_the_split_is_42_unless_told() -> None:
    labels, _ = drawn(2)
    assert split(labels).held_out.tolist() == split(labels, seed=42).held_out.tolist()


@pytest.mark.parametrize(("n_positive", "stratified"), [(49, True), (50, False), (951, True)])
def test_a_class_below_5_percent_keeps_its_share(n_positive: int, stratified: bool) -> None:
    labels = (np.arange(1000) < n_positive).astype(np.float32)
    found = split(labels)

    assert found.stratified is stratified
    if stratified:
        assert labels[found.held_out].mean() == pytest.approx(n_positive / 1000, abs=0.002)


def test_the_validation_part_is_cut_from_the_training_part() -> None:
    labels, _ = drawn(3, n=1000)
    whole = split(labels)
    cut = validation_cut(whole, labels, seed=42)

    assert (len(cut.train), len(cut.held_out)) == (720, 80)
    together = {*cut.train.tolist(), *cut.held_out.tolist()}
    assert together == set(whole.train.tolist())
    assert not together & set(whole.held_out.tolist())


@pytest.fixture(scope="module")
def parts() -> Parts:
    rng = np.random.default_rng(4)
    features = (rng.normal(size=(600, 3)) * [1, 1000, 0.01] + [0, 5000, 1]).astype(np.float32)
    labels = (features[:, 0] + (features[:, 1] - 5000) / 1000 > 0.4).astype(np.float32)
    return Parts(features[:400], labels[:400], features[400:], labels[400:])


def test_the_majority_baseline_says_the_share_of_the_training_part(parts: Parts) -> None:
    found = BASELINES["majority"](parts, 0)
    share = parts.train_y.mean(dtype=float)
    frequent = float(share > 0.5)

    assert found.auc == 0.5
    assert found.accuracy == pytest.approx((parts.held_y == frequent).mean())
    constant = np.full(200, share)
    assert found.log_loss == pytest.approx(peers.log_loss(parts.held_y, constant))


def test_the_logistic_regression_is_that_of_scikit_learn_on_scaled_columns(parts: Parts) -> None:
    scaler = StandardScaler().fit(parts.train_x.astype(np.float64))
    model = LogisticRegression().fit(scaler.transform(parts.train_x), parts.train_y)
    expected = model.predict_proba(scaler.transform(parts.held_x))[:, 1]
    found = BASELINES["logistic_regression"](parts, 0)

    assert found.log_loss == pytest.approx(peers.log_loss(parts.held_y, expected), abs=1e-4)
    assert found.auc > 0.99


def test_the_challenger_learns_too_and_keeps_to_its_seed(parts: Parts) -> None:
    # Its threads wait for each other for seconds when the machine is busy.
    with threadpool_limits(1):
        found = BASELINES["hist_gradient_boosting"](parts, 3)
        again = BASELINES["hist_gradient_boosting"](parts, 3)

    assert found.auc > 0.95
    assert again == found


def test_standardisation_leaves_a_constant_column_alone() -> None:
    features = np.array([[1, 5], [3, 5]], np.float32)
    mean, std = standardisation(features)

    assert ((features - mean) / std).tolist() == [[-1, 0], [1, 0]]
