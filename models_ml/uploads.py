"""A data set on its way in: streamed to disk, summed and measured, never whole in memory.

A view sets `request.upload_handlers = [DatasetUpload(request)]` before anybody reads the body. What
is over the limit is read and thrown away, so that the sender hears the answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

FIELD = "file"
FORGOTTEN_SECONDS = 3600.0  # then what a killed process left here is swept


class IncomingFile(UploadedFile):
    """A file that is gone when it is closed, unless somebody kept it under another name."""

    def __init__(self, name: str, folder: Path) -> None:
        self._digest = hashlib.sha256()
        self.too_large = False
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115 (closed with the request)
            dir=folder, prefix="upload-", delete=False
        )
        super().__init__(file, name, size=0)

    @property
    def path(self) -> Path:
        return Path(self.file.name)  # type: ignore[union-attr]

    @property
    def sha256(self) -> str:
        """Of the bytes as they were sent."""
        return self._digest.hexdigest()

    def take(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.write(chunk)
        self.size = (self.size or 0) + len(chunk)

    def drop(self) -> None:
        """Give the disk back now."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        super().close()
        self.drop()


class DatasetUpload(FileUploadHandler):
    """Takes the one file of the form into DATASET_DIR; skips every other."""

    file: IncomingFile

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.limit = settings.DATASET_MAX_MB * 2**20

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or hasattr(self, "file"):
            raise SkipFile
        self.file = IncomingFile(self.file_name or "", incoming_folder())

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.file.too_large:
            return
        if start + len(raw_data) > self.limit:
            self.file.too_large = True
            self.file.drop()
            return
        self.file.take(raw_data)

    def file_complete(self, file_size: int) -> IncomingFile:
        self.file.flush()
        os.fsync(self.file.fileno())  # a row must not name a file that a power cut emptied
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def incoming_folder() -> Path:
    """Beside the kept files, so that keeping one is a rename."""
    folder = Path(settings.DATASET_DIR) / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def sweep() -> None:
    """Remove what killed web processes left."""
    folder = Path(settings.DATASET_DIR) / "incoming"
    oldest = time.time() - FORGOTTEN_SECONDS
    for path in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                _remove(path)


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for part in path.iterdir():
        part.unlink(missing_ok=True)
    path.rmdir()
