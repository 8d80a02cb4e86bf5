"""What the documents name is there, and what is there is documented."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from projects import demo as projects_demo
from projects.bridge import PRODUCT_WEIGHTS
from projects.catalog import domain
from projects.kernel.staffing.problem import Rule, Weights
from roles import catalog
from roles import demo as roles_demo
from teamhub.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
API = (ROOT / "docs/api.md").read_text()
FORMULAS = (ROOT / "docs/formulas.md").read_text()
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
DOCUMENTS += [*sorted((ROOT / "docs").glob("*.md")), *DECISIONS]
QUOTED_PATH = re.compile(r"`((?:[\w-]+/)+(?:[\w.-]+\.(?:py|toml|md|html|css))?)`")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> list[str]:
    """Every address as the documents write it: /api/v1/runs/{id}/."""
    found = []
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            found += addresses(each.url_patterns, here)
        else:
            found.append("/" + _plain(here))
    return found


def _plain(pattern: str) -> str:
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", "{id}", pattern)  # patterns of routers
    plain = re.sub(r"<(?:\w+:)?kind>", "{kind}", plain)
    plain = re.sub(r"<[^>]+>", "{id}", plain)
    return re.sub(r"\\Z|[\^$]", "", plain)


OURS = sorted(
    {each for each in addresses(get_resolver().url_patterns) if each.startswith("/api/v1/")}
)
COMMANDS = sorted(
    path.stem for path in ROOT.glob("*/management/commands/*.py") if not path.stem.startswith("_")
)


def listed_dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    return {re.split(r"[^\w-]", each)[0] for names in lists for each in names}


# --- api.md and operations.md ---------------------------------------------------------------------


def test_the_addresses_can_be_found() -> None:
    assert len(OURS) > 30
    assert "/api/v1/runs/{id}/cancel/" in OURS
    assert "/api/v1/projects/export/{kind}/" in OURS


@pytest.mark.parametrize("address", OURS)
def test_every_address_of_the_api_is_documented(address: str) -> None:
    assert re.search(rf"`(?:GET|POST|PATCH|DELETE) {re.escape(address)}`", API)


def test_no_address_is_documented_that_is_not_there() -> None:
    told = set(re.findall(r"`(?:GET|POST|PATCH|DELETE) (/[^`]*)`", API))

    assert sorted(told - set(OURS)) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_ours_is_documented(command: str) -> None:
    assert f"`manage.py {command}`" in OPERATIONS


# --- formulas.md ----------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", sorted(PRODUCT_WEIGHTS))
def test_every_weight_that_a_manager_may_change_is_in_the_formulas(weight: str) -> None:
    assert weight in {field.name for field in fields(Weights)}
    assert f"`{weight}`" in FORMULAS


@pytest.mark.parametrize("rule", sorted(set(Rule) - {Rule.EXCLUDED}))
def test_every_hard_rule_is_in_the_formulas(rule: Rule) -> None:
    assert re.search(rf"^\| .*\b{rule.value}\b.* \|", FORMULAS, re.MULTILINE)


# --- the README -----------------------------------------------------------------------------------


def test_every_make_target_of_the_documents_exists() -> None:
    there = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        told = re.findall(r"(?:`|^    )make ([a-z0-9]+)", path.read_text(), re.MULTILINE)

        assert sorted(set(told) - there) == [], path.name
    assert {"run", "test"} <= there


@pytest.mark.parametrize(
    "name",
    [
        *projects_demo.OVERBOOKED,
        projects_demo.FINISHED,
        projects_demo.PROPOSED,
        projects_demo.SLIPPING[0],
        roles_demo.EXPIRED[0],
        DEMO_PASSWORD,
    ],
)
def test_the_readme_names_what_the_demo_hides(name: str) -> None:
    assert name in re.sub(r"\s+", " ", README)


@pytest.mark.parametrize("key", [roles_demo.RARE_SKILL, roles_demo.EXPIRED[1]])
def test_the_readme_names_the_rare_and_the_expired_skill(key: str) -> None:
    name = next(skill.name_en for skill in catalog.load_roles_catalog().skills if skill.key == key)

    assert name in re.sub(r"\s+", " ", README)


def test_the_slot_that_nobody_can_fill_is_the_one_of_the_readme() -> None:
    rare = {
        (seat.label_en, slot.phase)
        for seat in domain("diagnosis").seats
        for slot in seat.slots
        for need in slot.needs
        if need.skill == roles_demo.RARE_SKILL and need.level >= 4
    }

    assert rare == {("Detection and segmentation", "training")}
    assert "Detection and segmentation" in README


def test_the_projects_of_the_readme_are_those_of_the_demo() -> None:
    there = {row[0] for row in projects_demo.PROJECTS}

    assert {"Chest X-ray triage", "Pathology second opinion"} <= there


def test_the_log_ins_of_the_readme_are_those_of_the_demo() -> None:
    table = README.partition("| log-in | group |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| (\w+) \| ([\w ]+) \|", table, re.MULTILINE)

    assert told == [(account.username, account.group) for account in DEMO_ACCOUNTS]


def test_the_picture_is_there_and_small() -> None:
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)

    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
    assert (ROOT / picture).stat().st_size < 200_000


# --- all documents --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    lost = [each for each in links if ":" not in each and not (path.parent / each).exists()]

    assert lost == []


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_every_path_of_the_maps_exists(name: str) -> None:
    told = set(QUOTED_PATH.findall((ROOT / name).read_text()))

    assert told
    assert sorted(each for each in told if not (ROOT / each).exists()) == []


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/decisions/0002-dependencies.md").read_text()
    listed = listed_dependencies()

    assert {"Django", "tensorflow", "pytest", "ortools"} <= listed
    assert sorted(each for each in listed if f"| {each} |" not in reasons) == []
    told = set(re.findall(r"^\| ([\w-]+) \| ", reasons, re.MULTILINE)) - {"package"}
    assert sorted(told - listed) == []


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in DECISIONS] == [
        f"{number:04d}" for number in range(1, len(DECISIONS) + 1)
    ]
