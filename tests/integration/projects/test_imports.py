"""The present plan by CSV: what it writes, what it refuses, and that its export is read back."""

from __future__ import annotations

import csv
import io
import time
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from projects import exporting
from projects.importers import BY_KIND
from projects.models import Assignment, Phase, PlanChange, Project, ProjectSide, Seat, Slot
from roles.models import Side
from teamhub.accounts.groups import Group
from teamhub.audit.models import AuditEvent
from teamhub.errors import NotAllowed, NotFound
from tests.builders import (
    make_assignment,
    make_department,
    make_person,
    make_project,
    make_role,
    make_seat,
    make_site,
    make_skill,
    make_slot,
    make_user,
    monday,
)

pytestmark = pytest.mark.django_db
PROJECTS = "key,name,domain,department,site,lead,deputies,priority,status,start_on,budget,template"
SEATS = "project,role,label,phase,start_on,end_on,fte_share,skills,priority,must_fill"
ASSIGNMENTS = "project,role,label,phase,person,start_on,end_on,fte_share,status,locked,reason"


def read(kind: str, by, *lines: str, dry_run: bool = False):
    data = "\n".join(lines).encode()
    return BY_KIND[kind](by=by).run(data, f"{kind}.csv", dry_run=dry_run)


def errors(result) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in result.errors]


def exported(kind: str, by) -> bytes:
    content: Any = exporting.export(kind, by).streaming_content
    return b"".join(content)


@pytest.fixture
def company(cast):
    """Department apps, site berlin; roles nlp (build) and ethics (review); two people."""
    make_department("apps")
    make_site("berlin")
    make_role("nlp")
    make_role("ethics", side=Side.REVIEW)
    make_skill("nlp")
    make_skill("python")
    make_person("Li Wei", key="li-wei", email="wei@example.org")
    make_person("Bo Berg", key="bo-berg")
    return cast


@pytest.fixture
def project(company):
    return make_project("Vision QA", key="vision", phases=True, lead=company.ada)


# --- projects -------------------------------------------------------------------------------------


def test_a_project_row_makes_a_project_with_seven_phases(company):
    result = read(
        "projects",
        company.ada,
        PROJECTS,
        "vision,Vision QA,,apps,berlin,ADA@example.org,bo; plan,1,active,2027-W02,1000.50,",
    )

    assert result.errors == []
    assert (result.created, result.committed) == (1, True)
    project = Project.objects.get(key="vision")
    assert (project.lead, project.priority, project.status) == (company.ada, 1, "active")
    assert (str(project.budget), project.start_on) == ("1000.50", monday(1))
    assert {user.username for user in project.deputies.all()} == {"bo", "plan"}
    assert project.phases.count() == 7


def test_a_template_builds_the_whole_project(company, reference):
    line = "shop,Shop,,apps,berlin,ada,,2,planned,2027-01-04,,recommender"
    assert read("projects", company.ada, PROJECTS, line).committed
    project = Project.objects.get(key="shop")
    assert project.domain == "recommender"
    assert project.seats.exists()
    again = read("projects", company.ada, PROJECTS, line)
    assert (again.unchanged, again.errors) == (1, [])


def test_project_rows_name_what_is_wrong_and_nothing_is_written(company):
    result = read(
        "projects",
        company.ada,
        PROJECTS,
        "vision,Vision QA,,apps,berlin,ada,,1,active,2027-01-04,,",
        "a1,A,,app,berlin,ada,,1,active,2027-01-04,,",
        "a2,A,,apps,berlin,nobody,,1,active,2027-01-04,,",
        "a3,A,,apps,berlin,bo,,1,active,2027-01-04,,",
        "a4,A,,apps,berlin,ada,,1,active,2027-01-06,,",
        "a5,A,cooking,apps,berlin,ada,,1,active,2027-01-04,,",
        "a6,A,,apps,berlin,ada,,9,active,2027-01-04,-5,",
        "a7,A,,apps,berlin,ada,,1,active,2027-01-04,,risk-control",
        "a/8,A,,apps,berlin,ada,,1,active,2027-01-04,,",
        "vision,Again,,apps,berlin,ada,,1,active,2027-01-04,,",
    )
    assert errors(result) == [
        (3, "department"),
        (4, "lead"),
        (5, "lead"),
        (6, "start_on"),
        (7, "domain"),
        (8, "budget"),
        (8, "priority"),
        (9, "template"),
        (10, "key"),
        (11, "key"),
    ]
    texts = {error.row: error.message for error in result.errors}
    assert "apps" in texts[3]
    assert "2027-01-04 and 2027-01-11" in texts[6]
    assert not Project.objects.exists()


