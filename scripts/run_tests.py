"""Run the parts of `make test` one after the other and sum them up.

`python scripts/run_tests.py` runs all; `... lint unit` runs these. A failed part does not stop the
others: one run shows everything that is broken. The exit status is 1 when any part failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import missing, servers  # noqa: E402

PYTHON = sys.executable
PYTEST = [PYTHON, "-m", "pytest", "-q", "--durations=5", "--durations-min=5"]
# Two cores are the least that we promise to be quick on; more do not help the short parts much.
PARALLEL = ["-n", "2", "--dist", "loadfile"]
# Not its script beside Python: that one has an address that breaks in folders with blanks.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
DJANGO = [PYTHON, "manage.py"]
COUNTED = ("failed", "error", "passed", "skipped", "xfailed")
NO_TESTS_COLLECTED = 5


@dataclass
class Result:
    name: str
    seconds: float
    status: int
    summary: str = ""
    not_tested: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def lint_steps() -> list[tuple[str, list[str]]]:
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    beside_python = str(Path(PYTHON).parent)
    return [
        ("ruff check", [PYTHON, "-m", "ruff", "check", "."]),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        (
            "import-linter",
            [PYTHON, "-c", LINT_IMPORTS],
        ),
        *([("djade", [f"{beside_python}/djade", "--check", *templates])] if templates else []),
        ("Django checks", [*DJANGO, "check", "--fail-level", "WARNING"]),
        ("migrations", [*DJANGO, "makemigrations", "--check", "--dry-run"]),
        (
            "API schema",
            [*DJANGO, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
        ),
        ("translations", [PYTHON, "scripts/translations.py", "--check"]),
        ("mypy", [PYTHON, "-m", "mypy"]),
    ]


def lint() -> Result:
    began = time.monotonic()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    failed = []
    for name, command in lint_steps():
        print(f"- {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
            failed.append(name)
    summary = f"failed: {', '.join(failed)}" if failed else f"{len(lint_steps())} checks passed"
    return Result("lint", time.monotonic() - began, int(bool(failed)), summary)


def run_pytest(name: str, *arguments: str, env: dict[str, str] | None = None) -> Result:
    """Run pytest, show its output as it comes, keep its counts."""
    began = time.monotonic()
    result = Result(name, 0.0, 1, "did not get to its summary")
    with subprocess.Popen(
        [*PYTEST, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 (for the type checker)
        for line in process.stdout:
            print(line, end="", flush=True)
            read_line(line.strip(), result)
    result.status = 0 if process.returncode == NO_TESTS_COLLECTED else process.returncode
    result.seconds = time.monotonic() - began
    return result


def read_line(line: str, result: Result) -> None:
    if missing.MARK in line and line.endswith("tests)"):
        result.not_tested.append(line)
    elif re.fullmatch(r"=*\s*(\d+ \w+|no tests ran).* in [\d.]+s.*", line):
        result.summary = line.strip("= ")
        result.counts = {
            word.removesuffix("s") if word == "errors" else word: int(number)
            for number, word in re.findall(r"(\d+) (\w+)", line.split(" in ", maxsplit=1)[0])
        }


@contextmanager
def postgres_env() -> Iterator[dict[str, str] | None]:
    if servers.postgres_bin() is None:
        yield None
        return
    with servers.private_postgres() as url:
        yield {"DATABASE_URL": url}


def postgres() -> Result:
    if os.environ.get("DATABASE_URL"):
        return Result("postgres", 0, 0, "DATABASE_URL is set: integration ran there already")
    with postgres_env() as env:
        if env is None:
            words = f"{missing.MARK}: PostgreSQL is missing. Install postgresql, or set PG_BIN."
            strict = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
            return Result("postgres", 0, int(strict), "no PostgreSQL", [words])
        selected = "both_databases and not processes"
        return run_pytest("postgres", "tests/integration", "-m", selected, *PARALLEL, env=env)


PARTS = {
    "lint": lint,
    "unit": lambda: run_pytest("unit", "tests/unit", *PARALLEL),
    "integration": lambda: run_pytest(
        "integration", "tests/integration", "-m", "not processes", *PARALLEL
    ),
    "postgres": postgres,
    "processes": lambda: run_pytest("processes", "tests/integration", "-m", "processes", *PARALLEL),
    # A second product would train and plan as much as the first one.
    "e2e": lambda: run_pytest("e2e", "tests/e2e"),
}


def in_words(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def total_line(results: list[Result], seconds: float) -> str:
    """Write the sum of all parts in pytest's own words."""
    counts = {word: sum(r.counts.get(word, 0) for r in results) for word in COUNTED}
    words = [f"{number} {word}" for word, number in counts.items() if number]
    broken = [result.name for result in results if result.status]
    verdict = f"; FAILED parts: {', '.join(broken)}" if broken else ""
    return f"==== {', '.join(words) or 'no tests'} in {seconds:.2f}s{verdict} ===="


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}.")
        return 2
    os.chdir(ROOT)
    # Hundreds of processes start in the tests; each would compile the whole product again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    results = []
    if not names or set(names) - {"lint", "unit", "integration"}:
        print("==== system packages ====", flush=True)
        installed = subprocess.run([PYTHON, "scripts/system_packages.py"], check=False)
        results.append(Result("packages", time.monotonic() - began, installed.returncode))
    for name in names or PARTS:
        print(f"\n==== {name} ====", flush=True)
        results.append(PARTS[name]())
    report(results, time.monotonic() - began)
    return int(any(result.status for result in results))


def report(results: list[Result], seconds: float) -> None:
    print("\n==== summary ====")
    for result in results:
        verdict = "FAILED" if result.status else "ok"
        print(f"{result.name:12} {in_words(result.seconds):>12}  {verdict:7} {result.summary}")
    lacking = dict.fromkeys(line for result in results for line in result.not_tested)
    for line in lacking:
        print(f"!!!! {line}")
    print(f"{'total':12} {in_words(seconds):>12}")
    print(total_line(results, seconds), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
