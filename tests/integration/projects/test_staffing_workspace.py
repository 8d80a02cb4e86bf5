"""The staffing workspace: what its form asks for, refuses, and shows of today's plan."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import StaffingRun, WeightProfile
from projects.services import staffing
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, solve, start_monday

URL = "/staffing/"


@pytest.fixture
def company(cast: Any) -> Company:
    company = Company(lead=cast.ada)
    company.make_slot("open")
    company.make_person("Ana", rate_per_fte_week=7777)
    company.make_person("Ben")
    return company


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_two_clicks_propose_for_everything_that_one_leads(
    company: Company, client_for: Any
) -> None:
    company.make_project("Second")
    company.make_project("Over", status="done")
    client = client_for(company.lead)

    assert "Propose" in page(client.get(URL))
    answer = client.post(URL, {"scope": "portfolio", "do": "propose"})

    made = StaffingRun.objects.get()
    assert answer["Location"] == f"/staffing/{made.pk}/"
    assert {project.name for project in made.projects.all()} == {"Search", "Second"}
    assert made.params["change_budget"] == 0


def test_every_wish_reaches_the_run(company: Company, client_for: Any) -> None:
    ana, ben = company.department.people.order_by("name")
    slot = company.phase.slots.get()
    other = company.make_slot("second")
    first = start_monday()
    profile = WeightProfile.objects.create(
        owner=company.lead, name="Ramp-up", weights={"cost": 0, "same_site": 50}
    )

    client_for(company.lead).post(
        URL,
        {
            "projects": [company.project.pk],
            "from_on": first.isoformat(),
            "to_on": weeks.add_weeks(first, 1).isoformat(),
            "profile": profile.pk,
            "weight_cost": 0,
            "weight_same_site": 50,
            "people_budget": 2,
            "limit": "30",
            "pin_slot": f"… (#{slot.pk})",
            "pin_person": "Ana",
            "exclude_person": ["Ben", "Ana"],
            "exclude_place": ["", f"(#{other.pk})"],
            "apart_one": f"Ana ({ana.key})",
            "apart_two": ben.key,
            "must_slot": f"#{other.pk}",
            "frozen_from": first.isoformat(),
            "frozen_to": weeks.add_weeks(first, 1).isoformat(),
        },
    )

    params = StaffingRun.objects.get().params
    assert params["weights"]["cost"] == 0
    assert (params["profile"], params["seconds"], params["people_budget"]) == ("Ramp-up", 30, 2)
    after = weeks.add_weeks(first, 2).isoformat()  # the Monday after the last week
    assert (params["from_on"], params["to_on"]) == (first.isoformat(), after)
    assert params["pins"] == [{"slot": slot.pk, "person": ana.pk}]
    assert {"person": ben.pk} in params["exclusions"]
    assert {"person": ana.pk, "slot": other.pk} in params["exclusions"]
    assert params["apart"] == [sorted([ana.pk, ben.pk])]
    assert params["must_fill"] == [other.pk]
    assert params["frozen_weeks"] == [
        first.isoformat(),
        weeks.add_weeks(first, 1).isoformat(),
    ]


BAD = [
    ({"scope": "projects", "projects": []}, "Choose at least one project."),
    ({"scope": "department"}, "Choose a department."),
    ({"scope": "department", "department": "nowhere"}, "is not one of the available choices"),
    ({"from_on": "2031-03-03", "to_on": "2031-02-03"}, "The last week lies before the first."),
    ({"to_on": "9999-01-01"}, "Choose a day between"),
    ({"weight_cost": "-1"}, "greater than or equal to 0"),
    ({"limit": "own", "seconds": "99999"}, "less than or equal to"),
    ({"pin_slot": "nonsense", "pin_person": "Ana"}, "There is no slot “nonsense”"),
    ({"pin_slot": "", "pin_person": "Ana"}, "Name both the slot and the person."),
    ({"exclude_person": "Nemo"}, "Nobody is called “Nemo”"),
    ({"exclude_person": "Ana", "exclude_place": "Mars"}, "is neither a project nor a slot"),
    ({"apart_one": "Ana", "apart_two": "Ana"}, "Name two different people."),
    ({"frozen_from": "soon"}, "“soon” is no date."),
    ({"people_budget": "-3"}, "greater than or equal to 0"),
]


@pytest.mark.parametrize(("bad", "words"), BAD, ids=[words[:24] for _bad, words in BAD])
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    company: Company, client_for: Any, bad: dict[str, Any], words: str
) -> None:
    good = {"scope": "portfolio", "must_slot": "kept as typed", "seed": "4711"}

    answer = client_for(company.lead).post(URL, good | bad)

    text = page(answer).replace("&quot;", '"')
    assert answer.status_code == 422
    assert words in text
    assert 'value="kept as typed"' in text
    assert 'value="4711"' in text
    assert all(f'value="{value}"' in text for name, value in bad.items() if name.startswith("pin_"))
    assert not StaffingRun.objects.exists()


def test_what_the_service_refuses_stands_in_the_form(company: Company, client_for: Any) -> None:
    slot = company.phase.slots.get()
    wishes = {
        "pin_slot": f"(#{slot.pk})",
        "pin_person": "Ana",
        "exclude_person": "Ana",
        "exclude_place": "",
    }

    answer = client_for(company.lead).post(URL, {"scope": "portfolio", **wishes})

    assert answer.status_code == 400
    assert "who is excluded from it; drop one" in page(answer)
    assert f'value="(#{slot.pk})"' in page(answer)
    assert not StaffingRun.objects.exists()


def test_a_name_that_two_people_have_asks_for_a_key(company: Company, client_for: Any) -> None:
    company.make_person("Ana", key="ana-two")

    text = page(client_for(company.lead).post(URL, {"exclude_person": "Ana"}))

    assert "Several people are called “Ana”" in text
    assert "ana-two" in text


def test_the_glance_tells_open_slots_and_who_is_over_in_the_chosen_scope(
    company: Company, cast: Any, client_for: Any
) -> None:
    ana = company.department.people.get(name="Ana")
    second = company.make_project("Second")
    for label in ("a", "b"):
        slot = company.make_slot(label, phase=second.phases.get(), fte_hundredths=80)
        builders.make_assignment(slot, ana)
    second.deputies.add(cast.bo)
    client = client_for(company.lead)
    htmx = {"HX-Request": "true", "HX-Target": "glance"}

    def glance(project: Any) -> str:
        scope = {"scope": "projects", "projects": project.pk}
        return page(client.get(URL, scope, headers=htmx))

    one = glance(second)
    assert one.lstrip().startswith('<section id="glance"')
    assert "100% <small>6.40 of 6.40 FTE-weeks" in one
    assert "4 weeks, up to 0.60 FTE" in one
    assert "49,773\u00a0USD" in one  # 1.6 FTE for 4 weeks at 7,777
    assert 'name="mend" value="1">' in one
    other = page(
        client.get(URL, {"scope": "projects", "projects": company.project.pk}, headers=htmx)
    )
    assert "0% <small>0.00 of 2.00 FTE-weeks" in other
    assert 'name="mend"' not in other
    deputy = page(client_for(cast.bo).get(URL))
    assert "49,773" not in deputy
    assert "up to 0.60" not in deputy  # whose load only managers see


def test_one_tick_lets_as_many_people_move_as_are_over(company: Company, client_for: Any) -> None:
    client = client_for(company.lead)
    good = {"scope": "portfolio", "do": "propose"}

    client.post(URL, good | {"mend": "3", "people_budget": "1"})
    assert StaffingRun.objects.get().params["people_budget"] == 3
    assert client.post(URL, good | {"mend": "many"}).status_code == 422


def test_a_department_staffs_what_lies_below_it(company: Company, client_for: Any) -> None:
    below = builders.make_department("below", parent=company.department)
    company.make_project("Deep", department=below)
    company.make_project("Apart", department=builders.make_department("elsewhere"))

    client_for(company.lead).post(URL, {"scope": "department", "department": "apps"})

    names = {project.name for project in StaffingRun.objects.get().projects.all()}
    assert names == {"Search", "Deep"}


def test_weights_are_kept_shared_used_and_deleted(
    company: Company, cast: Any, client_for: Any
) -> None:
    company.project.deputies.add(cast.bo)
    ada, bo = client_for(company.lead), client_for(cast.bo)
    typed = {"scope": "portfolio", "weight_cost": 7, "must_slot": "half typed"}

    kept = ada.post(URL, typed | {"do": "save", "profile_name": "Frugal", "profile_shared": "on"})
    profile = WeightProfile.objects.get()
    assert (profile.weights["cost"], profile.shared) == (7, True)
    assert 'value="half typed"' in page(kept)
    assert "Give the profile a name." in page(ada.post(URL, typed | {"do": "save"}))

    used = page(bo.post(URL, {"do": "use", "profile": profile.pk}))
    assert 'name="weight_cost" value="7"' in used
    assert bo.post(URL, {"do": "delete", "profile": profile.pk}).status_code == 400
    assert WeightProfile.objects.exists()
    ada.post(URL, {"do": "delete", "profile": profile.pk})
    assert not WeightProfile.objects.exists()


def test_a_proposal_opens_again_with_its_parameters_and_one_wish_more(
    company: Company, client_for: Any
) -> None:
    run = staffing.propose_team(
        projects=[company.project],
        by=company.lead,
        seconds=7,
        weights={"cost": 33},
        frozen_weeks=[start_monday().isoformat()],
    )
    solve(run)
    row = run.rows.get()
    client = client_for(company.lead)

    ticked = client.post(URL, {"do": "again", "run": run.pk, "row": row.pk})
    assert ticked["Location"] == f"/staffing/?again={run.pk}&pin={row.pk}"
    locked = page(client.get(ticked["Location"]))
    refused = page(client.get(URL, {"again": run.pk, "exclude": row.pk}))

    assert row.person is not None
    who = f"{row.person.name} ({row.person.key})"
    for text, name in ((locked, "pin_person"), (refused, "exclude_person")):
        assert f'name="{name}" value="{who}"' in text
        assert 'name="weight_cost" value="33"' in text
        assert f'name="frozen_from" value="{start_monday().isoformat()}"' in text
        assert 'value="7"' in text


def test_a_locked_pick_looks_locked_in_what_comes_of_it(company: Company, client_for: Any) -> None:
    slot, ben = company.phase.slots.get(), company.department.people.get(name="Ben")
    pins = [{"slot": slot.pk, "person": ben.pk}]
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1, pins=pins)
    solve(run)
    StaffingRun.objects.filter(pk=run.pk).update(objective=None)
    client = client_for(company.lead)

    text = page(client.get(run.get_absolute_url()))

    assert "locked pick" in text
    assert "Lock, run again" not in text
    assert "None" not in text.split('id="proposal"')[1]
    StaffingRun.objects.filter(pk=run.pk).update(params=run.params | {"pins": []})
    free = page(client.get(run.get_absolute_url()))
    assert "locked pick" not in free
    assert "Lock, run again" in free


def test_who_leads_nothing_sees_no_form_and_starts_nothing(
    company: Company, cast: Any, client_for: Any
) -> None:
    run = staffing.propose_team(projects=[company.project], by=company.lead, seconds=1)
    client = client_for(cast.cy)

    text = page(client.get(URL))
    assert "No project that you may staff" in text
    assert str(run.pk) not in text
    assert client.get(URL, {"again": run.pk}).status_code == 404
    assert client.post(URL, {"projects": [company.project.pk]}).status_code == 422
    assert client.post(URL, {"do": "save", "profile_name": "x"}).status_code == 403
    assert StaffingRun.objects.count() == 1


def test_the_old_address_leads_to_the_workspace_with_its_projects(
    company: Company, client_for: Any
) -> None:
    client = client_for(company.lead)

    answer = client.get(f"/staffing/propose/?project={company.project.pk}")

    assert answer["Location"] == f"/staffing/?project={company.project.pk}"
    text = page(client.get(answer["Location"]))
    assert (
        f'value="{company.project.pk}" class="form-check-input" id="id_projects_0" checked' in text
    )
