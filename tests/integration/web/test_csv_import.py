"""The import frame: preview writes nothing, commit writes all or nothing."""

import hashlib
from collections.abc import Iterator

import pytest
from django.db import IntegrityError
from django.utils.translation import gettext as _

from teamhub.accounts.models import User
from teamhub.accounts.permissions import is_manager, require
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, NotAllowed
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, CsvImporter, Planned, Row
from teamhub.web.exports import csv_lines
from tests.cast import Cast

pytestmark = pytest.mark.both_databases


class UserImporter(CsvImporter):
    kind = "users"
    title = "Users"
    columns = (
        Column("username", required=True, example="wei"),
        Column("first_name", example="Wei"),
        Column("email", parse=csv_values.email, default=""),
    )
    unique = (("username",),)

    def permit(self) -> None:
        require(is_manager(self.by), _("Only managers import."))

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        known = {user.username: user for user in User.objects.all()}
        for row in rows:
            user = known.get(row["username"]) or User(username=row["username"], password="!")
            values = {name: row.get(name, "") for name in ("first_name", "email") if self.has(name)}
            yield self.upsert(row, user, values, label=row["username"])


GOOD = b"username,first_name\nwei,Wei\nbo,Bo\n"


def test_the_preview_counts_and_writes_nothing(cast: Cast) -> None:
    result = UserImporter(by=cast.ada).preview(GOOD)

    assert (result.rows, result.created, result.updated, result.committed) == (2, 1, 1, False)
    assert not User.objects.filter(username="wei").exists()
    assert not AuditEvent.objects.filter(verb="import.commit").exists()


def test_the_commit_writes_what_the_preview_said(cast: Cast) -> None:
    result = UserImporter(by=cast.ada).commit(GOOD, "people.csv")

    assert (result.created, result.updated, result.committed) == (1, 1, True)
    assert User.objects.get(username="wei").first_name == "Wei"


def test_one_event_keeps_the_digest_of_the_file(cast: Cast) -> None:
    UserImporter(by=cast.ada).commit(GOOD, "people.csv")

    event = AuditEvent.objects.get(verb="import.commit")
    assert event.by == cast.ada
    assert event.after is not None
    assert event.after["sha256"] == hashlib.sha256(GOOD).hexdigest()
    assert event.after["file"] == "people.csv"


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    UserImporter(by=cast.ada).commit(GOOD)
    result = UserImporter(by=cast.ada).commit(GOOD)

    assert (result.created, result.updated, result.unchanged) == (0, 0, 2)


def test_one_bad_row_keeps_all_rows_out(cast: Cast) -> None:
    bad = b"username,first_name,email\nwei,Wei,wei@x.example\nli,Li,nobody\n"
    result = UserImporter(by=cast.ada).commit(bad)

    assert [(error.row, error.column) for error in result.errors] == [(3, "email")]
    assert not User.objects.filter(username__in=["wei", "li"]).exists()
    # The bad row is an error and nothing else.
    assert (result.rows, result.created, result.updated, result.unchanged) == (2, 1, 0, 0)


def test_the_rules_of_the_model_name_row_and_column(cast: Cast) -> None:
    bad = b"username,first_name\nwei,Wei\nno space allowed,Li\n"
    result = UserImporter(by=cast.ada).commit(bad)

    assert [(error.row, error.column) for error in result.errors] == [(3, "username")]
    assert not User.objects.filter(username="wei").exists()


def test_the_preview_meets_the_rules_of_the_model_as_well(cast: Cast) -> None:
    result = UserImporter(by=cast.ada).preview(b"username\nno space allowed\n")

    assert [error.column for error in result.errors] == ["username"]


def test_who_may_not_import_is_refused_before_the_file_is_read(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="Only managers"):
        UserImporter(by=cast.bo).preview(GOOD)


def test_a_column_that_is_left_out_leaves_the_values(cast: Cast) -> None:
    cast.bo.email = "bo@x.example"
    cast.bo.save()
    UserImporter(by=cast.ada).commit(b"username,first_name\nbo,Bo\n")

    cast.bo.refresh_from_db()
    assert (cast.bo.first_name, cast.bo.email) == ("Bo", "bo@x.example")


def test_what_was_exported_imports_again_unchanged(cast: Cast) -> None:
    cast.bo.first_name = "=SUM(A1)"
    cast.bo.save()
    rows = [[user.username, user.first_name, user.email] for user in cast.everybody()]
    text = "".join(csv_lines(["username", "first_name", "email"], rows))

    result = UserImporter(by=cast.ada).commit(text.encode())

    assert (result.errors, result.unchanged) == ([], len(rows))


class Refusing(UserImporter):
    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        def clash() -> None:
            raise Conflict("Wei is on leave.")

        def broken() -> None:
            raise IntegrityError("duplicate key")

        yield Planned(rows[0].line, "create", "wei", clash)
        yield Planned(rows[1].line, "create", "bo", broken)


def test_refusals_of_services_and_of_the_database_become_row_errors(cast: Cast) -> None:
    result = Refusing(by=cast.ada).commit(GOOD)

    assert [error.row for error in result.errors] == [2, 3]
    assert "on leave" in result.errors[0].message
    assert "duplicate key" in result.errors[1].message


class Checking(UserImporter):
    def finish(self, planned: list[Planned]) -> None:
        self.error(planned[-1], "", "Not all together.")


def test_a_check_over_all_rows_can_still_refuse(cast: Cast) -> None:
    result = Checking(by=cast.ada).commit(GOOD)

    assert [error.row for error in result.errors] == [3]
    assert not User.objects.filter(username="wei").exists()


def test_the_template_file_can_be_imported(cast: Cast) -> None:
    text = b"".join(UserImporter.template().streaming_content)  # type: ignore[arg-type]

    assert UserImporter(by=cast.ada).preview(text).errors == []
