"""What every kind of file has in common: rights, digest, hostile files."""

from __future__ import annotations

from typing import Any

import pytest

from roles.importers import IMPORTERS, creating
from roles.models import Person
from teamhub.audit.models import AuditEvent
from teamhub.errors import NotAllowed
from teamhub.web.csv_import import ImportResult
from tests.builders import (
    make_department,
    make_person,
    make_role,
    make_site,
    make_skill,
    make_user,
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


@pytest.mark.parametrize("kind", KINDS)
def test_only_managers_and_administrators_import(cast: Cast, kind: str) -> None:
    lead = make_user("lead", "engineer")
    make_department("led").leads.add(lead)
    for user in (cast.bo, cast.cy, cast.plan, cast.vi, cast.rev, cast.api, lead):
        with pytest.raises(NotAllowed):
            load(user, kind, "key\n")
    load(cast.admin, kind, "key\n")


def test_an_import_leaves_one_event_with_the_digest_of_the_file(cast: Cast, company: None) -> None:
    result = load(cast.ada, "people", PEOPLE + "wei,Wei,vision,shanghai\n")
    event = AuditEvent.objects.get(verb="import.commit")
    assert event.after is not None
    assert event.after["sha256"] == result.sha256
    assert (event.by, event.after["kind"]) == (cast.ada, "people")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (PEOPLE.encode(), "no rows"),
        (b"key,name\nwei,Wei\n", "department"),
        (b"key,name,department,site\nwei,\xff\xfe\x81,vision,shanghai\n", "UTF-8"),
        (b"key,name,department,site\nwei,W\0ei,vision,shanghai\n", "zero byte"),
        (b"\xff\xfek\0e\0y\0", "UTF-16"),
        (b"PK\x03\x04rest", "workbook"),
        (PEOPLE.encode() + b"wei,Wei,vision,shanghai,extra\n", "cells"),
        (b"key,nmae,department,site\nwei,Wei,vision,shanghai\n", "“name”"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    cast: Cast, company: None, data: bytes, words: str
) -> None:
    result = load(cast.ada, "people", data)
    assert not result.committed
    assert words in " ".join(error.message for error in result.errors)
    assert not Person.objects.exists()


def test_a_file_over_the_limit_is_refused(cast: Cast, company: None, settings: Any) -> None:
    assert settings.IMPORT_MAX_BYTES == 10 * 1024 * 1024
    data = (PEOPLE + "wei,Wei,vision,shanghai\n").encode()
    result = load(cast.ada, "people", data + b" " * (settings.IMPORT_MAX_BYTES - len(data) + 1))
    assert "10485761 bytes" in result.errors[0].message
    assert not Person.objects.exists()


def test_files_of_excel_come_in_with_bom_semicolons_and_chinese(cast: Cast, company: None) -> None:
    excel = "\ufeffkey;name;department;site\nwei;张伟;vision;shanghai\n".encode()
    assert load(cast.ada, "people", excel).created == 1
    chinese = (PEOPLE + "li,李雷,vision,shanghai\n").encode("gb18030")
    assert load(cast.ada, "people", chinese).created == 1
    assert {person.name for person in Person.objects.all()} == {"张伟", "李雷"}


def test_a_formula_in_a_cell_comes_in_as_text(cast: Cast, company: None) -> None:
    load(cast.ada, "people", PEOPLE + "wei,=cmd|' /C calc'!A0,vision,shanghai\n")
    assert Person.objects.get().name == "=cmd|' /C calc'!A0"


def test_a_row_that_somebody_else_writes_meanwhile_is_an_error_not_a_crash(
    cast: Cast, company: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = KINDS["people"](by=cast.ada)
    write = importer.write

    def write_late(planned: Any) -> None:
        make_person(key="wei")
        write(planned)

    monkeypatch.setattr(importer, "write", write_late)
    result = importer.commit((PEOPLE + "wei,Wei,vision,shanghai\n").encode())
    assert errors(result) == [(1, "")]
    assert not result.committed
    assert not Person.objects.exists()
