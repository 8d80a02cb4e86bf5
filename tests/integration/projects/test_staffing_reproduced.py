"""A proposal that is computed once more from its stored input comes out the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from projects import tasks
from projects.services import staffing
from teamhub.runs import selectors
from teamhub.runs import services as runs
from tests.integration.projects.staffing_scene import Company

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_a_reproduced_proposal_is_the_same_whatever_time_its_solver_took(
    cast: Any, settings: Any, tmp_path: Path
) -> None:
    settings.RUN_DIR, settings.RUN_INPUT_DIR = tmp_path / "runs", tmp_path / "inputs"
    company = Company(lead=cast.ada)
    company.make_slot()
    company.make_person("Ana")
    first = staffing.propose_team(projects=[company.project], by=cast.ada, seconds=5)
    tasks.propose_team(str(first.pk))
    first.refresh_from_db()

    again = runs.reproduce(first, by=cast.ada)
    tasks.propose_team(str(again.pk))
    again.refresh_from_db()

    compared = selectors.comparison(again)
    assert compared is not None
    assert compared.same
