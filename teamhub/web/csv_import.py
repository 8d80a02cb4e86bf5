"""Import of a CSV file: parse, preview, and write all of it or nothing.

An app subclasses `CsvImporter`, names its columns and says in `plan` what each row does:

    class DepartmentImporter(CsvImporter):
        kind, title = "departments", _("Departments")
        columns = (
            Column("key", required=True, example="cv"),
            Column("name", required=True, example="Computer vision"),
        )
        unique = (("key",),)

        def permit(self) -> None:
            require(is_administrator(self.by), _("Only administrators import departments."))

        def plan(self, rows: list[Row]) -> Iterator[Planned]:
            known = Department.objects.in_bulk(field_name="key")
            for row in rows:
                department = known.get(row["key"]) or Department(key=row["key"])
                yield self.upsert(row, department, {"name_en": row["name"]}, label=row["name"])
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from teamhub.audit import services as audit
from teamhub.errors import TeamHubError
from teamhub.web.csv_reading import MAX_ERRORS, Column, Row, RowError, Sheet, read_sheet
from teamhub.web.exports import csv_response

__all__ = ["Column", "CsvImporter", "ImportResult", "Planned", "Row", "RowError"]

Action = Literal["create", "update", "unchanged"]
PREVIEW_ROWS = 100


@dataclass
class Planned:
    """What one row will do. `save` writes it and is not called for unchanged rows."""

    line: int
    action: Action
    label: str
    save: Callable[[], object] | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)  # column: (before, after)


@dataclass
class ImportResult:
    """What an import did, or (with `committed` false) what it would do or why it cannot."""

    kind: str
    filename: str = ""
    sha256: str = ""
    encoding: str = ""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    committed: bool = False
    errors: list[RowError] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)  # what is made beside the rows, in words
    preview: list[Planned] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def hidden(self) -> int:
        """Rows that the preview leaves out."""
        return max(0, self.created + self.updated + self.unchanged - len(self.preview))

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": [error.as_json() for error in self.errors],
            "beside": self.beside,
        }


class CsvImporter:
    """One kind of file. Subclasses give the columns and `plan`; `permit` says who may."""

    do_not_call_in_templates = True  # pages list the classes

    kind: ClassVar[str]
    title: ClassVar[str | Promise]
    columns: ClassVar[tuple[Column, ...]]
    unique: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # Columns of the export that the import does not read.
    ignored: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, by: Any) -> None:
        self.by = by
        self._errors: list[RowError] = []
        self._beside: list[str] = []
        self._present: frozenset[str] = frozenset()

    # --- for subclasses

    def permit(self) -> None:
        """Raise NotAllowed if `self.by` may not import this kind."""

    def plan(self, rows: list[Row]) -> Iterable[Planned]:
        """Match the rows with the database; report what does not fit by `self.error`."""
        raise NotImplementedError

    def finish(self, planned: list[Planned]) -> None:
        """Check or write what needs all rows; called in the transaction after the last row."""

    def error(self, row: Row | Planned | int, column: str, message: str | Promise) -> None:
        line = row if isinstance(row, int) else row.line
        self._errors.append(RowError(line, column, str(message)))

    def makes(self, what: str) -> None:
        """Tell of a row that is made beside those of the file, such as a site that a cell names."""
        self._beside.append(what)

    def has(self, column: str) -> bool:
        """Whether the file has this column: a column left out leaves the value as it is."""
        return column in self._present

    def upsert(
        self,
        row: Row,
        instance: models.Model,
        values: Mapping[str, Any],
        *,
        label: str,
        save: Callable[[], object] | None = None,
    ) -> Planned:
        """Plan to give `instance` these values: create, update, or unchanged if it has them.

        `save` replaces the default, which checks the instance and saves it.
        """
        new = instance._state.adding
        changes = {}
        for name, after in values.items():
            before = None if new else getattr(instance, name)
            if new or before != after:
                changes[name] = (before, after)
                setattr(instance, name, after)
        action: Action = "create" if new else "update" if changes else "unchanged"
        return Planned(row.line, action, label, save or _saver(instance), changes)

    # --- for callers

    def preview(self, data: bytes, filename: str = "") -> ImportResult:
        """Do everything, then undo it: what this says is what `commit` will meet."""
        return self.run(data, filename, dry_run=True)

    def commit(self, data: bytes, filename: str = "") -> ImportResult:
        """Write all rows or none; the result lists why not."""
        return self.run(data, filename, dry_run=False)

    def run(self, data: bytes, filename: str = "", *, dry_run: bool) -> ImportResult:
        self.permit()
        self._errors, self._beside = [], []
        sheet = read_sheet(
            data,
            self.columns,
            max_bytes=settings.IMPORT_MAX_BYTES,
            max_rows=settings.IMPORT_MAX_ROWS,
            ignored=self.ignored,
            unique=self.unique,
        )
        self._present = sheet.present
        result = ImportResult(
            kind=self.kind,
            filename=filename,
            sha256=hashlib.sha256(data).hexdigest(),
            encoding=sheet.encoding,
            rows=sheet.n_lines,
        )
        planned = self._apply(sheet, result, dry_run)
        unread = {(error.row, error.column) for error in sheet.errors}
        # What is said of a cell that could not be read only follows from its stand-in.
        others = [error for error in self._errors if (error.row, error.column) not in unread]
        found = sorted({*sheet.errors, *others}, key=lambda error: (error.row, error.column))
        result.errors = found[:MAX_ERRORS]
        refused = {error.row for error in found}
        for row in planned:
            match row.action:
                case _ if row.line in refused:
                    pass
                case "create":
                    result.created += 1
                case "update":
                    result.updated += 1
                case _:
                    result.unchanged += 1
        result.preview = planned[:PREVIEW_ROWS]
        result.beside = self._beside
        result.committed = result.ok and not dry_run
        return result

    def _apply(self, sheet: Sheet, result: ImportResult, dry_run: bool) -> list[Planned]:
        planned: list[Planned] = []
        with transaction.atomic():
            planned = list(self.plan(sheet.rows))
            # Rows that could not be read would only add errors that follow from theirs.
            if not sheet.errors and not self._errors:
                self._save(planned)
            if not sheet.errors and not self._errors:
                self._record(planned, result)
            if dry_run or sheet.errors or self._errors:
                transaction.set_rollback(True)
        return planned

    def _save(self, planned: list[Planned]) -> None:
        for row in planned:
            if row.save is None or row.action == "unchanged":
                continue
            try:
                with transaction.atomic():
                    row.save()
            except ValidationError as error:
                for column, messages in _by_column(error).items():
                    self.error(row, column, " ".join(messages))
            except TeamHubError as error:
                self.error(row, "", str(error))
            except IntegrityError as error:
                self.error(
                    row,
                    "",
                    _("The database refuses the row: %(error)s") % {"error": error},
                )
            if len(self._errors) >= MAX_ERRORS:
                return
        if not self._errors:
            self.finish(planned)

    def _record(self, planned: list[Planned], result: ImportResult) -> None:
        facts = {
            "kind": self.kind,
            "file": result.filename,
            "sha256": result.sha256,
            "rows": result.rows,
            "created": sum(row.action == "create" for row in planned),
            "updated": sum(row.action == "update" for row in planned),
        }
        audit.record(self.by, "import.commit", self.by, after=facts)

    @classmethod
    def template(cls) -> StreamingHttpResponse:
        """A file with the header and one example row."""
        return csv_response(
            f"teamhub-{cls.kind}.csv",
            [column.name for column in cls.columns],
            [[column.example for column in cls.columns]],
        )


def _saver(instance: models.Model) -> Callable[[], object]:
    def save() -> None:
        instance.full_clean()
        instance.save()

    return save


def _by_column(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {("" if k == "__all__" else k): v for k, v in error.message_dict.items()}
    return {"": error.messages}
