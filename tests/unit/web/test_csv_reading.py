"""Reading a CSV file: every mistake is named by line and column."""

import pytest

from teamhub.web import csv_values
from teamhub.web.csv_reading import Column, RowError, Sheet, read_sheet

COLUMNS = (
    Column("name", required=True),
    Column("hours", parse=csv_values.integer(1, 80), default=40),
    Column("start_on", parse=csv_values.date),
)


def read(text: str | bytes, **options: object) -> Sheet:
    data = text.encode() if isinstance(text, str) else text
    return read_sheet(data, COLUMNS, max_bytes=1000, **options)  # type: ignore[arg-type]


def only_error(sheet: Sheet) -> RowError:
    assert len(sheet.errors) == 1, sheet.errors
    return sheet.errors[0]


def test_values_are_parsed_and_blank_ones_get_their_default() -> None:
    sheet = read("name,hours\nWei,\nPriya,32\n")

    assert sheet.errors == []
    assert [(row.line, row["name"], row["hours"]) for row in sheet.rows] == [
        (2, "Wei", 40),
        (3, "Priya", 32),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_separator_is_found(mark: str) -> None:
    sheet = read(f"name{mark}hours\nWei{mark}20\n")

    assert [row["hours"] for row in sheet.rows] == [20]


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
)
def test_chinese_text_is_read_in_the_usual_encodings(encoding: str, told: str) -> None:
    sheet = read("name\n张伟\n".encode(encoding))

    assert (sheet.rows[0]["name"], sheet.encoding) == ("张伟", told)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"name\n", "no rows"),
        (b"PK\x03\x04rest", "workbook"),
        ("name\nWei\n".encode("utf-16"), "UTF-16"),
        (b"name\nW\x00ei\n", "zero byte"),
        (b"name\nW\xff\xff\xffei\n", "neither"),
        (b"name\n" + b"x" * 1000, "at most 1000"),
    ],
)
def test_a_file_that_is_no_csv_file_is_refused_with_the_reason(data: bytes, word: str) -> None:
    sheet = read(data)

    assert word in only_error(sheet).message
    assert sheet.rows == []


def test_a_zero_byte_is_named_by_its_line() -> None:
    assert only_error(read(b"name\nok\nW\x00ei\n")).row == 3


def test_a_missing_column_is_named() -> None:
    error = only_error(read("hours\n3\n"))

    assert (error.row, error.column) == (1, "name")


def test_a_misspelt_column_gets_a_suggestion() -> None:
    error = only_error(read("name,huors\nWei,3\n"))

    assert (error.column, "“hours”" in error.message) == ("huors", True)


def test_a_column_that_is_there_twice_is_refused() -> None:
    assert only_error(read("name,name\nWei,Wei\n")).column == "name"


def test_a_column_of_the_export_can_be_ignored() -> None:
    assert read("id,name\n7,Wei\n", ignored=["id"]).errors == []


def test_all_errors_are_collected_with_their_lines() -> None:
    sheet = read("name,hours,start_on\n,x,\nWei,99,2026-02-30\n")

    assert [(error.row, error.column) for error in sheet.errors] == [
        (2, "name"),
        (2, "hours"),
        (3, "hours"),
        (3, "start_on"),
    ]


def test_a_record_over_several_lines_is_named_by_its_first() -> None:
    sheet = read('name,hours\n"Wei\nZhang",3\nPriya,x\n')

    assert (sheet.rows[0].line, only_error(sheet).row) == (2, 4)


def test_too_many_cells_are_an_error_and_too_few_are_blank() -> None:
    sheet = read("name,hours\nWei\nPriya,3,4\n")

    assert (sheet.rows[0]["hours"], only_error(sheet).row) == (40, 3)


def test_doubles_name_the_first_line() -> None:
    error = only_error(read("name\nWei\nwei\n", unique=[("name",)]))

    assert (error.row, "line 2" in error.message) == (3, True)


def test_reading_stops_when_nobody_would_read_on() -> None:
    sheet = read_sheet(b"name,hours\n" + b"Wei,x\n" * 5000, COLUMNS, max_bytes=10**6)

    assert len(sheet.errors) < 250
    assert "Too many" in sheet.errors[-1].message


def test_a_protected_cell_is_read_without_its_quote() -> None:
    assert read("name\n'=Wei\n").rows[0]["name"] == "=Wei"


def test_a_file_with_too_many_lines_is_refused_before_its_rows_are_looked_at() -> None:
    sheet = read_sheet(b"name\n" + b"Wei\n" * 11, COLUMNS, max_bytes=10**6, max_rows=10)

    error = only_error(sheet)
    assert (error.row, sheet.rows) == (12, [])
    assert "More than 10 lines" in error.message
    assert len(read_sheet(b"name\n" + b"Wei\n" * 10, COLUMNS, max_bytes=99, max_rows=10).rows) == 10
