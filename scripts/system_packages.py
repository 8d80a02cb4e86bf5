"""Find the system programs that the tests need, and install what is missing on Debian and Ubuntu.

It says what it will install. It installs only as root or with a sudo that asks no password, starts
no service, and never stops the tests: what stays missing is skipped there, or fails under CI=true.
NO_INSTALL=1 only looks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")
CLUSTERS = Path("/etc/postgresql-common/createcluster.conf")
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


@dataclass(frozen=True)
class Piece:
    """A system program, the tests it serves and the package that brings it."""

    package: str
    serves: str
    present: Callable[[], bool]


def _chromium() -> bool:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return bool(os.environ.get("CHROMIUM")) or any(map(shutil.which, names))


def _postgres() -> bool:
    return bool(
        os.environ.get("PG_BIN")
        or shutil.which("initdb")
        or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    )


def _redis() -> bool:
    return bool(shutil.which("redis-server") or shutil.which("valkey-server"))


def _chinese_font() -> bool:
    return any(
        found
        for folder in FONTS
        for found in Path(folder).expanduser().rglob("*CJK*")
        if found.suffix in {".ttc", ".otf", ".ttf"}
    )


PIECES = (
    Piece("chromium", "browser tests", _chromium),
    Piece("fonts-noto-cjk", "Chinese pages in the browser tests", _chinese_font),
    Piece("postgresql", "tests on PostgreSQL", _postgres),
    Piece("redis-server", "tests with Redis", _redis),
)


def missing_pieces() -> list[Piece]:
    return [piece for piece in PIECES if not piece.present()]


def privilege() -> list[str] | None:
    """Answer the words before a command that needs root, or None when we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install_command(packages: list[str]) -> list[str]:
    return [
        "apt-get",
        "install",
        "-y",
        "-q",
        "--no-install-recommends",
        "-o",
        "Dpkg::Use-Pty=0",
        "-o",
        "Dpkg::Options::=--force-confold",
        *packages,
    ]


@contextmanager
def no_service_started(as_root: list[str]) -> Iterator[None]:
    """Forbid package scripts to start services, and put everything back afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        backup = Path(folder) / "policy-rc.d"
        had_policy = POLICY.exists()
        if had_policy:
            shutil.copy2(POLICY, backup)
        _place(as_root, POLICY, "#!/bin/sh\nexit 101\n", mode="755")
        # The postgresql package would make and start a first cluster.
        own_clusters = not CLUSTERS.exists()
        if own_clusters:
            _place(as_root, CLUSTERS, "create_main_cluster = false\n", mode="644")
        try:
            yield
        finally:
            if had_policy:
                subprocess.run([*as_root, "cp", "-p", str(backup), str(POLICY)], check=False)
            else:
                subprocess.run([*as_root, "rm", "-f", str(POLICY)], check=False)
            if own_clusters:
                subprocess.run([*as_root, "rm", "-f", str(CLUSTERS)], check=False)


def _place(as_root: list[str], path: Path, content: str, *, mode: str) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="teamhub-") as written:
        written.write(content)
        written.flush()
        subprocess.run([*as_root, "install", "-D", "-m", mode, written.name, str(path)], check=True)


def install(packages: list[str], as_root: list[str]) -> bool:
    """Install the packages; False, with apt's own words above, when that failed."""
    env = ["env", "DEBIAN_FRONTEND=noninteractive"]
    with no_service_started(as_root):
        subprocess.run([*as_root, *env, "apt-get", "update", "-q"], check=False)
        done = subprocess.run([*as_root, *env, *install_command(packages)], check=False)
    return done.returncode == 0


def main() -> int:
    missing = missing_pieces()
    if not missing:
        print("System packages: all there.")
        return 0
    packages = [piece.package for piece in missing]
    for piece in missing:
        print(f"Missing: {piece.package} ({piece.serves})")
    command = " ".join(["apt-get install", *packages])
    as_root = privilege()
    if os.environ.get("NO_INSTALL", "") not in {"", "0"}:
        reason = "NO_INSTALL is set"
    elif shutil.which("apt-get") is None:
        reason = "this is no Debian or Ubuntu"
    elif as_root is None:
        reason = "this is neither root nor a sudo without password"
    else:
        print(f"Installing, without starting any service: {command}", flush=True)
        if install(packages, as_root) and not missing_pieces():
            return 0
        reason = "apt-get could not install everything"
    print(f"Nothing (more) is installed: {reason}. By hand: {command}")
    return int(os.environ.get("CI", "").lower() in {"1", "true", "yes"})


if __name__ == "__main__":
    sys.exit(main())
