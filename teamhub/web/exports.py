"""Streamed CSV that spreadsheets open safely and that the importers read back unchanged."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

# A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV injection"). Quotes before it
# are matched as well, so that protect and unprefix undo each other for every text.
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_BOM = "\ufeff"  # Excel reads UTF-8 only with it


def cell(value: Any) -> str:
    """Write one value as the importers read it: ISO dates, plain numbers, true or false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return protect("; ".join(str(part) for part in value))
    return protect(str(value))


def protect(text: str) -> str:
    """Put a quote before a text that a spreadsheet would run; numbers stay as they are."""
    if _RISKY.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unprefix(text: str) -> str:
    """Undo `protect`."""
    return text[1:] if _QUOTED.match(text) else text


class _Echo:
    """A file that hands back what it is given, so that each row can be sent at once."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of the file; the first starts with the byte order mark."""
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow([protect(str(name)) for name in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Answer with the rows as a CSV file, one at a time; rows may come from `.iterator()`."""
    response = StreamingHttpResponse(
        csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", filename)
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    response["Cache-Control"] = "no-store"
    return response
