"""The best stills of titles and shortlists from the command line."""

import json
import zipfile
from pathlib import Path

from tests.app.cli.conftest import Reelfind


def test_stills_are_listed_and_written(reelfind: Reelfind, indexed: Path, tmp_path: Path) -> None:
    data = ("--data", indexed)
    found = json.loads(reelfind("artwork", "Bikes", "--count", 2, "--json", *data).out)["stills"]
    assert 1 <= len(found) <= 2
    assert str(found[0]["frame"]) in reelfind("artwork", "Bikes", *data).out
    zipped = tmp_path / "artwork.zip"
    shapes = ("--shape", "1:1", "--shape", "whole", "--format", "png")
    ran = reelfind("artwork", "Bikes", "--count", 2, *shapes, "--out", zipped, *data)
    assert ran.code == 0
    assert f"{2 * len(found)} pictures" in ran.out
    with zipfile.ZipFile(zipped) as file:
        assert file.namelist()[:2] == [
            f"01 Bikes {found[0]['frame']} {shape}.png" for shape in ("whole", "1x1")
        ]


def test_a_shortlist_has_its_own(reelfind: Reelfind, indexed: Path) -> None:
    data = ("--data", indexed)
    (best, *_) = json.loads(reelfind("artwork", "Bikes", "--json", *data).out)["stills"]
    reelfind("shortlist", "new", "Teaser", *data)
    span = (best["frame"], best["frame"] + 1)
    assert reelfind("shortlist", "add", "Teaser", "Bikes", *span, *data).code == 0
    found = json.loads(reelfind("shortlist", "artwork", "Teaser", "--json", *data).out)["stills"]
    assert [each["frame"] for each in found] == [best["frame"]]
    reelfind("shortlist", "new", "Empty", *data)
    refused = reelfind("shortlist", "artwork", "Empty", *data)
    assert refused.code == 1
    assert "no still is worth showing" in refused.err


def test_an_unknown_shape_is_named(reelfind: Reelfind, indexed: Path) -> None:
    refused = reelfind("artwork", "Bikes", "--shape", "4:3", "--data", indexed)
    assert refused.code == 1
    assert "--shape 4:3: is none of whole, 16:9" in refused.err