def test_a_column_that_is_left_out_keeps_its_value(company):
    project = make_project(
        "Vision QA",
        key="vision",
        phases=True,
        lead=company.ada,
        budget=500,
        priority=4,
        deputies=[company.bo],
    )
    result = read(
        "projects",
        company.ada,
        "key,name,department,site,lead,start_on",
        f"vision,New name,{project.department.key},{project.site.key},ada,2027-01-04",
    )
    assert (result.updated, result.errors) == (1, [])
    project.refresh_from_db()
    assert (project.name, project.budget, project.priority) == ("New name", Decimal(500), 4)
    assert list(project.deputies.all()) == [company.bo]
    assert project.history.first().history_user == company.ada


def test_a_token_without_money_imports_no_budgets(company):
    company.ada.token_scopes = ["read", "write"]
    line = "vision,Vision QA,,apps,berlin,ada,,1,active,2027-01-04,1000,"
    assert errors(read("projects", company.ada, PROJECTS, line)) == [(1, "budget")]
    assert b"budget" not in exported("projects", company.ada)


# --- phases ---------------------------------------------------------------------------------------


def test_phases_take_their_weeks_and_the_first_ones_are_the_plan(project, company):
    header = "project,phase,start_on,end_on"
    result = read("phases", company.ada, header, "vision,1,2027-01-11,2027-02-01")
    assert (result.updated, result.errors) == (1, [])
    phase = project.phases.get(key="requirements")
    assert (phase.start_on, phase.end_on) == (monday(1), monday(4))
    assert phase.slip_weeks == 0
    read("phases", company.ada, header, "vision,requirements,2027-01-11,2027-02-15")
    phase.refresh_from_db()
    assert phase.slip_weeks == 2


def test_phase_rows_name_what_is_wrong(project, company):
    slot = make_slot(make_seat(project), project.phases.get(key="design"))
    make_assignment(slot, make_person("Wei"))
    result = read(
        "phases",
        company.ada,
        "project,phase,start_on,end_on",
        "visio,1,2027-01-04,2027-02-01",
        "vision,8,2027-01-04,2027-02-01",
        "vision,2,2027-02-01,2027-01-04",
        "vision,design,2027-06-07,2027-07-05",
        "vision,4,2027-01-05,2027-07-05",
    )
    assert errors(result) == [
        (2, "project"),
        (3, "phase"),
        (4, "end_on"),
        (5, "start_on"),
        (6, "start_on"),
    ]
    assert "vision" in result.errors[0].message
    assert "Wei" in result.errors[3].message
    assert not Phase.objects.filter(version__gt=1).exists()


# --- seats ----------------------------------------------------------------------------------------


def test_seat_rows_make_seats_slots_and_their_skills(project, company):
    result = read(
        "seats",
        company.ada,
        SEATS,
        "vision,nlp,search,1,,,0.5,nlp:3;python:2,1,yes",
        "vision,nlp,search,2,2027-02-08,2027-02-15,100%,,,",
        "vision,ethics,,7,,,0.05,,,no",
    )
    assert result.errors == []
    assert result.created == 3
    assert Seat.objects.count() == 2
    first = Slot.objects.get(phase__key="requirements")
    assert (first.start_on, first.end_on) == (monday(), monday(4))
    assert (first.fte_hundredths, first.priority, first.must_fill) == (50, 1, True)
    assert {(need.skill.key, need.level) for need in first.skills.all()} == {
        ("nlp", 3),
        ("python", 2),
    }
    second = Slot.objects.get(phase__key="research")
    assert (second.n_weeks, second.fte_hundredths, second.priority) == (1, 100, None)
    assert Slot.history.filter(history_user=company.ada).count() == 3
    assert Seat.history.count() == 2


