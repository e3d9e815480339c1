"""What a file's name says, where it is written by the customs of releases and where it is not."""

from typing import Any

import pytest

from indexer.release_names import from_name


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("The.Office.S02E03.1080p.WEB-DL.x264-GRP", ("The Office", 2, 3, None)),
        ("The.Office.US.S02E03.The.Fire.1080p", ("The Office US", 2, 3, "The Fire")),
        ("Show.Name.1x02.Episode.Title.HDTV.XviD-LOL", ("Show Name", 1, 2, "Episode Title")),
        (
            "Breaking Bad - S01E01 - Pilot (1080p BluRay x265 Silence)",
            ("Breaking Bad", 1, 1, "Pilot"),
        ),
        ("SHOW.S02E03.FRENCH.HDTV", ("SHOW", 2, 3, None)),
        ("S.W.A.T.S01E02.720p", ("S.W.A.T.", 1, 2, None)),
        ("The.100.S01E02.1080p", ("The 100", 1, 2, None)),
        ("Show.S01E01E02.1080p", ("Show", 1, 1, None)),
        ("Show Season 2 Episode 3", ("Show", 2, 3, None)),
        ("www.site.com - Show S01E02", ("Show", 1, 2, None)),
        ("caf\udce9.S01E02", ("caf\ufffd", 1, 2, None)),
    ],
)
def test_episodes(name: str, fields: tuple[str, int, int, str | None]) -> None:
    series, season, episode, title = fields
    assert from_name(name) == {
        "name": title or f"{series} S{season:02}E{episode:02}",
        "series": series,
        "season": season,
        "episode": episode,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Blade.Runner.2049.2017.2160p.UHD.BluRay.x265",
            {"name": "Blade Runner 2049", "year": 2017},
        ),
        ("Apollo.13.1995.1080p.BluRay.x264-GRP", {"name": "Apollo 13", "year": 1995}),
        ("Spider-Man.No.Way.Home.2021.2160p", {"name": "Spider-Man No Way Home", "year": 2021}),
        ("Madame.Web.2024.1080p", {"name": "Madame Web", "year": 2024}),
        ("1917.2019.1080p.BluRay", {"name": "1917", "year": 2019}),
        ("The.Movie.2010", {"name": "The Movie", "year": 2010}),
        ("Kill Bill Vol. 2 (2004)", {"name": "Kill Bill Vol. 2", "year": 2004}),
        ("Class of 1984 (1982)", {"name": "Class of 1984", "year": 1982}),
        ("Name [2010]", {"name": "Name", "year": 2010}),
        ("www.site.com - Movie.Title.2010.1080p", {"name": "Movie Title", "year": 2010}),
        ("Movie.German.DL.1080p.BluRay", {"name": "Movie"}),
        ("sintel_trailer_720p", {"name": "sintel trailer"}),
        ("[Group] Anime - 12 [720p]", {"name": "Anime - 12"}),
    ],
)
def test_films(name: str, expected: dict[str, Any]) -> None:
    assert from_name(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        *("Apollo 13", "300", "1917", "One Piece 1071", "the office 203", "Class of 1984", "e1"),
        *("Charlotte's Web", "The [b] Story", "[b]", "Sintel trailer", "Director's Cut", "C0001"),
        *("Interview 2021-05-03 take 2", "Scene 12 Take 3", "(2010)", "S02E05", "1080p", "x264"),
    ],
)
def test_other_names_stay_as_they_are(name: str) -> None:
    assert from_name(name) == {"name": name}


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_title_always_has_a_name(name: str) -> None:
    assert from_name(name) == {"name": "untitled"}
