"""The page and the API of plan changes: who reads what, filters, files and the undo button."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Assignment, PlanChange
from projects.selectors.plan_state import Piece
from projects.services import assignments, plan
from tests.integration.projects.staffing_scene import Company

PAGE = "/plan/changes/"
API = "/api/v1/projects/plan-changes/"


@pytest.fixture
def company(cast: Any) -> Company:
    """Ada assigns Ana and shortens her; the administrator assigns Ben elsewhere."""
    company = Company(lead=cast.ada)
    made = assignments.assign(
        slot=company.make_slot("a"), person=company.make_person("Ana"), by=cast.ada
    )
    assignments.change(made, version=1, by=cast.ada, fte_hundredths=20, reason="Half ill.")
    other = company.make_project("Other", lead=cast.admin)
    assignments.assign(
        slot=company.make_slot("b", phase=other.phases.get()),
        person=company.make_person("Ben"),
        by=cast.admin,
    )
    return company


def test_the_page_says_who_when_and_what(company: Company, client_for: Any) -> None:
    text = client_for(company.lead).get(PAGE).content.decode()

    for word in ("Ana", "Ben", "admin", "Half ill.", "0.50 FTE → 0.20 FTE", "passed over a lock"):
        assert word in text
    first, second, third = PlanChange.objects.order_by("pk")
    for change, shown in ((first, True), (second, True), (third, False)):  # admin leads Other
        assert (f'action="/plan/changes/{change.pk}/undo/"' in text) == shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("project=OTHER", {"Ben"}),
        ("person=ANA", {"Ana"}),
        ("by=admin", {"Ben"}),
        ("kind=accept", set()),
        ("kind=hand", {"Ana", "Ben"}),
        ("kind=nonsense", {"Ana", "Ben"}),
    ],
)
def test_filters_narrow_the_page(
    company: Company, client_for: Any, query: str, names: set[str]
) -> None:
    found = Assignment.objects.get(person__name="Ben").slot.phase.project.key
    ana = Assignment.objects.get(person__name="Ana").person.key
    query = query.replace("OTHER", found).replace("ANA", ana)

    headers = {"HX-Request": "true", "HX-Target": "plan-change-list"}
    text = client_for(company.lead).get(f"{PAGE}?{query}", headers=headers).content.decode()

    assert {name for name in ("Ana", "Ben") if f">{name}</a>" in text} == names
    assert ("was left out" in text) == ("nonsense" in query)


def test_lines_of_plans_that_one_does_not_see_are_not_told(
    company: Company, cast: Any, client_for: Any, api_for: Any
) -> None:
    company.project.deputies.add(cast.bo)
    hidden = PlanChange.objects.latest("pk")

    text = client_for(cast.bo).get(PAGE).content.decode()

    assert ("Ana" in text, "Ben" in text, "Other" in text) == (True, False, False)
    assert client_for(cast.bo).post(f"{PAGE}{hidden.pk}/undo/").status_code == 404
    api = api_for(cast.bo)
    assert {line["name"] for one in api.get(API).json()["results"] for line in one["lines"]} == {
        "Ana"
    }
    assert api.get(f"{API}{hidden.pk}/").status_code == 404
    assert api.post(f"{API}{hidden.pk}/undo/").status_code == 404
    assert client_for(cast.cy).get(PAGE).content.decode().count("th-plain") == 0
    viewer = api_for(cast.vi).post(f"{API}{hidden.pk}/undo/")
    assert (viewer.status_code, viewer.json()["error"]["code"]) == (403, "not_allowed")


def test_the_file_has_a_row_a_line(company: Company, client_for: Any, api_for: Any) -> None:
    answers = (
        client_for(company.lead).get(f"{PAGE}?format=csv"),
        api_for(company.lead).get(f"{API}?format=csv"),
    )
    for answer in answers:
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["name"] for row in rows] == ["Ben", "Ana", "Ana"]
        assert (rows[1]["fte_share_before"], rows[1]["fte_share_after"]) == ("0.5", "0.2")
        assert [row["action"] for row in rows] == ["made", "altered", "made"]


def test_the_button_undoes_and_says_so(company: Company, client_for: Any) -> None:
    change = PlanChange.objects.get(reason="Half ill.")

    answer = client_for(company.lead).post(
        f"{PAGE}{change.pk}/undo/", {"next": "https://evil.example/"}, follow=True
    )

    assert answer.redirect_chain == [(PAGE, 302)]
    text = answer.content.decode()
    assert "1 assignment is as it was before" in text
    assert ">undone</span>" in text
    assert Assignment.objects.get(person__name="Ana").fte_hundredths == 50


def test_what_changed_since_is_listed_and_the_rest_can_be_undone(
    company: Company, cast: Any, client_for: Any, api_for: Any
) -> None:
    made = PlanChange.objects.order_by("pk")[0]
    client = client_for(company.lead)

    page = client.post(f"{PAGE}{made.pk}/undo/")
    again = client.post(f"{PAGE}{made.pk}/undo/", {"partial": "1"})
    api = api_for(company.lead)
    told = api.post(f"{API}{made.pk}/undo/", {"partial": False})

    assert page.status_code == again.status_code == told.status_code == 409
    text = page.content.decode()
    assert "What has changed since" in text
    assert "effort" in text
    assert "Undo the rest" not in text  # nothing is left
    (changed,) = told.json()["error"]["details"]["changed"]
    assert (changed["name"], changed["by"]) == ("Ana", "ada")
    assert client.get(f"{PAGE}{made.pk}/undo/").status_code == 405


def test_a_program_undoes_and_redoes(company: Company, api_for: Any) -> None:
    api = api_for(company.lead)
    change = PlanChange.objects.get(reason="Half ill.")
    before = api.get(f"{API}{change.pk}/").json()
    assert (before["may_undo"], before["lines"][0]["override"]) == (True, "locked")

    done = api.post(f"{API}{change.pk}/undo/", {"reason": "She is well."})

    assert done.status_code == 200
    body = done.json()
    assert (body["restored"], body["kept"]) == ([before["lines"][0]["assignment"]], [])
    after = api.get(f"{API}{change.pk}/").json()
    assert (after["may_undo"], after["undone_by"]) == (False, body["change"])
    twice = api.post(f"{API}{change.pk}/undo/")
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "undone_already")
    assert api.post(f"{API}{body['change']}/undo/").status_code == 200
    assert Assignment.objects.get(person__name="Ana").fte_hundredths == 20


@pytest.mark.parametrize(
    "query", ["kind=x", "format=xml", "from=yesterday", "to=1", "page=0", "from=2999-01-01"]
)
def test_a_bad_query_is_refused_in_words(company: Company, api_for: Any, query: str) -> None:
    answer = api_for(company.lead).get(f"{API}?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("given", [{"partial": "perhaps"}, {"reason": "x" * 301}])
def test_a_bad_undo_is_refused_and_changes_nothing(
    company: Company, api_for: Any, given: dict[str, Any]
) -> None:
    change = PlanChange.objects.get(reason="Half ill.")

    answer = api_for(company.lead).post(f"{API}{change.pk}/undo/", given)

    assert answer.status_code == 400
    assert PlanChange.objects.count() == 3


def test_the_number_of_queries_does_not_grow_with_the_changes(
    company: Company, client_for: Any
) -> None:
    client = client_for(company.lead)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(5):
        assignments.assign(
            slot=company.make_slot(str(number)),
            person=company.make_person(f"P{number}"),
            by=company.lead,
        )
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) == len(few)


def test_that_a_lock_needs_a_reason_is_said_before_the_button(
    company: Company, client_for: Any
) -> None:
    held = Assignment.objects.get(person__name="Ana")
    client = client_for(company.lead)
    page = client.get(f"/projects/assignments/{held.pk}/").content.decode()
    assert "It is locked: removing it needs a reason." in page
    assert page.index("This assignment is locked") < page.index(">Save</button>")

    refused = client.post(f"/projects/assignments/{held.pk}/remove/", {"version": held.version})
    form = {
        "person": held.person_id,
        "start_on": held.start_on.isoformat(),
        "end_on": held.end_on.isoformat(),
        "fte_share": "0.10",
        "status": "confirmed",
        "locked": "on",
        "version": held.version,
    }
    unsaid = client.post(f"/projects/assignments/{held.pk}/", form)

    assert (refused.status_code, unsaid.status_code) == (422, 422)
    assert 'id="remove_reason"' in refused.content.decode()
    assert "Give a reason to change it all the same." in unsaid.content.decode()
    held.refresh_from_db()
    assert held.fte_hundredths == 20
    said = {"version": held.version, "reason": "Over."}
    assert client.post(f"/projects/assignments/{held.pk}/remove/", said).status_code == 302
    assert not Assignment.objects.filter(pk=held.pk).exists()


def _together(company: Company, count: int) -> PlanChange:
    """One decision that made many assignments, in two projects."""
    other = company.make_project("Learning feed", lead=company.lead)
    edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=company.lead, reason="Kick-off.")
    for number in range(count):
        phase = company.phase if number % 2 else other.phases.get()
        slot = company.make_slot(str(number), phase=phase)
        person = company.make_person(f"Crew {number}")
        piece = Piece(slot, person, slot.start_on, slot.end_on, 50)
        edit.add(piece, status="confirmed", locked=False)
    return edit.write()


@pytest.mark.parametrize("count", [3, 22])
def test_a_change_of_many_is_one_line_that_opens(
    company: Company, cast: Any, client_for: Any, count: int
) -> None:
    change = _together(company, count)
    client = client_for(company.lead)
    project = company.project.name

    text = client.get(PAGE).content.decode()
    opened = client.get(f"{PAGE}?lines={change.pk}", headers={"HX-Request": "true"})

    assert f"<summary>{count} assignments in Learning feed, {project}</summary>" in text
    few = count <= 20
    assert ("Crew 2</a>" in text) == few  # the many are fetched when somebody opens them
    assert (f'hx-get="{PAGE}?lines={change.pk}"' in text) != few
    lines = opened.content.decode()
    assert all(f"Crew {number}" in lines for number in range(count))
    assert "<html" not in lines
    company.project.deputies.add(cast.bo)
    theirs = client_for(cast.bo).get(f"{PAGE}?lines={change.pk}").content.decode()
    assert ("Crew 1<" in theirs, "Crew 2<" in theirs) == (True, False)
    hidden = PlanChange.objects.get(lines__person__name="Ben")
    for wrong in (hidden.pk, 10**30, "x", "²"):
        assert client_for(cast.bo).get(f"{PAGE}?lines={wrong}").status_code == 404


def test_an_undo_has_a_button_to_redo_and_a_redo_one_to_undo(
    company: Company, client_for: Any
) -> None:
    change = PlanChange.objects.get(reason="Half ill.")
    client = client_for(company.lead)
    for action in ("Redo", "Undo", "Redo"):
        client.post(f"{PAGE}{change.pk}/undo/")
        change = PlanChange.objects.latest("pk")
        text = client.get(PAGE).content.decode()
        start = text.index(f'action="{PAGE}{change.pk}/undo/"')
        button = text[start : text.index("</form>", start)]
        assert button.rstrip().endswith(f"{action}</button>"), action
