"""Projects, slots, phases and checklist items for programs."""

from __future__ import annotations

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import ChecklistTick, Phase, Project, Slot, StaffingRun
from projects.services.checklists import tick
from tests.builders import (
    make_assignment,
    make_department,
    make_item,
    make_person,
    make_project,
    make_role,
    make_seat,
    make_site,
    make_skill,
    make_slot,
    monday,
)

pytestmark = pytest.mark.django_db
API = "/api/v1/projects"


@pytest.fixture
def scene(cast):
    """A project of ada's with bo in its design phase, an item there, and a budget."""
    project = make_project("Vision QA", key="vision", phases=True, lead=cast.ada, budget=7777)
    phase = project.phases.get(key="design")
    seat = make_seat(project, make_role("cv"), label="lines")
    slot = make_slot(seat, phase, skills={make_skill("python"): 3})
    make_assignment(slot, make_person("Bo Berg", key="bo-berg", user=cast.bo))
    make_slot(make_seat(project, make_role("nlp")), project.phases.get(key="training"))
    make_item(phase, "VIS-31", text_en="Draw the network")
    return project


@pytest.fixture
def body(cast, reference):
    make_department("apps")
    make_site("berlin")
    return {
        "name": "Shop",
        "template": "recommender",
        "start_on": "2027-01-04",
        "department": "apps",
        "lead": "ada@example.org",
    }


def test_a_project_is_made_with_its_phases_seats_and_slots(body, cast, api_for):
    answer = api_for(cast.ada).post(f"{API}/projects/", body)

    assert answer.status_code == 201, answer.json()
    data = answer.json()
    project = Project.objects.get(name="Shop")
    assert (data["id"], data["lead"], data["department"]) == (project.pk, "ada", "apps")
    assert [phase["number"] for phase in data["phases"]] == [1, 2, 3, 4, 5, 6, 7]
    assert len(data["seats"]) == project.seats.count()
    assert len(data["slots"]) == Slot.objects.filter(phase__project=project).count()
    assert data["slots"][0]["skills"]
    assert data["site"] == "berlin"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"start_on": "2027-01-06"}, "start_on"),
        ({"template": "cooking"}, "template"),
        ({"lead": "bo"}, "lead"),
    ],
)
def test_a_refusal_names_the_field(body, cast, api_for, change, field):
    answer = api_for(cast.ada).post(f"{API}/projects/", body | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == field
    assert not Project.objects.exists()


def test_one_rule_names_a_project_everywhere(body, cast, api_for):
    """A key wins over an id; so that no key hides an id, a new key is no number."""
    api = api_for(cast.ada)
    first = api.post(f"{API}/projects/", body).json()
    refused = api.post(f"{API}/projects/", body | {"key": str(first["id"])})
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["field"] == "key"

    other = api.post(f"{API}/projects/", body | {"name": "Other"}).json()
    Project.objects.filter(pk=other["id"]).update(key=str(first["id"]))  # as older rows may be
    word = str(first["id"])
    assert api.get(f"{API}/projects/{word}/").json()["id"] == other["id"]
    slots = api.get(f"{API}/slots/?project={word}").json()["results"]
    assert {one["project"] for one in slots} == {word}
    run = api.post(f"{API}/staffing-runs/", {"projects": [word], "seconds": 1}).json()
    assert StaffingRun.objects.get(pk=run["id"]).projects.get().pk == other["id"]


@pytest.mark.parametrize("start", ["9999-12-27", "0001-01-01"])
def test_a_year_off_the_calendar_is_refused(body, cast, api_for, start):
    api = api_for(cast.ada)
    assert api.post(f"{API}/projects/", body | {"start_on": start}).status_code == 400
    assert api.get(f"/api/v1/roles/load/?from={start}").status_code == 400
    assert api.get(f"{API}/slots/?from={start}").status_code == 400
    assert not Project.objects.exists()


def test_unknown_names_are_field_errors(body, cast, api_for):
    wrong = body | {"lead": "nobody", "department": "nowhere"}
    answer = api_for(cast.ada).post(f"{API}/projects/", wrong)
    assert answer.status_code == 400
    assert set(answer.json()["error"]["details"]["fields"]) == {"lead", "department"}


def test_who_makes_projects(body, cast, api_for, client):
    assert api_for(cast.ada, scopes=("read",)).post(f"{API}/projects/", body).status_code == 403
    for name in ("bo", "cy", "plan", "vi", "rev", "api"):
        assert api_for(getattr(cast, name)).post(f"{API}/projects/", body).status_code == 403
    assert client.post(f"{API}/projects/", body).status_code == 401
    no_money = api_for(cast.ada, scopes=("read", "write"))
    assert no_money.post(f"{API}/projects/", body | {"budget": "10"}).status_code == 403
    assert not Project.objects.exists()


def test_money_is_there_only_with_the_right_and_the_scope(scene, cast, api_for):
    url = f"{API}/projects/{scene.pk}/"
    assert api_for(cast.ada).get(url).json()["budget"] == "7777.00"
    readers = [api_for(cast.ada, scopes=("read",))]
    readers += [api_for(getattr(cast, name)) for name in ("bo", "vi", "plan", "boss")]
    for client in readers:
        for address in (url, f"{API}/projects/", f"{API}/slots/"):
            text = client.get(address).content.decode()
            assert "budget" not in text
            assert "7777" not in text


def test_strangers_read_names_and_phases(scene, cast, api_for):
    client = api_for(cast.cy)
    row = client.get(f"{API}/projects/").json()["results"][0]
    assert (row["name"], len(row["phases"])) == ("Vision QA", 7)
    hidden = ("lead", "department", "site", "domain", "priority", "coverage", "open_mandatory")
    assert {row[name] for name in hidden} == {None}
    data = client.get(f"{API}/projects/vision/").json()
    assert (data["slots"], data["seats"], data["purpose"]) == ([], [], None)
    assert client.get(f"{API}/projects/?lead=ada").json()["count"] == 0
    assert client.get(f"{API}/slots/").json()["count"] == 0
    assert client.get(f"{API}/checklist-items/").json()["count"] == 0


def test_the_list_is_filtered(scene, cast, api_for):
    make_project("Speech", phases=True, status="active", lead=cast.admin)
    client = api_for(cast.ada)

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"{API}/projects/?{query}").json()["results"]]

    assert names("") == ["Speech", "Vision QA"]
    assert names("status=active") == ["Speech"]
    assert names("search=vis") == ["Vision QA"]
    assert names("lead=ada") == ["Vision QA"]
    assert names("limit=1&page=2") == ["Vision QA"]
    bad = client.get(f"{API}/projects/?status=sleeping")
    assert bad.status_code == 400
    assert "planned" in bad.json()["error"]["message"]
    row = client.get(f"{API}/projects/?search=vis").json()["results"][0]
    assert (row["coverage"], row["open_mandatory"]) == (0.5, 1)


