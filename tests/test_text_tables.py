"""Tables of text: what every spreadsheet writes is read, and nothing that is written becomes a formula."""

from __future__ import annotations

import contextlib
import csv
import io
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.errors import InputError
from gait.text_tables import (
    csv_text,
    decode_text,
    encodable_table,
    guarded_text,
    read_number,
    read_text_table,
    safe_cell,
    unguarded_text,
)

#: Texts full of what matters in CSV.
TRICKY = st.text(st.sampled_from("=+-@'\"\t\r\n;,|.0aü＝ \x1b\u202e"), max_size=8)


def cells(text: str | bytes) -> list[tuple[str, ...]]:
    table = read_text_table(text.encode() if isinstance(text, str) else text, "t.csv")
    return [table.header, *(row for _, row in table.rows)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("first_line", ["", "sep={}\r\n", '"sep={}"\n', "SEP={};;;\n", "\ufeffsep={}\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_spreadsheet_gives_the_same_table(separator: str, first_line: str, encoding: str, end: str) -> None:
    if encoding == "cp1252" and first_line.startswith("\ufeff"):
        return
    text = first_line.format(separator) + separator.join(("file", "größe")) + end
    text += separator.join(('"a, b; c|d\te"', '"1""x"')) + end + separator * 1 + end + separator.join(("ü", "2")) + end
    assert cells(text.encode(encoding)) == [("file", "größe"), ("a, b; c|d\te", '1"x'), ("ü", "2")]


def test_line_numbers_are_those_of_the_file() -> None:
    table = read_text_table(b'sep=;\na;b\n\n1;2\n"x\ny";3\n4;5\n', "t.csv")
    assert [line for line, _ in table.rows] == [4, 6, 7]


def test_decimal_commas_decide_nothing_about_the_separator() -> None:
    assert cells("a;b;c\n1,5;2,5;3,5\n") == [("a", "b", "c"), ("1,5", "2,5", "3,5")]
    assert read_text_table(b"a;b\n1,5;x\n-2;\n", "t").numbers() == pytest.approx(
        np.array([[1.5, math.nan], [-2, math.nan]]), nan_ok=True
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04" + b"x" * 99, "is a spreadsheet or zip file"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "is an Excel file"),
        (bytes(range(256)) * 4, "is not a table of text"),
        (b"a,b\n" + b'"' + b"x" * 200_000 + b'",1\n', "line 2 is not CSV: field larger"),
        (b'a,b\n1,"2\n3,4\n5,6\n', "line 2 has a quotation mark that is not closed"),
    ],
)
def test_what_is_no_table_is_one_line(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=f"^t.csv: {message}") as caught:
        cells(content)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(content: bytes) -> None:
    decode_text(content).encode()
    with contextlib.suppress(InputError):
        assert all(isinstance(cell, str) for _, row in read_text_table(content, "t.csv").rows for cell in row)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("1,5", 1.5),
        (" -3 ", -3.0),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567,5", 1234567.5),
        ("1\u202f234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("\u22122", -2.0),
        ("+1e-3", 0.001),
        (",5", 0.5),
    ],
)
def test_numbers_of_all_countries(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "-", "nan", "inf", "-Infinity", "1_000", "0x10", "12 cm", "1,2,3", "1.2.3,4", "1e", "²"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert math.isnan(read_number(text))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back(value: float) -> None:
    assert read_number(repr(value)) == value
    assert read_number(repr(value).replace(".", ",")) == value


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 170 1", "-x", "@SUM(1)", "\tx", "\r=1", "a;=1", "＝1", '=HYPERLINK("x")', "-1+cmd|' /C calc'!A0"],
)
def test_a_formula_is_guarded_and_read_back(text: str) -> None:
    cell = guarded_text(text)
    assert cell != text
    assert cell[0] not in "=+-@\t\r＝"
    assert unguarded_text(cell) == text


@pytest.mark.parametrize("text", ["-5", "+5", "-5.25", "1,5", "-1e-3", "Anna", "a=b", "x-y", "O'Neil", "'quoted'", ""])
def test_numbers_and_names_are_not_guarded(text: str) -> None:
    assert guarded_text(text) == text == unguarded_text(text)


@given(TRICKY)
def test_every_guard_is_taken_off_again(text: str) -> None:
    assert unguarded_text(guarded_text(text)) == text


@given(st.lists(st.tuples(TRICKY, st.floats(allow_infinity=False, allow_nan=False, width=32)), min_size=1, max_size=5))
def test_no_cell_of_a_file_is_a_formula_and_all_come_back(rows: list[tuple[str, float]]) -> None:
    table = pd.DataFrame({"=note": pd.Series([text for text, _ in rows], dtype=object), "value": [v for _, v in rows]})
    written = csv_text(table)
    raw = list(csv.reader(io.StringIO(written, newline="")))
    for text, _ in raw:
        assert text[:1] not in tuple("@\t\r＝=") or text == ""
        assert not {"\x1b", "\u202e", "\r"} & set(text)
    back = read_text_table(written.encode(), "t.csv")
    assert back.header[0] == "=note"
    read = list(back.rows)
    assert len(read) == len(rows)
    for (_, (text, value)), (original, number) in zip(read, rows, strict=True):
        if not {"\x1b", "\u202e", "\r"} & set(original):
            assert text == original
        assert float(value) == pytest.approx(number, rel=1e-6)


def test_a_table_keeps_its_numbers_and_gaps() -> None:
    table = pd.DataFrame({"who": ["Anna", None], "n": pd.array([1, None], dtype="Int64"), "v": [-1.5, math.nan]})
    assert csv_text(table) == "who,n,v\nAnna,1,-1.5\n,,\n"
    assert safe_cell(-5) == -5


def test_parquet_and_json_keep_formulas() -> None:
    table = pd.DataFrame({"=a": pd.Series(["=1", "M\udcfcller"], dtype=object)})
    assert encodable_table(table)["=a"].tolist() == ["=1", r"M\xfcller"]
