"""The role catalog: what the files say, and that a mistake is named with file and key."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from roles.catalog import DATA, Calendar, load_roles_catalog


@pytest.fixture(scope="module")
def catalog():
    return load_roles_catalog()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def calendar(catalog, key: str) -> Calendar:
    return next(one for one in catalog.calendars if one.key == key)


def holidays(catalog, key: str) -> set[date]:
    return {day.on for day in calendar(catalog, key).days if day.kind == "holiday"}


def test_there_are_ten_disciplines_with_a_role_each(catalog) -> None:
    keys = ["cv", "nlp", "architect", "data", "ops", "pm", "ba", "ethics", "social", "legal"]
    assert [one.key for one in catalog.disciplines] == keys
    assert [one.key for one in catalog.roles] == keys
    assert all(role.key == role.discipline for role in catalog.roles)


def test_builders_reviewers_and_others_are_kept_apart(catalog) -> None:
    sides = {role.key: role.side for role in catalog.roles}
    assert {key for key, side in sides.items() if side == "build"} == {
        "cv",
        "nlp",
        "architect",
        "data",
        "ops",
    }
    assert {key for key, side in sides.items() if side == "review"} == {"ethics", "social", "legal"}


def test_every_discipline_has_skills_and_every_skill_can_be_learned_of(catalog) -> None:
    assert {skill.discipline for skill in catalog.skills} == {
        one.key for one in catalog.disciplines
    }
    assert [level.level for level in catalog.skill_levels] == [1, 2, 3, 4, 5]


def test_texts_fit_their_columns_and_chinese_is_chinese(catalog) -> None:
    rows = [
        *catalog.disciplines,
        *catalog.roles,
        *catalog.skills,
        *catalog.nodes,
        *catalog.calendars,
        *catalog.learning,
    ]
    for row in rows:
        assert len(row.key) <= 60
        assert len(row.name_en) <= 120
        assert len(row.name_zh) <= 120
    for text in (
        *(one.duty_zh for one in catalog.disciplines),
        *(one.description_zh for one in catalog.skills),
        *(one.name_zh for one in catalog.nodes),
    ):
        assert len(text) <= 300
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text) or text.isascii()
    assert all(len(one.source) <= 300 for one in catalog.calendars)


def test_the_default_holder_of_a_node_is_of_a_fitting_role(catalog) -> None:
    first = {node.key: node.default_roles[0] for node in catalog.nodes}
    assert first["compliance-check"] == "legal"
    assert first["ethics-review"] == "ethics"
    assert first["business-benefit"] == "ba"
    assert {"ops", "nlp"} == set(
        next(node for node in catalog.nodes if node.key == "inference-engine").default_roles
    )


def test_china_2026_has_33_days_off_and_six_working_weekend_days(catalog) -> None:
    days = calendar(catalog, "cn").days
    assert len(holidays(catalog, "cn")) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert {day.on for day in days if day.kind == "workday"} == {
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }


def test_a_us_holiday_on_a_weekend_is_observed_on_the_nearest_working_day(catalog) -> None:
    days = holidays(catalog, "us")
    assert date(2026, 7, 3) in days  # 4 July is a Saturday
    assert date(2027, 7, 5) in days  # 4 July is a Sunday
    assert date(2027, 12, 31) in days  # New Year 2028 is a Saturday
    on_working_days = [day for day in days if day.year == 2027 and day.weekday() < 5]
    assert len(on_working_days) == 11 + 1  # the eleven of 2027 and New Year 2028


def test_german_holidays_move_with_easter(catalog) -> None:
    for easter in (date(2026, 4, 5), date(2027, 3, 28)):
        moving = {easter + timedelta(days) for days in (-2, 1, 39, 50)}
        assert moving <= holidays(catalog, "de")
    assert len(holidays(catalog, "de")) == 2 * 9


def test_singapore_has_eleven_holidays_and_three_mondays_instead_of_sundays(catalog) -> None:
    days = holidays(catalog, "sg")
    sundays = {day for day in days if day.weekday() == 6}
    assert len(days) == 11 + 3
    assert {day + timedelta(1) for day in sundays} <= days
    assert len(sundays) == 3


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("roles.toml", 'discipline = "cv"', 'discipline = "vision"', r"roles.toml: cv: .*“vision”"),
        ("roles.toml", 'side = "build"', 'side = "builder"', "roles.toml: cv: side “builder”"),
        ("roles.toml", 'key = "nlp"', 'key = "cv"', "roles.toml: cv: this key comes twice"),
        ("disciplines.toml", "duty_zh", "duty_fr", "disciplines.toml: cv: duty_zh is missing"),
        ("disciplines.toml", "name_zh", 'colour = "red"\nname_zh', "unknown field.*colour"),
        ("skills.toml", 'name_zh = "Python"', 'name_zh = " "', "skills.toml: python: name_zh"),
        ("skills.toml", "level = 5", "level = 4", "levels must be described"),
        (
            "responsibility_map.toml",
            "inference-serving = 4",
            "inference-serving = 6",
            "responsibility_map.toml: inference-engine: .*from 1 to 5",
        ),
        (
            "responsibility_map.toml",
            'to = ["social-impact"]',
            'to = ["nlp"]',
            "responsibility_map.toml: .*circle",
        ),
        (
            "responsibility_map.toml",
            'to = ["data-backup"]',
            'to = ["backup"]',
            "edges from data-storage: to “backup”",
        ),
        (
            "site_calendars.toml",
            "on = 2026-02-14",
            "on = 2026-02-13",
            "2026-02-13: a make-up working day must fall on a weekend",
        ),
        ("site_calendars.toml", "on = 2026-01-02", "on = 2026-01-01", "cn: days must be in order"),
        ("site_calendars.toml", "years = [2026]", "years = [2025]", "outside the calendar's years"),
        ("learning.toml", '"machine-learning"', '"sorcery"', "hands-on-ml: skills “sorcery”"),
        ("learning.toml", 'kind = "book"', "kind = book", "learning.toml: "),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    folder: Path, name: str, old: str, new: str, words: str
) -> None:
    change(folder, name, old, new)
    with pytest.raises(ValueError, match=words):
        load_roles_catalog(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "skills.toml").unlink()
    with pytest.raises(ValueError, match=r"skills.toml: the file is missing"):
        load_roles_catalog(folder)
