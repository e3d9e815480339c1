"""Text of films and people, as every sink can take it."""

import sys
import unicodedata
from xml.etree import ElementTree

import pytest

from indexer.characters import ascii_letters, clean, excerpt, fits_windows, one_line
from indexer.errors import ReelfindError

EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


def test_what_is_clean_is_utf_8_and_xml_and_steers_no_terminal() -> None:
    text = clean(EVERYTHING)
    assert text.encode().decode() == text
    assert {c for c in text if unicodedata.category(c) == "Cc"} == {"\t", "\n", "\r"}
    assert ElementTree.fromstring(f"<a>{text.translate({60: None, 38: None})}</a>").text


def test_other_letters_stay() -> None:
    text = "Amélie: 千と千尋 🎬\u200d (\u202bעברית\u202c)\n\tnext"
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a\n b\x0bc\u2028d ", "a b c d"),
        ("caf\udce9", "caf\ufffd"),
        ("\x1b[2Ja\x9b31mb\x07", "\ufffd[2Ja\ufffd31mb\ufffd"),
        ("gnp\u202e4pm.\u202c", "gnp\ufffd4pm.\u202c"),
    ],
)
def test_a_line_has_single_blanks(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_ascii_has_no_accents() -> None:
    assert ascii_letters("Amélie 千") == "Amelie ?"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("soon", "'soon'"),
        ("a\nb\x1b", r"'a\nb\x1b'"),
        ("x" * 10**6, "'" + "x" * 58 + "…"),
        pytest.param(10**5000, "this int", id="a number of 5001 digits"),
        ([1], "[1]"),
    ],
)
def test_an_excerpt_is_short(value: object, expected: str) -> None:
    assert excerpt(value) == expected


def test_an_error_can_be_written_whatever_file_it_names() -> None:
    assert str(ReelfindError("caf\udce9\x1b[2J.mp4: broken")) == "caf\ufffd\ufffd[2J.mp4: broken"


@pytest.mark.parametrize(
    "name", ["CON", "con.mp4", "Lpt1 .mp4", "a:b.mp4", "What?.mp4", "a.mp4.", "a ", "a\\b", 'a"']
)
def test_names_that_windows_refuses(name: str) -> None:
    assert not fits_windows(name)


@pytest.mark.parametrize("name", ["Contact.mp4", "com.mp4", "Épisode 1 (a).mp4", ".b", "a.b c"])
def test_names_that_windows_takes(name: str) -> None:
    assert fits_windows(name)
