"""Pages and API of a proposal: what each user reads, and what the buttons do."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from projects.models import Assignment, StaffingRequest, StaffingRun
from projects.services import answers, assignments, staffing
from teamhub.errors import Conflict
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve

API = "/api/v1/projects/staffing-runs/"


@pytest.fixture
def company(cast: Any) -> Company:
    company = Company(lead=cast.ada)
    company.make_slot("open")
    company.make_slot("hard", level=5)
    company.make_person("Ana", rate_per_fte_week=7777)
    return company


@pytest.fixture
def run(company: Company) -> StaffingRun:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)
    return run


def test_the_form_queues_a_run_and_goes_to_its_page(company: Company, client_for: Any) -> None:
    answer = client_for(company.lead).post(
        "/staffing/",
        {"projects": [company.project.pk], "seconds": 3, "change_budget": 0, "seed": 1},
    )

    made = StaffingRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/staffing/{made.pk}/")
    assert made.status == "queued"
    assert made.params["weights"]["priority"] == 100


@pytest.mark.parametrize(
    "change", [{"seconds": 0}, {"seconds": "x"}, {"projects": [10**9]}, {"weight_cost": -1}]
)
def test_a_bad_form_is_shown_again_with_words(
    company: Company, client_for: Any, change: dict[str, Any]
) -> None:
    good = {"projects": [company.project.pk], "seconds": 3, "change_budget": 0, "seed": 1}

    answer = client_for(company.lead).post("/staffing/", good | change)

    assert answer.status_code == 422
    assert "th-field-error" in answer.content.decode()
    assert not StaffingRun.objects.exists()


def test_the_page_shows_person_score_cost_gap_and_why_a_slot_stays_open(
    company: Company, run: StaffingRun, client_for: Any
) -> None:
    text = client_for(company.lead).get(f"/staffing/{run.pk}/").content.decode()

    assert "Ana" in text
    assert "coverage +" in text
    assert "cost −" in text
    assert "0.00 %" in text  # the gap of a proven plan
    assert "15,554" in text  # 0.5 FTE for 4 weeks at 7,777
    assert "Stands in the way: skills" in text
    assert "0 people hold Nlp at 5 or more" in text


def test_a_deputy_who_is_no_manager_reads_the_proposal_without_money(
    company: Company, run: StaffingRun, cast: Any, client_for: Any, api_for: Any
) -> None:
    company.project.deputies.add(cast.bo)

    page = client_for(cast.bo).get(f"/staffing/{run.pk}/")
    read = api_for(cast.bo).get(f"{API}{run.pk}/").json()
    rows = api_for(cast.bo).get(f"{API}{run.pk}/rows/").json()

    assert page.status_code == 200
    assert "15,554" not in page.content.decode()
    assert not {"objective", "bound", "gap", "cost", "incumbents"} & set(read)
    assert all(set(row["score"]) <= {"fit"} and "cost" not in row for row in rows)


def test_why_a_slot_stays_open_tells_nothing_of_money_to_those_who_see_none(
    company: Company, run: StaffingRun, cast: Any, client_for: Any
) -> None:
    company.project.deputies.add(cast.bo)
    row = run.rows.get(person__isnull=True)
    for blocker, words in (
        ({"rules": ["budget"], "failing": {"budget": 7}}, "7 people would exceed the budget"),
        ({"reason": "not_worth_it"}, "would cost more than it is worth"),
    ):
        row.blockers = [blocker]
        row.save()
        assert words in client_for(company.lead).get(f"/staffing/{run.pk}/").content.decode()
        page = client_for(cast.bo).get(f"/staffing/{run.pk}/").content.decode()
        assert words not in page
        assert "Something that only managers see" in page


def test_a_stranger_gets_404_everywhere(
    company: Company, run: StaffingRun, cast: Any, client_for: Any, api_for: Any
) -> None:
    client, api = client_for(cast.cy), api_for(cast.cy)

    assert client.get(f"/staffing/{run.pk}/").status_code == 404
    assert client.post(f"/staffing/{run.pk}/accept/", {"all": "1"}).status_code == 404
    assert client.get(f"/staffing/{run.pk}/rows.csv").status_code == 404
    assert api.get(f"{API}{run.pk}/").status_code == 404
    assert api.post(f"{API}{run.pk}/accept/", {"rows": "all"}).status_code == 404
    assert not Assignment.objects.exists()


def test_accept_all_by_the_button(company: Company, run: StaffingRun, client_for: Any) -> None:
    answer = client_for(company.lead).post(f"/staffing/{run.pk}/accept/", {"all": "1"})

    assert answer.status_code == 302
    assert Assignment.objects.get().person.name == "Ana"


def test_what_nobody_can_accept_any_more_is_refused_on_the_page(
    company: Company, run: StaffingRun, client_for: Any
) -> None:
    other = company.make_project("Other")
    slot = company.make_slot("x", phase=other.phases.get(), fte_hundredths=90)
    builders.make_assignment(slot, run.rows.get(person__isnull=False).person)

    answer = client_for(company.lead).post(f"/staffing/{run.pk}/accept/", {"all": "1"})

    assert answer.status_code == 409
    assert "would be over by up to 0.40 FTE" in answer.content.decode()


def test_no_tick_is_said_instead_of_accepting_nothing(
    company: Company, run: StaffingRun, client_for: Any
) -> None:
    for verb in ("accept", "reject"):
        answer = client_for(company.lead).post(
            f"/staffing/{run.pk}/{verb}/", {"reason": "Agreed with Wei"}
        )
        text = answer.content.decode()
        assert answer.status_code == 400
        # On the page itself, and what was typed is still there.
        assert "Tick at least one row" in text
        assert 'value="Agreed with Wei"' in text
        assert "Ana" in text
    assert not Assignment.objects.exists()


def test_the_inbox_asks_and_answers(company: Company, cast: Any, client_for: Any) -> None:
    olga = builders.make_user("olga", "manager")
    platform = builders.make_department("platform")
    platform.leads.add(olga)
    project = company.make_project("Second")
    company.make_slot("p", phase=project.phases.get(), level=4)
    company.make_person("Pat", level=4, department=platform)
    run = staffing.propose_team(projects=[project], by=company.lead, seconds=1)
    solve(run)
    before = client_for(company.lead).get(f"/staffing/{run.pk}/").content.decode()
    assert "becomes a request to olga" in before
    staffing.accept(run, by=company.lead)
    asked = StaffingRequest.objects.get()
    after = client_for(company.lead).get(f"/staffing/{run.pk}/").content.decode()
    assert "waits for olga" in after
    # Until she has answered, nobody else confirms it or makes something else of it.
    held = Assignment.objects.get(requests=asked)
    for change in ({"status": "confirmed"}, {"fte_hundredths": 10}):
        with pytest.raises(Conflict, match="has been asked") as refusal:
            assignments.change(held, version=held.version, by=company.lead, **change)
        assert refusal.value.code == "asked"
    assignments.change(held, version=held.version, by=company.lead, locked=True)

    assert "Pat" in client_for(olga).get("/requests/").content.decode()
    assert "Pat" in client_for(olga).get("/").content.decode()
    refused = client_for(olga).post(f"/requests/{asked.pk}/answer/", {"answer": "decline"})
    assert refused.status_code == 400
    assert f'id="refusal-{asked.pk}"' in refused.content.decode()
    assert "Say why you decline" in refused.content.decode()
    assert client_for(cast.cy).post(f"/requests/{asked.pk}/answer/").status_code == 404
    done = client_for(olga).post(
        f"/requests/{asked.pk}/answer/", {"answer": "decline", "reason": "Needed here."}
    )
    assert done.status_code == 302
    assert "Needed here." in client_for(company.lead).get("/requests/").content.decode()


# --- API ------------------------------------------------------------------------------------------


def test_a_program_asks_reads_and_accepts(company: Company, api_for: Any) -> None:
    api = api_for(company.lead)
    asked = api.post(API, {"projects": [company.project.key], "seconds": 1, "seed": 5})
    assert asked.status_code == 202
    assert asked["Location"].endswith(f"{API}{asked.json()['id']}/")
    run = StaffingRun.objects.get()
    solve(run)

    read = api.get(f"{API}{run.pk}/").json()
    assert (read["status"], read["gap"], read["seed"]) == ("succeeded", 0.0, 5)
    assert 0 < read["coverage"] < 1
    rows = api.get(f"{API}{run.pk}/rows/").json()
    filled = next(row for row in rows if row["person"])
    empty = next(row for row in rows if not row["person"])
    assert filled["cost"] == "15554.00"
    assert len(filled["weeks"]) == 4
    assert empty["blockers"][0].startswith("Stands in the way")

    done = api.post(f"{API}{run.pk}/accept/", {"rows": [filled["id"]]})
    assert done.status_code == 200
    assert done.json()["accepted"] == [filled["id"]]
    again = api.post(f"{API}{run.pk}/accept/", {"rows": [filled["id"]]})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "rows_not_open")


def test_rows_stream_as_csv(company: Company, run: StaffingRun, api_for: Any) -> None:
    answer = api_for(company.lead).get(f"{API}{run.pk}/rows/", {"format": "csv"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == 2
    assert {line["decision"] for line in lines} == {"open"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"projects": []}, 400),
        ({"projects": ["nowhere"]}, 400),
        ({"projects": "all", "seconds": 1}, 400),
        ({"seconds": 0}, 400),
        ({"seconds": 10**9}, 400),
        ({"weights": {"beauty": 3}}, 400),
        ({"weights": {"cost": "much"}}, 400),
        ({"change_budget": -1}, 400),
    ],
)
def test_a_bad_request_is_refused_in_words(
    company: Company, api_for: Any, body: dict[str, Any], status: int
) -> None:
    good = {"projects": [company.project.key]} if body and "projects" not in body else {}

    answer = api_for(company.lead).post(API, good | body)

    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert not StaffingRun.objects.exists()


@pytest.mark.parametrize("rows", ["some", [], [True], [-1], ["1"], {"a": 1}, [10**20], None])
def test_rows_that_are_none_are_refused(
    company: Company, run: StaffingRun, api_for: Any, rows: Any
) -> None:
    answer = api_for(company.lead).post(f"{API}{run.pk}/accept/", {"rows": rows})

    assert answer.status_code == 400
    assert not Assignment.objects.exists()


def test_a_member_who_sees_the_run_but_leads_nothing_gets_403(
    company: Company, run: StaffingRun, api_for: Any
) -> None:
    other = builders.make_user("max", "manager")

    assert api_for(other).get(f"{API}{run.pk}/").status_code == 200
    assert api_for(other).post(f"{API}{run.pk}/accept/", {"rows": "all"}).status_code == 403
    assert api_for(other).post(API, {"projects": [company.project.key]}).status_code == 403


def test_what_today_s_plan_breaks_already_is_said_with_names(
    company: Company, client_for: Any
) -> None:
    busy = company.make_person("Kim", weekly_hours=8)
    other = company.make_project("Other")
    builders.make_assignment(
        company.make_slot("k", phase=other.phases.get(), fte_hundredths=60), busy
    )
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    solve(run)

    text = client_for(company.lead).get(f"/staffing/{run.pk}/").content.decode()

    assert "Kim: other work (4 weeks)" in text


def test_the_inbox_is_a_list_like_others(company: Company, cast: Any, client_for: Any) -> None:
    """A large acceptance asks for many people: filter, sort, page, export."""
    olga = builders.make_user("olga", "manager")
    platform = builders.make_department("platform")
    platform.leads.add(olga)
    project = company.make_project("Second")
    for index in range(30):
        company.make_slot(f"p{index}", phase=project.phases.get(), level=4)
        company.make_person(f"Pat {index:02}", level=4, department=platform)
    run = staffing.propose_team(projects=[project], by=company.lead, seconds=1)
    solve(run)
    staffing.accept(run, by=company.lead)
    first = StaffingRequest.objects.order_by("row__person__name").first()
    assert first is not None
    answers.answer_request(first, approve=True, by=olga)
    client = client_for(olga)

    page = client.get("/requests/").content.decode()
    assert page.count('value="approve"') == 25
    assert "of 30" in page
    assert client.get("/requests/?page=2").content.decode().count('value="approve"') == 4
    assert "Pat 00" not in client.get("/requests/?box=waiting&size=50").content.decode()
    assert client.get("/requests/?status=approved").content.decode().count("<tr>") == 2
    assert "No request matches" in client.get("/requests/?box=sent").content.decode()
    rows = list(csv.DictReader(io.StringIO(_text(client.get("/requests/?q=pat%2003&format=csv")))))
    assert [(row["project"], row["status"]) for row in rows] == [(project.key, "open")]
    assert "No request" in client_for(cast.cy).get("/requests/?q=pat").content.decode()


def _text(answer: Any) -> str:
    return b"".join(answer).decode("utf-8-sig")


def test_a_project_of_the_proposal_is_accepted_by_page_and_by_program(
    company: Company, run: StaffingRun, client_for: Any, api_for: Any
) -> None:
    api, place = api_for(company.lead), f"{API}{run.pk}/accept/"
    for bad in ({}, {"rows": "all", "projects": [company.project.key]}, {"projects": ["nothing"]}):
        assert api.post(place, bad).status_code == 400
    assert not Assignment.objects.exists()

    done = api.post(place, {"projects": [company.project.key]})
    assert (done.status_code, len(done.json()["accepted"])) == (200, 1)
    again = client_for(company.lead).post(
        f"/staffing/{run.pk}/accept/", {"project": company.project.pk}
    )

    assert again.status_code == 409
    assert "No row of this proposal is open in" in again.content.decode()
