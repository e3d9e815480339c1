"""Shortlists from the command line, on films that were really indexed."""

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio  # type: ignore[import-untyped]
import pytest

from indexer.catalogue import Catalogue
from tests.app.cli.conftest import Reelfind


def made(reelfind: Reelfind, data: Path) -> dict[str, Any]:
    """A shortlist of the best clip of all and of two shots of a film of 25 frames a second."""
    hit = json.loads(reelfind("search", "--data", data, "--json").out)["hits"][0]
    assert reelfind("shortlist", "new", "Teaser", "--target", 20, "--data", data).code == 0
    assert reelfind("shortlist", "add", "Teaser", hit["id"], "--data", data).code == 0
    reelfind("shortlist", "add", "teaser", "Bikes", 30, 76, "--note", "go", "--data", data)
    place = ("00:00:03:01", "00:00:05:12")
    ran = reelfind("shortlist", "add", "Teaser", "Bikes", *place, "--data", data, "--json")
    found: dict[str, Any] = json.loads(ran.out)
    first = found["items"][0]
    assert [first[key] for key in ("title_id", "start_frame", "end_frame")] == [
        hit[key] for key in ("title_id", "start_frame", "end_frame")
    ]
    return found


def spans(reelfind: Reelfind, data: Path) -> list[tuple[int, int]]:
    found = json.loads(reelfind("shortlist", "show", "Teaser", "--data", data, "--json").out)
    return [(item["start_frame"], item["end_frame"]) for item in found["items"]]


def test_a_shortlist_is_built_and_changed(reelfind: Reelfind, indexed: Path) -> None:
    first = made(reelfind, indexed)["items"][0]
    clip = (first["start_frame"], first["end_frame"])
    data = ("--data", indexed)
    assert spans(reelfind, indexed) == [clip, (30, 76), (76, 137)]
    assert reelfind("shortlist", "move", "Teaser", 3, 1, *data).code == 0
    assert reelfind("shortlist", "trim", "Teaser", 1, "--in", 80, "--out", 90, *data).code == 0
    assert spans(reelfind, indexed) == [(80, 90), clip, (30, 76)]
    assert reelfind("shortlist", "remove", "Teaser", 2, *data).code == 0
    assert spans(reelfind, indexed) == [(80, 90), (30, 76)]
    assert reelfind("shortlist", "undo", "Teaser", *data).code == 0
    assert spans(reelfind, indexed) == [(80, 90), clip, (30, 76)]
    shown = reelfind("shortlist", "show", "Teaser", *data).out
    assert "00:00:01:05" in shown
    assert "of 20.00 s, version 8" in shown
    listed = json.loads(reelfind("shortlist", "list", *data, "--json").out)["shortlists"]
    assert [each["name"] for each in listed] == ["Teaser"]


def test_a_change_of_an_older_version_is_refused(reelfind: Reelfind, indexed: Path) -> None:
    made(reelfind, indexed)
    data = ("--data", indexed)
    reelfind("shortlist", "remove", "Teaser", 1, "--author", "ann", *data)
    ran = reelfind("shortlist", "move", "Teaser", 3, 1, "--if-version", 4, *data)
    assert ran.code == 1
    assert "version 5 by ann" in ran.err
    assert "item 1 removed" in ran.err
    assert spans(reelfind, indexed) == [(30, 76), (76, 137)]


def test_a_shortlist_is_exported(
    reelfind: Reelfind, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ("--data", indexed)
    reelfind("shortlist", "new", "Cut", *data)
    reelfind("shortlist", "add", "Cut", "Bikes", 30, 76, *data)
    reelfind("shortlist", "add", "Cut", "Bikes", 70, 80, *data)
    for ending in ("otio", "edl", "xml", "fcpxml", "csv", "aaf", "html", "zip", "mp4"):
        ran = reelfind("shortlist", "export", "Cut", tmp_path / f"cut.{ending}", *data)
        assert (ran.code, ran.err) == (0, "")
        assert "2 clips, 2.24 s, 56 frames" in ran.out
    reelfind("shortlist", "export", "Cut", tmp_path / "cut.txt", "--format", "edl", *data)
    assert (tmp_path / "cut.txt").read_bytes() == (tmp_path / "cut.edl").read_bytes()
    timeline = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))
    assert [clip.source_range.duration.value for clip in timeline.tracks[0]] == [46, 10]
    assert "Item 2 overlaps item 1 by 6 frames." in reelfind("shortlist", "show", "Cut", *data).out
    film = Catalogue(indexed).find("Bikes").title.media.path
    monkeypatch.setenv("REELFIND_EXPORTS__MAP_PATH", json.dumps([f"{film.parent}=/Volumes/Films"]))
    for options, link in (
        ((), f"/Volumes/Films/{film.name}"),
        (("--map-path", f"{film.parent}=D:\\films"), f"D:\\films\\{film.name}"),
        (("--map-path", ""), str(film)),
    ):
        reelfind("shortlist", "export", "Cut", tmp_path / "cut.edl", *options, *data)
        assert f"* FROM FILE: {link}\n" in (tmp_path / "cut.edl").read_text("utf-8")


def test_what_is_wrong_is_told(reelfind: Reelfind, indexed: Path, tmp_path: Path) -> None:
    data = ("--data", indexed)
    reelfind("shortlist", "new", "Cut", *data)
    for arguments, told in (
        (("show", "Nothing"), "`reelfind shortlist list` names them"),
        (("add", "Cut", "Bikes", 0, 99999), "choose an earlier out frame"),
        (("add", "Cut", "0"), "no clip or shot has this id"),
        (("export", "Cut", tmp_path / "cut.otio"), "has no items to export"),
        (("export", "Cut", tmp_path / "cut.doc"), "its ending names no format"),
    ):
        ran = reelfind("shortlist", *arguments, *data)
        assert ran.code == 1, arguments
        assert told in ran.err
        assert len(ran.err.strip().splitlines()) == 1
    reelfind("shortlist", "add", "Cut", "Bikes", 0, 9, *data)
    assert reelfind("remove", "Bikes", "--yes", *data).code == 0
    shown = reelfind("shortlist", "show", "Cut", *data).out
    assert "Item 1: its title is no longer in the catalogue; index the film again" in shown
    ran = reelfind("shortlist", "export", "Cut", tmp_path / "cut.edl", *data)
    assert "is no longer in the catalogue" in ran.err
