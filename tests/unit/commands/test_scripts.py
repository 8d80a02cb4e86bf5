"""The scripts behind make: the Python check, the system packages, the sum of the parts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from scripts import check_python, run_tests, system_packages, translations

ROOT = Path(__file__).resolve().parents[3]


# --- Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 14), (4, 0)])
def test_a_python_out_of_range_is_refused_with_its_version(version: tuple[int, int]) -> None:
    words = check_python.complaint(version)

    assert words.startswith("TeamHub needs Python 3.11 to 3.13, but ")
    assert f" is {version[0]}.{version[1]}. " in words
    assert "make PY=" in words


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_python_in_range_is_taken(version: tuple[int, int]) -> None:
    assert check_python.complaint(version) is None


def test_a_python_without_venv_hears_what_to_install() -> None:
    assert "apt-get install python3-venv" in check_python.complaint((3, 11), has_venv=False)


def test_make_refuses_a_wrong_python_before_it_touches_anything(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    # Asked for its version it says 3.9; asked to check itself it complains.
    old.write_text(
        '#!/bin/sh\ncase "$2" in\n*version_info*) echo 3.9 ;;\n'
        '*) echo "TeamHub needs Python 3.11" >&2; exit 1 ;;\nesac\n'
    )
    old.chmod(0o755)

    done = subprocess.run(
        ["make", "setup", f"PY={old}", f"V={tmp_path / 'venv'}"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )

    assert done.returncode == 2
    assert "TeamHub needs Python 3.11" in done.stderr
    assert not (tmp_path / "venv").exists()


# --- system packages ------------------------------------------------------------------------------


@pytest.fixture
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Debian machine that lacks Redis; the answer collects what would be installed."""
    installed: list[list[str]] = []

    def install(packages: list[str], as_root: list[str]) -> bool:
        installed.append([*as_root, *packages])
        return False

    lacking = system_packages.Piece("redis-server", "tests with Redis", lambda: False)
    monkeypatch.setattr(system_packages, "PIECES", (lacking,))
    monkeypatch.setattr(system_packages, "install", install)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("NO_INSTALL", raising=False)
    monkeypatch.delenv("CI", raising=False)
    return installed


def test_an_ordinary_user_is_told_what_to_install_and_nothing_is(
    nothing_there: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(system_packages, "privilege", lambda: None)

    assert system_packages.main() == 0
    assert nothing_there == []
    assert "By hand: apt-get install redis-server" in capsys.readouterr().out


def test_no_install_only_looks(
    nothing_there: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(system_packages, "privilege", list)
    monkeypatch.setenv("NO_INSTALL", "1")

    assert system_packages.main() == 0
    assert nothing_there == []
    assert "NO_INSTALL is set" in capsys.readouterr().out


def test_root_installs_after_saying_what(
    nothing_there: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(system_packages, "privilege", lambda: ["sudo", "-n"])

    system_packages.main()

    assert nothing_there == [["sudo", "-n", "redis-server"]]
    said = capsys.readouterr().out
    assert "Missing: redis-server (tests with Redis)" in said
    assert "without starting any service: apt-get install redis-server" in said


def test_what_stays_missing_fails_only_under_ci(
    nothing_there: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "privilege", lambda: None)
    monkeypatch.setenv("CI", "true")

    assert system_packages.main() == 1


def test_services_are_forbidden_during_the_installation_and_files_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, clusters = tmp_path / "policy-rc.d", tmp_path / "postgresql-common/createcluster.conf"
    policy.write_text("theirs")
    policy.chmod(0o755)
    monkeypatch.setattr(system_packages, "POLICY", policy)
    monkeypatch.setattr(system_packages, "CLUSTERS", clusters)

    with system_packages.no_service_started([]):
        assert subprocess.run([policy], check=False).returncode == 101
        assert clusters.read_text() == "create_main_cluster = false\n"

    assert policy.read_text() == "theirs"
    assert not clusters.exists()


def test_an_administrators_cluster_settings_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, clusters = tmp_path / "policy-rc.d", tmp_path / "createcluster.conf"
    clusters.write_text("theirs")
    monkeypatch.setattr(system_packages, "POLICY", policy)
    monkeypatch.setattr(system_packages, "CLUSTERS", clusters)

    with system_packages.no_service_started([]):
        assert clusters.read_text() == "theirs"

    assert clusters.read_text() == "theirs"
    assert not policy.exists()


# --- the sum of the parts -------------------------------------------------------------------------


def read(*lines: str) -> run_tests.Result:
    result = run_tests.Result("unit", 1.0, 0)
    for line in lines:
        run_tests.read_line(line, result)
    return result


def test_pytests_counts_are_read_from_its_last_line() -> None:
    result = read("tests/unit/test_x.py ....", "2 failed, 31 passed, 1 error in 7.21s")

    assert result.summary == "2 failed, 31 passed, 1 error in 7.21s"
    assert result.counts == {"failed": 2, "passed": 31, "error": 1}


def test_minutes_and_frames_in_pytests_last_line_are_understood() -> None:
    result = read("===== 312 passed, 2 skipped in 95.10s (0:01:35) =====")

    assert result.counts == {"passed": 312, "skipped": 2}


def test_the_last_line_sums_all_parts_and_names_the_broken() -> None:
    one, two = read("3 passed in 1.00s"), read("1 failed, 4 passed in 2.00s")
    two.status = 1

    line = run_tests.total_line([one, two], 3.0)

    assert line == "==== 1 failed, 7 passed in 3.00s; FAILED parts: unit ===="


def test_what_could_not_be_tested_is_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    result = read("NOT TESTED HERE: Chromium is missing. Install chromium. (14 tests)")

    run_tests.report([result], 1.0)

    assert "!!!! NOT TESTED HERE: Chromium is missing" in capsys.readouterr().out


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tests.main(["units"]) == 2
    assert "No such part: units. There are: lint, unit," in capsys.readouterr().out


# --- translations ---------------------------------------------------------------------------------


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    file = polib.POFile()
    file.append(polib.POEntry(msgid="Person", msgstr="人员"))
    file.save(str(path))
    translations.compile_all(tmp_path)
    return path


def test_a_compiled_and_complete_catalog_is_good(catalog: Path) -> None:
    assert translations.complaints(catalog) == []


def test_a_changed_catalog_must_be_compiled_again(catalog: Path) -> None:
    catalog.write_text(catalog.read_text().replace("人员", "成员"))

    assert translations.complaints(catalog) == [
        "django.mo is not what django.po says: run python scripts/translations.py"
    ]


def test_an_untranslated_message_is_named(catalog: Path) -> None:
    file = polib.pofile(str(catalog))
    file.append(polib.POEntry(msgid="Seat"))
    file.save(str(catalog))

    assert "not translated: 'Seat'" in translations.complaints(catalog)


def test_the_scripts_run_by_themselves() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/check_python.py"], capture_output=True, check=False, cwd=ROOT
    )

    assert (done.returncode, done.stdout) == (0, b"")