def test_slots_are_filtered_and_streamed(scene, cast, api_for):
    client = api_for(cast.ada)
    rows = client.get(f"{API}/slots/?project=vision").json()["results"]
    assert [row["role"] for row in rows] == ["cv", "nlp"]
    assert rows[0] | {"id": 0, "seat": 0} == {
        "id": 0,
        "project": "vision",
        "phase": "design",
        "seat": 0,
        "role": "cv",
        "label": "lines",
        "start_on": monday(8).isoformat(),
        "end_on": monday(12).isoformat(),
        "fte_share": 0.5,
        "skills": {"python": 3},
        "priority": None,
        "must_fill": False,
        "version": 1,
    }
    assert client.get(f"{API}/slots/?person=bo-berg").json()["count"] == 1
    assert client.get(f"{API}/slots/?to={monday(12)}").json()["count"] == 1
    assert client.get(f"{API}/slots/?from={monday(12)}").json()["count"] == 1
    answer = client.get(f"{API}/slots/?format=csv")
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(text.splitlines()))
    assert [line["skills"] for line in lines] == ["python:3", ""]
    assert client.get(f"{API}/slots/?format=xml").status_code == 400


def test_slots_of_own_projects_only(scene, cast, api_for):
    other = make_project(phases=True)
    make_slot(make_seat(other), other.phases.first())
    assert api_for(cast.bo).get(f"{API}/slots/").json()["count"] == 2
    assert api_for(cast.vi).get(f"{API}/slots/").json()["count"] == 3


def test_items_are_listed_ticked_and_unticked(scene, cast, api_for):
    client = api_for(cast.bo)
    (item,) = client.get(f"{API}/checklist-items/?project=vision&open=1&mine=1").json()["results"]
    assert (item["key"], item["done"]) == ("VIS-31", False)
    url = f"{API}/checklist-items/{item['id']}"

    data = {"note": "See the wiki", "idempotency_key": "k1"}
    for _ in range(2):
        answer = client.post(f"{url}/tick/", data)
        assert answer.status_code == 200
        assert (answer.json()["done"], answer.json()["done_by"]) == (True, "bo")
    assert ChecklistTick.objects.count() == 1
    assert client.get(f"{API}/checklist-items/?open=1").json()["count"] == 0

    assert client.post(f"{url}/untick/", {}).status_code == 400
    answer = client.post(f"{url}/untick/", {"reason": "Too early"})
    assert (answer.status_code, answer.json()["done"]) == (200, False)
    assert client.post(f"{url}/untick/", {"reason": "Again"}).status_code == 409
    assert client.get(f"{API}/checklist-items/?open=perhaps").status_code == 400


