"""What a training is asked to do: job.json, checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from models_ml.kernel import recipes
from models_ml.kernel.baselines import CHALLENGERS
from models_ml.kernel.lines import DEFAULT_LIMITS, Limits
from models_ml.kernel.split import SPLIT_SEED

SCHEMA = 1
JUDGES = ("test", "validation")
MAX_SEED = 2**31 - 1  # what scikit-learn and Keras both take


class InvalidJob(ValueError):
    """A job that cannot be understood."""

    code = "job"

    def __init__(self, template: str, **details: Any) -> None:
        self.template = template
        self.details = details
        super().__init__(template % details)


class TrainingFailed(ValueError):
    """Training cannot go on, for a reason that can be told.

    Parameters
    ----------
    code
        A key of `FAILURES`.
    """

    def __init__(self, code: str, **details: Any) -> None:
        self.code = code
        self.template = FAILURES[code]
        self.details = details
        super().__init__(self.template % details)


FAILURES = {
    "data_changed": "The file is not the one that was checked: its sha256 is another one.",
    "not_finite": (
        "After epoch %(epoch)s the weights are no finite numbers any more. "
        "A lower learning rate or standardised features help."
    ),
    "taken_over": "Another process trains in the same folder.",
}


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One training, from data to model.

    Parameters
    ----------
    data
        CSV file, possibly packed by gzip.
    config
        The recipe's Config, complete.
    seed
        Of initial weights, order of rows and dropout; `split_seed` of the split alone.
    judge
        "test": train on 80 %, judge by the rest, as in the article. "validation": judge by a cut
        of the training part and leave the test part alone.
    workdir
        Keeps finished epochs; a later process over the same folder goes on from them.
    data_sha256
        Of the CSV text; None trusts the file.
    about
        Printed in the model card as given.
    """

    data: Path
    recipe: str
    config: Any
    workdir: Path
    seed: int = 0
    split_seed: int = SPLIT_SEED
    label: str = "label"
    id_columns: tuple[str, ...] = ()
    judge: str = "test"
    challengers: tuple[str, ...] = ()
    data_sha256: str | None = None
    limits: Limits = DEFAULT_LIMITS
    about: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_json(cls, job: Mapping[str, Any], jobdir: Path) -> TrainingJob:
        """Read a job; paths in it count from `jobdir`, and keys of others are left alone.

        Raises
        ------
        InvalidJob
            A key is missing or its value is of the wrong kind.
        InvalidConfig
            The recipe, or a hyperparameter, does not exist or cannot take its value.
        """
        if job.get("schema") != SCHEMA:
            raise InvalidJob("job: schema must be %(schema)s", schema=SCHEMA)
        for name in ("data", "recipe"):
            if not isinstance(job.get(name), str):
                raise InvalidJob("job: “%(field)s” is missing or no text", field=name)
        judge = job.get("judge", "test")
        if judge not in JUDGES:
            raise InvalidJob("job: judge must be one of %(known)s", known=", ".join(JUDGES))
        return cls(
            data=jobdir / job["data"],
            recipe=job["recipe"],
            config=recipes.config_from(job["recipe"], _mapping(job, "config")),
            workdir=jobdir / job.get("workdir", "."),
            seed=_seed(job, "seed", 0),
            split_seed=_seed(job, "split_seed", SPLIT_SEED),
            label=str(job.get("label", "label")),
            id_columns=_texts(job, "id_columns"),
            judge=judge,
            challengers=_texts(job, "challengers", CHALLENGERS),
            data_sha256=job.get("data_sha256"),
            limits=_limits(_mapping(job, "limits")),
            about=tuple((str(k), str(v)) for k, v in _mapping(job, "about").items()),
        )

    def digest(self, data_sha256: str, versions: Mapping[str, str]) -> str:
        """Return the sha256 of all that decides which bits come out.

        Epochs in a folder are taken up only by a process with the same digest.
        """
        decisive = {
            "data": data_sha256,
            "recipe": self.recipe,
            "config": asdict(self.config),
            "seeds": [self.seed, self.split_seed],
            "label": self.label,
            "id_columns": self.id_columns,
            "judge": self.judge,
            "challengers": self.challengers,
            "versions": dict(versions),
        }
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _mapping(job: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = job.get(name) or {}
    if not isinstance(value, Mapping):
        raise InvalidJob("job: “%(field)s” must be an object", field=name)
    return value


def _texts(
    job: Mapping[str, Any], name: str, known: Sequence[str] | None = None
) -> tuple[str, ...]:
    value = job.get(name) or []
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise InvalidJob("job: “%(field)s” must be a list of texts", field=name)
    for each in value:
        if known is not None and each not in known:
            raise InvalidJob("job: “%(field)s” knows no “%(value)s”", field=name, value=each)
    return tuple(value)


def _seed(job: Mapping[str, Any], name: str, default: int) -> int:
    value = job.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_SEED:
        template = "job: “%(field)s” must be a whole number from 0 to %(high)s"
        raise InvalidJob(template, field=name, high=MAX_SEED)
    return value


def _limits(values: Mapping[str, Any]) -> Limits:
    known = {each.name for each in fields(Limits)}
    for name, value in values.items():
        if name not in known or not isinstance(value, int) or value < 1:
            raise InvalidJob(
                "job: limits know no “%(field)s” of %(value)s", field=name, value=value
            )
    return Limits(**values)
