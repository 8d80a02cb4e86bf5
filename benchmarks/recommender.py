"""Train recipes on one CSV and print how good they are beside what needs no network.

    python -m benchmarks.recommender DATA.csv[.gz] [--recipe R ...] [--id-columns a,b]
                                     [--label label] [--seeds N]

Every training is the product's own: the same command, split (seed 42), preprocessing and baselines;
seeds 0 to N-1 decide initial weights, order of rows and dropout. Figures are of the test part, 20 %
of the rows, and medians over the seeds; weights_sha256 is that of seed 0. Seconds are of training
alone, without start and imports. best_by_validation is chosen by AUC on a cut of the training part,
with seed 0; the test part has no say in it. Identifiers are plain numbers to the seed recipes, as
they are in the article. The last line printed is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from models_ml.kernel import launch
from models_ml.kernel.data import DatasetSchema, InvalidDataset, inspect
from models_ml.kernel.recipes import RECIPES
from teamhub.kernel.child import KernelRefused

Json = dict[str, Any]
FIGURES = ("accuracy", "auc", "log_loss", "seconds")
CHALLENGERS = ("majority", "logistic_regression", "hist_gradient_boosting")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        schema = inspect(options.data, label=options.label, id_columns=options.id_columns)
        with tempfile.TemporaryDirectory(prefix="recommender-") as folder:
            line = Trials(options, Path(folder)).figures()
    except (InvalidDataset, KernelRefused) as error:
        print(f"recommender: {options.data}: {error}", file=sys.stderr)
        return 2
    line = _head(options, schema) | line
    _print(line)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.recommender",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--recipe", nargs="+", choices=RECIPES, default=list(RECIPES))
    parser.add_argument("--id-columns", type=_names, default=[], metavar="a,b")
    parser.add_argument("--label", default="label")
    parser.add_argument("--seeds", type=int, default=3, choices=range(1, 101), metavar="N")
    parser.add_argument("--threads", type=int, default=1, choices=range(1, 65), metavar="W")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


class Trials:
    """All trainings of one data set."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self._options, self._folder = options, folder
        self._peak_memory_mb = 0.0

    def figures(self) -> Json:
        """Train every recipe with every seed, and once more for the choice by validation."""
        recipes: Json = {}
        validation: dict[str, Json] = {}
        for i_recipe, recipe in enumerate(self._options.recipe):
            # Baselines do not depend on the recipe: the first one brings them along.
            extra = ["hist_gradient_boosting"] if i_recipe == 0 else []
            results = [
                self._train(recipe, seed, "test", extra) for seed in range(self._options.seeds)
            ]
            judged = self._train(recipe, 0, "validation", extra)
            recipes[recipe] = _summary([_of_recipe(result) for result in results])
            validation[recipe] = judged["metrics"]
            if i_recipe == 0:
                for name in CHALLENGERS:
                    recipes[name] = _summary([_of_baseline(result, name) for result in results])
                    validation[name] = judged["baselines"][name]
        for name, found in validation.items():
            recipes[name] |= {f"validation_{key}": found[key] for key in ("auc", "log_loss")}
        best = max(validation, key=lambda name: float(validation[name]["auc"]))
        return {
            "recipes": recipes,
            "best_by_validation": best,
            "peak_memory_mb": self._peak_memory_mb,
        }

    def _train(self, recipe: str, seed: int, judge: str, challengers: list[str]) -> Json:
        jobdir = self._folder / f"{recipe}-{seed}-{judge}"
        jobdir.mkdir()
        job = {
            "schema": 1,
            "data": str(self._options.data.resolve()),
            "label": self._options.label,
            "id_columns": self._options.id_columns,
            "recipe": recipe,
            "seed": seed,
            "judge": judge,
            "challengers": challengers,
        }
        result = launch.train(job, jobdir, threads=self._options.threads)
        usage = result["usage"]
        self._peak_memory_mb = max(self._peak_memory_mb, usage["peak_memory_mb"])
        print(
            f"recommender: {recipe}, seed {seed}, {judge} part: {result['status']}, "
            f"AUC {result['metrics']['auc']:.4f}, {usage['training_seconds']:.1f} s",
            file=sys.stderr,
        )
        return result


def _of_recipe(result: Json) -> Json:
    return {
        "seed": result["seed"],
        **result["metrics"],
        "seconds": result["usage"]["training_seconds"],
        "status": result["status"],
        "reason": result["reason"],
        "weights_sha256": result["weights_sha256"],
    }


def _of_baseline(result: Json, name: str) -> Json:
    nothing = {"status": "ok", "reason": "", "weights_sha256": None}
    return {"seed": result["seed"], **result["baselines"][name], **nothing}


def _summary(runs: list[Json]) -> Json:
    dead = [run for run in runs if run["status"] == "degenerate"]
    return {
        **{name: median(run[name] for run in runs) for name in FIGURES},
        "status": "degenerate" if 2 * len(dead) >= len(runs) else "ok",
        "reason": dead[0]["reason"] if dead else "",
        "weights_sha256": runs[0]["weights_sha256"],
        "per_seed": runs,
    }


def _head(options: argparse.Namespace, schema: DatasetSchema) -> Json:
    return {
        "schema": 1,
        "data": options.data.name,
        "data_sha256": schema.sha256,
        "rows": schema.n_rows,
        "features": len(schema.columns),
        "positive_share": schema.positive_share,
        "seeds": options.seeds,
        "threads": options.threads,
    }


def _print(line: Json) -> None:
    print(
        f"recommender {line['data']}: {line['rows']:,} rows, {line['features']} features, "
        f"{100 * line['positive_share']:.1f} % positive, medians of {line['seeds']} seeds"
    )
    print(f"  {'':24}{'accuracy':>9}{'AUC':>9}{'log loss':>9}{'seconds':>9}{'valid. AUC':>11}")
    for name, row in line["recipes"].items():
        shown = "".join(f"{row[figure]:>9.4f}" for figure in FIGURES[:3])
        word = "" if row["status"] == "ok" else f"  {row['status']}: {row['reason']}"
        print(f"  {name:24}{shown}{row['seconds']:>9.1f}{row['validation_auc']:>11.4f}{word}")
    print(f"  best by validation: {line['best_by_validation']}")
    print(json.dumps(line))


if __name__ == "__main__":
    sys.exit(main())
