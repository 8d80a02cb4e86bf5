"""What a recipe is, and how its hyperparameters are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Weights = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a network is built for.

    Parameters
    ----------
    mean, std
        Of each feature in the training part, of shape (n_features,); None for raw features.
    """

    n_features: int
    mean: Array | None = None
    std: Array | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to make a model.

    Parameters
    ----------
    Config
        Frozen dataclass of all hyperparameters, made with `setting`.
    build
        `build(config, shapes)` returns the Keras model, from raw features to probabilities.
    forward
        `forward(weights, features)` computes the same in NumPy: features of shape (n, n_features),
        already standardised where the recipe does that; probabilities of shape (n,).
    standardises
        Whether `Shapes` carries mean and standard deviation.
    """

    key: str
    title: str
    summary: str
    Config: type[Any]
    build: Callable[[Any, Shapes], Any]
    forward: Callable[[Weights, Array], Array]
    standardises: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One hyperparameter, for a form.

    Parameters
    ----------
    kind
        "integer", "number", or "integers" for a list of them.
    source
        Where the default comes from.
    """

    name: str
    kind: Literal["integer", "number", "integers"]
    default: Any
    low: float
    high: float
    source: str


class InvalidConfig(ValueError):
    """A hyperparameter that the recipe does not know or cannot take."""

    code = "config"

    def __init__(self, template: str, **details: Any) -> None:
        self.template = template
        self.details = details
        super().__init__(template % details)


def setting(default: Any, *, low: float, high: float, source: str) -> Any:
    """Declare one hyperparameter of a Config.

    Parameters
    ----------
    low, high
        Bounds of the value, or of each of them; both are allowed values.
    source
        Where the default comes from.
    """
    return field(default=default, metadata={"low": low, "high": high, "source": source})


MAX_LISTED = 8  # numbers in a list, such as hidden layers


def fields_of(config: type[Any]) -> tuple[Field, ...]:
    """Return the hyperparameters of a Config in order."""
    found = []
    for each in fields(config):
        kind: Literal["integer", "number", "integers"]
        if isinstance(each.default, tuple):
            kind = "integers"
        else:
            kind = "integer" if isinstance(each.default, int) else "number"
        found.append(Field(each.name, kind, each.default, **each.metadata))
    return tuple(found)


def config_of(config: type[Any], values: Mapping[str, Any]) -> Any:
    """Make a Config of values from JSON or a form.

    Raises
    ------
    InvalidConfig
        An unknown name, a wrong kind or a value out of bounds; `details` names the field.
    """
    known = {each.name: each for each in fields_of(config)}
    for name in values:
        if name not in known:
            raise InvalidConfig("The recipe has no setting “%(field)s”.", field=name)
    return config(**{name: _checked(known[name], value) for name, value in values.items()})


def _checked(one: Field, value: Any) -> Any:
    if one.kind != "integers":
        return _number(one, value)
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_LISTED:
        raise InvalidConfig(
            "“%(field)s” needs one to %(most)s whole numbers.", field=one.name, most=MAX_LISTED
        )
    return tuple(_number(one, item) for item in value)


def _number(one: Field, value: Any) -> float | int:
    whole = one.kind != "number"
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not fits or not one.low <= value <= one.high:
        template = (
            "“%(field)s” must be a whole number from %(low)s to %(high)s."
            if whole
            else "“%(field)s” must be a number from %(low)s to %(high)s."
        )
        raise InvalidConfig(template, field=one.name, low=one.low, high=one.high)
    return int(value) if whole else float(value)
