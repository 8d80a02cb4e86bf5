"""Assignments and load for programs: rows, ETag, clashes, rights."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from projects.models import Assignment
from projects.services import assignments
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, start_monday

ADDRESS = "/api/v1/projects/assignments/"


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def test_a_lead_assigns_reads_changes_and_removes(company: Company, api_for: Any) -> None:
    api = api_for(company.lead)
    slot, ana = company.make_slot(), company.make_person("Ana")

    made = api.post(ADDRESS, {"slot": slot.pk, "person": ana.key})
    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["person"], row["fte_share"], row["status"]) == (ana.key, 0.5, "confirmed")
    assert row["start_on"] == slot.start_on.isoformat()

    place = f"{ADDRESS}{row['id']}/"
    less: dict[str, Any] = {"fte_share": "0.40"}
    unsaid = api.patch(place, less, headers={"If-Match": made["ETag"]})
    assert (unsaid.status_code, unsaid.json()["error"]["code"]) == (409, "needs_reason")
    assert unsaid.json()["error"]["details"]["override"] == "locked"
    changed = api.patch(place, less | {"reason": "Less."}, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["fte_share"]) == (200, 0.4)
    assert changed["ETag"] != made["ETag"]

    unsaid = api.delete(place, headers={"If-Match": changed["ETag"]})
    assert (unsaid.status_code, unsaid.json()["error"]["code"]) == (409, "needs_reason")
    removed = api.delete(f"{place}?reason=Over.", headers={"If-Match": changed["ETag"]})
    assert removed.status_code == 204
    assert not Assignment.objects.exists()


def test_a_stale_version_is_412_and_a_missing_one_428(company: Company, api_for: Any) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )
    assignments.change(made, version=1, by=company.lead, fte_hundredths=40, reason="Less.")
    api = api_for(company.lead)

    stale = api.patch(f"{ADDRESS}{made.pk}/", {"fte_share": "0.3"}, headers={"If-Match": '"1"'})
    missing = api.patch(f"{ADDRESS}{made.pk}/", {"fte_share": "0.3"})
    assert stale.json()["error"]["details"]["current"]["fte_share"] == 0.4
    assert stale.json()["error"]["details"]["current"]["person"] == made.person.key
    weak = api.patch(f"{ADDRESS}{made.pk}/", {"locked": True}, headers={"If-Match": 'W/"2"'})
    assert weak.status_code == 412
    everything = api.patch(f"{ADDRESS}{made.pk}/", {"locked": True}, headers={"If-Match": "*"})
    assert everything.status_code == 428
    nonsense = api.delete(f"{ADDRESS}{made.pk}/", headers={"If-Match": "yesterday"})

    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale")
    assert missing.status_code == 428
    assert nonsense.status_code == 400


def test_a_clash_is_409_and_names_the_person_and_the_weeks(company: Company, api_for: Any) -> None:
    ana = company.make_person("Ana", weekly_hours=20)
    slot = company.make_slot(fte_hundredths=100)

    answer = api_for(company.lead).post(ADDRESS, {"slot": slot.pk, "person": ana.key})

    assert answer.status_code == 409
    error = answer.json()["error"]
    (clash,) = error["details"]["clashes"]
    assert (error["code"], clash["rule"], clash["person"]) == ("needs_reason", "capacity", "Ana")
    assert clash["weeks"][0] == weeks.iso_label(slot.start_on)
    with_reason = api_for(company.lead).post(
        ADDRESS, {"slot": slot.pk, "person": ana.key, "reason": "Only this once."}
    )
    assert with_reason.status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": "nobody"}, "person"),
        ({"fte_share": 2}, "fte_share"),
        ({"fte_share": "NaN"}, "fte_share"),
        ({"start_on": "soon"}, "start_on"),
        ({"status": "maybe"}, "status"),
        ({"slot": "x"}, "slot"),
        ({"slot": True, "person": ["a"]}, "person"),
    ],
)
def test_bad_fields_are_refused_by_name(
    company: Company, api_for: Any, change: dict[str, Any], field: str
) -> None:
    good = {"slot": company.make_slot().pk, "person": company.make_person("Ana").key}

    answer = api_for(company.lead).post(ADDRESS, good | change)

    assert answer.status_code == 400
    assert field in answer.json()["error"]["details"]["fields"]
    assert not Assignment.objects.exists()


def test_a_day_that_is_no_monday_is_refused(company: Company, api_for: Any) -> None:
    slot, ana = company.make_slot(), company.make_person("Ana")
    tuesday = slot.start_on + timedelta(days=1)

    answer = api_for(company.lead).post(
        ADDRESS, {"slot": slot.pk, "person": ana.key, "start_on": tuesday.isoformat()}
    )

    assert answer.status_code == 400
    assert "Monday" in answer.json()["error"]["message"]


def test_strangers_get_404_and_members_without_the_right_403(
    company: Company, cast: Any, api_for: Any
) -> None:
    made = assignments.assign(
        slot=company.make_slot(), person=company.make_person("Ana"), by=company.lead
    )
    place = f"{ADDRESS}{made.pk}/"

    assert api_for(cast.cy).get(place).status_code == 404
    assert api_for(cast.cy).delete(place, headers={"If-Match": "1"}).status_code == 404
    assert api_for(cast.vi).get(place).status_code == 200
    assert api_for(cast.vi).delete(place, headers={"If-Match": "1"}).status_code == 403
    assert (
        api_for(cast.ada, scopes=("read",)).delete(place, headers={"If-Match": "1"}).status_code
        == 403
    )
    assert Assignment.objects.count() == 1


def test_rows_are_filtered_and_stream_as_csv(company: Company, api_for: Any) -> None:
    ana, ben = company.make_person("Ana"), company.make_person("Ben")
    other = company.make_project("Other")
    builders.make_assignment(company.make_slot("a"), ana)
    builders.make_assignment(company.make_slot("b", phase=other.phases.get()), ben)
    api = api_for(company.lead)

    by_project = api.get(ADDRESS, {"project": other.key}).json()
    by_person = api.get(ADDRESS, {"person": ana.key}).json()
    later = api.get(ADDRESS, {"from": (start_monday() + timedelta(weeks=60)).isoformat()}).json()
    text = b"".join(api.get(ADDRESS, {"format": "csv"}).streaming_content).decode("utf-8-sig")

    assert [row["person"] for row in by_project["results"]] == [ben.key]
    assert [row["person"] for row in by_person["results"]] == [ana.key]
    assert later["count"] == 0
    assert {row["person"] for row in csv.DictReader(io.StringIO(text))} == {ana.key, ben.key}


@pytest.mark.parametrize("query", [{"from": "soon"}, {"format": "xml"}, {"page": "0"}])
def test_a_bad_query_is_refused_in_words(
    company: Company, api_for: Any, query: dict[str, str]
) -> None:
    answer = api_for(company.lead).get(ADDRESS, query)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    company: Company, api_for: Any, django_assert_max_num_queries: Any
) -> None:
    for index in range(12):
        builders.make_assignment(company.make_slot(str(index)), company.make_person(f"P{index}"))
    api = api_for(company.lead)

    with django_assert_max_num_queries(8):
        assert api.get(ADDRESS).json()["count"] == 12


# --- load -----------------------------------------------------------------------------------------

LOAD = "/api/v1/roles/load/"


def test_load_gives_available_assigned_tentative_and_over_per_week(
    company: Company, api_for: Any
) -> None:
    ana = company.make_person("Ana", weekly_hours=32)
    builders.make_assignment(company.make_slot("a", fte_hundredths=60), ana)
    builders.make_assignment(
        company.make_slot("b", fte_hundredths=40, phase=company.make_project("O").phases.get()),
        ana,
        status="tentative",
    )

    answer = api_for(company.lead).get(LOAD, {"from": start_monday().isoformat(), "weeks": 2})

    (row,) = answer.json()["results"]
    assert row["person"] == ana.key
    assert row["weeks"][0] == {
        "week": weeks.iso_label(start_monday()),
        "start_on": start_monday().isoformat(),
        "available": 0.8,
        "assigned": 0.6,
        "tentative": 0.4,
        "over": 0.2,
    }


def test_load_of_others_is_for_managers_and_planners_only(
    company: Company, cast: Any, api_for: Any
) -> None:
    mine = company.make_person("Bo", user=cast.bo)
    company.make_person("Ana")
    query = {"from": start_monday().isoformat()}

    assert api_for(cast.plan).get(LOAD, query).json()["count"] == 2
    own = api_for(cast.bo).get(LOAD, query).json()
    assert [row["person"] for row in own["results"]] == [mine.key]
    assert api_for(cast.vi).get(LOAD, query).json()["count"] == 0


@pytest.mark.parametrize(
    "query", [{"from": "2027-01-05"}, {"weeks": "0"}, {"weeks": "1000"}, {"weeks": "many"}]
)
def test_a_window_that_is_none_is_refused(
    company: Company, api_for: Any, query: dict[str, str]
) -> None:
    assert api_for(company.lead).get(LOAD, query).status_code == 400
