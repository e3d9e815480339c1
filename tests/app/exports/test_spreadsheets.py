"""Tables that spreadsheets open without computing what is in them."""

import csv
import io

import pytest

from app.exports.spreadsheets import cell, write_rows


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "-", "--1"]
)
def test_a_formula_is_a_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", [-1, -0.5, "-0.500", "+3", "-1e-05", "", "a=b", "01:00:00:00", None]
)
def test_numbers_and_other_texts_stay(value: object) -> None:
    assert cell(value) == value


def test_cells_are_clean_and_quoted() -> None:
    file = io.StringIO()
    write_rows(file, ["name", "=x"], [['a\x1b",\n=b', "caf\udce9"]])
    file.seek(0)
    assert list(csv.reader(file)) == [["name", "'=x"], ['a\ufffd",\n=b', "caf\ufffd"]]
