"""Read the environment: typed, and a bad value stops the start with the variable's name."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Write 1 or 0.")


def integer(name: str, default: int, *, least: int | None = None) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number_read = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if least is not None and number_read < least:
        raise ImproperlyConfigured(f"{name}={value!r} is too small: at least {least} is needed.")
    return number_read


def number(name: str, default: float, *, least: float | None = None) -> float:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number_read = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number.") from None
    if number_read != number_read or (least is not None and number_read < least):  # noqa: PLR0124 (NaN)
        raise ImproperlyConfigured(f"{name}={value!r} is out of range: at least {least} is needed.")
    return number_read


def listing(name: str, default: str = "") -> list[str]:
    """Split a comma-separated variable; blanks fall away."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def secret(name: str, *, file: Path | None = None) -> str | None:
    """Read a secret from NAME, from the file that NAME_FILE names, or from `file` if it exists."""
    if value := os.environ.get(name):
        return value
    named = os.environ.get(f"{name}_FILE")
    path = Path(named) if named else file
    if path is None or (named is None and not path.exists()):
        return None
    try:
        value = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE: {path} cannot be read: {error.strerror}."
        ) from None
    if not value:
        raise ImproperlyConfigured(f"{name}: the file {path} is empty.")
    return value