def test_seat_rows_change_slots_and_count_what_stays(project, company):
    lines = ["vision,nlp,,1,,,0.5,nlp:3,,", "vision,nlp,,2,,,0.5,nlp:3,,"]
    read("seats", company.ada, SEATS, *lines)
    result = read("seats", company.ada, SEATS, lines[0], "vision,nlp,,2,,,0.6,nlp:4,,yes")
    assert (result.created, result.updated, result.unchanged) == (0, 1, 1)
    slot = Slot.objects.get(phase__key="research")
    assert (slot.fte_hundredths, slot.must_fill, slot.version) == (60, True, 2)
    assert [need.level for need in slot.skills.all()] == [4]
    assert slot.history.count() == 2
    only = read("seats", company.ada, SEATS, lines[0], "vision,nlp,,2,,,0.6,nlp:5,,yes")
    assert only.updated == 1


def test_seat_rows_name_what_is_wrong(project, company):
    held = make_slot(make_seat(project, make_role("cv")), project.phases.get(key="design"))
    make_assignment(held, make_person("Wei"))
    result = read(
        "seats",
        company.ada,
        SEATS,
        "vision,nlb,,1,,,0.5,,,",
        "vision,nlp,a,1,,,1.5,,,",
        "vision,nlp,b,1,,,0.5,nlp,,",
        "vision,nlp,c,1,,,0.5,cobol:3,,",
        "vision,nlp,d,1,2027-01-05,,0.5,,,",
        "vision,nlp,e,1,2027-01-04,2027-03-01,0.5,,,",
        "vision,nlp,x,2,,,0.5,,,",
        "vision,Nlp,X,2,,,0.5,,,",
        "vision,cv,,3,2027-03-08,,0.5,,,",
    )
    assert errors(result) == [
        (2, "role"),
        (3, "fte_share"),
        (4, "skills"),
        (5, "skills"),
        (6, "start_on"),
        (7, "start_on"),
        (9, "phase"),
        (10, "start_on"),
    ]
    assert "nlp" in result.errors[0].message
    assert "2027-01-04 and 2027-01-11" in result.errors[4].message
    assert "Wei" in result.errors[7].message
    assert Slot.objects.count() == 1


# --- assignments ----------------------------------------------------------------------------------


@pytest.fixture
def slots(project, company):
    read(
        "seats",
        company.ada,
        SEATS,
        "vision,nlp,,1,,,0.5,,,",
        "vision,nlp,b,1,,,0.5,,,",
        "vision,nlp,,2,,,0.5,,,",
        "vision,ethics,,7,,,0.5,,,",
    )
    return project


def test_assignment_rows_make_a_plan_change_and_keep_the_side(slots, company):
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-wei,,,,,,",
        "vision,nlp,,2,WEI@example.org,2027-02-01,2027-02-15,0.25,tentative,yes,on trial",
        "vision,ethics,,7,bo-berg,,,,,,",
    )
    assert result.errors == []
    assert result.created == 3
    first = Assignment.objects.get(slot__phase__key="requirements")
    assert (first.start_on, first.end_on, first.fte_hundredths) == (monday(), monday(4), 50)
    assert (first.status, first.locked) == ("confirmed", False)
    second = Assignment.objects.get(slot__phase__key="research")
    assert (second.n_weeks, second.fte_hundredths, second.status) == (2, 25, "tentative")
    assert (second.locked, second.reason) == (True, "on trial")
    assert set(ProjectSide.objects.values_list("person__key", "side")) == {
        ("li-wei", "build"),
        ("bo-berg", "review"),
    }
    change = PlanChange.objects.get()
    assert (change.kind, change.by, change.lines.count()) == ("import", company.ada, 3)
    line: Any = change.lines.get(assignment_id=second.pk)
    assert line.before is None
    assert (line.after["fte_hundredths"], line.after["slot"]) == (25, second.slot_id)
    assert Assignment.history.filter(history_user=company.ada).count() == 3


