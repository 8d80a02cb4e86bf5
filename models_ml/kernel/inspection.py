"""Look at an uploaded data set in a process of its own: pandas never enters the web process."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from models_ml.kernel import data
from models_ml.kernel.lines import Limits
from teamhub.kernel.child import Report, serve


def run(job: dict[str, Any], report: Report, stop: threading.Event) -> dict[str, Any]:
    """Describe the data set of a job.

    Parameters
    ----------
    job
        `data` (path), `label`, `limits` (fields of `Limits`).
    report, stop
        Not used: it takes seconds.

    Returns
    -------
    dict
        `DatasetSchema.as_json()`.

    Raises
    ------
    InvalidDataset
        The file cannot be trained on.
    """
    schema = data.inspect(Path(job["data"]), label=job["label"], limits=Limits(**job["limits"]))
    return schema.as_json()


if __name__ == "__main__":
    serve(run)
