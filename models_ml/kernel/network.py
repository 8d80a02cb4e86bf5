"""The Keras model in training: the only module that starts TensorFlow.

Equal seeds give equal bits, also across a kill: one `fit` per epoch, the order of rows and the
dropout of each epoch drawn from (seed, epoch) alone, never from what came before.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.kernel.baselines import Parts
from models_ml.kernel.recipes import Recipe, Shapes

Array = npt.NDArray[np.float32]
TELL_SECONDS = 0.5  # between two reports of progress inside of an epoch
PREDICT_ROWS = 8192  # at once


def start_tensorflow() -> Any:
    """Load TensorFlow, quiet and deterministic, and return the module.

    Notes
    -----
    Threads come from TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS, which TensorFlow reads by
    itself and a worker sets for its children.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow

    take_memory_as_needed(tensorflow)
    tensorflow.config.experimental.enable_op_determinism()
    return tensorflow


def take_memory_as_needed(tensorflow: Any) -> int:
    """Let each GPU's memory grow with the model instead of taking all; return how many there are.

    Notes
    -----
    TensorFlow's default takes the whole GPU, so that a second worker on it would fail.
    """
    gpus = tensorflow.config.list_physical_devices("GPU")
    for gpu in gpus:
        tensorflow.config.experimental.set_memory_growth(gpu, True)
    return len(gpus)


def devices(tensorflow: Any) -> list[dict[str, Any]]:
    """Return what computes: one GPU where there is any (no strategy spreads further), else the CPU.

    Returns
    -------
    list
        kind "gpu" or "cpu", count, name.
    """
    gpus = tensorflow.config.list_physical_devices("GPU")
    if gpus:
        details = tensorflow.config.experimental.get_device_details(gpus[0])
        return [{"kind": "gpu", "count": 1, "name": str(details.get("device_name", "GPU"))}]
    return [{"kind": "cpu", "count": 1, "name": _cpu_name()}]


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return "CPU"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "CPU"


class Network:
    """A model and how it goes on by one epoch.

    Parameters
    ----------
    saved
        A .keras file of an earlier epoch, with the state of its optimizer; None builds anew.
    """

    def __init__(
        self, recipe: Recipe, config: Any, shapes: Shapes, *, seed: int, saved: Path | None = None
    ) -> None:
        import keras

        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        self._config, self._seed = config, seed
        # Only a file whose sha256 our own process wrote gets here; safe_mode refuses code in it.
        self._model = (
            recipe.build(config, shapes)
            if saved is None
            else keras.models.load_model(saved, safe_mode=True)
        )

    def train_epoch(
        self, i_epoch: int, parts: Parts, *, stop: Event, on_share: Callable[[float], None]
    ) -> dict[str, float] | None:
        """Train on every row once.

        Parameters
        ----------
        i_epoch
            From 0.
        stop
            Looked at after each batch.
        on_share
            Told the share of the epoch that is done, at most twice a second.

        Returns
        -------
        dict or None
            loss and accuracy, running means over the epoch with dropout on, as Keras prints them;
            None where `stop` cut it short, and then the model is of no use.
        """
        self._reset_dropout(i_epoch)
        order = np.random.default_rng((self._seed, i_epoch)).permutation(len(parts.train_y))
        n_batches = -(-len(order) // self._config.batch_size)
        follow = _follower(stop, n_batches, on_share)
        history = self._model.fit(
            parts.train_x[order],
            parts.train_y[order][:, None],
            batch_size=self._config.batch_size,
            shuffle=False,
            initial_epoch=i_epoch,
            epochs=i_epoch + 1,
            verbose=0,
            callbacks=[follow],
        )
        if follow.was_cut:
            return None
        return {name: float(history.history[name][-1]) for name in ("loss", "accuracy")}

    def predict(self, features: Array) -> npt.NDArray[np.float64]:
        """Return the probability of the label 1 for each row, of shape (n,)."""
        # Called directly: `predict` would trace a graph of its own for a few products of matrices.
        parts = [
            self._model(features[start : start + PREDICT_ROWS], training=False).numpy()
            for start in range(0, len(features), PREDICT_ROWS)
        ]
        return np.concatenate(parts).astype(np.float64)[:, 0]

    def weights(self) -> dict[str, Array]:
        """Return all weights by layer and name, in the model's order, random states left out.

        Notes
        -----
        Not by Keras's own path: that of a loaded model may lack the name of the model.
        """
        return {
            f"{layer.name}/{weight.name}": np.asarray(weight.numpy(), np.float32)
            for layer in self._model.layers
            for weight in layer.weights
        }

    def save(self, path: Path) -> None:
        """Write the model with the state of its optimizer as a .keras file."""
        self._model.save(path)

    def _reset_dropout(self, i_epoch: int) -> None:
        """Draw the state of each random layer from (seed, epoch); .keras files do not hold it."""
        for i_layer, layer in enumerate(self._model.layers):
            generator = getattr(layer, "seed_generator", None)
            if generator is not None:
                state = np.random.SeedSequence((self._seed, i_epoch, i_layer)).generate_state(2)
                generator.state.assign(state)


def _follower(stop: Event, n_batches: int, on_share: Callable[[float], None]) -> Any:
    import keras

    class Follower(keras.callbacks.Callback):
        """Obeys `stop` and tells how far the epoch is, batch by batch."""

        def __init__(self) -> None:
            super().__init__()
            self.was_cut = False
            self._told_at = time.monotonic()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if stop.is_set() and batch + 1 < n_batches:
                self.was_cut = self.model.stop_training = True
            elif time.monotonic() - self._told_at >= TELL_SECONDS:
                self._told_at = time.monotonic()
                on_share((batch + 1) / n_batches)

    return Follower()


def are_finite(weights: Mapping[str, Array]) -> bool:
    """Tell whether every weight is a finite number.

    Notes
    -----
    Looking at the loss does not do: relu turns NaN into 0 on a CPU, so loss stays finite while the
    weights are lost, and Keras's TerminateOnNaN does not fire (research/RECOMMENDER.md, section 5).
    """
    return all(bool(np.isfinite(array).all()) for array in weights.values())


def weights_sha256(weights: Mapping[str, Array]) -> str:
    """Return the sha256 over names, shapes and little-endian bytes of all weights, in order."""
    digest = hashlib.sha256()
    for name, array in weights.items():
        digest.update(f"{name}{list(array.shape)}".encode())
        digest.update(np.ascontiguousarray(array, "<f4").tobytes())
    return digest.hexdigest()
