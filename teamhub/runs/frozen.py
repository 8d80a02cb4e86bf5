"""Frozen inputs under their sha256, and the results to compare with."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from teamhub.kernel.child import plain

Json = dict[str, Any]


def canonical(value: Any) -> bytes:
    """Equal values give equal bytes."""
    return json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def freeze(job: Json) -> str:
    """Store a job and return its sha256; the same job is stored once."""
    data = canonical(job)
    name = hashlib.sha256(data).hexdigest()
    _store(_input_path(name), data)
    return name


def digest(job: Json) -> str:
    """Return the sha256 under which this job would be stored."""
    return hashlib.sha256(canonical(job)).hexdigest()


def thaw(name: str) -> Json:
    """Read the job stored under this sha256; FileNotFoundError when this host does not have it."""
    job: Json = json.loads(gzip.decompress(_input_path(name).read_bytes()))
    return job


def exists(name: str) -> bool:
    return _input_path(name).exists()


def keep_result(run_id: uuid.UUID, result: Any) -> None:
    """Keep what a run returned, for a later comparison."""
    _store(_result_path(run_id), canonical(result), again=True)


def kept_result(run_id: uuid.UUID) -> Any | None:
    try:
        return json.loads(gzip.decompress(_result_path(run_id).read_bytes()))
    except FileNotFoundError:
        return None


def without(value: Any, keys: frozenset[str]) -> Any:
    """Return the value without these keys at any depth."""
    if isinstance(value, dict):
        return {key: without(item, keys) for key, item in value.items() if key not in keys}
    if isinstance(value, list):
        return [without(item, keys) for item in value]
    return value


def _store(path: Path, data: bytes, *, again: bool = False) -> None:
    if path.exists() and not again:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    with part.open("wb") as file:
        # A constant time stamp: equal inputs give equal files.
        file.write(gzip.compress(data, compresslevel=6, mtime=0))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _input_path(name: str) -> Path:
    return Path(settings.RUN_INPUT_DIR) / f"{name}.json.gz"


def _result_path(run_id: uuid.UUID) -> Path:
    return Path(settings.RUN_INPUT_DIR) / "results" / f"{run_id}.json.gz"