def test_items_of_others_are_403_or_404(scene, cast, api_for):
    url = f"{API}/checklist-items/{scene.checklist_items.get().pk}"
    for name, status in (("vi", 403), ("plan", 403), ("cy", 404), ("ml", 404)):
        client = api_for(getattr(cast, name))
        assert client.post(f"{url}/tick/", {}).status_code == status
        assert client.post(f"{url}/untick/", {"reason": "x"}).status_code == status
        assert client.get(f"{url}/").status_code == (404 if status == 404 else 200)
    assert api_for(cast.bo, scopes=("read",)).post(f"{url}/tick/", {}).status_code == 403


def test_closing_says_what_is_missing(scene, cast, api_for):
    client = api_for(cast.ada)
    first = scene.phases.get(key="requirements")
    item = make_item(first, "VIS-11", text_en="Agree the goals")
    url = f"{API}/phases/{first.pk}"

    refused = client.post(f"{url}/close/")
    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["missing"] == [
        {"kind": "item", "key": "VIS-11", "text": "Agree the goals"}
    ]
    tick(item, by=cast.ada)
    closed = client.post(f"{url}/close/")
    assert closed.status_code == 200
    assert closed.json()["closed_at"]
    assert client.post(f"{url}/reopen/", {}).status_code == 400
    assert client.post(f"{url}/reopen/", {"reason": "Goals changed"}).json()["closed_at"] is None
    for name, status in (("vi", 403), ("bo", 403), ("cy", 404)):
        other = api_for(getattr(cast, name))
        assert other.post(f"{url}/close/").status_code == status
        assert other.post(f"{url}/reopen/", {"reason": "x"}).status_code == status


def test_moving_a_phase_needs_the_version(scene, cast, api_for):
    client = api_for(cast.ada)
    url = f"{API}/phases/{scene.phases.get(key='design').pk}/move/"
    body = {"start_on": monday(9).isoformat(), "end_on": monday(13).isoformat()}
    assert client.post(url, body).status_code == 428
    clash = client.post(url, body, headers={"If-Match": '"1"'})
    assert clash.status_code == 409
    assert clash.json()["error"]["details"]["outside"][0]["person"] == "Bo Berg"
    moved = client.post(url, body | {"assignments": "move"}, headers={"If-Match": '"1"'})
    assert (moved.status_code, moved.json()["slip_weeks"]) == (200, 1)
    assert client.post(url, body, headers={"If-Match": '"1"'}).status_code == 412


def test_a_file_is_imported_whole_or_not_at_all(scene, cast, api_for):
    client = api_for(cast.ada)
    header = "project,phase,start_on,end_on"

    def send(lines: str, **data: object):
        file = SimpleUploadedFile("phases.csv", f"{header}\n{lines}".encode())
        body = {"kind": "phases", **data, "file": file}
        return client.post(f"{API}/import/", body, format="multipart")

    good = "vision,1,2027-01-04,2027-01-25"
    dry = send(good, dry_run=True)
    assert (dry.status_code, dry.json()["updated"]) == (200, 1)
    assert Phase.objects.get(project=scene, key="requirements").end_on == monday(4)
    bad = send(f"{good}\nvision,2,2027-02-02,2027-03-01")
    assert bad.status_code == 422
    assert bad.json()["errors"][0]["row"] == 3
    assert Phase.objects.get(project=scene, key="requirements").end_on == monday(4)
    done = send(good).json()
    assert (done["rows"], done["created"], done["updated"], done["errors"]) == (1, 0, 1, [])
    assert Phase.objects.get(project=scene, key="requirements").end_on == monday(3)
    assert send(good, kind="salaries").status_code == 400
    for name in ("bo", "cy", "plan", "vi"):
        other = api_for(getattr(cast, name))
        file = SimpleUploadedFile("phases.csv", f"{header}\n{good}".encode())
        body = {"kind": "phases", "file": file}
        assert other.post(f"{API}/import/", body, format="multipart").status_code == 403


def test_an_export_is_read_back_by_the_import(scene, cast, api_for):
    client = api_for(cast.ada)
    for kind in ("projects", "phases", "seats", "assignments"):
        data = b"".join(client.get(f"{API}/export/{kind}/").streaming_content)
        file = SimpleUploadedFile(f"{kind}.csv", data)
        body = {"kind": kind, "file": file}
        result = client.post(f"{API}/import/", body, format="multipart").json()
        assert (result["created"], result["updated"], result["errors"]) == (0, 0, [])
    assert client.get(f"{API}/export/salaries/").status_code == 404


def test_lists_ask_as_much_for_many_rows_as_for_few(
    scene, cast, api_for, django_assert_max_num_queries
):
    client = api_for(cast.ada)
    for number in range(8):
        project = make_project(f"P{number}", phases=True)
        make_assignment(make_slot(make_seat(project), project.phases.first()))
        make_item(project.phases.first())
    for address, most in (("projects/", 9), ("slots/", 8), ("checklist-items/", 6)):
        with django_assert_max_num_queries(most):
            client.get(f"{API}/{address}")
