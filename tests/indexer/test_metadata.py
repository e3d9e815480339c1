"""What is known of a title, and which file has the last word."""

import json
import re
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest

from indexer.errors import ReelfindError
from indexer.metadata import MOST_WARNINGS, FoundMetadata, MetadataReader
from indexer.metadata_fields import LONGEST_NAME, LONGEST_SYNOPSIS, MOST_WORDS, within_bounds
from indexer.records import Metadata

MOVIE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie><title>Sintel</title><year>2010</year><plot>A girl and a dragon.</plot>
<genre>Fantasy</genre><genre>Action / Drama</genre><tag>dragon</tag>
<uniqueid type="imdb" default="true">tt1727587</uniqueid></movie>
https://www.themoviedb.org/movie/45745
"""
EPISODE = """<episodedetails><title>The Gate</title><showtitle>Keepers</showtitle>
<season>2</season><episode>5</episode><aired>2011-04-01</aired></episodedetails>"""


def read_metadata(film: Path, flags: Mapping[str, object] | None = None) -> FoundMetadata:
    return MetadataReader().read(film, flags)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sintel.mp4", Metadata("Sintel")),
        ("big_buck_bunny_360p.mp4", Metadata("big buck bunny")),
        ("Sintel (2010).mkv", Metadata("Sintel", year=2010)),
        ("Sintel (2010) 1080p.mkv", Metadata("Sintel", year=2010)),
        ("2001 A Space Odyssey (1968).mkv", Metadata("2001 A Space Odyssey", year=1968)),
        ("Keepers S02E05 The Gate.mkv", Metadata("The Gate", "Keepers", 2, 5)),
        ("keepers.s02e05.mkv", Metadata("keepers S02E05", "keepers", 2, 5)),
        ("Keepers - 2x05 - The Gate.mkv", Metadata("The Gate", "Keepers", 2, 5)),
        ("S02E05.mkv", Metadata("S02E05")),
    ],
)
def test_a_file_name_speaks(tmp_path: Path, name: str, expected: Metadata) -> None:
    assert read_metadata(tmp_path / name) == FoundMetadata(expected)


def test_nfo_of_a_film(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text(MOVIE)
    assert read_metadata(tmp_path / "f.mp4").metadata == Metadata(
        "Sintel",
        synopsis="A girl and a dragon.",
        genres=("Fantasy", "Action", "Drama"),
        tags=("dragon",),
        year=2010,
        ids={"imdb": "tt1727587"},
    )


def test_nfo_of_an_episode(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text(EPISODE)
    found = read_metadata(tmp_path / "f.mp4")
    assert found.metadata == Metadata("The Gate", "Keepers", 2, 5, year=2011)


def test_later_ones_win_field_by_field(tmp_path: Path) -> None:
    film = tmp_path / "Name (1999).mp4"
    film.with_suffix(".nfo").write_text(MOVIE)
    assert read_metadata(film).metadata.year == 2010
    film.with_suffix(".json").write_text('{"title": "From JSON", "tags": ["a", "b"], "year": 2011}')
    assert read_metadata(film).metadata.name == "From JSON"
    (tmp_path / "catalog.csv").write_text(
        "file,name,year,genres,language,eidr\nOther.mp4,Other,1,,,\n"
        '"Name (1999).mp4",,2012,comedy; kids,eng,10.5240/AB\n'
    )
    found = read_metadata(film, {"year": 2013, "synopsis": None}).metadata
    assert found == Metadata(
        "From JSON",
        synopsis="A girl and a dragon.",
        genres=("comedy", "kids"),
        tags=("a", "b"),
        year=2013,
        language="en",
        ids={"eidr": "10.5240/AB"},
    )


@pytest.mark.parametrize(
    ("file", "content", "cause", "left"),
    [
        ("f.json", "{", r"f\.json: not JSON", {}),
        ("f.json", "[" * 100_000, r"f\.json: not JSON", {}),
        ("f.json", "[]", r"f\.json: not a JSON object", {}),
        ("f.json", '{"yaer": 1, "year": 2}', r"unknown field `yaer` ignored; the f", {"year": 2}),
        ("f.json", '{"year": "soon"}', r"f\.json: year: 'soon' is not a whole number", {}),
        ("f.json", '{"year": 2010.5}', r"f\.json: year: 2010.5 is not a whole number", {}),
        ("f.json", '{"year": true}', r"f\.json: year: True is not a whole number", {}),
        ("f.json", '{"year": 1e999}', r"f\.json: year: inf is not a whole number", {}),
        ("f.json", '{"season": -1, "episode": 3}', r"f\.json: season: -1 is not b", {"episode": 3}),
        ("f.json", '{"season": 99999999999999999999}', r"season: 9+ is not between 0 and 100,", {}),
        ("f.json", '{"season": ' + "9" * 5000 + "}", r"f\.json: season: '9+… is not", {}),
        ("f.json", '{"tags": 5}', r"f\.json: tags: 5 is not a list", {}),
        ("f.json", '{"tags": ["a", 5, "b"]}', r"f\.json: tags: not a list", {"tags": ("a", "b")}),
        ("f.json", '{"ids": "x"}', r"f\.json: ids: 'x' is not an object", {}),
        (
            "f.json",
            '{"ids": {"a": [], "b": 1}}',
            r"f\.json: ids: 'a' has no text",
            {"ids": {"b": "1"}},
        ),
        ("f.json", '{"name": 5}', r"f\.json: name: 5 is not text", {}),
        ("f.json", '{"language": "klingonese"}', r"f\.json: language: 'klingonese'", {}),
        ("f.nfo", "<movie><title></movie>", r"f\.nfo: not XML .*; correct or remove it", {}),
        ("f.nfo", "<movie><year>1999</year><ti", r"f\.nfo: not XML .* is used", {"year": 1999}),
        ("f.nfo", "<movie><year>c. 1999</year></movie>", r"f\.nfo: year: 'c\. 1999' is not a", {}),
        ("f.nfo", "<tvshow/>", r"f\.nfo: no <movie> or <episodedetails>", {}),
        ("f.nfo", '<!DOCTYPE a [<!ENTITY b "c">]><movie/>', r"f\.nfo: defines XML entities", {}),
        ("f.nfo", b"\0\1\2", r"f\.nfo: not text", {}),
        ("catalog.csv", "name\nx\n", r"catalog\.csv: row 1: no column `file`", {}),
        ("catalog.csv", "file,year\ng.mp4,1\nf.mp4,x\n", r"catalog\.csv: row 3: year: 'x'", {}),
        ("catalog.csv", "file,year\nf.mp4,3,b\n", r"row 2: more values", {"year": 3}),
        ("catalog.csv", 'file,year\nx,"a"b\nf.mp4,3\n', r"catalog\.csv: row 2: ", {"year": 3}),
        ("catalog.csv", 'file,year\nf.mp4,3\nx,"a\n\n', r"catalog\.csv: row 4: ", {"year": 3}),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_counts(
    tmp_path: Path, file: str, content: str | bytes, cause: str, left: dict[str, Any]
) -> None:
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_metadata(tmp_path / "f.mp4")
    assert found.metadata == Metadata(**{"name": "f", **left})
    (warning,) = found.warnings
    assert re.search(cause, warning)
    assert warning.startswith(str(tmp_path / file))
    assert "; " in warning
    assert "\n" not in warning
    assert len(warning) < 400


@pytest.mark.parametrize(
    ("flags", "cause"),
    [
        ({"year": "soon"}, "flags: year: 'soon' is not a whole number"),
        ({"season": -1}, "flags: season: -1 is not between"),
        ({"director": "me"}, "flags: unknown field `director`"),
        ({"tags": ["a", 5]}, "flags: tags: not a list"),
        ({"name": "n" * 501}, "flags: name: 501 letters are more than 500"),
    ],
)
def test_what_a_person_sets_is_refused(
    tmp_path: Path, flags: dict[str, object], cause: str
) -> None:
    with pytest.raises(ReelfindError, match=cause):
        read_metadata(tmp_path / "f.mp4", flags)


def test_a_file_of_another_program_is_told_in_one_line(tmp_path: Path) -> None:
    words = {"text": " Hello.", "segments": [{"id": 0}], "language": "en", "model": 1, "task": 2}
    (tmp_path / "f.json").write_text(json.dumps(words))
    found = read_metadata(tmp_path / "f.mp4")
    assert found.metadata == Metadata("f", language="en")
    (warning,) = found.warnings
    assert "unknown fields `text`, `segments`, `model` and 1 more ignored" in warning


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("name", "n" * (LONGEST_NAME + 1), Metadata("f")),
        ("name", "n" * 1_000_000, Metadata("f")),
        ("series", "n" * (LONGEST_NAME + 1), Metadata("f")),
        ("synopsis", "n" * (LONGEST_SYNOPSIS + 1), Metadata("f")),
        ("genres", ["a", "n" * 201], Metadata("f", genres=("a",))),
        (
            "tags",
            [str(i) for i in range(MOST_WORDS + 1)],
            Metadata("f", tags=tuple(str(i) for i in range(MOST_WORDS))),
        ),
        ("ids", {"a": "n" * 201, "b": "c"}, Metadata("f", ids={"b": "c"})),
        ("language", "en-" * 1_000_000, Metadata("f")),
    ],
)
def test_a_value_of_a_file_out_of_bounds_is_left_out(
    tmp_path: Path, field: str, value: object, left: Metadata
) -> None:
    (tmp_path / "f.json").write_text(json.dumps({field: value}))
    found = read_metadata(tmp_path / "f.mp4")
    assert found.metadata == left
    (warning,) = found.warnings
    assert warning.startswith(f"{tmp_path / 'f.json'}: {field}: ")
    assert len(warning) < 300


def test_metadata_kept_without_bounds_comes_within_them() -> None:
    kept = Metadata("n" * 1000, "s\x1b[2J", 10**20, 3, tags=("a", "b" * 1000), year=-5)
    assert within_bounds(kept) == Metadata("n" * 500, "s\ufffd[2J", None, 3, tags=("a",))
    plain = Metadata("A", "B", 0, 0, "C\nD", ("e",), ("f",), 0, "en", {"g": "h"})
    assert within_bounds(plain) == plain


def test_a_bare_ampersand_in_an_nfo_is_a_letter(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text(
        "<movie><title>Tom & Jerry</title><plot>Caf&eacute; &amp; &nowhere;</plot></movie>"
    )
    found = read_metadata(tmp_path / "f.mp4")
    assert found.metadata == Metadata("Tom & Jerry", synopsis="Café & &nowhere;")
    (warning,) = found.warnings
    assert warning.startswith(f"{tmp_path / 'f.nfo'}: not XML")


def test_cdata_of_an_nfo_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text("<movie><title><![CDATA[A & B <c>]]></title></movie>")
    assert read_metadata(tmp_path / "f.mp4") == FoundMetadata(Metadata("A & B <c>"))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("f.nfo", "<movie " * 20_000),
        ("f.nfo", "<movie>" * 100_000),
        ("f.nfo", "<movie>" + "<genre>x</genre>" * 50_000),
        ("f.nfo", "<movie><title>" + "&" * 500_000),
        ("f.nfo", "<movie>" + "&a" * 300_000 + ";</movie>"),
        ("f.nfo", "<" * 900_000),
        ("f.json", '{"a":' * 200_000),
        ("f.json", '{"tags": [' + '"a",' * 500_000 + '"b"]}'),
        ("catalog.csv", "file\n" + '"' * 900_000),
        ("catalog.csv", "file" + "," * 900_000),
        ("catalog.csv", "file,a\n" + 'x,"a"b\n' * 20_000),
    ],
)
def test_no_file_takes_long(tmp_path: Path, file: str, content: str) -> None:
    (tmp_path / file).write_text(content)
    began = time.process_time()
    read_metadata(tmp_path / "f.mp4")
    assert time.process_time() - began < 3


@pytest.mark.parametrize("file", ["f.nfo", "f.json"])
def test_a_file_too_large_is_not_read(tmp_path: Path, file: str) -> None:
    with (tmp_path / file).open("wb") as sparse:
        sparse.truncate(10**12)
    (warning,) = read_metadata(tmp_path / "f.mp4").warnings
    assert f"{file}: 1,000,000,000,000 bytes are more than" in warning


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_it_was_saved(
    tmp_path: Path, separator: str, mark: str, end: str
) -> None:
    rows = [("File", "Title", "year"), ("g.mp4", "G", "1"), ("f.mp4", '"A, B; C | D"', "2010.0")]
    text = mark + end.join(separator.join(row) for row in rows)
    (tmp_path / "catalog.csv").write_bytes(text.encode())
    assert read_metadata(tmp_path / "f.mp4") == FoundMetadata(Metadata("A, B; C | D", year=2010))


def test_a_spreadsheet_may_say_its_separator(tmp_path: Path) -> None:
    (tmp_path / "catalog.csv").write_text("sep=;\nfile;year\nf.mp4;2010\n", encoding="utf-16")
    assert read_metadata(tmp_path / "f.mp4") == FoundMetadata(Metadata("f", year=2010))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_may_be_spelled_in_two_ways(tmp_path: Path, form: Literal["NFC", "NFD"]) -> None:
    film = tmp_path / unicodedata.normalize("NFC" if form == "NFD" else "NFD", "é.mp4")
    name = unicodedata.normalize(form, "é")
    (tmp_path / f"{name}.json").write_text('{"year": 2010}')
    (tmp_path / "catalog.csv").write_text(f"file,season\n{name}.mp4,1\n", encoding="utf-8")
    found = read_metadata(film).metadata
    assert (found.year, found.season) == (2010, 1)


def test_of_many_warnings_the_first_are_told(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps({"tags": ["x" * n for n in range(201, 301)]}))
    (tmp_path / "catalog.csv").write_text("file,year\n" + 'f.mp4,"a"b\n' * 1000)
    warnings = read_metadata(tmp_path / "f.mp4").warnings
    assert len(warnings) == MOST_WARNINGS + 1
    assert warnings[0].startswith(f"{tmp_path / 'f.json'}: tags: 201 letters are more than 200")
    assert warnings[-1].startswith(f"{tmp_path / 'f.mp4'}: 1,080 more warnings")


def test_text_of_files_can_be_written_anywhere(tmp_path: Path) -> None:
    said = {"name": "a\x1b]0;b\x07\nc\ud800", "synopsis": "d\n\x00e", "tags": ["f\tg", "\x0b"]}
    (tmp_path / "f.json").write_text(json.dumps(said))
    assert read_metadata(tmp_path / "f.mp4") == FoundMetadata(
        Metadata("a\ufffd]0;b\ufffd c\ufffd", synopsis="d\n\ufffde", tags=("f g",))
    )


def test_a_name_as_long_as_may_be_has_no_file_beside_it(tmp_path: Path) -> None:
    name = "f" * 251
    assert read_metadata(tmp_path / f"{name}.mp4") == FoundMetadata(Metadata(name))


def test_an_nfo_that_is_only_an_address_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text("https://www.themoviedb.org/movie/45745\n")
    assert read_metadata(tmp_path / "f.mp4") == FoundMetadata(Metadata("f"))


@pytest.mark.parametrize("said", ["es", "spa", "es-MX", "Spanish", "Español "])
def test_a_language_may_be_written_out(said: str, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps({"language": said}), encoding="utf-8")
    found = read_metadata(tmp_path / "f.mp4")
    assert (found.metadata.language, found.warnings) == ("es", ())
