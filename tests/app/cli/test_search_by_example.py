"""``reelfind search`` with a clip, and with hits marked good and bad."""

import json
from pathlib import Path

from tests.app.cli.conftest import Reelfind


def test_a_film_finds_itself(reelfind: Reelfind, indexed_once: Path, films: Path) -> None:
    film = films / "bikes.mp4"
    ran = reelfind("search", "--clip", film, "--data", indexed_once, "--level", "shot", "--json")
    answer = json.loads(ran.out)
    assert answer["hits"][0]["title"] == "Bikes"
    assert answer["hits"][0]["why"][0]["route"] == "clip"
    assert "clip" not in answer["query"]


def test_what_is_no_clip_is_one_line(
    reelfind: Reelfind, indexed_once: Path, tmp_path: Path
) -> None:
    file = tmp_path / "film.mp4"
    file.write_text("no film")
    ran = reelfind("search", "--clip", file, "--data", indexed_once)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "clip: cannot be decoded" in ran.err


def test_marked_hits_are_not_found_again(reelfind: Reelfind, indexed_once: Path) -> None:
    words = ("search", "a man plays the guitar", "--tail", "keep", "--data", indexed_once, "--json")
    hits = json.loads(reelfind(*words).out)["hits"]
    good, bad = hits[0]["id"], hits[1]["id"]
    marked = json.loads(reelfind(*words, "--good", good, "--bad", bad).out)["hits"]
    assert {hit["id"] for hit in marked} == {hit["id"] for hit in hits} - {good, bad}
    assert "like" in {why["route"] for why in marked[0]["why"]}
