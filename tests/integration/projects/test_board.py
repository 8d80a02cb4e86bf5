"""The planner's board: what its rows hold, what they hide, and the page around them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import PlanChange, ProposalRow, StaffingRun
from projects.planner_texts import TEXTS
from projects.services import assignments
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, start_monday

BOARD, PAGE = "/api/v1/projects/board/", "/planner/"
ADDRESS = "/api/v1/projects/assignments/"


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def asked(**more: Any) -> dict[str, Any]:
    return {"from": start_monday().isoformat(), "weeks": 4, **more}


def row_of(answer: Any, name: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json()
    return next(row for row in answer.json()["results"] if row["name"] == name)


def test_a_person_has_bars_and_figures_of_each_week(company: Company, api_for: Any) -> None:
    ana = company.make_person("Ana")
    other = company.make_slot("b", phase=company.make_project("Billing").phases.get())
    sure = builders.make_assignment(company.make_slot("a", fte_hundredths=80), ana)
    builders.make_assignment(
        other, ana, status="tentative", end_on=weeks.add_weeks(start_monday(), 1)
    )

    row = row_of(api_for(company.lead).get(BOARD, asked(project=company.project.key)), "Ana")

    assert row["load"] == {
        "available": [1.0] * 4,
        "confirmed": [0.8] * 4,
        "tentative": [0.5, 0, 0, 0],
        "proposed": [0] * 4,
        "project": [0.8] * 4,
        "state": ["over", "full", "full", "full"],
    }
    assert row["lanes"] == 2
    bar = next(bar for bar in row["bars"] if bar["id"] == sure.pk)
    assert (bar["project_name"], bar["status"], bar["editable"]) == ("Search", "confirmed", True)
    assert (bar["version"], bar["fte_share"]) == (sure.version, 0.8)
    assert bar["slot_end_on"] == sure.slot.end_on.isoformat()


def test_work_that_is_not_yours_to_see_is_busy_without_a_name(
    company: Company, cast: Any, api_for: Any
) -> None:
    bo = company.make_person("Bo", user=cast.bo)
    secret = company.make_project("Secret", lead=cast.boss)
    slots = [company.make_slot(label, phase=secret.phases.get()) for label in "ab"]
    dee = company.make_person("Dee")
    for slot in slots:
        builders.make_assignment(slot, dee, end_on=weeks.add_weeks(start_monday(), 2))
    # Leads the department, so that they see the load of its people; no project of theirs.
    company.department.leads.add(cast.cy)
    builders.make_assignment(company.make_slot("c"), bo)

    answer = api_for(cast.cy).get(BOARD, asked())
    row = row_of(answer, "Dee")

    assert [list(bar) for bar in row["bars"]] == [
        ["kind", "start_on", "end_on", "fte_share", "lane"]
    ]
    assert (row["bars"][0]["kind"], row["bars"][0]["fte_share"]) == ("busy", 1.0)
    assert row["load"]["confirmed"] == [1.0, 1.0, 0, 0]
    assert "Secret" not in answer.content.decode()


def test_who_sees_no_load_gets_none_and_nothing_hidden(
    company: Company, cast: Any, api_for: Any
) -> None:
    company.department.leads.clear()
    bo, dee = company.make_person("Bo", user=cast.bo), company.make_person("Dee")
    company.make_person("Elsewhere")
    hidden = company.make_slot("h", phase=company.make_project("Hidden").phases.get())
    for person, label in ((bo, "a"), (dee, "b")):
        builders.make_assignment(company.make_slot(label), person)
    builders.make_assignment(hidden, dee)

    answer = api_for(cast.bo).get(BOARD, asked(names=1))

    assert [name for _id, name, _sub in answer.json()["names"]] == ["Bo", "Dee"]
    assert row_of(answer, "Bo")["load"] is not None
    colleague = row_of(answer, "Dee")
    assert colleague["load"] is None
    assert [bar["project_name"] for bar in colleague["bars"]] == ["Search"]
    assert not colleague["bars"][0]["editable"]


def test_projects_show_who_is_on_them_and_what_is_open(company: Company, api_for: Any) -> None:
    half = company.make_slot("a", fte_hundredths=50)
    builders.make_assignment(
        half, company.make_person("Ana"), end_on=weeks.add_weeks(start_monday(), 1)
    )
    api = api_for(company.lead)

    row = row_of(api.get(BOARD, asked(view="projects")), "Search")
    tray = api.get(BOARD, asked(view="open")).json()

    assert row["load"]["needed"] == [0.5] * 4
    assert row["load"]["open"] == [0, 0.5, 0.5, 0.5]
    assert row["load"]["state"] == ["covered", "short", "short", "short"]
    assert [bar["kind"] for bar in row["bars"]] == ["assignment", "open"]
    assert tray["count"] == 1
    (still,) = tray["results"]
    assert (still["slot"], still["fte_share"]) == (half.pk, 0.5)
    assert still["start_on"] == weeks.add_weeks(start_monday(), 1).isoformat()


def test_the_newest_proposal_is_striped_until_it_is_decided(company: Company, api_for: Any) -> None:
    ana, slot = company.make_person("Ana"), company.make_slot("a")
    run = StaffingRun.objects.create(
        requested_by=company.lead, status="succeeded", finished_at=timezone.now()
    )
    run.projects.add(company.project)
    row = ProposalRow.objects.create(
        run=run,
        slot=slot,
        person=ana,
        start_on=slot.start_on,
        end_on=slot.end_on,
        fte_hundredths=50,
    )
    api = api_for(company.lead)

    with_it = row_of(api.get(BOARD, asked(proposal=1)), "Ana")
    assert [(bar["kind"], bar["id"]) for bar in with_it["bars"]] == [("proposed", row.pk)]
    assert with_it["load"]["proposed"] == [0.5] * 4
    assert with_it["load"]["confirmed"] == [0] * 4
    assert row_of(api.get(BOARD, asked()), "Ana")["bars"] == []
    # Who holds the slot meanwhile leaves no room for the row, unless the row replaces them.
    held = builders.make_assignment(slot, ana)
    filled = row_of(api.get(BOARD, asked(proposal=1)), "Ana")
    assert [bar["kind"] for bar in filled["bars"]] == ["assignment"]
    assert filled["load"]["proposed"] == [0] * 4
    row.replaces = held
    row.save()
    moved = row_of(api.get(BOARD, asked(proposal=1)), "Ana")
    assert sorted(bar["kind"] for bar in moved["bars"]) == ["assignment", "proposed"]
    held.delete()
    ProposalRow.objects.update(decision="rejected")
    assert row_of(api.get(BOARD, asked(proposal=1)), "Ana")["bars"] == []


def test_more_people_cost_no_more_queries(company: Company, api_for: Any) -> None:
    api = api_for(company.lead)
    counts = []
    for size in (2, 12):
        for n in range(size):
            builders.make_assignment(
                company.make_slot(f"{size}-{n}"), company.make_person(f"P{size}-{n}")
            )
        with CaptureQueriesContext(connection) as captured:
            assert api.get(BOARD, asked(names=1)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[1] <= 20


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"view": "teams"}, 400, "view must be one of people, projects, open"),
        ({"from": "2026-11-24"}, 400, "from must be a Monday"),
        ({"weeks": "0"}, 400, "weeks must be a number"),
        ({"limit": "900"}, 400, "limit must be a whole number from 0 to 200"),
        ({"ids": "3,x"}, 400, "ids must be numbers"),
        ({"role": "nobody"}, 404, "Nothing with the key “nobody” for role"),
    ],
)
def test_a_bad_query_is_refused_by_name(
    company: Company, api_for: Any, query: dict[str, str], status: int, words: str
) -> None:
    answer = api_for(company.lead).get(BOARD, query)

    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


def test_filters_narrow_the_rows(company: Company, api_for: Any) -> None:
    ana = company.make_person("Ana", roles=[company.role])
    company.make_person(
        "Ben", site=builders.make_site("lima"), department=builders.make_department("other")
    )
    builders.make_assignment(company.make_slot("a", fte_hundredths=100), ana)
    builders.make_assignment(
        company.make_slot("b", phase=company.make_project("Two").phases.get()), ana
    )
    api = api_for(company.lead)

    for query in (
        {"department": "apps"},
        {"site": "berlin"},
        {"role": company.role.key},
        {"project": company.project.key},
        {"search": "an"},
        {"over": "1"},
        {"ids": str(ana.pk)},
    ):
        answer = api.get(BOARD, asked(**query))
        assert [row["name"] for row in answer.json()["results"]] == ["Ana"], query


def newest_change() -> int:
    return PlanChange.objects.latest("pk").pk


def test_a_row_that_a_change_took_out_of_the_filter_can_be_read_again(
    company: Company, api_for: Any
) -> None:
    ana = company.make_person("Ana")
    query = asked(project=company.project.key)

    api = api_for(company.lead)

    assert api.get(BOARD, query).json()["results"] == []
    assert row_of(api.get(BOARD, query | {"ids": str(ana.pk)}), "Ana")["bars"] == []


def test_answers_name_the_plan_change_and_who_was_faster(
    company: Company, cast: Any, api_for: Any
) -> None:
    api = api_for(company.lead)
    slot, ana = company.make_slot(), company.make_person("Ana")

    made = api.post(ADDRESS, {"slot": slot.pk, "person": ana.key})
    assert made.json()["change"] == newest_change()
    place = f"{ADDRESS}{made.json()['id']}/"
    changed = api.patch(
        place, {"fte_share": "0.4", "reason": "less"}, headers={"If-Match": made["ETag"]}
    )
    assert changed.json()["change"] == newest_change() != made.json()["change"]
    assert changed["Plan-Change"] == str(newest_change())

    row = company.phase.slots.get().assignments.get()
    assignments.change(row, version=row.version, by=cast.admin, fte_hundredths=30, reason="less")
    stale = api.patch(place, {"locked": False}, headers={"If-Match": changed["ETag"]})
    assert stale.status_code == 412
    details = stale.json()["error"]["details"]
    assert (details["by"], details["current"]["fte_share"]) == ("admin", 0.3)
    assert details["at"]

    row.refresh_from_db()
    removed = api.delete(f"{place}?reason=gone", headers={"If-Match": str(row.version)})
    assert (removed.status_code, removed["Plan-Change"]) == (204, str(newest_change()))


def test_the_page_tells_its_scripts_what_they_need(company: Company, client_for: Any) -> None:
    page = client_for(company.lead).get(PAGE, {"view": "projects", "zoom": "month", "q": "sea"})

    assert page.status_code == 200
    found = re.search(
        r'<script id="planner-config" type="application/json">(.*?)</script>',
        page.content.decode(),
        re.DOTALL,
    )
    assert found is not None
    config = json.loads(found[1])
    assert (config["view"], config["zoom"]) == ("projects", "month")
    assert config["filters"] == {"search": "sea"}
    assert config["urls"]["board"] == BOARD
    assert config["urls"]["assignment"] == f"{ADDRESS}0/"
    assert (
        "full from 80%" in client_for(company.lead).get(PAGE, {"view": "people"}).content.decode()
    )


def test_the_view_is_remembered(company: Company, client_for: Any) -> None:
    client = client_for(company.lead)

    assert client.get(PAGE).context["planner"].view == "people"
    client.get(PAGE, {"view": "projects"})
    assert client.get(PAGE).context["planner"].view == "projects"


def test_the_list_of_narrow_screens_links_work_to_its_page(
    company: Company, client_for: Any
) -> None:
    made = builders.make_assignment(company.make_slot("a"), company.make_person("Ana"))
    headers = {"HX-Request": "true", "HX-Target": "planner-list"}

    answer = client_for(company.lead).get(
        PAGE, {"from": start_monday().isoformat()}, headers=headers
    )

    words = answer.content.decode()
    assert words.lstrip().startswith('<div id="planner-list">')
    assert f'href="/projects/assignments/{made.pk}/"' in words
    assert words.count('class="th-load-partly"') == 4
    assert "Search" in words


def test_every_text_of_the_scripts_is_given_by_the_page() -> None:
    """A key without a text would be shown as it stands."""
    scripts = Path(__file__).parents[3] / "static" / "js" / "planner"
    words = "\n".join(path.read_text() for path in scripts.glob("*.js"))
    used = set(re.findall(r'\bsay\(\s*"(\w+)"', words)) | set(re.findall(r'\bitem\("(\w+)"', words))

    assert len(used) > 40
    assert used <= set(TEXTS)


def test_open_slots_say_whom_they_suit_to_those_who_may_fill_them(
    company: Company, cast: Any, api_for: Any
) -> None:
    able, low = company.make_person("Able", level=4), company.make_person("Low", level=2)
    late = company.make_person("Late", level=4)
    late.skills.update(valid_from=weeks.add_weeks(start_monday(), 1))
    company.make_slot(level=3)

    (mine,) = api_for(company.lead).get(BOARD, asked(view="open")).json()["results"]
    (read,) = api_for(cast.plan).get(BOARD, asked(view="open")).json()["results"]

    assert mine["suits"] == [able.pk]
    assert low.pk not in mine["suits"]
    assert "suits" not in read


def test_a_month_says_that_its_number_is_the_mean_and_its_colour_the_worst_week(
    company: Company, client_for: Any
) -> None:
    page = client_for(company.lead).get(PAGE, {"zoom": "month"}).content.decode()

    assert "mean of the weeks; colour: the worst week" in page
    assert 'aria-controls="planner-tray-list"' in page
