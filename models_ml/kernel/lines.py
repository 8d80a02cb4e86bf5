"""The lines of a CSV file as bytes: hashed, counted and checked before anybody parses a number."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from models_ml.kernel.faults import InvalidDataset, check_header

_GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a data set may be at most, and at least.

    Parameters
    ----------
    max_bytes
        Of the text, unpacked: 200 MiB. A table of that size trains for hours on a CPU.
    max_rows, max_columns
        Together with `max_bytes` they bound memory: rows x columns x 4 bytes.
    min_per_class
        Rows of the rarer class, the lowest number with which the test part (20 %) holds about ten.
    max_line_bytes
        Of one line.
    """

    max_bytes: int = 200 * 2**20
    max_rows: int = 2_000_000
    max_columns: int = 2_000
    min_per_class: int = 50
    max_line_bytes: int = 2**20


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Layout:
    """What the lines alone say.

    Parameters
    ----------
    names
        Of all columns, in order.
    sha256
        Of the text as it is, unpacked.
    """

    names: tuple[str, ...]
    n_rows: int
    n_bytes: int
    sha256: str


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a CSV file, packed by gzip or not.

    Raises
    ------
    InvalidDataset
        With the code "unreadable", also while the body of the `with` reads.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
            file.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield file
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidDataset("unreadable", reason=str(error) or type(error).__name__) from error


def scan(path: Path, label: str, id_columns: Sequence[str], limits: Limits) -> Layout:
    """Read the file once as lines and check what numbers have nothing to do with.

    Parameters
    ----------
    path
        A CSV file in UTF-8 with a header, possibly packed by gzip.

    Raises
    ------
    InvalidDataset
        For the first line that is wrong.

    Notes
    -----
    O(bytes) time, O(one line) memory.
    """
    with opened(path) as file:
        scanner = _Scanner(label, id_columns, limits)
        # One byte more than allowed tells a long line from one that fits.
        while line := file.readline(limits.max_line_bytes + 1):
            scanner.take(line)
    layout = scanner.layout()
    if scanner.has_quotes:
        _check_quoted(path, len(layout.names))
    return layout


class _Scanner:
    """Takes line by line."""

    def __init__(self, label: str, id_columns: Sequence[str], limits: Limits) -> None:
        self.has_quotes = False
        self._label, self._id_columns, self._limits = label, id_columns, limits
        self._digest = hashlib.sha256()
        self._n_bytes = self._n_rows = self._row = 0
        self._names: tuple[str, ...] = ()

    def take(self, line: bytes) -> None:
        self._row += 1
        self._digest.update(line)
        self._n_bytes += len(line)
        self._check_size(line)
        self._check_text(line)
        if self._row == 1:
            self._take_header(line)
        elif bare := line.rstrip(b"\r\n"):
            self._take_row(bare)

    def layout(self) -> Layout:
        if not self._names:
            raise InvalidDataset("empty")
        if self._n_rows == 0:
            raise InvalidDataset("no_rows", row=1)
        return Layout(self._names, self._n_rows, self._n_bytes, self._digest.hexdigest())

    def _check_size(self, line: bytes) -> None:
        limits = self._limits
        if self._n_bytes > limits.max_bytes:
            raise InvalidDataset("too_many_bytes", limit=limits.max_bytes)
        if len(line) > limits.max_line_bytes:
            raise InvalidDataset("line_too_long", row=self._row, limit=limits.max_line_bytes)

    def _check_text(self, line: bytes) -> None:
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                raise InvalidDataset("encoding", row=self._row) from None
        if b"\0" in line:
            raise InvalidDataset("binary", row=self._row)
        if b"\r" in line.removesuffix(b"\n").removesuffix(b"\r"):
            raise InvalidDataset("line_ends", row=self._row)

    def _take_header(self, line: bytes) -> None:
        text = line.removeprefix(_BOM).decode("utf-8")
        if not text.strip():
            raise InvalidDataset("header_empty", row=1, column="1")
        try:
            (names,) = csv.reader([text], strict=True)
        except (csv.Error, ValueError):
            raise InvalidDataset("malformed", row=1) from None
        self._names = tuple(name.strip() for name in names)
        if len(names) > self._limits.max_columns:
            raise InvalidDataset(
                "too_many_columns", row=1, found=len(names), limit=self._limits.max_columns
            )
        check_header(self._names, self._label, self._id_columns)

    def _take_row(self, bare: bytes) -> None:
        self._n_rows += 1
        if self._n_rows > self._limits.max_rows:
            raise InvalidDataset("too_many_rows", row=self._row, limit=self._limits.max_rows)
        if b'"' in bare:
            self.has_quotes = True
        elif not self.has_quotes and bare.count(b",") + 1 != len(self._names):
            raise InvalidDataset(
                "ragged",
                row=self._row,
                found=bare.count(b",") + 1,
                expected=len(self._names),
            )


def _check_quoted(path: Path, n_columns: int) -> None:
    """Check the rows of a file in which commas may stand inside of quotation marks."""
    with opened(path) as file:
        reader = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""), strict=True)
        row = 0
        try:
            for row, cells in enumerate(reader, start=1):
                if cells and len(cells) != n_columns:
                    raise InvalidDataset("ragged", row=row, found=len(cells), expected=n_columns)
                # A line break inside of a cell: no number has one, and rows would be miscounted.
                if reader.line_num != row:
                    raise InvalidDataset("malformed", row=row)
        except csv.Error:
            raise InvalidDataset("malformed", row=row + 1) from None
