"""The plan's files as a whole: read back what was exported, who may, how fast."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest
from django.urls import reverse

from projects import exporting
from projects.importers import BY_KIND
from projects.models import Assignment, PlanChange, Project, ProjectSide, Slot
from teamhub.accounts.groups import Group
from teamhub.audit.models import AuditEvent
from teamhub.errors import NotAllowed, NotFound
from tests.builders import (
    make_assignment,
    make_person,
    make_project,
    make_seat,
    make_slot,
    make_user,
)
from tests.integration.projects.importing import (
    ASSIGNMENTS,
    PROJECTS,
    SEATS,
    exported,
    read,
)

pytestmark = pytest.mark.django_db


@pytest.mark.both_databases
def test_what_is_exported_imports_again_unchanged(company, reference):
    read(
        "projects",
        company.ada,
        PROJECTS,
        'shop,"Shop, online",,apps,berlin,ada,bo;plan,2,planned,2027-01-04,99.90,recommender',
        "=risk,Risk,,apps,berlin,ada,,2,planned,2027-01-04,,".replace("=risk", "risk"),
    )
    shop = Project.objects.get(key="shop")
    for slot in Slot.objects.filter(phase__project=shop).select_related("seat__role")[:6]:
        make_assignment(slot, make_person(), status="tentative", reason="- as agreed")

    for kind in exporting.KINDS:
        data = exported(kind, company.ada)
        before = data.count(b"\n") - 1
        result = BY_KIND[kind](by=company.ada).commit(data, f"{kind}.csv")
        assert result.errors == []
        assert (result.rows, result.unchanged, result.created, result.updated) == (
            before,
            before,
            0,
            0,
        )
    assert not PlanChange.objects.exists()


@pytest.mark.both_databases
def test_what_is_exported_rebuilds_the_plan_elsewhere(company, reference):
    line = "shop,Shop,,apps,berlin,ada,,2,planned,2027-01-04,,recommender"
    read("projects", company.ada, PROJECTS, line)
    make_assignment(Slot.objects.filter(phase__project__key="shop")[0], make_person())
    files = {kind: exported(kind, company.ada) for kind in exporting.KINDS}
    ProjectSide.objects.all().delete()
    Assignment.objects.all().delete()
    Project.objects.all().delete()

    for kind in exporting.KINDS:
        assert BY_KIND[kind](by=company.ada).commit(files[kind]).errors == []
    assert {kind: exported(kind, company.ada) for kind in exporting.KINDS} == files


def test_a_preview_writes_nothing(company):
    line = "vision,Vision QA,,apps,berlin,ada,,1,active,2027-01-04,,"
    result = read("projects", company.ada, PROJECTS, line, dry_run=True)
    assert (result.created, result.committed) == (1, False)
    assert not Project.objects.exists()


def test_an_import_is_audited_with_the_hash_of_its_file(vision, company):
    result = read("seats", company.ada, SEATS, "vision,nlp,,1,,,0.5,,,")
    event: Any = AuditEvent.objects.get(verb="import.commit")
    assert event.after["sha256"] == result.sha256
    assert (event.after["kind"], event.after["created"]) == ("seats", 1)


@pytest.mark.parametrize("kind", list(BY_KIND))
def test_only_managers_and_administrators_import(company, kind):
    for name in ("bo", "cy", "plan", "vi", "rev", "boss", "api"):
        with pytest.raises(NotAllowed):
            read(kind, getattr(company, name), "key", "x")
    company.ada.token_scopes = ["read"]
    with pytest.raises(NotAllowed):
        read(kind, company.ada, "key", "x")


def test_an_export_holds_only_what_its_reader_may_see(slots, company):
    read("assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,,,,,,")
    other = make_project("Other", key="other", phases=True, budget=7777)
    slot = make_slot(make_seat(other), other.phases.first())
    make_assignment(slot, make_person(user=company.bo))

    def keys(kind: str, user) -> set[str]:
        rows = csv.DictReader(io.StringIO(exported(kind, user).decode("utf-8-sig")))
        return {row.get("project") or row["key"] for row in rows}

    for kind in exporting.KINDS:
        assert keys(kind, company.bo) == {"other"}
        assert keys(kind, company.cy) == set()
    assert b"7777" in exported("projects", company.ada)
    for user in (company.bo, company.vi, company.plan):
        assert b"7777" not in exported("projects", user)
    with pytest.raises(NotFound):
        exporting.export("salaries", company.ada)


def test_two_thousand_slots_and_their_assignments_import_in_seconds(company):
    lead = make_user("lead", Group.MANAGER)
    names = [f"p{number}" for number in range(20)]
    for name in names:
        make_project(name, key=name, phases=True, lead=lead)
    people = [make_person(key=f"person-{number}") for number in range(100)]
    seats, held = [], []
    for at, name in enumerate(names):
        for place in range(100):
            label, phase = f"s{place // 7}", place % 7 + 1
            seats.append(f"{name},nlp,{label},{phase},,,0.5,nlp:3;python:2,,")
            if place // 7 < 5:
                person = people[at * 5 + place // 7]
                held.append(f"{name},nlp,{label},{phase},{person.key},,,,,,")
    start = time.monotonic()
    first = read("seats", company.ada, SEATS, *seats)
    second = read("assignments", company.ada, ASSIGNMENTS, *held)
    seconds = time.monotonic() - start
    assert (first.created, first.errors) == (2000, [])
    assert (second.created, second.errors) == (700, [])
    assert seconds < 30  # measured 2 to 4


def test_the_page_previews_and_commits(vision, company, client_for):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_for(company.ada)
    url = reverse("projects:plan-import")
    page = client.get(url, {"kind": "seats"})
    assert page.status_code == 200
    assert "fte_share" in page.content.decode()
    bad = SimpleUploadedFile("seats.csv", f"{SEATS}\nvision,nlp,,1,,,9,,,".encode())
    assert client.post(url, {"kind": "seats", "file": bad}).status_code == 422
    good = SimpleUploadedFile("seats.csv", f"{SEATS}\nvision,nlp,,1,,,0.5,,,".encode())
    preview = client.post(url, {"kind": "seats", "file": good})
    assert preview.status_code == 200
    assert not Slot.objects.exists()
    token = preview.context["token"]
    assert client.post(url, {"token": token}).status_code == 302
    assert Slot.objects.count() == 1


@pytest.mark.parametrize("name", ["bo", "cy", "plan", "vi", "rev"])
def test_others_get_no_import_page(company, client_for, name):
    client = client_for(getattr(company, name))
    assert client.get(reverse("projects:plan-import")).status_code == 403
    assert client.get(reverse("projects:plan-export", args=["seats"])).status_code == 200


def test_template_files_are_read_by_their_own_importer(company, client_for):
    client = client_for(company.ada)
    for kind, importer in BY_KIND.items():
        answer = client.get(reverse("projects:plan-import"), {"template": kind})
        data = b"".join(answer.streaming_content)
        result = importer(by=company.ada).preview(data)
        assert result.rows == 1
        # The example names rows that this company does not have; nothing else may be wrong.
        assert {error.column for error in result.errors} <= {
            "project",
            "department",
            "role",
            "skills",
            "person",
            "lead",
            "deputies",
        }
