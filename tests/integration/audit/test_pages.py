"""The audit's pages are for administrators alone."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from teamhub.audit import chain
from teamhub.audit import services as audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(cast):
    audit.record(cast.ada, "project.create", cast.ada, after={"name": "Vision"})
    return audit.record(
        cast.admin, "absence.change", cast.bo, before={"reason": "a"}, after={"reason": "=1+1"}
    )


def test_members_get_403_and_strangers_go_to_the_log_in(cast, client_for, client, event) -> None:
    pages = [reverse("audit:event-list"), reverse("audit:event-detail", args=[event.pk])]
    for page in [*pages, f"{pages[0]}?format=csv"]:
        assert client.get(page).status_code == 302
        for user in cast.everybody():
            expected = 200 if user == cast.admin else 403
            assert client_for(user).get(page).status_code == expected, (user, page)


def test_an_administrator_filters_by_verb_person_object_and_day(cast, client_for, event) -> None:
    page, client = reverse("audit:event-list"), client_for(cast.admin)

    def verbs(**query: str) -> list[str]:
        rows = client.get(page, query).context["listing"].rows
        return [row.verb for row in rows]

    assert verbs(verb="project.create") == ["project.create"]
    assert verbs(by="admin") == ["absence.change"]
    assert verbs(object_type="accounts.user", object_id=str(cast.bo.pk)) == ["absence.change"]
    assert verbs(q="ada") == ["project.create"]
    assert verbs(**{"from": "2100-01-01"}) == []
    assert verbs(to="2000-01-01") == []
    today = event.at.date().isoformat()
    assert len(verbs(**{"from": today, "to": today})) == 2


def test_a_filter_that_makes_no_sense_is_said_and_left_out(cast, client_for, event) -> None:
    answer = client_for(cast.admin).get(reverse("audit:event-list"), {"from": "soon"})
    assert answer.status_code == 200
    assert len(answer.context["listing"].rows) == 2
    assert "was left out" in answer.content.decode()


def test_the_export_holds_every_field_and_no_formula(cast, client_for, event) -> None:
    chain.seal()
    answer = client_for(cast.admin).get(reverse("audit:event-list"), {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    changed = next(row for row in rows if row["verb"] == "absence.change")
    assert changed["after"] == '{"reason": "=1+1"}'
    assert changed["hash"]
    assert changed["sequence"] == "2"


def test_a_page_of_an_event_shows_before_and_after(cast, client_for, event) -> None:
    html = client_for(cast.admin).get(event.get_absolute_url()).content.decode()
    assert "absence.change" in html
    assert "<strong>=1+1</strong>" in html


def test_the_list_takes_the_same_queries_for_one_row_and_for_fifty(
    cast, client_for, event, django_assert_max_num_queries
) -> None:
    for _ in range(50):
        audit.record(cast.ada, "thing.change", cast.bo)
    client = client_for(cast.admin)
    with django_assert_max_num_queries(9):
        assert client.get(reverse("audit:event-list")).status_code == 200


def test_the_list_without_events_says_so(cast, client_for) -> None:
    html = client_for(cast.admin).get(reverse("audit:event-list")).content.decode()
    assert "No event yet" in html
