"""Uploaded files kept between preview and commit, under a name that nobody can guess."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from teamhub.errors import Conflict

KEEP_SECONDS = 3600
_SALT = "teamhub.web.uploads"


@dataclass(frozen=True)
class Upload:
    kind: str
    filename: str
    data: bytes


def keep(user: Any, kind: str, filename: str, data: bytes) -> str:
    """Store the file and return the token that this user can take it back with."""
    folder = _folder()
    _sweep(folder)
    name = secrets.token_hex(16)
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(data)
    return signing.dumps([user.pk, kind, filename, name], salt=_SALT)


def take(user: Any, token: str) -> Upload:
    """The file of a token; it stays until it is dropped or an hour old."""
    kind, filename, path = _open(user, token)
    try:
        return Upload(kind, filename, path.read_bytes())
    except FileNotFoundError:
        raise _gone() from None


def drop(user: Any, token: str) -> None:
    _kind, _filename, path = _open(user, token)
    path.unlink(missing_ok=True)


def _open(user: Any, token: str) -> tuple[str, str, Path]:
    try:
        owner, kind, filename, name = signing.loads(token, salt=_SALT, max_age=KEEP_SECONDS)
    except signing.BadSignature:
        raise _gone() from None
    if owner != user.pk:
        raise _gone()
    return kind, filename, _folder() / name


def _gone() -> Conflict:
    return Conflict(
        _("The uploaded file is no longer here. Choose it again."), code="upload_expired"
    )


def _folder() -> Path:
    folder: Path = settings.VAR_DIR / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _sweep(folder: Path) -> None:
    oldest = time.time() - KEEP_SECONDS
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:  # another process swept it
            continue
