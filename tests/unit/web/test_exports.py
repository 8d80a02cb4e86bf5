"""Streamed CSV: safe in a spreadsheet, and read back unchanged."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teamhub.web.exports import cell, csv_lines, csv_response, protect, unprefix


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@sum", "\tx", "\rx", "'=1"])
def test_a_text_that_a_spreadsheet_would_run_gets_a_quote(text: str) -> None:
    assert protect(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "-5.25", "O'Neill", "'quoted'", "a=b", ""])
def test_other_texts_and_numbers_stay_as_they_are(text: str) -> None:
    assert protect(text) == text


@given(st.text())
def test_every_text_comes_back_unchanged(text: str) -> None:
    assert unprefix(protect(text)) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (Decimal("1234.50"), "1234.50"),
        (dt.date(2027, 1, 4), "2027-01-04"),
        (["cv", "nlp"], "cv; nlp"),
    ],
)
def test_values_are_written_as_the_importers_read_them(value: object, written: str) -> None:
    assert cell(value) == written


def test_the_file_starts_with_the_byte_order_mark_and_streams_row_by_row() -> None:
    taken = []

    def rows():
        for number in range(3):
            taken.append(number)
            yield [number, "a,b"]

    lines = csv_lines(["n", "text"], rows())

    assert next(lines) == "\ufeffn,text\r\n"
    assert next(lines) == '0,"a,b"\r\n'
    assert taken == [0]


def test_a_file_name_cannot_break_out_of_its_header() -> None:
    response = csv_response('a"\r\nX: 1.csv', ["n"], [])

    assert response["Content-Disposition"] == 'attachment; filename="a-X-1.csv"'
