"""What can be wrong with a training CSV, in words, and where the first such cell is."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# One English sentence for each code. The app translates the sentence and fills in the details.
MESSAGES = {
    "empty": "The file is empty.",
    "unreadable": "The file cannot be read: %(reason)s.",
    "encoding": "Row %(row)s is not UTF-8 text. Save the file as CSV with the encoding UTF-8.",
    "binary": "Row %(row)s holds bytes that are no text. Save the file as CSV.",
    "line_ends": "Row %(row)s holds a carriage return that does not end a line.",
    "line_too_long": "Row %(row)s is longer than %(limit)s bytes.",
    "malformed": "Row %(row)s: a quotation mark is out of place.",
    "separator": "The columns are separated by “%(found)s”; save the file with commas.",
    "no_header": "The first row holds only numbers; it must name the columns.",
    "header_empty": "Column %(column)s has no name in the first row.",
    "header_duplicate": "Two columns are named “%(column)s”.",
    "no_label": "No column is named “%(label)s”. Columns: %(columns)s.",
    "no_features": "The file has no column besides “%(label)s”.",
    "no_id_column": "No column is named “%(column)s”, which should be an identifier.",
    "id_values": "Column “%(column)s” should hold identifiers, whole numbers from 0 up.",
    "too_many_columns": "The file has %(found)s columns; at most %(limit)s are taken.",
    "too_many_bytes": "The file holds more than %(limit)s bytes.",
    "too_many_rows": "The file has more than %(limit)s rows.",
    "no_rows": "The file has a header and no rows.",
    "ragged": "Row %(row)s has %(found)s cells; the header has %(expected)s.",
    "empty_cell": "Row %(row)s, column “%(column)s” is empty.",
    "non_numeric": "Row %(row)s, column “%(column)s”: “%(value)s” is not a number.",
    "not_finite": "Row %(row)s, column “%(column)s”: “%(value)s” is not a finite number.",
    "too_large": "Row %(row)s, column “%(column)s”: %(value)s is too large for training.",
    "precision": (
        "Row %(row)s, column “%(column)s”: the whole number %(value)s loses digits in training. "
        "Number such values from 0, divide them, or leave the column out."
    ),
    "label_value": "Row %(row)s: the label is “%(value)s”; it must be 0 or 1.",
    "one_class": "Every label is %(value)s; training needs rows of both classes.",
    "too_few": "Only %(found)s rows have the label %(value)s; at least %(limit)s are needed.",
    "leak": "Column “%(column)s” repeats the label; leave it out.",
}

MAX_FLOAT32 = 3.4028234663852886e38  # IEEE 754 binary32
EXACT_FLOAT32 = 2**24  # every whole number up to here is a float32
AMBIGUOUS_FLOAT64 = 2**53  # from here on, two whole numbers can be one float64
# Written as a whole number, as identifiers are; 6.02e23 is a measurement.
_WHOLE = re.compile(r"[+-]?\d+(\.0*)?")
SHOWN_CHARACTERS = 40  # of a wrong cell
SHOWN_COLUMNS = 20


class InvalidDataset(ValueError):
    """A data set that cannot be trained on.

    Parameters
    ----------
    code
        A key of `MESSAGES`.
    row, column
        Where: the row as a spreadsheet counts (the header is row 1), the column by its name.
    details
        What else the sentence names.
    """

    def __init__(
        self, code: str, *, row: int | None = None, column: str | None = None, **details: Any
    ) -> None:
        self.code = code
        self.row = row
        self.column = column
        where = {"row": row, "column": column}
        self.details = {key: value for key, value in where.items() if value is not None} | details
        self.template = MESSAGES[code]
        super().__init__(self.template % self.details)


def check_header(names: Sequence[str], label: str, id_columns: Sequence[str]) -> None:
    """Refuse a first row that does not name each column once.

    Raises
    ------
    InvalidDataset
        With a code from "separator" to "no_id_column".
    """
    if all(fault(name) is None for name in names):
        raise InvalidDataset("no_header", row=1)
    for i_column, name in enumerate(names, start=1):
        if not name:
            raise InvalidDataset("header_empty", row=1, column=str(i_column))
        if name in names[: i_column - 1]:
            raise InvalidDataset("header_duplicate", row=1, column=name)
    _check_label(names, label)
    for name in id_columns:
        if name not in names or name == label:
            raise InvalidDataset("no_id_column", row=1, column=name)


def _check_label(names: Sequence[str], label: str) -> None:
    if label not in names:
        for separator, called in ((";", ";"), ("\t", "tab"), ("|", "|")):
            if len(names) == 1 and separator in names[0]:
                raise InvalidDataset("separator", row=1, found=called)
        shown = ", ".join(names[:SHOWN_COLUMNS]) + (", …" if len(names) > SHOWN_COLUMNS else "")
        raise InvalidDataset("no_label", row=1, label=label, columns=shown)
    if len(names) == 1:
        raise InvalidDataset("no_features", row=1, label=label)


def fault(text: str) -> str | None:
    """Return the code of what is wrong with one cell, None for a number that float32 can hold."""
    text = text.strip()
    if not text:
        return "empty_cell"
    # Python also reads 1_000 and digits of other scripts; pandas and spreadsheets do not.
    if "_" in text or not text.isascii():
        return "non_numeric"
    try:
        value = float(text)
    except ValueError:
        return "non_numeric"
    if not math.isfinite(value):
        return "not_finite"
    if abs(value) > MAX_FLOAT32:
        return "too_large"
    return "precision" if _WHOLE.fullmatch(text) and loses_digits(value) else None


def loses_digits(values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell for each number whether it is a whole one that float32 would change.

    Parameters
    ----------
    values
        Of any shape, finite, within the range of float32.

    Notes
    -----
    From 2**53 on float64 itself has lost which whole number it was, so all of those count.
    """
    exact = np.asarray(values, np.float64)
    whole = (np.abs(exact) > EXACT_FLOAT32) & (exact == np.rint(exact))
    changed = (exact.astype(np.float32) != exact) | (np.abs(exact) >= AMBIGUOUS_FLOAT64)
    lost: npt.NDArray[np.bool_] = whole & changed
    return lost


def raise_first(lines: Iterable[str], names: Sequence[str], label: str) -> None:
    """Read row by row and raise for the first cell or row that is wrong; return if there is none.

    Parameters
    ----------
    lines
        The text of the whole file with its header.

    Raises
    ------
    InvalidDataset
        With row and column.

    Notes
    -----
    Some ten times slower than pandas, which does not say where a cell is: used once something is
    known to be wrong.
    """
    reader = csv.reader(lines, strict=True)
    row = 1
    try:
        next(reader)
        for cells in reader:
            row += 1
            if not cells:  # a blank line
                continue
            if len(cells) != len(names):
                raise InvalidDataset("ragged", row=row, found=len(cells), expected=len(names))
            for name, text in zip(names, cells, strict=True):
                _raise_for(text, row, name, label)
    except csv.Error:
        raise InvalidDataset("malformed", row=row + 1) from None


def _raise_for(text: str, row: int, name: str, label: str) -> None:
    code = fault(text)
    shown = text.strip()[:SHOWN_CHARACTERS]
    if code is not None:
        raise InvalidDataset(code, row=row, column=name, value=shown)
    if name == label and float(text) not in {0.0, 1.0}:
        raise InvalidDataset("label_value", row=row, column=name, value=shown)
