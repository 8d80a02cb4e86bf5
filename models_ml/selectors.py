"""What the pages of trainings and models show; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from models_ml import catalog
from models_ml.models import Alias, EpochMetric, ModelVersion, TrainingRun
from models_ml.words import BASELINES, METRICS, quality_reason, warnings_in_words
from projects.models import Phase
from projects.phases import PhaseKey
from projects.registry import workloads_of
from teamhub.accounts.models import User
from teamhub.web.charts import Chart, Series

Scores = Mapping[str, float | None]
LOWER_IS_BETTER = {"log_loss"}
REFERENCE = "logistic_regression"  # the baseline that a model has to beat


@dataclass(frozen=True)
class ScoreRow:
    """One line of the table of figures: a model or a baseline on the same held-out rows."""

    name: str
    scores: list[tuple[str, float | None, bool]]  # label, value, best of its column
    is_model: bool = False
    note: str = ""


@dataclass(frozen=True)
class SettingRow:
    label: str
    value: str
    default: str
    changed: bool


@dataclass(frozen=True)
class Verdict:
    """Whether the model is worth having, in a sentence."""

    text: str
    tone: str  # good, warn, bad


@dataclass(frozen=True)
class HashComparison:
    """Whether a repeated training came to the same bits as its original."""

    original: TrainingRun
    same: bool


@dataclass(frozen=True)
class TrainingView:
    run: TrainingRun
    recipe: str
    epochs: list[EpochMetric]
    loss_chart: Chart | None
    auc_chart: Chart | None
    scores: list[ScoreRow]
    verdict: Verdict | None
    settings: list[SettingRow]
    reliability: Chart | None
    workload: str
    warnings: list[str]
    repeated: HashComparison | None
    version: ModelVersion | None

    @property
    def last_epoch(self) -> EpochMetric | None:
        return self.epochs[-1] if self.epochs else None

    @property
    def usage(self) -> dict[str, Any]:
        return self.run.report.get("usage") or {}

    @property
    def data(self) -> dict[str, Any]:
        return self.run.report.get("data") or {}


def training_view(run: TrainingRun, user: User) -> TrainingView:
    """Everything of a training's page but its status."""
    epochs = list(run.epochs())
    return TrainingView(
        run=run,
        recipe=catalog.title(run.recipe),
        epochs=epochs,
        loss_chart=loss_chart(epochs),
        auc_chart=auc_chart(epochs, run.baselines),
        scores=score_rows(run),
        verdict=verdict(run),
        settings=setting_rows(run),
        reliability=reliability_chart(run.report.get("reliability") or []),
        workload=workload_name(run, user),
        warnings=warnings_in_words((run.report.get("data") or {}).get("warnings") or []),
        repeated=_repeated(run, user),
        version=getattr(run, "version", None),
    )


# --- curves ---------------------------------------------------------------------------------------


def loss_chart(epochs: list[EpochMetric]) -> Chart | None:
    if not epochs:
        return None
    return Chart(
        key="training-loss",
        title=_("Loss by epoch"),
        x_label=_("Epoch"),
        x=[str(one.step) for one in epochs],
        series=[
            Series(_("Training part"), [_rounded(one.loss) for one in epochs]),
            Series(_("Held-out part"), [_rounded(one.val_loss) for one in epochs]),
        ],
        from_zero=False,
    )


def auc_chart(epochs: list[EpochMetric], baselines: Mapping[str, Scores]) -> Chart | None:
    if not epochs:
        return None
    series = [Series(_("Held-out part"), [_rounded(one.val_auc) for one in epochs])]
    bar = (baselines.get(REFERENCE) or {}).get("auc")
    if bar is not None:
        line = [_rounded(bar)] * len(epochs)
        series.append(Series(BASELINES[REFERENCE], line, look="limit"))
    return Chart(
        key="training-auc",
        title=_("AUC by epoch"),
        x_label=_("Epoch"),
        x=[str(one.step) for one in epochs],
        series=series,
        from_zero=False,
    )


def reliability_chart(bins: list[dict[str, Any]]) -> Chart | None:
    """Of the rows with a prediction in each range: what was predicted, and what came."""
    filled = [one for one in bins if one["n"]]
    if not filled:
        return None
    return Chart(
        key="training-reliability",
        title=_("Predicted and observed share of the label 1"),
        x_label=_("Prediction (rows)"),
        x=[f"{one['low']:.1f}–{one['high']:.1f} ({one['n']})" for one in filled],
        series=[
            Series(_("Observed"), [_rounded(one["positive_share"]) for one in filled]),
            Series(
                _("Predicted"), [_rounded(one["mean_probability"]) for one in filled], "proposed"
            ),
        ],
    )


