"""Reads over every kind of run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext as _

from teamhub.accounts.models import User
from teamhub.errors import NotFound
from teamhub.runs import frozen, registry
from teamhub.runs.models import Run, Status
from teamhub.web.charts import Chart, Series


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

    def about(self, words: str) -> Self:
        return type(self)([part.filter(part.model.about(words)) for part in self._parts])

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
            wanted = [pk for pk, _at, kind in keys if kind == part.model.kind]
            if wanted:
                rows = part.model.objects.select_related("requested_by")
                found |= rows.prefetch_related(*part.model.subject_needs).in_bulk(wanted)
        return [found[pk] for pk, _at, _kind in keys if pk in found]

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
        raise NotFound(_("No kind of run is installed."))


def run_for(user: User, run_id: uuid.UUID) -> Run:
    """The run of whatever kind; strangers get "not found"."""
    for model in registry.kinds():
        found = model.objects.visible_to(user).select_related("requested_by")
        run: Run | None = found.filter(pk=run_id).first()
        if run is not None:
            return run
    raise NotFound(_("There is no such run, or you may not see it."))


@dataclass(frozen=True)
class Comparison:
    """Whether a reproduction came out as the original."""

    original: Run
    same: bool


@dataclass(frozen=True)
class RunStatus:
    """What the status fragment shows to one user."""

    run: Run
    note: str
    chart: Chart | None
    may_cancel: bool
    may_finish: bool
    may_repeat: bool
    may_reproduce: bool
    comparison: Comparison | None

    @property
    def has_controls(self) -> bool:
        return self.may_cancel or self.may_finish or self.may_repeat or self.may_reproduce


def run_status(run: Run, user: User) -> RunStatus:
    """For `{% include "components/_run_status.html" with status=... %}`."""
    controls = run.may_be_controlled_by(user)
    again = controls and not run.is_active and run.may_be_repeated_by(user)
    return RunStatus(
        run=run,
        note=_note(run),
        chart=_curve(run, user),
        may_cancel=controls and run.is_active,
        may_finish=controls and run.can_finish,
        may_repeat=again,
        may_reproduce=again and _has_input(run),
        comparison=comparison(run),
    )


def _has_input(run: Run) -> bool:
    return bool(run.input_file) and frozen.exists(run.input_file)


def _note(run: Run) -> str:
    if run.status == Status.QUEUED:
        return _("Waiting for a worker. You may close this page.")
    if run.is_active and run.finish_requested_at:
        return _("Asked for the best answer so far.")
    return ""


def _curve(run: Run, user: User) -> Chart | None:
    """Objective and bound over time; None before there are two points, or for other eyes."""
    if not run.may_show_curve_to(user):
        return None
    rows = list(run.incumbents())
    if len(rows) < 2:
        return None
    return Chart(
        key=f"run-curve-{run.pk}",
        title=_("Solutions so far"),
        x_label=_("Seconds"),
        x=second_labels([row.seconds for row in rows]),
        at=[row.seconds for row in rows],
        series=[
            Series(_("Objective"), [row.objective for row in rows]),
            Series(_("Bound"), [row.bound for row in rows], look="limit"),
        ],
        kind="step",
        from_zero=False,  # what a search gains is small beside the whole
    )


def second_labels(seconds: Sequence[float]) -> list[str]:
    """Seconds as short as they can be told apart: a quick solve has several points in a tenth."""
    for decimals in (1, 2):
        labels = [f"{second:.{decimals}f}" for second in seconds]
        if len(set(labels)) == len(set(seconds)):
            return labels
    return [f"{second:.3f}" for second in seconds]


def comparison(run: Run) -> Comparison | None:
    """Compare a reproduction with its original; None when there is nothing to compare."""
    if run.rerun_of is None or run.status != Status.SUCCEEDED or not run.input_file:
        return None
    original = run.rerun_of
    if original.input_file != run.input_file:
        return None
    ours, theirs = frozen.kept_result(run.pk), frozen.kept_result(original.pk)
    if ours is None or theirs is None:
        return None
    return Comparison(original, same=ours == theirs)
