"""From the bytes of a CSV file to rows of values, with every error named by line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from teamhub.web import csv_values
from teamhub.web.exports import unprefix

_TEXT = csv_values.text()
MAX_ERRORS = 200  # a person reads no more; the rest shows after the first are fixed


@dataclass(frozen=True)
class Column:
    """One column of the file.

    A required column must be in the header and filled in every row; a blank cell of another one
    becomes `default`.
    """

    name: str
    parse: csv_values.Parser = _TEXT
    required: bool = False
    help: str | Promise = ""
    example: str = ""
    default: Any = None


@dataclass(frozen=True)
class RowError:
    """What is wrong in a line of the file (1 is the header); no column: the whole line."""

    row: int
    column: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": self.message}


@dataclass
class Row:
    """The values of one line, by column name.

    In a line with errors the cells that could not be read hold the defaults of their columns: the
    others can still be checked, so that a person sees all errors at once.
    """

    line: int
    values: dict[str, Any]
    unread: frozenset[str] = frozenset()

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def get(self, column: str, default: Any = None) -> Any:
        value = self.values.get(column)
        return default if value is None else value


@dataclass
class Sheet:
    """What was read of a file."""

    rows: list[Row] = field(default_factory=list)  # those whose required cells could be read
    errors: list[RowError] = field(default_factory=list)
    n_lines: int = 0  # lines with data, readable or not
    encoding: str = ""
    present: frozenset[str] = frozenset()  # columns that the header names


class _Unreadable(Exception):
    def __init__(self, row: int, column: str, message: str) -> None:
        super().__init__(message)
        self.error = RowError(row, column, message)


def read_sheet(
    data: bytes,
    columns: Sequence[Column],
    *,
    max_bytes: int,
    max_rows: int | None = None,
    ignored: Sequence[str] = (),
    unique: Sequence[tuple[str, ...]] = (),
) -> Sheet:
    """Read all lines; never raises for what is in the file, but lists it in `errors`.

    `ignored` columns may be in the file and are skipped. No two lines may agree in all columns of
    an entry of `unique`.
    """
    sheet = Sheet()
    try:
        _read_lines(sheet, data, columns, (max_bytes, max_rows), ignored)
    except _Unreadable as stop:
        sheet.errors.append(stop.error)
    for key in unique:
        _find_doubles(sheet, key)
    return sheet


def _read_lines(
    sheet: Sheet,
    data: bytes,
    columns: Sequence[Column],
    limits: tuple[int, int | None],
    ignored: Sequence[str],
) -> None:
    max_bytes, max_rows = limits
    text, sheet.encoding = _decode(data, max_bytes)
    lines = _records(text, columns)
    header = _header(next(lines, None), columns, ignored)
    sheet.present = frozenset(name for name in header if name)
    for line, cells in lines:
        sheet.n_lines += 1
        if max_rows is not None and sheet.n_lines > max_rows:
            sheet.rows.clear()
            words = {"limit": max_rows}
            raise _Unreadable(
                line, "", _("More than %(limit)d lines. Split the file into parts.") % words
            )
        row = _row(line, cells, header, columns, sheet.errors)
        if row is not None:
            sheet.rows.append(row)
        if len(sheet.errors) >= MAX_ERRORS:
            raise _Unreadable(line, "", _("Too many errors; the rest was not read."))
    if not sheet.n_lines:
        raise _Unreadable(
            1, "", _("The file has a header but no rows. Add at least one line below it.")
        )


def _decode(data: bytes, max_bytes: int) -> tuple[str, str]:
    if len(data) > max_bytes:
        raise _Unreadable(
            1,
            "",
            _("The file has %(size)d bytes; at most %(limit)d are read. Split it into parts.")
            % {"size": len(data), "limit": max_bytes},
        )
    if not data.strip():
        raise _Unreadable(1, "", _("The file is empty. Download the template to see the columns."))
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise _Unreadable(
            1,
            "",
            _("This is a workbook, not a CSV file. Save it as “CSV UTF-8” and try again."),
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _Unreadable(1, "", _("The file is in UTF-16. Save it as “CSV UTF-8” and try again."))
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise _Unreadable(line, "", _("The line holds a zero byte; this is not a text file."))
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        return data.decode("gb18030"), "GB18030"
    except UnicodeDecodeError:
        message = _("The line is neither UTF-8 nor GB18030. Save the file as “CSV UTF-8”.")
        raise _Unreadable(line, "", message) from None


def _records(text: str, columns: Sequence[Column]) -> Iterator[tuple[int, list[str]]]:
    """Yield (line on which the record starts, cells); blank lines are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, columns))
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [unprefix(cell.strip()).strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        message = _("The line cannot be read (%(error)s). Is a quote missing?") % {"error": error}
        raise _Unreadable(line, "", message) from None


def _delimiter(text: str, columns: Sequence[Column]) -> str:
    """Take the separator that finds the most of our columns in the first line with text."""
    first = text.lstrip().split("\n", 1)[0]
    known = {column.name for column in columns}
    return max(
        ",;\t",
        key=lambda mark: len({_plain(cell) for cell in first.split(mark)} & known),
    )


def _plain(name: str) -> str:
    return unprefix(name.strip().strip('"')).strip().casefold().replace(" ", "_").replace("-", "_")


def _header(
    first: tuple[int, list[str]] | None,
    columns: Sequence[Column],
    ignored: Sequence[str],
) -> list[str]:
    """Column names by position; an empty name is skipped."""
    if first is None:
        raise _Unreadable(1, "", _("The file is empty. Download the template to see the columns."))
    line, cells = first
    names = [_plain(cell) for cell in cells]
    known = {column.name for column in columns}
    for name in names:
        if name and names.count(name) > 1:
            raise _Unreadable(
                line, name, _("The column “%(name)s” is there twice.") % {"name": name}
            )
        if name and name not in known and name not in ignored:
            raise _Unreadable(line, name, _unknown(name, columns))
    missing = [column.name for column in columns if column.required and column.name not in names]
    if missing:
        message = _("The header lacks: %(names)s. The first line must name the columns.")
        raise _Unreadable(line, missing[0], message % {"names": ", ".join(missing)})
    return [name if name in known else "" for name in names]


def _unknown(name: str, columns: Sequence[Column]) -> str:
    names = [column.name for column in columns]
    near = get_close_matches(name, names, n=1)
    if near:
        return _("There is no column “%(name)s”. Is it “%(near)s”?") % {
            "name": name,
            "near": near[0],
        }
    return _("There is no column “%(name)s”. Columns: %(names)s.") % {
        "name": name,
        "names": ", ".join(names),
    }


def _row(
    line: int,
    cells: list[str],
    header: list[str],
    columns: Sequence[Column],
    errors: list[RowError],
) -> Row | None:
    if len(cells) > len(header) and any(cells[len(header) :]):
        message = _("The line has %(cells)d cells, the header %(header)d. Is a quote missing?")
        errors.append(RowError(line, "", message % {"cells": len(cells), "header": len(header)}))
        return None
    raw = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    values: dict[str, Any] = {}
    unread: set[str] = set()
    for column in columns:
        cell = raw.get(column.name, "")
        if not cell and column.required:
            errors.append(RowError(line, column.name, _("This cell must not be blank.")))
            unread.add(column.name)
            continue
        try:
            values[column.name] = column.parse(cell) if cell else column.default
        except ValueError as error:
            errors.append(RowError(line, column.name, str(error)))
            unread.add(column.name)
            values[column.name] = column.default
    if any(column.required for column in columns if column.name in unread):
        return None  # without them nobody knows what the line is about
    return Row(line, values, frozenset(unread))


def _find_doubles(sheet: Sheet, key: tuple[str, ...]) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row in sheet.rows:
        if row.unread.intersection(key):
            continue
        value = tuple(
            part.casefold() if isinstance(part, str) else part for part in map(row.get, key)
        )
        if value in seen:
            message = _("The same as line %(line)d. Keep one of the two.") % {"line": seen[value]}
            sheet.errors.append(RowError(row.line, key[-1], message))
        seen.setdefault(value, row.line)
