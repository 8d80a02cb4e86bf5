"""The sealer numbers committed events; the check finds whatever was touched afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import ProtectedError

from teamhub.audit import chain
from teamhub.audit import services as audit
from teamhub.audit.models import AuditEvent, AuditHead
from tests.builders import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

# What somebody with a database console has: Django's manager without our guards.
rows = AuditEvent._base_manager


def write(n: int, **fields: Any) -> list[AuditEvent]:
    by = make_user()
    return [
        audit.record(by, "thing.change", by, before={"n": i}, after={"n": i + 0.5}, **fields)
        for i in range(n)
    ]


def test_events_wait_unsealed_and_get_numbers_without_gaps() -> None:
    events = write(3)
    assert all(not event.is_sealed for event in events)
    assert chain.seal() == 3
    assert chain.seal() == 0
    write(2)
    assert chain.seal() == 2
    assert list(rows.order_by("pk").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert chain.verify().good


def test_more_than_one_batch_is_sealed_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 3)
    write(8)
    assert chain.seal() == 8
    report = chain.verify()
    assert (report.sealed, report.unsealed, report.good) == (8, 0, True)


def test_each_event_names_the_hash_before_it() -> None:
    write(3)
    chain.seal()
    first, second, third = rows.order_by("sequence")
    assert first.previous_hash == chain.GENESIS
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert AuditHead.objects.get().hash == third.hash


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "other"},
        {"by_name": "somebody"},
        {"by": None},
        {"after": {"n": 99}},
        {"before": None},
        {"reason": "x"},
        {"address": "10.9.9.9"},
        {"object_id": "0"},
        {"run_id": "x"},
    ],
)
def test_a_changed_event_is_named_and_no_other(change: dict[str, Any]) -> None:
    write(5)
    chain.seal()
    rows.filter(sequence=3).update(**change)
    findings = chain.verify().findings
    assert len(findings) == 1
    assert findings[0].startswith("Event 3 ")
    assert "was changed" in findings[0]


def test_a_change_with_a_matching_hash_breaks_the_link_to_the_next() -> None:
    write(5)
    chain.seal()
    forged = rows.get(sequence=3)
    forged.verb = "other"
    its_hash = chain.digest(forged, 3, forged.previous_hash)
    rows.filter(sequence=3).update(verb="other", hash=its_hash)
    findings = chain.verify().findings
    assert len(findings) == 1
    assert findings[0].startswith("Event 4 ")
    assert "does not follow" in findings[0]


def test_a_removed_event_is_named() -> None:
    write(5)
    chain.seal()
    rows.filter(sequence=2).delete()
    assert chain.verify().findings == ["Event 2 was removed."]


def test_a_cut_tail_is_found_by_the_head() -> None:
    write(5)
    chain.seal()
    rows.filter(sequence__gt=3).delete()
    assert chain.verify().findings == ["Events 4 to 5 were removed."]


def test_a_cut_tail_stays_found_after_the_sealer_went_on() -> None:
    write(5)
    chain.seal()
    rows.filter(sequence__gt=3).delete()
    write(1)
    chain.seal()
    assert "Events 4 to 5 were removed." in chain.verify().findings


def test_swapped_events_are_both_named() -> None:
    write(4)
    chain.seal()
    second, third = rows.get(sequence=2), rows.get(sequence=3)
    rows.filter(pk=second.pk).update(sequence=99)
    rows.filter(pk=third.pk).update(sequence=2)
    rows.filter(pk=second.pk).update(sequence=3)
    named = " ".join(chain.verify().findings)
    assert "Event 2 " in named
    assert "Event 3 " in named


def test_an_event_put_in_behind_the_head_is_found() -> None:
    write(2)
    chain.seal()
    (extra,) = write(1)
    rows.filter(pk=extra.pk).update(sequence=3, previous_hash="a" * 64, hash="b" * 64)
    assert chain.verify().findings == ["Events up to 3 are numbered, but the head ends at 2."]


def test_without_its_head_the_chain_is_broken_and_the_sealer_refuses() -> None:
    write(2)
    chain.seal()
    AuditHead.objects.all().delete()
    write(1)
    with pytest.raises(chain.ChainBroken):
        chain.seal()
    assert not chain.verify().good


def test_only_a_copy_kept_elsewhere_finds_a_chain_that_was_written_anew() -> None:
    write(3)
    chain.seal()
    kept = AuditHead.objects.get()
    anchor = chain.Anchor(kept.hash, kept.sequence)
    assert chain.verify(anchor).good
    # Somebody with the whole database in hand starts the chain again with other events.
    rows.all().update(sequence=None, previous_hash="", hash="", verb="other")
    AuditHead.objects.all().delete()
    chain.seal()
    assert chain.verify().good
    assert "anchor" in chain.verify(anchor).findings[0]


def test_an_older_anchor_is_still_part_of_a_chain_that_grew() -> None:
    write(3)
    chain.seal()
    kept = AuditHead.objects.get()
    write(3)
    chain.seal()
    assert chain.verify(chain.Anchor(kept.hash)).good
    assert not chain.verify(chain.Anchor(kept.hash, sequence=2)).good


def test_values_come_back_from_the_database_as_they_were_hashed() -> None:
    import datetime as dt
    import uuid
    from decimal import Decimal

    by = make_user()
    odd: dict[Any, Any] = {
        "float": 0.1, "whole": 1.0, "tiny": 1e-7, "huge": 1e22, "big": 2**80,
        "text": "人\\u0000\0'", "decimal": Decimal("1.10"), "day": dt.date(2027, 1, 4),
        "id": uuid.uuid4(), 3: [None],
    }  # fmt: skip
    event = audit.record(by, "x.y", by, after=odd, reason="a\0b")
    assert event.after
    assert event.after["text"] == "人\\u0000'"
    assert event.reason == "ab"
    chain.seal()
    assert chain.verify().good


def test_a_value_that_json_does_not_know_is_a_bug_that_shows() -> None:
    with pytest.raises(ValueError, match="JSON"):
        audit.record(None, "x.y", None, after={"load": float("nan")})


def test_the_address_of_the_request_stands_on_its_events() -> None:
    with audit.coming_from("203.0.113.9"):
        inside = audit.record(None, "x.y", None)
    assert inside.address == "203.0.113.9"
    assert audit.record(None, "x.y", None).address is None


def test_who_did_something_cannot_be_deleted() -> None:
    user = make_user()
    audit.record(user, "x.y", user)
    with pytest.raises(ProtectedError):
        user.delete()


def test_an_event_of_a_transaction_that_failed_is_gone() -> None:
    def fail() -> None:
        with transaction.atomic():
            write(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not rows.exists()


# --- two at once ----------------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[BaseException]:
    """Run the calls in threads of their own and return what they raised."""
    raised: list[BaseException] = []

    def call(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=[one]) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 4)
    write(40)
    sealed: list[int] = []
    assert at_once(*[lambda: sealed.append(chain.seal()) for _ in range(4)]) == []
    assert sum(sealed) == 40
    report = chain.verify()
    assert (report.sealed, report.findings) == (40, [])


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_does_not_break_the_chain() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: no transaction can be open while another commits")
    by = make_user()
    written, go_on = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            audit.record(by, "late.event", by)
            written.set()
            go_on.wait(20)

    thread = threading.Thread(target=lambda: at_once(late))
    thread.start()
    assert written.wait(20)
    audit.record(by, "early.event", by)
    assert chain.seal() == 1
    go_on.set()
    thread.join()
    assert chain.seal() == 1
    in_chain = list(rows.order_by("sequence").values_list("verb", flat=True))
    in_keys = list(rows.order_by("pk").values_list("verb", flat=True))
    assert in_chain == ["early.event", "late.event"]
    assert in_keys == ["late.event", "early.event"]
    assert chain.verify().good


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_together_leave_a_whole_chain() -> None:
    by = make_user()

    def writer() -> None:
        for i in range(10):
            audit.record(by, "thing.change", by, after={"i": i})

    def sealer() -> None:
        for _ in range(5):
            chain.seal()

    assert at_once(writer, sealer, writer, sealer, writer) == []
    chain.seal()
    report = chain.verify()
    assert (report.sealed, report.unsealed, report.findings) == (30, 0, [])


# --- the command ----------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("audit_verify", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_counts_and_the_head() -> None:
    write(2)
    chain.seal()
    write(1)
    head = AuditHead.objects.get()
    printed = run("--anchor", f"2:{head.hash}")
    assert "2 events sealed, 1 wait" in printed
    assert f"Head: 2:{head.hash}" in printed
    assert "whole" in printed


def test_the_command_ends_with_1_and_the_name_of_the_event() -> None:
    write(3)
    chain.seal()
    rows.filter(sequence=2).update(reason="forged")
    with pytest.raises(CommandError, match="Event 2 ") as ended:
        run()
    assert ended.value.returncode == 1


def test_the_command_takes_only_anchors() -> None:
    with pytest.raises(CommandError, match="--anchor is") as ended:
        run("--anchor", "yesterday")
    assert ended.value.returncode == 2


def test_an_empty_audit_is_whole() -> None:
    assert "0 events sealed, 0 wait" in run()
