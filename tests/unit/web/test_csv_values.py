"""Readers of single cells."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from teamhub.web import csv_values


@pytest.mark.parametrize(
    ("parse", "raw", "value"),
    [
        (csv_values.integer(), "-12", -12),
        (csv_values.decimal(), "12,5", Decimal("12.5")),
        (csv_values.hundredths(), "0.5", 50),
        (csv_values.hundredths(), "50 %", 50),
        (csv_values.hundredths(), "1", 100),
        (csv_values.date, "2026/3/9", dt.date(2026, 3, 9)),
        (csv_values.date, "2026-03-09 00:00", dt.date(2026, 3, 9)),
        (csv_values.monday, "2026-W11", dt.date(2026, 3, 9)),
        (csv_values.monday, "2026-03-09", dt.date(2026, 3, 9)),
        (csv_values.flag, "是", True),
        (csv_values.flag, "No", False),
        (csv_values.choice({"Lead": 1}), "lead", 1),
        (csv_values.many(csv_values.integer()), "1; 2;", [1, 2]),
        (csv_values.email, "a@b.example", "a@b.example"),
    ],
)
def test_a_cell_is_read(parse: csv_values.Parser, raw: str, value: Any) -> None:
    assert parse(raw) == value


@pytest.mark.parametrize(
    ("parse", "raw", "word"),
    [
        (csv_values.integer(), "1_000", "1_000"),
        (csv_values.decimal(), "3,200", "Write 3200"),
        (csv_values.date, "9999-12-27", "1970 to 2199"),
        (csv_values.monday, "0001-W01", "1970 to 2199"),
        (csv_values.decimal(), "1,234,567.50", "Write 1234567.50"),
        (csv_values.integer(), "9" * 5000, "whole number"),
        (csv_values.integer(1, 5), "6", "more than 5"),
        (csv_values.decimal(), "NaN", "not a number"),
        (csv_values.decimal(), "1e400", "not a number"),
        (csv_values.decimal(places=2), "1.234", "decimals"),
        (csv_values.hundredths(), "1.5", "outside 0.01 to 1.00"),
        (csv_values.hundredths(), "0.5%", "finer"),
        (csv_values.date, "09.03.2026", "2026-03-09"),
        (csv_values.date, "2026-02-30", "not a date"),
        (csv_values.monday, "2026-03-11", "2026-03-09 and 2026-03-16"),
        (csv_values.monday, "2026-W60", "no week"),
        (csv_values.flag, "perhaps", "neither"),
        (csv_values.choice(["cv", "nlp"]), "ops", "cv, nlp"),
        (csv_values.email, "nobody", "e-mail"),
        (csv_values.text(3), "abcd", "at most 3"),
    ],
)
def test_a_bad_cell_says_what_to_write(parse: csv_values.Parser, raw: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse(raw)
