"""What the check says after somebody wrote to the database by hand, in SQL past the product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection

from teamhub.audit import chain
from teamhub.audit import services as audit
from teamhub.audit.models import AuditEvent
from tests.builders import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EVENTS = "audit_auditevent"
HEAD = "audit_audithead"
N_EVENTS = 6
Sql = Callable[..., int]


@pytest.fixture
def sealed() -> list[AuditEvent]:
    """Six sealed events, in the order of the chain."""
    by = make_user("ada")
    for number in range(1, N_EVENTS + 1):
        audit.record(by, "test.step", by, after={"step": number}, reason=f"reason {number}")
    chain.seal()
    return list(AuditEvent.objects.order_by("sequence"))


@pytest.fixture
def sql() -> Sql:
    """Run one statement as somebody with the database's password would."""

    def run(statement: str, values: Sequence[Any] = ()) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.rowcount

    return run


@pytest.mark.parametrize(
    "change",
    [
        "at = '2020-01-01 00:00:00+00:00'",
        "by_id = NULL",
        "by_name = 'bo'",
        "address = '192.0.2.1'",
        "verb = 'other.verb'",
        "object_type = 'roles.person'",
        "object_id = '999'",
        "object_text = 'somebody else'",
        "before = '{}'",
        "after = NULL",
        "after = '{\"step\": 33}'",
        "reason = ''",
        "run_id = 'c0ffee'",
    ],
)
def test_no_column_can_be_changed_unseen(change: str, sealed: list[AuditEvent], sql: Sql) -> None:
    third = sealed[2]
    assert sql(f"UPDATE {EVENTS} SET {change} WHERE id = %s", [third.pk]) == 1  # noqa: S608

    (finding,) = chain.verify().findings

    assert finding.startswith(f"Event 3 (id {third.pk},")


def test_every_column_of_an_event_was_attacked_above() -> None:
    """A column that a later change adds must be part of the hash, or of this list."""
    attacked = {"at", "by", "by_name", "address", "verb", "object_type", "object_id"}
    attacked |= {"object_text", "before", "after", "reason", "run_id"}
    given_by_the_sealer = {"id", "sequence", "previous_hash", "hash"}

    names = {field.name for field in AuditEvent._meta.get_fields()}

    assert names == attacked | given_by_the_sealer


def test_new_numbers_do_not_hide_a_removed_event(sealed: list[AuditEvent], sql: Sql) -> None:
    sql(f"DELETE FROM {EVENTS} WHERE sequence = 3")  # noqa: S608
    for place in (4, 5, 6):
        sql(f"UPDATE {EVENTS} SET sequence = %s WHERE sequence = %s", [place - 1, place])  # noqa: S608

    findings = " ".join(chain.verify().findings)

    assert "Event 3 (" in findings
    assert "Event 6 was removed." in findings


def test_all_events_removed_are_counted(sealed: list[AuditEvent], sql: Sql) -> None:
    sql(f"DELETE FROM {EVENTS}")  # noqa: S608

    assert chain.verify().findings == ["Events 1 to 6 were removed."]


def test_an_event_taken_out_to_be_sealed_anew_is_missed_at_its_place(
    sealed: list[AuditEvent], sql: Sql
) -> None:
    sql(
        f"UPDATE {EVENTS} SET sequence = NULL, hash = '', previous_hash = '', "  # noqa: S608
        "reason = 'forged' WHERE sequence = 3"
    )
    chain.seal()

    assert "Event 3 was removed." in chain.verify().findings


@pytest.mark.parametrize(
    "attack",
    [
        f"UPDATE {HEAD} SET sequence = 5",  # noqa: S608
        f"UPDATE {HEAD} SET sequence = 7",  # noqa: S608
        f"UPDATE {HEAD} SET hash = '{'a' * 64}'",  # noqa: S608
        f"DELETE FROM {HEAD}",  # noqa: S608
    ],
)
def test_a_touched_head_is_found(attack: str, sealed: list[AuditEvent], sql: Sql) -> None:
    assert sql(attack) == 1

    assert not chain.verify().good


def test_a_chain_cut_together_with_its_head_is_found_by_a_kept_anchor(
    sealed: list[AuditEvent], sql: Sql
) -> None:
    anchor = chain.Anchor(sealed[-1].hash, N_EVENTS)
    sql(f"DELETE FROM {EVENTS} WHERE sequence > 4")  # noqa: S608
    sql(f"UPDATE {HEAD} SET sequence = 4, hash = %s", [sealed[3].hash])  # noqa: S608

    assert chain.verify().good
    assert not chain.verify(anchor).good
