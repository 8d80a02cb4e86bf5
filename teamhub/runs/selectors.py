"""Reads over every kind of run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self

from django.db.models import CharField, QuerySet, Value

from teamhub.accounts.models import User
from teamhub.errors import NotFound
from teamhub.runs import frozen, registry
from teamhub.runs.models import Run, Status


class AllRuns:
    """The runs of all kinds, newest first; as much of a queryset as lists and pages need."""

    query = SimpleNamespace(order_by=("-created_at",))  # what lists ask: it has an order

    def __init__(self, parts: list[QuerySet[Any]]) -> None:
        self._parts = parts

    @classmethod
    def visible_to(cls, user: User) -> Self:
        return cls([model.objects.visible_to(user) for model in registry.kinds()])

    def filter(self, **lookups: Any) -> Self:
        return type(self)([part.filter(**lookups) for part in self._parts])

    def of_kind(self, kind: str) -> Self:
        model = registry.by_kind(kind)
        return type(self)([part for part in self._parts if part.model is model])

    def count(self) -> int:
        return sum(part.count() for part in self._parts)

    def __len__(self) -> int:
        return self.count()

    def __iter__(self) -> Iterator[Run]:
        return self.iterator()

    def __getitem__(self, span: slice) -> list[Run]:
        keys = self._keys()[span]
        found: dict[uuid.UUID, Run] = {}
        for part in self._parts:
            wanted = [pk for pk, _, kind in keys if kind == part.model.kind]
            if wanted:
                rows = part.model.objects.select_related("requested_by").in_bulk(wanted)
                found |= rows
        return [found[pk] for pk, _, _ in keys if pk in found]

    def iterator(self, chunk_size: int = 500) -> Iterator[Run]:
        start = 0
        while chunk := self[start : start + chunk_size]:
            yield from chunk
            start += chunk_size

    def _keys(self) -> QuerySet[Any, tuple[uuid.UUID, Any, str]]:
        keys: list[QuerySet[Any, Any]] = [
            part.order_by()
            .annotate(run_kind=Value(part.model.kind, output_field=CharField()))
            .values_list("pk", "created_at", "run_kind")
            for part in self._parts
        ]
        if len(keys) > 1:
            return keys[0].union(*keys[1:], all=True).order_by("-created_at", "pk")
        if keys:
            return keys[0].order_by("-created_at", "pk")
        raise NotFound("No kind of run is installed.")


def run_for(user: User, run_id: uuid.UUID) -> Run:
    """The run of whatever kind; strangers get "not found"."""
    for model in registry.kinds():
        found = model.objects.visible_to(user).select_related("requested_by")
        run: Run | None = found.filter(pk=run_id).first()
        if run is not None:
            return run
    raise NotFound("There is no such run, or you may not see it.")


@dataclass(frozen=True)
class RunStatus:
    """What the status fragment shows to one user."""

    run: Run
    incumbents: list[Any]
    may_cancel: bool
    may_finish: bool
    may_repeat: bool
    may_reproduce: bool
    comparison: Comparison | None

    @property
    def points(self) -> list[dict[str, Any]]:
        """The curve as data of the chart."""
        return [
            {"seconds": row.seconds, "objective": row.objective, "bound": row.bound}
            for row in self.incumbents
        ]


@dataclass(frozen=True)
class Comparison:
    """Whether a reproduction came out as the original."""

    original: Run
    same: bool


def run_status(run: Run, user: User) -> RunStatus:
    """For `{% include "components/_run_status.html" with status=... %}`."""
    controls = run.may_be_controlled_by(user)
    return RunStatus(
        run=run,
        incumbents=list(run.incumbents()),
        may_cancel=controls and run.is_active,
        may_finish=controls and run.can_finish,
        may_repeat=controls and not run.is_active,
        may_reproduce=controls
        and not run.is_active
        and bool(run.input_file)
        and frozen.exists(run.input_file),
        comparison=comparison(run),
    )


def comparison(run: Run) -> Comparison | None:
    """Compare a reproduction with its original; None when there is nothing to compare."""
    if run.rerun_of_id is None or run.status != Status.SUCCEEDED or not run.input_file:
        return None
    original = run.rerun_of
    if original is None or original.input_file != run.input_file:
        return None
    ours, theirs = frozen.kept_result(run.pk), frozen.kept_result(original.pk)
    if ours is None or theirs is None:
        return None
    return Comparison(original, same=ours == theirs)
