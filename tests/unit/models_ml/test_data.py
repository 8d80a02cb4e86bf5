"""Is a data set described as it is, and refused in words where it cannot be trained on?"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models_ml.kernel.data import (
    MESSAGES,
    WARNINGS,
    DatasetSchema,
    InvalidDataset,
    Limits,
    inspect,
    load,
)
from models_ml.kernel.faults import fault, loses_digits
from tests.unit.models_ml.training_rows import csv_text, with_column, with_row, write

BLANKS_AND_QUOTES = '"a","b","kind","label"\r\n\r\n' + '"1.5",2,0,"1"\r\n3,4,2,0\r\n' * 50
ROWS = csv_text().splitlines()[1:]


def refused(tmp_path: Path, content: str | bytes, **options: Any) -> InvalidDataset:
    with pytest.raises(InvalidDataset) as caught:
        inspect(write(tmp_path, content), **options)
    # The words are complete: every blank of the sentence is filled.
    assert str(caught.value) == MESSAGES[caught.value.code] % caught.value.details
    return caught.value


# --- what is described ----------------------------------------------------------------------------


def test_the_schema_says_what_the_columns_hold(tmp_path: Path) -> None:
    text = "n,flag,x,same,label\n" + "1,0,0.5,7,0\n2,1,1.5,7,1\n3,0,-2,7,1\n6,0,4,7,0\n" * 25
    schema = inspect(write(tmp_path, text))

    assert schema.names == ("n", "flag", "x", "same")
    assert [column.kind for column in schema.columns] == ["integer", "binary", "real", "constant"]
    first = schema.columns[0]
    assert (first.low, first.high, first.mean, first.distinct) == (1, 6, 3, 4)
    assert first.std == pytest.approx(np.std([1, 2, 3, 6]))
    assert (schema.n_rows, schema.n_positive, schema.positive_share) == (100, 50, 0.5)
    assert schema.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert schema.n_bytes == len(text)
    assert [(w.code, w.column) for w in schema.warnings] == [("constant", "same")]
    assert "“same”" in schema.warnings[0].message


def test_a_schema_survives_json(tmp_path: Path) -> None:
    text = with_column("same", [3] * 200)
    schema = inspect(write(tmp_path, text), id_columns=["kind"])

    assert DatasetSchema.from_json(json.loads(json.dumps(schema.as_json()))) == schema
    assert schema.warnings


def test_a_rare_class_is_told(tmp_path: Path) -> None:
    rows = [f"{i % 7},{int(i < 60)}" for i in range(2000)]
    schema = inspect(write(tmp_path, "\n".join(["a,label", *rows])))

    assert [warning.code for warning in schema.warnings] == ["imbalanced"]
    assert "3.0 %" in schema.warnings[0].message
    assert "label 1" in schema.warnings[0].message


def test_many_different_values_are_counted_to_a_limit_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models_ml.kernel.columns.DISTINCT_COUNTED", 10)
    schema = inspect(write(tmp_path, csv_text()))

    assert [column.distinct_is_exact for column in schema.columns] == [False, False, True]
    assert [column.distinct for column in schema.columns] == [10, 10, 3]


def test_blocks_of_rows_say_the_same_as_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, csv_text())
    whole = load(path)
    monkeypatch.setattr("models_ml.kernel.data.BLOCK_CELLS", 4 * 7)  # 7 rows at a time
    blocks = load(path)

    assert np.array_equal(whole.features, blocks.features)
    for one, other in zip(whole.schema.columns, blocks.schema.columns, strict=True):
        assert (one.mean, one.std) == pytest.approx((other.mean, other.std), rel=1e-12)
        assert (one.low, one.high, one.distinct) == (other.low, other.high, other.distinct)


def test_the_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    data = load(write(tmp_path, csv_text()))
    expected = np.array([[float(cell) for cell in row.split(",")] for row in ROWS])

    assert np.array_equal(data.features, expected[:, :3].astype(np.float32))
    assert np.array_equal(data.labels, expected[:, 3])
    assert not data.features.flags.writeable


def test_the_label_may_stand_anywhere_and_have_another_name(tmp_path: Path) -> None:
    text = "x,buys,y\n" + "1,1,2\n3,0,4\n" * 50
    data = load(write(tmp_path, text), label="buys")

    assert data.schema.names == ("x", "y")
    assert data.features[0].tolist() == [1, 2]
    assert data.labels[:2].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("case", "content"),
    [
        ("a byte order mark", b"\xef\xbb\xbf" + csv_text().encode()),
        ("Windows line ends", csv_text().replace("\n", "\r\n").encode()),
        ("blank lines", csv_text().replace("\n", "\n\n").encode()),
        ("no line end at the end", csv_text().rstrip("\n").encode()),
        ("blanks around numbers", csv_text().replace(",", " , ").encode()),
        ("quoted cells", "\n".join(f'"{row}"'.replace(",", '","') for row in ROWS).encode()),
    ],
)
def test_files_as_programs_write_them_are_read(case: str, content: bytes, tmp_path: Path) -> None:
    if not content.lstrip(b"\xef\xbb\xbf").startswith(b"a"):
        content = b"a,b,kind,label\n" + content
    data = load(write(tmp_path, content))

    assert data.schema.names == ("a", "b", "kind")
    assert np.array_equal(data.features, load(write(tmp_path, csv_text())).features)


def test_blank_lines_and_quotes_together_keep_rows_apart(tmp_path: Path) -> None:
    data = load(write(tmp_path, BLANKS_AND_QUOTES))

    assert data.schema.n_rows == 100
    assert data.features[:2].tolist() == [[1.5, 2, 0], [3, 4, 2]]


def test_a_packed_file_is_the_same_data_set(tmp_path: Path) -> None:
    text = csv_text().encode()
    packed = inspect(write(tmp_path, gzip.compress(text), "data.csv.gz"))

    assert packed == inspect(write(tmp_path, text))


# --- what is refused ------------------------------------------------------------------------------

CELLS = {
    "a word": ("x,1,0,1", "a", "non_numeric"),
    "a missing value as a question mark": ("1,?,0,1", "b", "non_numeric"),
    "a thousands separator of Python": ("1_000,1,0,1", "a", "non_numeric"),
    "digits of another script": ("１２,1,0,1", "a", "non_numeric"),
    "a hexadecimal number": ("0x10,1,0,1", "a", "non_numeric"),
    "a truth value": ("1,True,0,1", "b", "non_numeric"),
    "a formula": ("1,=1+1,0,1", "b", "non_numeric"),
    "an empty cell": ("1,,0,1", "b", "empty_cell"),
    "a blank cell": ("1, ,0,1", "b", "empty_cell"),
    "NaN": ("nan,1,0,1", "a", "not_finite"),
    "infinity": ("1,-inf,0,1", "b", "not_finite"),
    "a number beyond float64": ("1,1e999,0,1", "b", "not_finite"),
    "a number beyond float32": ("1,1e39,0,1", "b", "too_large"),
    "an identifier beyond float32": ("1,1,16777217,1", "kind", "precision"),
    "an identifier beyond float64": ("1,1,9007199254740993,1", "kind", "precision"),
    "a negative one": ("1,1,-16777217,1", "kind", "precision"),
    "one that a float made of it": ("1,1,16777217.0,1", "kind", "precision"),
    "an empty label": ("1,1,0,", "label", "empty_cell"),
    "a label of 2": ("1,1,0,2", "label", "label_value"),
    "a label of one half": ("1,1,0,0.5", "label", "label_value"),
    "a label with a dot behind": ("1,1,0,1..", "label", "non_numeric"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_wrong_cell_is_named_by_row_and_column(case: str, tmp_path: Path) -> None:
    row, column, code = CELLS[case]
    error = refused(tmp_path, with_row(row, at=7))

    assert (error.code, error.row, error.column) == (code, 7, column)
    assert error.details["row"] == 7
    assert "Row 7" in str(error)


def test_the_first_of_several_wrong_cells_is_named(tmp_path: Path) -> None:
    lines = csv_text().splitlines()
    lines[149], lines[120] = "1,x,0,1", "1,2,3"
    assert (refused(tmp_path, "\n".join(lines)).row) == 121


def test_blank_lines_count_as_rows_of_a_spreadsheet(tmp_path: Path) -> None:
    error = refused(tmp_path, with_row("1,x,0,1", at=9).replace("\n", "\n\n", 3))
    assert error.row == 12


def test_a_quoted_file_names_its_wrong_cell_too(tmp_path: Path) -> None:
    error = refused(tmp_path, BLANKS_AND_QUOTES + '"1",2,"three",0\r\n')
    assert (error.code, error.row, error.column) == ("non_numeric", 103, "kind")


@pytest.mark.parametrize(
    ("case", "content", "code", "row"),
    [
        ("an empty file", "", "empty", None),
        ("a header alone", "a,label\n", "no_rows", 1),
        ("a blank first line", "\na,label\n1,0\n", "header_empty", 1),
        ("no header", "1,2,0\n3,4,1\n", "no_header", 1),
        ("a name that is missing", "a,,label\n1,2,0\n", "header_empty", 1),
        ("a name twice", "a,b,a,label\n", "header_duplicate", 1),
        ("the label twice", "label,a,label\n", "header_duplicate", 1),
        ("no label", "a,b,target\n1,2,0\n", "no_label", 1),
        ("a label in capitals", "a,b,Label\n1,2,0\n", "no_label", 1),
        ("semicolons", "a;b;label\n1;2;0\n", "separator", 1),
        ("tabs", "a\tb\tlabel\n1\t2\t0\n", "separator", 1),
        ("the label alone", "label\n0\n1\n", "no_features", 1),
        ("an open quotation mark in the header", '"a,label\n1,0\n', "malformed", 1),
        ("a short row", with_row("1,2,1"), "ragged", 7),
        ("a long row", with_row("1,2,0,1,5"), "ragged", 7),
        ("a decimal comma", with_row("1,5,2,0,1"), "ragged", 7),
        ("a line of blanks", with_row("   "), "ragged", 7),
        ("a short quoted row", with_row('"1","2","1"'), "ragged", 7),
        ("a comma inside of quotes", with_row('"1,5",2,0,1'), "non_numeric", 7),
        ("an open quotation mark", with_row('"1,2,0,1'), "malformed", 7),
        ("a line break in a cell", with_row('1,"2\n",0,1'), "malformed", 7),
        ("Latin-1", with_row("é,2,0,1").encode("latin-1"), "encoding", 7),
        ("UTF-16", csv_text().encode("utf-16"), "encoding", 1),
        ("a spreadsheet's own file", b"PK\x03\x04\x14\0\x06\0\xff\xfe\n", "encoding", 1),
        ("a zero byte", with_row("1\0,2,0,1"), "binary", 7),
        ("line ends of old Macs", csv_text().replace("\n", "\r"), "line_ends", 1),
        ("a cut archive", gzip.compress(csv_text(5000).encode())[:-900], "unreadable", None),
        ("a broken archive", b"\x1f\x8b\x08 no archive at all", "unreadable", None),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(
    case: str, content: str | bytes, code: str, row: int | None, tmp_path: Path
) -> None:
    error = refused(tmp_path, content)
    assert (error.code, error.row) == (code, row)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="No such file"):
        inspect(tmp_path / "nothing.csv")


@pytest.mark.parametrize("value", [0, 1])
def test_one_class_is_refused(value: int, tmp_path: Path) -> None:
    error = refused(tmp_path, "a,label\n" + f"3,{value}\n4,{value}\n" * 60)
    assert (error.code, error.details["value"]) == ("one_class", value)


@pytest.mark.parametrize(("n_positive", "rare"), [(49, 1), (151, 0)])
def test_too_few_rows_of_a_class_are_refused(n_positive: int, rare: int, tmp_path: Path) -> None:
    rows = [f"{i % 9},{int(i < n_positive)}" for i in range(200)]
    error = refused(tmp_path, "\n".join(["a,label", *rows]))
    assert (error.code, error.details["found"], error.details["value"]) == ("too_few", 49, rare)
    rows = [f"{i % 9},{int(i < n_positive + (1 if rare else -1))}" for i in range(200)]
    assert inspect(write(tmp_path, "\n".join(["a,label", *rows]))).n_rows == 200


@pytest.mark.parametrize("opposite", [False, True])
def test_a_column_that_repeats_the_label_is_refused(opposite: bool, tmp_path: Path) -> None:
    labels = [int(row[-1]) for row in ROWS]
    error = refused(tmp_path, with_column("bought", [1 - x if opposite else x for x in labels]))
    assert (error.code, error.column) == ("leak", "bought")
    # One row that differs, and it is a feature like any other.
    labels[3] = 1 - labels[3]
    assert inspect(write(tmp_path, with_column("bought", labels))).names[0] == "bought"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=1000), "too_many_bytes"),
        (Limits(max_rows=199), "too_many_rows"),
        (Limits(max_columns=3), "too_many_columns"),
        (Limits(max_line_bytes=20), "line_too_long"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_over_a_limit_is_refused(
    limits: Limits, code: str, packed: bool, tmp_path: Path
) -> None:
    text = with_row("1.00000000000000000000,2,0,1").encode()
    assert refused(tmp_path, gzip.compress(text) if packed else text, limits=limits).code == code


def test_what_is_just_within_the_limits_is_taken(tmp_path: Path) -> None:
    text = csv_text()
    longest = max(len(line) for line in text.splitlines(keepends=True))
    limits = Limits(len(text), 200, 4, max_line_bytes=longest)
    assert inspect(write(tmp_path, text), limits=limits).n_rows == 200


@pytest.mark.parametrize(
    ("column", "code"), [("nobody", "no_id_column"), ("label", "no_id_column"), ("a", "id_values")]
)
def test_an_identifier_must_be_a_column_of_whole_numbers(
    column: str, code: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, csv_text(), id_columns=[column])
    assert (error.code, error.column) == (code, column)


def test_large_numbers_that_float32_holds_are_taken(tmp_path: Path) -> None:
    values = [16_777_216, 16_777_218, 2_000_000_000, -(2**40)] * 50
    data = load(write(tmp_path, with_column("money", values)))
    assert data.features[:4, 0].tolist() == values[:4]


def test_large_measurements_are_taken(tmp_path: Path) -> None:
    values = ["16777217.25", "6.02214e23", "-1.5e37", "16777217e0"] * 50
    data = load(write(tmp_path, with_column("measured", values)))
    assert data.features[:, 0].tolist() == [float(np.float32(float(v))) for v in values]


def test_a_wrong_cell_after_large_measurements_is_found(tmp_path: Path) -> None:
    values: list[object] = ["6.02214e23"] * 200
    values[150] = "16777217"
    error = refused(tmp_path, with_column("measured", values))
    assert (error.code, error.row) == ("precision", 152)


def test_every_sentence_can_be_reached_by_its_code() -> None:
    for code, sentence in MESSAGES.items():
        assert code.replace("_", "").isalpha()
        assert sentence.endswith((".", "%(reason)s."))
    assert set(WARNINGS) == {"constant", "imbalanced"}


# --- one cell -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0", "-1.5", "+3", "1e5", ".5", "1.", " 7 ", "16777216"])
def test_a_number_is_a_number(text: str) -> None:
    assert fault(text) is None


def test_digits_are_lost_exactly_where_a_whole_number_changes() -> None:
    values = np.array([2**24, 2**24 + 1, 2**24 + 2, 2**25 + 2, 2**25 + 4, 2**53, 2**54, 1e8 + 0.5])
    expected = [float(np.float32(v)) != v and v == int(v) for v in values]
    expected[5] = expected[6] = True  # from 2**53 on nobody knows which number stood there
    assert loses_digits(values).tolist() == expected == [0, 1, 0, 1, 0, 1, 1, 0]
