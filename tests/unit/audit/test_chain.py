"""The hash covers everything that an event says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from teamhub.audit import chain
from teamhub.audit.models import AuditEvent, EventsStay
from teamhub.audit.selectors import changes

AT = dt.datetime(2027, 1, 4, 9, 30, 15, 123456, tzinfo=dt.UTC)


def event(**fields: Any) -> AuditEvent:
    filled = {
        "id": 7, "at": AT, "by_id": 3, "by_name": "ada", "address": "10.0.0.1",
        "verb": "person.change", "object_type": "roles.person", "object_id": "5",
        "object_text": "Wei", "before": {"a": 1}, "after": {"a": 2}, "reason": "why",
        "run_id": "r",
    }  # fmt: skip
    return AuditEvent(**filled | fields)


@pytest.mark.parametrize(
    "other",
    [
        {"id": 8}, {"at": AT + dt.timedelta(microseconds=1)}, {"by_id": 4}, {"by_id": None},
        {"by_name": "bo"}, {"address": None}, {"verb": "person.create"},
        {"object_type": "roles.site"}, {"object_id": "6"}, {"object_text": "wei"},
        {"before": None}, {"after": {"a": 2, "b": None}}, {"reason": ""}, {"run_id": ""},
    ],
)  # fmt: skip
def test_any_other_field_gives_another_hash(other: dict[str, Any]) -> None:
    assert chain.digest(event(**other), 1, chain.GENESIS) != chain.digest(event(), 1, chain.GENESIS)


def test_another_place_gives_another_hash() -> None:
    here = chain.digest(event(), 1, chain.GENESIS)
    assert chain.digest(event(), 2, chain.GENESIS) != here
    assert chain.digest(event(), 1, "f" * 64) != here


def test_the_order_of_keys_and_the_zone_of_the_clock_do_not_matter() -> None:
    east = AT.astimezone(dt.timezone(dt.timedelta(hours=8)))
    one = event(after={"a": 1, "b": 2})
    two = event(after={"b": 2, "a": 1}, at=east)
    assert chain.digest(one, 1, chain.GENESIS) == chain.digest(two, 1, chain.GENESIS)


def test_every_field_of_the_model_is_in_the_hash() -> None:
    covered = {
        "id", "at", "by", "by_name", "address", "verb", "object_type", "object_id", "object_text",
        "before", "after", "reason", "run_id", "sequence",
    }  # fmt: skip
    # The hash itself, and the one before it, which is hashed under the name "previous".
    own = {"hash", "previous_hash"}
    assert {field.name for field in AuditEvent._meta.fields} == covered | own


def test_code_cannot_change_or_remove_events() -> None:
    stored = event()
    stored._state.adding = False
    for attempt in (
        stored.save,
        stored.delete,
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditEvent.objects.filter(pk=1).update(verb="x"),
        lambda: AuditEvent.objects.bulk_update([stored], ["verb"]),
        lambda: AuditEvent.objects.bulk_create([stored], update_conflicts=True),
    ):
        with pytest.raises(EventsStay):
            attempt()


def test_what_changed_comes_first() -> None:
    rows = changes(event(before={"a": 1, "b": [1]}, after={"a": 1, "b": [2], "c": "x"}))
    assert [(row.field, row.before, row.after, row.differs) for row in rows] == [
        ("b", "[1]", "[2]", True),
        ("c", "", "x", True),
        ("a", "1", "1", False),
    ]
