"""Runs for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils.timezone import now
from rest_framework.test import APIClient

from tests.cast import Cast
from tests.probe_app.models import OtherRun, ProbeRun

ApiFor = Callable[..., APIClient]
LIST = "/api/v1/runs/"


@pytest.fixture
def probe(cast: Cast) -> ProbeRun:
    return ProbeRun.objects.create(requested_by=cast.bo, seed=4)


def test_the_list_holds_all_kinds_that_the_user_may_see(
    cast: Cast, api_for: ApiFor, probe: ProbeRun
) -> None:
    OtherRun.objects.create(requested_by=cast.vi)
    mine = api_for(cast.bo).get(LIST).json()
    assert (mine["count"], mine["results"][0]["kind"]) == (1, "probe")
    assert api_for(cast.ada).get(LIST).json()["count"] == 2
    assert api_for(cast.ada).get(LIST, {"kind": "other"}).json()["count"] == 1
    assert api_for(cast.ada).get(LIST, {"status": "running"}).json()["count"] == 0


@pytest.mark.parametrize("query", [{"kind": "nonsense"}, {"status": "nonsense"}])
def test_an_unknown_filter_value_is_refused(
    cast: Cast, api_for: ApiFor, query: dict[str, str]
) -> None:
    response = api_for(cast.bo).get(LIST, query)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"


def test_a_run_can_be_polled(cast: Cast, api_for: ApiFor, probe: ProbeRun) -> None:
    run = api_for(cast.bo).get(f"{LIST}{probe.pk}/").json()
    assert (run["id"], run["status"], run["seed"]) == (str(probe.pk), "queued", 4)
    assert run["requested_by"] == cast.bo.username


@pytest.mark.parametrize("verb", ["", "cancel/", "finish/", "again/", "reproduce/"])
def test_strangers_get_404_and_guests_401(
    cast: Cast, api_for: ApiFor, probe: ProbeRun, verb: str
) -> None:
    for client, status in ((api_for(cast.cy), 404), (APIClient(), 401)):
        call = client.post if verb else client.get
        response = call(f"{LIST}{probe.pk}/{verb}")
        assert response.status_code == status
        assert "error" in response.json()


@pytest.mark.parametrize("verb", ["cancel", "finish", "again", "reproduce"])
def test_a_manager_sees_the_run_of_another_but_may_not_control_it(
    cast: Cast, api_for: ApiFor, probe: ProbeRun, verb: str
) -> None:
    response = api_for(cast.ada).post(f"{LIST}{probe.pk}/{verb}/")
    assert response.status_code == 403


def test_a_token_that_may_only_read_cannot_cancel(
    cast: Cast, api_for: ApiFor, probe: ProbeRun
) -> None:
    client = api_for(cast.bo, scopes=["read"])
    assert client.get(f"{LIST}{probe.pk}/").status_code == 200
    assert client.post(f"{LIST}{probe.pk}/cancel/").status_code == 403
    assert api_for(cast.bo, scopes=["write"]).get(LIST).status_code == 403


def test_cancel_then_again(cast: Cast, api_for: ApiFor, probe: ProbeRun, rung: list[str]) -> None:
    client = api_for(cast.bo)
    assert client.post(f"{LIST}{probe.pk}/finish/").status_code == 409
    assert client.post(f"{LIST}{probe.pk}/cancel/").json()["status"] == "cancelled"
    assert client.post(f"{LIST}{probe.pk}/cancel/").status_code == 409
    response = client.post(f"{LIST}{probe.pk}/again/")
    assert response.status_code == 202
    new = response.json()
    assert response.headers["Location"].endswith(f"{LIST}{new['id']}/")
    assert new["rerun_of"] == str(probe.pk)
    assert client.post(f"{LIST}{probe.pk}/reproduce/").status_code == 409


def test_finish_now_is_noted(cast: Cast, api_for: ApiFor, probe: ProbeRun) -> None:
    ProbeRun.objects.update(status="running", attempt=1, heartbeat_at=now())
    run = api_for(cast.bo).post(f"{LIST}{probe.pk}/finish/").json()
    assert run["finish_requested_at"] is not None
