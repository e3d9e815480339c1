"""A first trailer from the command line, of films that were really indexed."""

import json
from pathlib import Path

from indexer.catalogue import Catalogue
from tests.app.cli.conftest import Reelfind


def test_a_trailer_is_suggested_and_handed_over(
    reelfind: Reelfind, indexed: Path, tmp_path: Path
) -> None:
    data = ("--data", indexed)
    wishes = ("--length", 15, "--arc", "three-act", "--author", "ann")
    ran = reelfind("shortlist", "suggest", "First", *wishes, *data, "--json")
    assert ran.code == 0, ran.err
    made = json.loads(ran.out)
    assert made["target_seconds"] == 15
    assert 0 < made["total_seconds"] <= 15
    assert made["overlaps"] == []
    lengths = {each.title.title_id: each.frame_count for each in Catalogue(indexed).manifests()}
    assert all(row["end_frame"] <= 0.8 * lengths[row["title_id"]] for row in made["items"])
    again = json.loads(reelfind("shortlist", "suggest", "Second", *wishes, *data, "--json").out)
    assert [(row["title_id"], row["start_frame"], row["end_frame"]) for row in again["items"]] == [
        (row["title_id"], row["start_frame"], row["end_frame"]) for row in made["items"]
    ]
    assert reelfind("shortlist", "export", "First", tmp_path / "first.otio", *data).code == 0


def test_filters_narrow_what_is_taken(reelfind: Reelfind, indexed: Path) -> None:
    data = ("--data", indexed)
    only = ("--title", "Bikes", "--endings", "--length", 5)
    made = json.loads(reelfind("shortlist", "suggest", "Bikes", *only, *data, "--json").out)
    assert {row["title"] for row in made["items"]} == {"Bikes"}
    unknown = reelfind("shortlist", "suggest", "None", "--title", "no film", *data)
    assert (unknown.code, "title: there is no 'no film'" in unknown.err) == (1, True)
    nothing = reelfind("shortlist", "suggest", "None", "--genre", "anime", *data)
    assert nothing.code == 1
    assert "0 moments pass the filters" in nothing.err
    taken = reelfind("shortlist", "suggest", "Bikes", *only, *data)
    assert "a shortlist of this name exists" in taken.err
