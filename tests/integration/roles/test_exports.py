"""What goes out comes in again unchanged; nobody exports what they may not see."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from roles.importers import IMPORTERS
from roles.models import Absence, Department, Person, PersonSkill
from teamhub.accounts.models import User
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
Clients = Callable[[User], Client]
KINDS = {importer.kind: importer for importer in IMPORTERS}


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
def company(cast: Cast) -> Person:
    top = make_department("research", name_en="Research", name_zh="研究院")
    low = make_department("vision", name_en="=Vision", parent=top)
    low.leads.set([cast.ada, cast.plan])
    person = make_person(
        '\'=Wei, "Zhang"\n张伟',
        key="wei",
        sort_name="zhang wei",
        email="wei@example.com",
        department=low,
        site=make_site("shanghai", time_zone="Asia/Shanghai"),
        roles=[make_role("cv"), make_role("nlp")],
        weekly_hours=Decimal("37.5"),
        employed_from=date(2024, 3, 1),
        employed_to=date(2029, 12, 31),
        rate_per_fte_week=Decimal("3210.99"),
        max_concurrent_projects=3,
        user=cast.bo,
    )
    make_person("Li", key="li", department=low)
    held = PersonSkill(person=person, skill=make_skill("python"), level=4, evidence="-cmd|x")
    held.valid_to = date(2026, 12, 31)
    held.save()
    make_absence(person, date(2027, 1, 4), date(2027, 1, 8), reason="surgery")
    return person


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_imports_again_unchanged(
    cast: Cast, company: Person, client_for: Clients, kind: str
) -> None:
    data = body(client_for(cast.admin).get(f"/people/export/{kind}/"))
    result = KINDS[kind](by=cast.admin).commit(data)
    assert result.errors == []
    assert (result.created, result.updated) == (0, 0)
    assert result.unchanged == len(table(data)) > 0


def test_an_export_rebuilds_an_empty_company(
    cast: Cast, company: Person, client_for: Clients
) -> None:
    client = client_for(cast.admin)
    files = {kind: body(client.get(f"/people/export/{kind}/")) for kind in KINDS}
    own = {"id", "user", "version"}  # not in the file
    fields = [field.name for field in Person._meta.fields if field.name not in own]
    before = Person.objects.filter(key="wei").values(*fields)[0]
    Absence.objects.all().delete()
    PersonSkill.objects.all().delete()
    Person.objects.all().delete()
    Department.objects.filter(key="vision").delete()
    Department.objects.all().delete()
    for kind, data in files.items():
        assert KINDS[kind](by=cast.admin).commit(data).errors == []
    after = Person.objects.filter(key="wei").values(*fields)[0]
    assert after | {"department": 0} == before | {"department": 0}
    assert Absence.objects.get().reason == "surgery"
    assert PersonSkill.objects.get().evidence == "-cmd|x"
    assert {role.key for role in Person.objects.get(key="wei").roles.all()} == {"cv", "nlp"}
    low = Department.objects.get(key="vision")
    assert low.parent == Department.objects.get(key="research", name_zh="研究院")
    assert {lead.username for lead in low.leads.all()} == {"ada", "plan"}


def test_no_cell_starts_a_formula(cast: Cast, company: Person, client_for: Clients) -> None:
    for kind in KINDS:
        for row in table(body(client_for(cast.admin).get(f"/people/export/{kind}/"))):
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@")), cell


def test_rates_leave_only_with_those_who_see_money(
    cast: Cast, company: Person, client_for: Clients
) -> None:
    for user in cast.everybody():
        for address in ("/people/export/people/", "/people/?format=csv"):
            data = body(client_for(user).get(address))
            assert (b"3210.99" in data) == (user in {cast.ada, cast.admin}), (user, address)


def test_contract_and_address_leave_only_with_those_who_see_all_load(
    cast: Cast, company: Person, client_for: Clients
) -> None:
    for user in cast.everybody():
        rows = table(body(client_for(user).get("/people/export/people/")))
        assert len(rows) == 2
        seen = user in {cast.ada, cast.admin, cast.plan}
        assert ("email" in rows[0], "weekly_hours" in rows[0]) == (seen, seen), user


def test_absences_leave_with_those_who_see_load_and_reasons_with_administrators(
    cast: Cast, company: Person, client_for: Clients
) -> None:
    for user in cast.everybody():
        data = body(client_for(user).get("/people/export/absences/"))
        seen = user in {cast.ada, cast.admin, cast.plan, cast.bo}
        assert len(table(data)) == (1 if seen else 0), user
        assert (b"surgery" in data) == (user == cast.admin), user


def test_the_list_exports_what_its_filters_leave(
    cast: Cast, company: Person, client_for: Clients
) -> None:
    data = body(client_for(cast.ada).get("/people/?site=shanghai&format=csv"))
    assert [row["key"] for row in table(data)] == ["wei"]
    assert KINDS["people"](by=cast.ada).commit(data).unchanged == 1


def test_a_kind_that_does_not_exist_is_404(cast: Cast, client_for: Clients) -> None:
    assert client_for(cast.ada).get("/people/export/salaries/").status_code == 404


def test_strangers_to_the_house_export_nothing(client: Client) -> None:
    assert client.get("/people/export/people/").status_code == 302
