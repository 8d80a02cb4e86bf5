"""Take an uploaded data set in, or refuse it and leave nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from models_ml import rights
from models_ml.inspection import inspect, too_large
from models_ml.models import Dataset
from models_ml.uploads import IncomingFile
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput, NotAllowed

MOST_NAME = 120
GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952, section 2.3.1


def require_uploader(by: User) -> None:
    if not rights.may_train(by):
        raise NotAllowed(
            _("Only ML engineers, managers and administrators may upload data sets and train.")
        )


def take_dataset(
    file: IncomingFile, *, name: str, label: str = "label", by: User
) -> tuple[Dataset, bool]:
    """Check an uploaded file and keep it; the same file with the same label is kept once.

    Returns the data set and whether it is new. Raises DatasetRefused with row, column and reason.
    """
    require_uploader(by)
    name, label = _text(name, "name"), _text(label, "label")
    if file.too_large:
        raise too_large()
    known = Dataset.objects.filter(sha256=file.sha256, label=label).first()
    if known is not None and known.path.exists():
        return known, False
    schema = inspect(file.path, label=label)  # seconds: outside of any transaction
    return _keep(file, schema, name=name, label=label, by=by)


def name_of(file: IncomingFile) -> str:
    """What a data set is called when nobody gave it a name: as its file, without the ending."""
    name = (file.name or "").removesuffix(".gz")
    return name[:-4] if name.lower().endswith(".csv") else name


def _text(given: str, field: str) -> str:
    text = given.replace("\0", "").strip()
    if not text:
        words = _("Give the data set a name.") if field == "name" else _("Name the label column.")
        raise InvalidInput(words, field=field)
    if len(text) > MOST_NAME:
        raise InvalidInput(
            _("This has more than %(most)d characters.") % {"most": MOST_NAME}, field=field
        )
    return text


@transaction.atomic
def _keep(
    file: IncomingFile, schema: dict[str, Any], *, name: str, label: str, by: User
) -> tuple[Dataset, bool]:
    kept_as = file_name(schema["sha256"], packed=_is_packed(file.path))
    dataset, made = Dataset.objects.get_or_create(
        sha256=schema["sha256"],
        label=label,
        defaults={
            "name": name,
            "size_bytes": schema["n_bytes"],
            "rows": schema["n_rows"],
            "positive_share": schema["positive_share"],
            "schema": schema["columns"],
            "warnings": schema["warnings"],
            "file_name": kept_as,
            "uploaded_by": by,
        },
    )
    # Last, so that a refusal of the database leaves no file; equal names hold equal text.
    if not dataset.path.exists():
        file.path.replace(Path(settings.DATASET_DIR) / dataset.file_name)
    if made:
        after = {"sha256": dataset.sha256, "rows": dataset.rows, "label": label}
        audit.record(by, "dataset.upload", dataset, after=after)
    return dataset, made


def file_name(sha256: str, *, packed: bool) -> str:
    return f"{sha256}.csv.gz" if packed else f"{sha256}.csv"


def _is_packed(path: Path) -> bool:
    with path.open("rb") as read:
        return read.read(2) == GZIP_MAGIC
