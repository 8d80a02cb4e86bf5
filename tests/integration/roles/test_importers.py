"""What the four kinds of files write, refuse and leave as it is."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from roles.importers import IMPORTERS, creating
from roles.models import Absence, Department, Person, PersonSkill, Site, Skill
from teamhub.audit.models import AuditEvent
from teamhub.web.csv_import import ImportResult
from tests.builders import (
    make_absence,
    make_department,
    make_person,
    make_role,
    make_site,
    make_skill,
)
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
KINDS = {importer.kind: importer for importer in IMPORTERS}
PEOPLE = "key,name,department,site\n"


def load(by: Any, kind: str, text: str | bytes, *, create_missing: bool = False) -> ImportResult:
    importer = creating(KINDS[kind]) if create_missing else KINDS[kind]
    data = text if isinstance(text, bytes) else text.encode()
    return importer(by=by).commit(data, f"{kind}.csv")


def errors(result: ImportResult) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in result.errors]


@pytest.fixture
def company(db: None) -> None:
    make_department("vision", name_en="Vision")
    make_site("shanghai", time_zone="Asia/Shanghai")
    make_role("cv")
    make_role("nlp")
    make_skill("python")


def test_all_errors_of_a_file_are_named_at_once(company: None, cast: Cast) -> None:
    """A cell that cannot be read hides neither its neighbours nor a double further down."""
    text = (
        "key,name,department,site,weekly_hours,roles\n"
        "wei,Wei,vision,shanghai,many,cv\n"
        "li,Li,nowhere,shanghai,many,cook\n"
        "wei,Wei again,vision,shanghai,40,cv\n"
        "bo,Bo,vision,,40,cv\n"
    )
    result = load(cast.ada, "people", text)
    assert set(errors(result)) == {
        (2, "weekly_hours"),
        (3, "department"),
        (3, "roles"),
        (3, "weekly_hours"),
        (4, "key"),
        (5, "site"),
    }
    assert not Person.objects.exists()


# --- departments


def test_departments_come_in_with_parents_further_down_and_leads(cast: Cast) -> None:
    text = (
        "key,name,name_zh,parent,leads\n"
        "vision,Vision,视觉部,research,ada; plan\n"
        "research,Research,,,\n"
    )
    result = load(cast.ada, "departments", text)
    assert (result.created, result.errors) == (2, [])
    vision = Department.objects.get(key="vision")
    assert vision.parent == Department.objects.get(key="research")
    assert vision.name_zh == "视觉部"
    assert {lead.username for lead in vision.leads.all()} == {"ada", "plan"}
    again = load(cast.ada, "departments", text)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_a_circle_of_departments_is_refused(cast: Cast) -> None:
    make_department("top")
    text = "key,name,parent\na,A,b\nb,B,a\ntop,Top,\n"
    result = load(cast.ada, "departments", text)
    assert errors(result) == [(2, "parent"), (3, "parent")]
    assert set(Department.objects.values_list("key", flat=True)) == {"top"}


def test_a_circle_with_a_department_outside_the_file_is_refused(cast: Cast) -> None:
    top = make_department("top")
    make_department("low", parent=top)
    result = load(cast.ada, "departments", "key,name,parent\ntop,Top,low\n")
    assert errors(result) == [(2, "parent")]


def test_unknown_parents_and_leads_are_named(cast: Cast) -> None:
    text = "key,name,parent,leads\na,A,nowhere,ada;nobody\n"
    result = load(cast.ada, "departments", text)
    assert errors(result) == [(2, "leads"), (2, "parent")]
    assert "nobody" in result.errors[0].message


def test_a_column_left_out_leaves_the_value(cast: Cast) -> None:
    top = make_department("top")
    low = make_department("low", parent=top, name_zh="下")
    low.leads.add(cast.ada)
    result = load(cast.ada, "departments", "key,name\nlow,Lower\n")
    assert result.updated == 1
    low.refresh_from_db()
    assert (low.name_en, low.name_zh, low.parent) == ("Lower", "下", top)
    assert low.leads.get() == cast.ada


# --- people


def test_people_come_in_with_all_they_have(cast: Cast, company: None) -> None:
    text = (
        "key,name,email,department,site,time_zone,roles,weekly_hours,employed_from,employed_to,"
        "rate_per_fte_week,max_concurrent_projects\n"
        "wei,Wei Zhang,wei@example.com,vision,shanghai,,cv;nlp,32,2024-03-01,2028-12-31,3200.50,3\n"
        "li,李雷,,vision,shanghai,Europe/Berlin,,,,,,\n"
    )
    result = load(cast.ada, "people", text)
    assert (result.created, result.errors) == (2, [])
    wei, li = Person.objects.get(key="wei"), Person.objects.get(key="li")
    assert wei.time_zone == "Asia/Shanghai"
    assert {role.key for role in wei.roles.all()} == {"cv", "nlp"}
    assert wei.rate_per_fte_week == Decimal("3200.50")
    assert (wei.employed_from, wei.employed_to) == (date(2024, 3, 1), date(2028, 12, 31))
    assert (wei.weekly_hours, wei.max_concurrent_projects) == (Decimal(32), 3)
    assert (li.time_zone, li.weekly_hours) == ("Europe/Berlin", Decimal(40))
    assert (li.max_concurrent_projects, li.sort_name) == (2, "李雷")


def test_the_history_says_who_imported_and_which_roles(cast: Cast, company: None) -> None:
    load(cast.ada, "people", "key,name,department,site,roles\nwei,Wei,vision,shanghai,cv\n")
    line = Person.history.get(key="wei")
    assert (line.history_user, line.history_type) == (cast.ada, "+")
    assert [one.role.key for one in line.roles.all()] == ["cv"]
    load(cast.admin, "people", "key,name,department,site,roles\nwei,Wei,vision,shanghai,nlp\n")
    line = Person.history.filter(key="wei").first()
    assert line is not None
    assert (line.history_user, line.history_type) == (cast.admin, "~")
    assert [one.role.key for one in line.roles.all()] == ["nlp"]
    assert Person.objects.get(key="wei").version == 2


def test_a_second_import_of_the_same_file_changes_nothing(cast: Cast, company: None) -> None:
    text = "key,name,department,site,roles\nwei,Wei,vision,shanghai,nlp;cv\n"
    load(cast.ada, "people", text)
    again = load(cast.ada, "people", text)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert Person.objects.get().version == 1
    assert Person.history.count() == 1


def test_importing_without_the_rate_column_leaves_rates(cast: Cast, company: None) -> None:
    make_person(key="wei", rate_per_fte_week=Decimal(900), max_concurrent_projects=4)
    result = load(cast.ada, "people", PEOPLE + "wei,Wei,vision,shanghai\n")
    assert result.updated == 1
    wei = Person.objects.get(key="wei")
    assert (wei.rate_per_fte_week, wei.max_concurrent_projects) == (Decimal(900), 4)


def test_a_department_that_does_not_exist_is_named_with_the_nearest(
    cast: Cast, company: None
) -> None:
    result = load(cast.ada, "people", PEOPLE + "wei,Wei,visoin,shanghai\n")
    assert errors(result) == [(2, "department")]
    assert "visoin" in result.errors[0].message
    assert "“vision”" in result.errors[0].message


def test_an_unknown_site_is_refused_unless_asked_to_create_it(cast: Cast, company: None) -> None:
    text = "key,name,department,site,time_zone\nwei,Wei,vision,berlin,Europe/Berlin\n"
    assert errors(load(cast.ada, "people", text)) == [(2, "site")]
    assert load(cast.ada, "people", text, create_missing=True).created == 1
    assert Site.objects.get(key="berlin").time_zone == "Europe/Berlin"


def test_a_new_site_needs_a_time_zone(cast: Cast, company: None) -> None:
    result = load(cast.ada, "people", PEOPLE + "wei,Wei,vision,berlin\n", create_missing=True)
    assert errors(result) == [(2, "time_zone")]
    assert not Site.objects.filter(key="berlin").exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("employed_to", "2020-01-01"),
        ("time_zone", "Mars/Olympus"),
        ("email", "not an address"),
        ("weekly_hours", "81"),
        ("weekly_hours", "37.55"),
        ("max_concurrent_projects", "0"),
        ("rate_per_fte_week", "-1"),
        ("rate_per_fte_week", "1e9"),
        ("roles", "cv; poet"),
        ("employed_from", "31.12.2026"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    cast: Cast, company: None, column: str, value: str
) -> None:
    cells = {"key": "wei", "name": "Wei", "department": "vision", "site": "shanghai"}
    cells |= {"employed_from": "2024-01-01"} | {column: value}
    good = {**cells, "key": "ok", "employed_from": "2024-01-01", column: ""}
    text = "\n".join(",".join(row) for row in (cells, good.values(), cells.values()))
    result = load(cast.ada, "people", text)
    assert errors(result) == [(3, column)]
    assert not Person.objects.exists()
    assert not AuditEvent.objects.filter(verb="import.commit").exists()


def test_employment_that_ends_before_the_start_in_the_database_is_refused(
    cast: Cast, company: None
) -> None:
    make_person(key="wei", employed_from=date(2026, 1, 1))
    text = "key,name,department,site,employed_to\nwei,Wei,vision,shanghai,2025-06-30\n"
    assert errors(load(cast.ada, "people", text)) == [(2, "employed_to")]


def test_a_key_twice_in_the_file_is_refused(cast: Cast, company: None) -> None:
    text = PEOPLE + "wei,Wei,vision,shanghai\nWEI,Wei 2,vision,shanghai\n"
    assert errors(load(cast.ada, "people", text)) == [(3, "key")]


def test_a_thousand_people_come_in_within_seconds(cast: Cast, company: None) -> None:
    header = "key,name,email,department,site,time_zone,roles,weekly_hours\n"
    line = "p-{0},Person {0},p{0}@example.com,vision,shanghai,Asia/Shanghai,cv; nlp,{1}\n"
    first = header + "".join(line.format(number, 40) for number in range(1000))
    began = time.monotonic()
    assert load(cast.ada, "people", first).created == 1000
    second = header + "".join(line.format(number, 32) for number in range(1000))
    assert load(cast.ada, "people", second).updated == 1000
    assert time.monotonic() - began < 20  # 3 s on an idle machine; single saves took minutes
    assert Person.history.count() == 2000
    assert Person.objects.filter(version=2, weekly_hours=32).count() == 1000


# --- skills


def test_levels_come_in_with_validity_and_evidence(cast: Cast, company: None) -> None:
    make_person(key="wei")
    text = (
        "person,skill,level,valid_from,valid_to,evidence\n"
        "wei,python,4,2025-01-01,2027-01-01,Led a team\n"
    )
    assert load(cast.ada, "skills", text).created == 1
    held = PersonSkill.objects.get()
    assert (held.level, held.valid_to, held.evidence) == (4, date(2027, 1, 1), "Led a team")
    assert load(cast.ada, "skills", text).unchanged == 1
    assert load(cast.ada, "skills", "person,skill,level\nwei,python,5\n").updated == 1
    held.refresh_from_db()
    assert (held.level, held.valid_to, held.version) == (5, date(2027, 1, 1), 2)
    assert PersonSkill.history.count() == 2


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("wei,python,6,,", (2, "level")),
        ("wei,python,0,,", (2, "level")),
        ("wei,python,four,,", (2, "level")),
        ("nobody,python,3,,", (2, "person")),
        ("wei,telepathy,3,,", (2, "skill")),
        ("wei,python,3,2026-02-01,2026-01-01", (2, "valid_to")),
        ("wei,python,3,2026-02-30,", (2, "valid_from")),
    ],
)
def test_a_bad_level_is_refused(
    cast: Cast, company: None, line: str, place: tuple[int, str]
) -> None:
    make_person(key="wei")
    result = load(cast.ada, "skills", f"person,skill,level,valid_from,valid_to\n{line}\n")
    assert errors(result) == [place]
    assert not PersonSkill.objects.exists()


def test_unknown_skills_are_created_when_asked(cast: Cast, company: None) -> None:
    make_person(key="wei")
    result = load(
        cast.ada, "skills", "person,skill,level\nwei,s1,3\nwei,s2,4\n", create_missing=True
    )
    assert result.created == 2
    assert Skill.objects.get(key="s1").is_own


def test_a_preview_creates_no_skill(cast: Cast, company: None) -> None:
    make_person(key="wei")
    importer = creating(KINDS["skills"])(by=cast.ada)
    result = importer.preview(b"person,skill,level\nwei,s1,3\n")
    assert (result.created, result.committed) == (1, False)
    assert not Skill.objects.filter(key="s1").exists()


# --- absences


def test_absences_come_in_and_move(cast: Cast, company: None) -> None:
    person = make_person(key="wei")
    first = "person,first_on,last_on\nwei,2026-08-03,2026-08-14\n"
    assert load(cast.ada, "absences", first).created == 1
    assert load(cast.ada, "absences", first).unchanged == 1
    assert load(cast.ada, "absences", first.replace("-14", "-21")).updated == 1
    assert person.absences.get().last_on == date(2026, 8, 21)


def test_absences_that_end_before_they_begin_are_refused(cast: Cast, company: None) -> None:
    make_person(key="wei")
    text = "person,first_on,last_on\nwei,2026-08-14,2026-08-03\n"
    assert errors(load(cast.ada, "absences", text)) == [(2, "last_on")]


def test_only_administrators_import_reasons(cast: Cast, company: None) -> None:
    person = make_person(key="wei")
    text = "person,first_on,last_on,reason\nwei,2026-08-03,2026-08-14,surgery\n"
    assert errors(load(cast.ada, "absences", text)) == [(2, "reason")]
    assert load(cast.admin, "absences", text).created == 1
    assert person.absences.get().reason == "surgery"


def test_a_blank_reason_column_of_a_manager_leaves_the_reason(cast: Cast, company: None) -> None:
    person = make_person(key="wei")
    make_absence(person, date(2026, 8, 3), date(2026, 8, 7), reason="surgery")
    text = "person,first_on,last_on,reason\nwei,2026-08-03,2026-08-14,\n"
    assert load(cast.ada, "absences", text).updated == 1
    assert Absence.objects.get().reason == "surgery"