def overlaid(runs: list[TrainingRun], field: str, title: str) -> Chart | None:
    """One curve a run over the same epochs."""
    curves = {run.pk: {one.step: getattr(one, field) for one in run.epochs()} for run in runs}
    last = max((max(curve, default=0) for curve in curves.values()), default=0)
    if not last:
        return None
    steps = range(1, last + 1)
    return Chart(
        key=f"compare-{field.replace('_', '-')}",
        title=title,
        x_label=_("Epoch"),
        x=[str(step) for step in steps],
        series=[
            Series(str(run), [_rounded(curves[run.pk].get(step)) for step in steps]) for run in runs
        ],
        from_zero=False,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


# --- figures --------------------------------------------------------------------------------------


def score_rows(run: TrainingRun) -> list[ScoreRow]:
    """The model after its last epoch, its best epoch, and the baselines on the same split."""
    found: list[tuple[str, Scores, bool, str]] = []
    if run.metrics:
        found.append((_("This model"), run.metrics, True, _("after the last epoch")))
    best = run.report.get("best_epoch")
    if best and best["epoch"] != run.epochs_done:
        note = _("lowest log loss on the held-out part; for information")
        found.append((_("Epoch %(epoch)d") % {"epoch": best["epoch"]}, best, True, note))
    for key, scores in run.baselines.items():
        found.append((str(BASELINES.get(key, key)), scores, False, ""))
    tops = {key: _top(key, [scores for _name, scores, _model, _note in found]) for key in METRICS}
    return [
        ScoreRow(
            name,
            [
                (str(label), scores.get(key), _is_top(scores.get(key), tops[key]))
                for key, label in METRICS.items()
            ],
            is_model,
            note,
        )
        for name, scores, is_model, note in found
    ]


def _top(key: str, rows: Iterable[Scores]) -> float | None:
    values = [row[key] for row in rows if row.get(key) is not None]
    if len(values) < 2:
        return None
    return min(values) if key in LOWER_IS_BETTER else max(values)  # type: ignore[type-var]


def _is_top(value: float | None, top: float | None) -> bool:
    return value is not None and value == top


def verdict(run: TrainingRun) -> Verdict | None:
    """Degenerate, better or worse than a logistic regression on the same rows."""
    if not run.metrics:
        return None
    if run.is_degenerate:
        return Verdict(
            _("This model is degenerate: %(reason)s")
            % {"reason": quality_reason(run.quality_code, run.quality_details)},
            "bad",
        )
    ours, theirs = run.metrics.get("auc"), (run.baselines.get(REFERENCE) or {}).get("auc")
    if ours is None or theirs is None:
        return None
    # Rounded first: number_format cuts off, and what is shown as equal is not called better.
    ours, theirs = round(ours, 4), round(theirs, 4)
    figures = {"ours": number_format(ours, 4), "theirs": number_format(theirs, 4)}
    if ours > theirs:
        return Verdict(
            _("It ranks better than a logistic regression: AUC %(ours)s against %(theirs)s.")
            % figures,
            "good",
        )
    return Verdict(
        _("A logistic regression ranks at least as well: AUC %(theirs)s against %(ours)s.")
        % figures,
        "warn",
    )


def setting_rows(run: TrainingRun) -> list[SettingRow]:
    """The configuration beside the recipe's own."""
    if run.recipe not in catalog.known():
        return [SettingRow(key, shown(value), "", True) for key, value in run.params.items()]
    config = run.report.get("config") or catalog.complete(run.recipe, run.params)
    return [
        SettingRow(
            one.label,
            shown(config.get(one.name)),
            shown(one.default),
            shown(config.get(one.name)) != shown(one.default),
        )
        for one in catalog.card(run.recipe).settings
    ]


def shown(value: Any) -> str:
    """A setting as people write it: 256, 128."""
    if isinstance(value, list | tuple):
        return ", ".join(shown(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def workload_name(run: TrainingRun, user: User) -> str:
    """The workload's name where the user may see it, else nothing."""
    if not run.workload_key or run.project is None:
        return ""
    choices = workloads_of(user, run.project)
    return next((str(one.name) for one in choices if one.key == run.workload_key), "")


def _repeated(run: TrainingRun, user: User) -> HashComparison | None:
    """Compare the weights with those of the run that this one repeats, if the user sees it."""
    if run.rerun_of_id is None or not run.weights_sha256:
        return None
    original = TrainingRun.objects.visible_to(user).filter(pk=run.rerun_of_id).first()
    if original is None or not original.weights_sha256:
        return None
    return HashComparison(original, same=original.weights_sha256 == run.weights_sha256)


# --- comparing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DiffRow:
    label: str
    values: list[str]
    differs: bool


def difference(runs: list[TrainingRun]) -> list[DiffRow]:
    """What was trained, line by line, the differing lines first."""
    rows = [
        _diff(_("Data set"), [run.dataset.name for run in runs]),
        _diff(_("Recipe"), [catalog.title(run.recipe) for run in runs]),
        _diff(_("Seed"), [str(run.seed) for run in runs]),
        _diff(_("Code version"), [run.code_version or "–" for run in runs]),
    ]
    settings = [{row.label: row.value for row in setting_rows(run)} for run in runs]
    labels = dict.fromkeys(label for one in settings for label in one)
    rows += [_diff(label, [one.get(label, "–") for one in settings]) for label in labels]
    return sorted(rows, key=lambda row: not row.differs)


def _diff(label: str, values: list[str]) -> DiffRow:
    return DiffRow(label, values, len(set(values)) > 1)


# --- versions -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VersionRights:
    decide: bool
    take: bool
    ethics_passed: bool


def version_rights(version: ModelVersion, user: User) -> VersionRights:
    return VersionRights(
        decide=version.may_be_decided_by(user),
        take=version.may_be_taken_by(user),
        ethics_passed=ethics_review_passed(version),
    )


def ethics_review_passed(version: ModelVersion) -> bool:
    """Whether phase 7 of the version's project is closed (a query)."""
    passed = Phase.objects.filter(key=PhaseKey.ETHICS, closed_at__isnull=False)
    return version.project is not None and passed.filter(project=version.project).exists()


def serving(version: ModelVersion) -> list[Alias]:
    """The names that it serves under now (its aliases are prefetched)."""
    return [one for one in version.aliases.all() if one.ended_at is None]
