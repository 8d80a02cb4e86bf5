"""Data sets, trainings and model versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.models_ml.scene import csv_file, table
from tests.integration.permissions.rows import Who
from tests.integration.permissions.rows_projects import ENGINEERS, PLAN_BY_WORK
from tests.integration.permissions.walker import Probe, RuleKey

DATASETS = ("data set", "read")
UPLOAD = ("data set", "upload")
TRAININGS = ("training run", "read")
START = ("training run", "start")
CONTROL = ("training run", "cancel, finish, run again")
VERSIONS = ("model version", "read")
TAKE = ("model version", "take its files")
DECIDE = ("model version", "promote, withdraw, retire")
WHY = {"reason": "because"}
# The member of the managers leads alpha.
HELD: dict[RuleKey, set[str]] = {
    DATASETS: PLAN_BY_WORK,
    TRAININGS: PLAN_BY_WORK,
    VERSIONS: PLAN_BY_WORK,
    CONTROL: {"manager"},
    TAKE: set(),
    DECIDE: {"manager"},
}
CROSSED: dict[RuleKey, set[str]] = {
    DATASETS: ENGINEERS,
    TRAININGS: ENGINEERS,
    VERSIONS: ENGINEERS,
}


def nothing_chosen(_who: Who) -> int:
    return 302  # back to the list


OPEN = {"/models/training/compare/": nothing_chosen}


def model_probes() -> Iterator[Probe]:
    yield from _datasets()
    yield from _start()
    yield from _trainings()
    yield from _versions()


def _listed(rule: RuleKey, page: str, api: str, root: str, told: Any) -> Iterator[Probe]:
    """A list as page, fragment, file and answer."""
    about: dict[str, Any] = {"tells": told, "refused": 200}
    yield Probe(rule, "GET", page, **about)
    yield Probe(rule, "GET", page, root=root, **about)
    yield Probe(rule, "GET", page, query="format=csv", **about)
    yield Probe(rule, "GET", api, **about)


def _datasets() -> Iterator[Probe]:
    page, api = "models:dataset-", "api:models:dataset-"
    yield Probe(DATASETS, "GET", page + "detail", ("dataset",))
    yield Probe(DATASETS, "GET", api + "detail", ("dataset",))
    yield Probe(DATASETS, "GET", api + "detail", ("dataset.sha256",))
    name = lambda things: rf"{things.dataset.name}\b"  # noqa: E731
    yield from _listed(DATASETS, page + "list", api + "list", "dataset-list", name)
    yield Probe(UPLOAD, "GET", page + "upload")
    # Refused for its label before the file is read, to those who may upload.
    form = lambda _t: {"file": csv_file(table()), "label": "  "}  # noqa: E731
    yield Probe(UPLOAD, "POST", page + "upload", data=form, ok=422)
    yield Probe(UPLOAD, "POST", api + "list", data=form, ok=400)


def _start() -> Iterator[Probe]:
    yield Probe(("role catalog", "read"), "GET", "api:models:recipe-list")
    form = lambda things: {"dataset": things.dataset.pk, "recipe": "seed-mlp", "seed": 1}  # noqa: E731
    yield Probe(START, "GET", "models:training-create")
    yield Probe(START, "GET", "models:training-create", root="training-place")
    yield Probe(START, "POST", "models:training-create", data=form, ok=302)
    yield Probe(START, "POST", "api:models:training-run-list", data=form, ok=202)


def _trainings() -> Iterator[Probe]:
    page, api = "models:training-", "api:models:training-run-"
    for name in ("training", "at_work"):
        yield Probe(TRAININGS, "GET", page + "detail", (name,))
        yield Probe(TRAININGS, "GET", page + "detail", (name,), root="training-curves")
        yield Probe(TRAININGS, "GET", "runs:run-status", (name,))
    yield Probe(TRAININGS, "GET", "runs:run-detail", ("training",), ok=302)
    for name in (api + "detail", api + "epochs", "api:run-detail"):
        yield Probe(TRAININGS, "GET", name, ("training",))
    told = lambda things: str(things.training.pk)  # noqa: E731
    yield from _listed(TRAININGS, page + "list", api + "list", "training-list", told)
    for verb, which, api_ok in (
        ("cancel", "at_work", 200),
        ("finish", "at_work", 200),
        ("again", "training", 202),
        ("reproduce", "training", 202),
    ):
        yield Probe(CONTROL, "POST", f"runs:run-{verb}", (which,), ok=302, reads=(TRAININGS,))
        yield Probe(CONTROL, "POST", f"api:run-{verb}", (which,), ok=api_ok, reads=(TRAININGS,))


def _versions() -> Iterator[Probe]:
    page, api = "models:version-", "api:models:version-"
    yield Probe(VERSIONS, "GET", page + "detail", ("version",))
    yield Probe(VERSIONS, "GET", api + "detail", ("version",))
    told = lambda things: things.version.weights_sha256[:12]  # noqa: E731
    yield from _listed(VERSIONS, page + "list", api + "list", "version-list", told)
    for name in (page + "file", api + "file"):
        yield Probe(TAKE, "GET", name, ("version", "file"), reads=(VERSIONS,))
    wish = lambda _t: {"alias": "challenger", **WHY}  # noqa: E731
    why = lambda _t: WHY  # noqa: E731
    decisions: list[tuple[str, str, Any, int]] = [
        (page + "promote", "version", wish, 302),
        (page + "retire", "spare_version", why, 302),
        ("models:alias-withdraw", "alias", why, 302),
        (api + "promote", "version", wish, 200),
        (api + "retire", "spare_version", why, 200),
    ]
    for name, which, data, ok in decisions:
        yield Probe(DECIDE, "POST", name, (which,), data=data, ok=ok, reads=(VERSIONS,))
