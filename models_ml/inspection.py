"""Have a data set looked at, and say in words why it cannot be trained on."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from models_ml.uploads import incoming_folder
from teamhub.errors import Unprocessable
from teamhub.kernel.child import Child, KernelRefused

MODULE = "models_ml.kernel.inspection"
TICK_SECONDS = 0.05
LONGEST_SECONDS = 300.0  # a file of the largest size takes a tenth of it on a slow machine


class DatasetRefused(Unprocessable):
    """A CSV file that cannot be trained on; details name row, column and reason."""

    code = "dataset_refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(message, code=code, row=row, column=column, reason=message)


def inspect(path: Path, *, label: str) -> dict[str, Any]:
    """The schema of a data set (`DatasetSchema.as_json`); raises DatasetRefused."""
    job = {
        "data": str(path),
        "label": label,
        "limits": {"max_bytes": settings.DATASET_MAX_MB * 2**20},
    }
    with tempfile.TemporaryDirectory(dir=incoming_folder(), prefix="inspect-") as name:
        folder = Path(name)
        (folder / "job.json").write_text(json.dumps(job), "utf-8")
        with Child(MODULE, folder) as child:
            _wait(child)
            try:
                return child.result()
            except KernelRefused as error:
                raise _refused(error) from None


def too_large() -> DatasetRefused:
    return DatasetRefused(
        _("The file has more than %(most)d MB, the most that is taken.")
        % {"most": settings.DATASET_MAX_MB},
        code="too_many_bytes",
    )


def _wait(child: Child) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    for _message in child.messages(TICK_SECONDS):
        if time.monotonic() > end:
            raise DatasetRefused(
                _("Reading the file took longer than %(most)d seconds. Try a smaller one.")
                % {"most": LONGEST_SECONDS},
                code="too_slow",
            )


def _refused(error: KernelRefused) -> DatasetRefused:
    if error.code == "too_many_bytes":
        return too_large()
    words = _(error.template) % error.details if error.template else str(error)
    row, column = error.details.get("row"), error.details.get("column")
    return DatasetRefused(words, code=error.code, row=row, column=column)
