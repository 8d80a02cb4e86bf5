"""Finished epochs in a folder: whole or absent, taken up again by a later process.

Each epoch is a folder of its own with the model, its files and a manifest. It is written beside
its place and renamed, so a kill at any moment leaves the one before.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models_ml.kernel.job import TrainingFailed
from teamhub.kernel.child import plain

Json = dict[str, Any]
MANIFEST = "manifest.json"
OWNER = "owner"
CURVE = "metrics.jsonl"
KEPT = 2  # the newest may be cut by a power failure; the one before is whole


@dataclass(frozen=True, slots=True)
class Epoch:
    """A finished epoch.

    Parameters
    ----------
    number
        From 1.
    result
        What training returns if it ends here, without where its files are.
    """

    number: int
    folder: Path
    result: Json
    files: Json

    def whole_result(self) -> Json:
        """Return the result with the folder and its files."""
        return self.result | {"folder": str(self.folder), "files": self.files}


class Epochs:
    """The epochs of one job in its working folder.

    Parameters
    ----------
    digest
        Epochs of a job with another digest are thrown away.
    """

    def __init__(self, workdir: Path, digest: str) -> None:
        self._workdir, self._digest = workdir, digest
        workdir.mkdir(parents=True, exist_ok=True)
        # The newest process owns the folder. An older one, given up for dead, sees that and ends.
        self._owner = uuid.uuid4().hex
        _write_text(workdir / OWNER, self._owner)

    def latest(self) -> Epoch | None:
        """Return the last whole epoch of this job, and remove what is of no use."""
        found = None
        for folder in self._workdir.glob("part-*"):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in sorted(self._workdir.glob("epoch-*"), reverse=True):
            epoch = self._read(folder)
            if epoch is None:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                found = found or epoch
        curve = found.result["history"] if found else []
        lines = "".join(json.dumps(plain(line)) + "\n" for line in curve)
        _write_text(self._workdir / CURVE, lines)
        return found

    def add(self, number: int, result: Json, write: Callable[[Path], None]) -> Epoch:
        """Keep a finished epoch.

        Parameters
        ----------
        write
            Writes the files of the epoch into the folder that it is given.

        Raises
        ------
        TrainingFailed
            With the code "taken_over".
        """
        part = self._workdir / f"part-{self._owner}"
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            write(part)
            return self._publish(number, plain(result), part)
        except OSError:
            self._check_owner()  # whoever took the folder over may have removed ours
            raise

    def _publish(self, number: int, result: Json, part: Path) -> Epoch:
        folder = self._workdir / f"epoch-{number:05d}"
        files = {path.name: _entry(path) for path in sorted(part.iterdir())}
        manifest = {"job": self._digest, "epoch": number, "result": result, "files": files}
        _write_text(part / MANIFEST, json.dumps(manifest))
        self._check_owner()
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
        with (self._workdir / CURVE).open("a", encoding="utf-8") as curve:
            curve.write(json.dumps(result["history"][-1]) + "\n")
        self._prune(number)
        return Epoch(number, folder, result, files)

    def _check_owner(self) -> None:
        try:
            owner = (self._workdir / OWNER).read_text("utf-8")
        except OSError:
            owner = ""
        if owner != self._owner:
            shutil.rmtree(self._workdir / f"part-{self._owner}", ignore_errors=True)
            raise TrainingFailed("taken_over")

    def _read(self, folder: Path) -> Epoch | None:
        try:
            manifest: Json = json.loads((folder / MANIFEST).read_text("utf-8"))
            if manifest["job"] != self._digest:
                return None
            files: Mapping[str, Json] = manifest["files"]
            if any(_entry(folder / name) != entry for name, entry in files.items()):
                return None
            return Epoch(manifest["epoch"], folder, manifest["result"], dict(files))
        except (OSError, ValueError, KeyError):
            return None

    def _prune(self, newest: int) -> None:
        for folder in self._workdir.glob("epoch-*"):
            if int(folder.name.removeprefix("epoch-")) <= newest - KEPT:
                shutil.rmtree(folder, ignore_errors=True)


def _entry(path: Path) -> Json:
    with path.open("rb") as file:
        return {
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
            "bytes": path.stat().st_size,
        }


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
