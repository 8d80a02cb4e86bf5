"""The environment chooses; what it says wrongly stops the start with the variable's name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from teamhub import env

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG", "HTTPS")
SHOW = "from teamhub import settings as s; print({shown})"


def load(tmp_path: Path, shown: str, **chosen: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a Python of its own and print what is asked for."""
    kept = {key: value for key, value in os.environ.items() if key not in CHOSEN}
    return subprocess.run(
        [sys.executable, "-c", SHOW.format(shown=shown)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**kept, "TEAMHUB_VAR": str(tmp_path), **chosen},
        text=True,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0, done.stdout
    kind, _, words = done.stderr.strip().splitlines()[-1].partition(": ")
    assert kind == "django.core.exceptions.ImproperlyConfigured"
    return words


# --- typed readers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), (" Yes ", True), ("off", False), ("", False)]
)
def test_a_flag_is_read(word: str, value: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_FLAG", word)

    assert env.flag("X_FLAG", default=not value) is value


def test_a_flag_that_is_neither_yes_nor_no_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_FLAG", "maybe")

    with pytest.raises(ImproperlyConfigured, match=r"X_FLAG='maybe' is neither yes nor no"):
        env.flag("X_FLAG", default=True)


@pytest.mark.parametrize("word", ["", "ten", "1.5"])
def test_what_is_no_whole_number_is_named(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_COUNT", word)

    with pytest.raises(ImproperlyConfigured, match=rf"X_COUNT='{word}' is not a whole number"):
        env.integer("X_COUNT", 3)


def test_a_whole_number_below_the_least_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_COUNT", "0")

    with pytest.raises(ImproperlyConfigured, match=r"X_COUNT='0' is too small: at least 1"):
        env.integer("X_COUNT", 3, least=1)


@pytest.mark.parametrize("word", ["nan", "-1"])
def test_a_number_out_of_range_is_refused(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_SECONDS", word)

    with pytest.raises(ImproperlyConfigured, match=rf"X_SECONDS='{word}' is out of range"):
        env.number("X_SECONDS", 1, least=0)


def test_a_number_keeps_its_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_SECONDS", "0.25")

    assert env.number("X_SECONDS", 1) == 0.25


def test_a_list_loses_its_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_LIST", " a, ,b ,")

    assert env.listing("X_LIST") == ["a", "b"]


def test_a_text_without_default_must_be_set() -> None:
    with pytest.raises(ImproperlyConfigured, match="X_TEXT_NOWHERE is not set"):
        env.text("X_TEXT_NOWHERE")


def test_the_environment_goes_before_a_secrets_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    file.write_text("from the file\n")

    assert env.secret("X_SECRET", file=file) == "from the file"
    monkeypatch.setenv("X_SECRET", "from the environment")
    assert env.secret("X_SECRET", file=file) == "from the environment"


def test_a_named_secrets_file_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_SECRET_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(ImproperlyConfigured, match=r"X_SECRET_FILE: .*nowhere cannot be read"):
        env.secret("X_SECRET")


def test_an_empty_secrets_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").touch()

    with pytest.raises(ImproperlyConfigured, match=r"X_SECRET: the file .* is empty"):
        env.secret("X_SECRET", file=tmp_path / "key")


# --- refusals of the settings ---------------------------------------------------------------------


def test_without_a_secret_and_without_debug_nothing_starts(tmp_path: Path) -> None:
    words = refusal(load(tmp_path, "1"))

    assert words.startswith("SECRET_KEY is not set while DEBUG is off.")
    assert "make run" in words


def test_the_embedded_secret_is_taken(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("embedded")

    assert load(tmp_path, "s.SECRET_KEY, s.DEBUG").stdout == "embedded False\n"


def test_a_database_server_with_the_folder_broker_is_refused(tmp_path: Path) -> None:
    done = load(tmp_path, "1", SECRET_KEY="x", DATABASE_URL="postgres://u@db/teamhub")

    assert refusal(done).startswith("REDIS_URL is not set, but DATABASE_URL names a database")


def test_a_database_server_with_redis_is_taken(tmp_path: Path) -> None:
    done = load(
        tmp_path,
        "s.DATABASES['default']['ENGINE'], s.CELERY_BROKER_URL",
        SECRET_KEY="x",
        DATABASE_URL="postgres://u@db/teamhub",
        REDIS_URL="redis://broker/0",
    )

    assert done.stdout == "django.db.backends.postgresql redis://broker/0\n", done.stderr


def test_what_is_no_database_address_is_named(tmp_path: Path) -> None:
    done = load(tmp_path, "1", SECRET_KEY="x", DATABASE_URL="oops://")

    assert refusal(done).startswith("DATABASE_URL is not an address of a database")


def test_https_brings_secure_cookies_and_a_redirect(tmp_path: Path) -> None:
    shown = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE"
    shown += ", s.SECURE_HSTS_SECONDS > 0"

    assert load(tmp_path, shown, SECRET_KEY="x", HTTPS="1").stdout == "True True True True\n"
    assert load(tmp_path, shown, SECRET_KEY="x").stdout == "False False False False\n"


def test_a_bad_value_stops_the_start_with_its_name(tmp_path: Path) -> None:
    done = load(tmp_path, "1", SECRET_KEY="x", STAFFING_SECONDS="soon")

    assert refusal(done) == "STAFFING_SECONDS='soon' is not a whole number."
