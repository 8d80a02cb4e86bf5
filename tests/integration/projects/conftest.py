"""Scenes that several tests of projects begin with."""

from __future__ import annotations

import pytest

from roles.models import Side
from tests.builders import (
    make_department,
    make_person,
    make_project,
    make_role,
    make_site,
    make_skill,
)
from tests.integration.projects.importing import SEATS, read


@pytest.fixture
def company(cast):
    """Department apps, site berlin; roles nlp (build) and ethics (review); two people."""
    make_department("apps")
    make_site("berlin")
    make_role("nlp")
    make_role("ethics", side=Side.REVIEW)
    make_skill("nlp")
    make_skill("python")
    make_person("Li Wei", key="li-wei", email="wei@example.org")
    make_person("Bo Berg", key="bo-berg")
    return cast


@pytest.fixture
def vision(company):
    return make_project("Vision QA", key="vision", phases=True, lead=company.ada)


@pytest.fixture
def slots(vision, company):
    read(
        "seats",
        company.ada,
        SEATS,
        "vision,nlp,,1,,,0.5,,,",
        "vision,nlp,b,1,,,0.5,,,",
        "vision,nlp,,2,,,0.5,,,",
        "vision,ethics,,7,,,0.5,,,",
    )
    return vision
