"""A field that a call does not know is refused, and nothing is done: a wish must not be lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from projects.models import Assignment, StaffingRun
from tests import builders
from tests.integration.projects.staffing_scene import Company

pytestmark = pytest.mark.django_db
API = "/api/v1/projects"


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


@pytest.fixture
def api(cast: Any, api_for: Callable[..., APIClient]) -> APIClient:
    return api_for(cast.ada)


def told(answer: Any, field: str) -> str:
    assert answer.status_code == 400, answer.content
    (message,) = answer.json()["error"]["details"]["fields"][field]
    return str(message)


def test_a_misspelt_wish_queues_nothing_and_names_the_right_one(
    company: Company, api: APIClient
) -> None:
    project = company.make_project("vision")
    body = {"projects": [project.key], "seconds": 1, "must_fil": [1]}

    message = told(api.post(f"{API}/staffing-runs/", body, format="json"), "must_fil")

    assert message == "There is no such field. Did you mean “must_fill”?"
    assert not StaffingRun.objects.exists()


def test_a_field_like_none_is_told_with_all_there_are(company: Company, api: APIClient) -> None:
    answer = api.post(f"{API}/staffing-runs/", {"zzz": 1}, format="json")
    assert "pins, exclusions, apart, must_fill" in told(answer, "zzz")


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"fte_shar": 0.5}, "fte_shar", "There is no such field. Did you mean “fte_share”?"),
        ({"slot": 2**40}, "slot", "An assignment stays in its slot."),
    ],
)
def test_a_change_that_would_not_happen_is_refused(
    company: Company, api: APIClient, body: dict[str, Any], field: str, message: str
) -> None:
    project = company.make_project("vision")
    slot = company.make_slot("one", phase=project.phases.get())
    held = builders.make_assignment(slot, company.make_person("Ana"))
    before = Assignment.objects.values().get(pk=held.pk)
    address, headers = f"{API}/assignments/{held.pk}/", {"If-Match": '"1"'}

    answer = api.patch(address, body | {"locked": True}, format="json", headers=headers)

    assert told(answer, field).startswith(message)
    assert Assignment.objects.values().get(pk=held.pk) == before
    # The whole row, as it was read, is no mistake.
    whole = {"slot": slot.pk, "locked": True}
    assert api.patch(address, whole, format="json", headers=headers).status_code == 200


def test_a_thousand_unknown_fields_do_not_make_a_long_answer(
    company: Company, api: APIClient
) -> None:
    answer = api.post(f"{API}/staffing-runs/", {f"x{n}": n for n in range(1000)}, format="json")
    assert len(answer.json()["error"]["details"]["fields"]) == 10
