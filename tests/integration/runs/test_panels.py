"""The home page says what is being computed and what failed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from projects.models import StaffingRun
from tests.builders import make_project


def test_running_and_failed_runs_show_to_those_who_may_see_them(cast: Any, client_for: Any) -> None:
    StaffingRun.objects.create(requested_by=cast.ada, status="running", stage="Improving the plan")
    StaffingRun.objects.create(
        requested_by=cast.ada,
        status="failed",
        finished_at=timezone.now(),
        error_message="Nothing to staff.",
    )

    seen = client_for(cast.ada).get("/").content.decode()
    hidden = client_for(cast.bo).get("/").content.decode()

    assert "Improving the plan" in seen
    assert "Nothing to staff." in seen
    assert "Running computations" not in hidden


def test_a_proposal_is_found_by_the_names_of_its_projects(
    cast: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    projects = [make_project(name=f"Reranker {letter}") for letter in "ABCDE"]
    for scope in (projects, projects[:1], projects[:2]):
        StaffingRun.objects.create(requested_by=cast.ada).projects.set(scope)
    client = client_for(cast.ada)

    with django_assert_max_num_queries(15):
        page = client.get("/runs/").content.decode()
    assert "Reranker A, Reranker B, Reranker C and 2 more" in page

    found = client.get("/api/v1/runs/").json()["results"]
    assert {run["subject"] for run in found} >= {"Reranker A", "Reranker A, Reranker B"}

    lines = b"".join(client.get("/runs/?about=reranker%20b&format=csv")).decode().splitlines()
    assert len(lines) == 1 + 2
    assert "Reranker" not in b"".join(client.get("/runs/?about=nobody&format=csv")).decode()
