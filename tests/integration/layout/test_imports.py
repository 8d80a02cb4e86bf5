"""The house stands as its plan says: which way arrows point, and what no process loads."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("teamhub", "roles", "projects", "capacity", "models_ml")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def python(code: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **env},
        text=True,
    )


# --- which way arrows point -----------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages without their data, to break."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda _folder, names: [
                each for each in names if "." in each and not each.endswith(".py")
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(root: Path) -> list[str]:
    done = python(LINT_IMPORTS, cwd=root, PYTHONPATH=str(root), COLUMNS="200")
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return re.findall(r"^(.+) BROKEN$", done.stdout, re.MULTILINE)


def test_no_import_points_the_wrong_way(copy: Path) -> None:
    assert broken_contracts(copy) == []


@pytest.mark.parametrize(
    ("module", "wrong_import", "contract"),
    [
        ("projects/kernel/wrong.py", "import django.db", "Kernels know nothing of Django"),
        ("teamhub/kernel/wrong.py", "import celery", "Kernels know nothing of Django"),
        ("roles/kernel/wrong.py", "import teamhub.errors", "Kernels know nothing of Django"),
        ("roles/wrong.py", "import projects.phases", "Apps point one way"),
        ("projects/wrong.py", "import capacity", "Apps point one way"),
        ("capacity/wrong.py", "import models_ml", "Apps point one way"),
        ("teamhub/wrong.py", "import roles.models", "Apps point one way"),
        ("projects/models/wrong.py", "import projects.selectors", "Inside an app"),
        ("roles/selectors.py", "import roles.urls", "Inside an app"),
    ],
)
def test_a_single_wrong_import_is_caught(
    module: str, wrong_import: str, contract: str, copy: Path
) -> None:
    with (copy / module).open("a") as file:
        file.write(f"\n{wrong_import}\n")

    assert contract in broken_contracts(copy)


# --- heavy imports --------------------------------------------------------------------------------

HEAVY = ("tensorflow", "keras", "sklearn")
REPORT = "import sys; print(*[name for name in {names} if name in sys.modules])"
STARTS = {
    "django.setup": "import django; django.setup()",
    "the web process": (
        "import teamhub.wsgi; from django.urls import get_resolver; get_resolver().url_patterns"
    ),
    "the parent of the workers": (
        "from teamhub.celery import app; app.loader.import_default_modules(); app.finalize()"
    ),
    "commands": (
        "import django; django.setup()\n"
        "from django.core.management import get_commands, load_command_class\n"
        "for name, app in get_commands().items(): load_command_class(app, name)"
    ),
}


def test_tensorflow_is_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text()

    assert re.search(r"^tensorflow==", lock, re.MULTILINE)


@pytest.mark.parametrize("start", STARTS)
def test_tensorflow_is_not_loaded_by(start: str) -> None:
    code = f"{STARTS[start]}\n{REPORT.format(names=HEAVY)}"
    done = python(code, DJANGO_SETTINGS_MODULE="tests.settings")

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_parent_of_the_workers_does_not_load_pandas_either() -> None:
    code = f"{STARTS['the parent of the workers']}\n{REPORT.format(names=('pandas', 'scipy'))}"
    done = python(code, DJANGO_SETTINGS_MODULE="tests.settings")

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_report_of_heavy_imports_can_see_one() -> None:
    done = python(f"import pandas\n{REPORT.format(names=('pandas',))}")

    assert done.stdout.strip() == "pandas"
