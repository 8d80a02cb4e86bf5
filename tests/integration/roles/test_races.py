"""The same thing made twice at once: one is there, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connections

from roles.models import Absence, Site
from roles.services import absences, departments
from teamhub.accounts import services as accounts
from teamhub.accounts.models import User
from teamhub.errors import TeamHubError
from tests.builders import make_person
from tests.cast import make_cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


def at_once(job: Callable[[], Any], n: int = 3) -> list[Any]:
    gate, results = threading.Barrier(n), []

    def work() -> None:
        gate.wait()
        try:
            results.append(job())
        except TeamHubError as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_a_double_submit_makes_one_row_and_no_bug(transactional_db: None) -> None:
    cast = make_cast()
    person = make_person()
    jobs: list[tuple[Callable[[], Any], Any]] = [
        (
            lambda: departments.create_site(
                key="oslo", name_en="Oslo", time_zone="Europe/Oslo", by=cast.ada
            ),
            Site.objects.filter(key="oslo"),
        ),
        (
            lambda: absences.add_absence(
                person=person, first_on=date(2027, 1, 4), last_on=date(2027, 1, 5), by=cast.ada
            ),
            Absence.objects.all(),
        ),
        (
            lambda: accounts.invite(
                email="wei@example.org", full_name="Wei", groups=["engineer"], by=cast.admin
            ),
            User.objects.filter(email="wei@example.org"),
        ),
    ]
    for job, rows in jobs:
        results = at_once(job)
        assert len(results) == 3  # a thread that died of a bug would leave less
        assert rows.count() == 1