def test_overload_and_missing_skills_are_facts_and_import(slots, company):
    lines = [
        f"vision,nlp,{label},{phase},{person},,,1,,,"
        for label, phase, person in (("", 1, "li-wei"), ("b", 1, "bo-berg"), ("", 2, "li-wei"))
    ]
    assert read("assignments", company.ada, ASSIGNMENTS, *lines).committed


def test_who_builds_does_not_review_and_nobody_holds_two_slots_of_a_phase(slots, company):
    read("assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,,,,,,")
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,ethics,,7,li-wei,,,,,,",
        "vision,nlp,b,1,li-wei,,,,,,",
        "vision,nlp,,2,bo-berg,2027-02-01,2027-02-15,,,,",
        "vision,nlp,,2,bo-berg,2027-02-08,2027-02-22,,,,",
    )
    assert errors(result) == [(2, "person"), (3, "person"), (5, "person")]
    assert "in the plan" in result.errors[1].message
    assert "in line 4" in result.errors[2].message
    assert Assignment.objects.count() == 1
    assert PlanChange.objects.count() == 1


def test_both_sides_within_one_file_are_refused_too(slots, company):
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-wei,,,,,,",
        "vision,ethics,,7,li-wei,,,,,,",
    )
    assert errors(result) == [(3, "person")]
    assert not ProjectSide.objects.exists()


def test_a_side_of_the_past_blocks_though_no_assignment_is_left(slots, company):
    person = make_person(key="old-hand")
    ProjectSide.objects.create(project=slots, person=person, side="build")
    result = read("assignments", company.ada, ASSIGNMENTS, "vision,ethics,,7,old-hand,,,,,,")
    assert errors(result) == [(2, "person")]


def test_a_split_slot_and_a_moved_assignment_import(slots, company):
    read("assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,2027-01-04,2027-01-18,,,,")
    moved = read(
        "assignments", company.ada, ASSIGNMENTS, "vision,nlp,,1,li-wei,2027-01-11,2027-01-18,,,,"
    )
    assert moved.errors == []
    assert (moved.updated, moved.created) == (1, 0)
    assert Assignment.objects.get().start_on == monday(1)
    line: Any = PlanChange.objects.latest("pk").lines.get()
    assert (line.before["start_on"], line.after["start_on"]) == ("2027-01-04", "2027-01-11")
    split = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-wei,2027-01-11,2027-01-18,,,,",
        "vision,nlp,,1,li-wei,2027-01-18,2027-02-01,,,,",
    )
    assert (split.created, split.unchanged) == (1, 1)


def test_assignment_rows_name_what_is_wrong(slots, company):
    result = read(
        "assignments",
        company.ada,
        ASSIGNMENTS,
        "vision,nlp,,1,li-way,,,,,,",
        "vision,nlp,nope,1,li-wei,,,,,,",
        "vision,nlp,,1,li-wei,2027-01-06,,,,,",
        "vision,nlp,,1,li-wei,2027-01-04,2027-03-01,,,,",
        "vision,nlp,,1,li-wei,,,,firm,,",
    )
    assert errors(result) == [
        (2, "person"),
        (3, "label"),
        (4, "start_on"),
        (5, "start_on"),
        (6, "status"),
    ]
    assert "li-wei" in result.errors[0].message


# --- all kinds ------------------------------------------------------------------------------------


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


def test_an_import_is_audited_with_the_hash_of_its_file(project, company):
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


def test_the_page_previews_and_commits(project, company, client_for):
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
