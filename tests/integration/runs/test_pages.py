"""Who sees and controls which run, on pages and in fragments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from teamhub.accounts.models import User
from tests.cast import Cast
from tests.integration.runs.conftest import MakeUser
from tests.probe_app.models import OtherRun, ProbeIncumbent, ProbeRun

ClientFor = Callable[[User], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def probe(cast: Cast) -> ProbeRun:
    return ProbeRun.objects.create(requested_by=cast.bo, params={"steps": 1})


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/runs/{query}")
    assert response.status_code == 200
    return [str(run.pk) for run in response.context["listing"].rows]


def test_members_see_their_own_runs_managers_all_planners_what_is_open_to_them(
    cast: Cast, client_for: ClientFor, probe: ProbeRun
) -> None:
    other = OtherRun.objects.create(requested_by=cast.vi)
    both = {str(probe.pk), str(other.pk)}
    expected = {
        cast.bo: {str(probe.pk)},
        cast.vi: {str(other.pk)},
        cast.cy: set(),
        cast.plan: {str(other.pk)},
        cast.ada: both,
        cast.admin: both,
    }
    for user, runs in expected.items():
        assert set(listed(client_for(user))) == runs, user


def test_the_list_goes_over_all_kinds_newest_first_and_filters(
    cast: Cast, client_for: ClientFor
) -> None:
    at = now()
    first = ProbeRun.objects.create(requested_by=cast.bo, created_at=at - timedelta(hours=2))
    second = OtherRun.objects.create(
        requested_by=cast.bo, created_at=at - timedelta(hours=1), status="running"
    )
    third = ProbeRun.objects.create(requested_by=cast.bo, created_at=at)
    client = client_for(cast.bo)
    assert listed(client) == [str(run.pk) for run in (third, second, first)]
    assert listed(client, "?kind=other") == [str(second.pk)]
    assert listed(client, "?status=running") == [str(second.pk)]
    assert listed(client, "?size=2&page=2") == [str(first.pk)]
    assert listed(client, "?kind=nonsense") == [str(run.pk) for run in (third, second, first)]


def test_the_list_exports_what_is_seen(cast: Cast, client_for: ClientFor, probe: ProbeRun) -> None:
    OtherRun.objects.create(requested_by=cast.vi)
    response = client_for(cast.bo).get("/runs/?format=csv")
    lines = b"".join(response).decode().splitlines()
    assert len(lines) == 2
    assert ",queued," in lines[1]


def test_a_page_of_runs_costs_a_fixed_number_of_queries(
    cast: Cast, client_for: ClientFor, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(30):
        ProbeRun.objects.create(requested_by=cast.bo)
        OtherRun.objects.create(requested_by=cast.bo)
    client = client_for(cast.bo)
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        client.get("/runs/?size=50")


def test_an_empty_list_says_what_to_do(cast: Cast, client_for: ClientFor) -> None:
    assert "No run that you may see" in client_for(cast.cy).get("/runs/").content.decode()


@pytest.mark.parametrize("place", ["", "status/"])
def test_strangers_get_404_and_guests_the_log_in(
    cast: Cast, client_for: ClientFor, probe: ProbeRun, client: Client, place: str
) -> None:
    address = f"/runs/{probe.pk}/{place}"
    assert client_for(cast.bo).get(address).status_code == 200
    assert client_for(cast.ada).get(address).status_code == 200
    assert client_for(cast.cy).get(address).status_code == 404
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("verb", ["cancel", "finish", "again", "reproduce"])
def test_only_who_may_control_a_run_can_post(
    cast: Cast, client_for: ClientFor, probe: ProbeRun, verb: str
) -> None:
    address = f"/runs/{probe.pk}/{verb}/"
    assert client_for(cast.bo).get(address).status_code == 405
    assert client_for(cast.cy).post(address).status_code == 404
    assert client_for(cast.ada).post(address).status_code == 403  # sees it, may not
    probe.refresh_from_db()
    assert (probe.status, ProbeRun.objects.count()) == ("queued", 1)


def test_the_fragment_polls_while_active_and_stops_by_itself(
    cast: Cast, client_for: ClientFor, probe: ProbeRun
) -> None:
    client = client_for(cast.bo)
    for address in (f"/runs/{probe.pk}/", f"/runs/{probe.pk}/status/"):
        assert b'hx-trigger="every 2s"' in client.get(address).content
    ProbeRun.objects.update(status="succeeded", outcome="proven", finished_at=now())
    for address in (f"/runs/{probe.pk}/", f"/runs/{probe.pk}/status/"):
        assert b"every 2s" not in client.get(address).content


def test_the_last_poll_tells_the_page_that_the_run_has_ended(
    cast: Cast, client_for: ClientFor, probe: ProbeRun
) -> None:
    client, address = client_for(cast.bo), f"/runs/{probe.pk}/status/"
    assert "HX-Trigger-After-Settle" not in client.get(address).headers
    ProbeRun.objects.update(status="succeeded", outcome="proven", finished_at=now())
    assert "run-ended" in client.get(address).headers["HX-Trigger-After-Settle"]


def test_the_curve_of_the_present_attempt_is_shown(
    cast: Cast, client_for: ClientFor, probe: ProbeRun
) -> None:
    ProbeRun.objects.update(status="running", attempt=2)
    for attempt, objective, seconds in ((1, 111, 1), (2, 222, 0.5), (2, 223, 4)):
        ProbeIncumbent.objects.create(
            run=probe, attempt=attempt, step=objective, seconds=seconds, objective=objective
        )
    html = client_for(cast.ada).get(f"/runs/{probe.pk}/status/").content.decode()
    assert "222" in html
    assert "111" not in html
    # Drawn over true time, from near the lowest value.
    assert '"at": [0.5, 4.0]' in html
    assert '"fromZero": false' in html
    # An objective is for those who may see money.
    assert "222" not in client_for(cast.bo).get(f"/runs/{probe.pk}/status/").content.decode()


def test_cancel_by_htmx_brings_the_fragment_and_without_script_the_page(
    cast: Cast, client_for: ClientFor, probe: ProbeRun
) -> None:
    client = client_for(cast.bo)
    response = client.post(f"/runs/{probe.pk}/cancel/", **HTMX)  # type: ignore[arg-type]
    assert response.status_code == 200
    assert f'id="run-status-{probe.pk}"' in response.content.decode()
    probe.refresh_from_db()
    assert probe.status == "cancelled"
    second = ProbeRun.objects.create(requested_by=cast.bo)
    assert client.post(f"/runs/{second.pk}/cancel/").headers["Location"] == f"/runs/{second.pk}/"


def test_cancel_after_the_end_is_refused_with_a_reason(
    cast: Cast, client_for: ClientFor, probe: ProbeRun
) -> None:
    ProbeRun.objects.update(status="failed", finished_at=now(), error_code="bug")
    response = client_for(cast.bo).post(f"/runs/{probe.pk}/cancel/")
    assert response.status_code == 409
    assert "already ended" in response.content.decode()


def test_run_again_leads_to_the_new_run(
    cast: Cast, client_for: ClientFor, probe: ProbeRun, rung: list[str]
) -> None:
    ProbeRun.objects.update(status="failed", finished_at=now(), error_code="bug")
    response = client_for(cast.bo).post(f"/runs/{probe.pk}/again/")
    new = ProbeRun.objects.get(rerun_of=probe)
    assert response.headers["Location"] == f"/runs/{new.pk}/"


def test_buttons_are_shown_to_those_who_may_press_them(
    cast: Cast, client_for: ClientFor, probe: ProbeRun, make_member: MakeUser
) -> None:
    address = f"/runs/{probe.pk}/"
    assert b"/cancel/" in client_for(cast.bo).get(address).content
    assert b"/cancel/" in client_for(cast.admin).get(address).content
    assert b"/cancel/" not in client_for(cast.ada).get(address).content
