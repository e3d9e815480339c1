"""What is known of a title, and which file has the last word."""

from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.metadata import read_metadata
from indexer.records import Metadata

MOVIE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie><title>Sintel</title><year>2010</year><plot>A girl and a dragon.</plot>
<genre>Fantasy</genre><genre>Action / Drama</genre><tag>dragon</tag>
<uniqueid type="imdb" default="true">tt1727587</uniqueid></movie>
https://www.themoviedb.org/movie/45745
"""
EPISODE = """<episodedetails><title>The Gate</title><showtitle>Keepers</showtitle>
<season>2</season><episode>5</episode><aired>2011-04-01</aired></episodedetails>"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sintel.mp4", Metadata("Sintel")),
        ("big_buck_bunny_360p.mp4", Metadata("big buck bunny 360p")),
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
    assert read_metadata(tmp_path / name) == expected


def test_nfo_of_a_film(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text(MOVIE)
    assert read_metadata(tmp_path / "f.mp4") == Metadata(
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
    assert found == Metadata("The Gate", "Keepers", 2, 5, year=2011)


def test_later_ones_win_field_by_field(tmp_path: Path) -> None:
    film = tmp_path / "Name (1999).mp4"
    film.with_suffix(".nfo").write_text(MOVIE)
    assert read_metadata(film).year == 2010
    film.with_suffix(".json").write_text('{"title": "From JSON", "tags": ["a", "b"], "year": 2011}')
    assert read_metadata(film).name == "From JSON"
    (tmp_path / "catalog.csv").write_text(
        "file,name,year,genres,language,eidr\nOther.mp4,Other,1,,,\n"
        '"Name (1999).mp4",,2012,comedy; kids,eng,10.5240/AB\n'
    )
    found = read_metadata(film, {"year": 2013, "synopsis": None})
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
    ("file", "content", "cause"),
    [
        ("f.json", "{", r"f\.json: not JSON"),
        ("f.json", "[]", r"f\.json: not a JSON object"),
        ("f.json", '{"yaer": 1}', r"f\.json: unknown field `yaer`; the fields are name,"),
        ("f.json", '{"year": "soon"}', r"f\.json: year: 'soon' is not a whole number"),
        ("f.json", '{"year": 2010.5}', r"f\.json: year: 2010.5 is not a whole number"),
        ("f.json", '{"tags": 5}', r"f\.json: tags: not a list"),
        ("f.json", '{"ids": "x"}', r"f\.json: ids: not an object"),
        ("f.json", '{"name": 5}', r"f\.json: name: 5 is not text"),
        ("f.json", '{"language": "klingonese"}', r"f\.json: language: 'klingonese'"),
        ("f.nfo", "<movie><title></movie>", r"f\.nfo: not XML"),
        ("f.nfo", "<tvshow/>", r"f\.nfo: no <movie> or <episodedetails>"),
        ("f.nfo", '<!DOCTYPE a [<!ENTITY b "c">]><movie/>', r"f\.nfo: defines XML entities"),
        ("f.nfo", b"\0\1\2", r"f\.nfo: not text"),
        ("catalog.csv", "name\nx\n", r"catalog\.csv: row 1: no column `file`"),
        ("catalog.csv", "file,year\ng.mp4,1\nf.mp4,x\n", r"catalog\.csv: row 3: year: 'x'"),
        ("catalog.csv", "file,name\nf.mp4,a,b\n", r"catalog\.csv: row 2: more values"),
        ("catalog.csv", 'file,name\nf.mp4,"a"b\n', r"catalog\.csv: row 2: "),
    ],
)
def test_bad_files_name_file_row_and_cause(
    tmp_path: Path, file: str, content: str | bytes, cause: str
) -> None:
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ReelfindError, match=cause) as caught:
        read_metadata(tmp_path / "f.mp4")
    assert "; " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_nfo_that_is_only_an_address_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "f.nfo").write_text("https://www.themoviedb.org/movie/45745\n")
    assert read_metadata(tmp_path / "f.mp4") == Metadata("f")
