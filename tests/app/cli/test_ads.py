"""Ads from the command line, and the examples of docs/ads.md."""

import csv
import io
import json
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.running import announce, withdraw
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.settings import load_settings
from tests.app.ads.published import check_vmap, read_cue
from tests.app.api.conftest import listening, server_of
from tests.app.cli.conftest import Reelfind

PAGE = Path(__file__).parents[3] / "docs" / "ads.md"


def lines() -> list[str]:
    return [each for each in PAGE.read_text().splitlines() if each.startswith("reelfind ads ")]


@pytest.mark.parametrize("line", lines())
def test_an_example_runs(
    reelfind: Reelfind,
    indexed_once: Path,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = reelfind(*shlex.split(line)[1:], "--data", indexed_once)
    assert ran.code == 0, ran.err
    for file in tmp_path.iterdir():
        if file.suffix == ".xml":
            check_vmap(ElementTree.parse(file).getroot())
        else:
            rows = list(csv.DictReader(io.StringIO(file.read_text())))
            assert all(read_cue(each["time_signal"]) for each in rows)
    if "--json" in line:
        answer = json.loads(ran.out)
        assert {each["title"] for each in answer["breaks"]} == {"Bikes"}
    else:
        assert "titles looked at" in ran.out
        assert "clip of" in ran.out


def test_the_server_that_owns_the_index_is_asked(reelfind: Reelfind, indexed: Path) -> None:
    own = json.loads(reelfind("ads", "--json", "--data", indexed).out)
    runtime = Runtime(indexed, load_settings(indexed))
    try:
        runtime.search(SearchRequest())
        with listening(server_of(runtime)) as (host, port):
            announce(indexed, f"http://{host}:{port}")
            asked = reelfind("ads", "--json", "--data", indexed)
            assert asked.code == 0, asked.err
            assert json.loads(asked.out) | {"took_ms": 0} == own | {"took_ms": 0}
            refused = reelfind("ads", "--never-tone", "zesty", "--data", indexed)
            assert "there is no tone zesty" in refused.err
    finally:
        runtime.close()
    withdraw(indexed)


def test_there_are_examples() -> None:
    assert len(lines()) >= 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--category", "nothing"), "--category: nothing is no tier-1 category"),
        (("--never-category", "422", "--cattax", 1), "--cattax: is 1"),
        (("--never-tone", "zesty"), "--never-tone: there is no tone zesty"),
        (("--roll", "midroll"), "--roll: Input should be"),
        (("--earliest", 9, "--latest", 3), "latest lies before earliest"),
        (("--breaks", "list.edl"), "list.edl: its ending names no list of breaks; use one of .xml"),
        (("--breaks", "list.xml", "--tag-url", "ftp://x"), "tag_url: not an address"),
        (("--max-load", 60), "--max-load: 60 seconds an hour are less than one break of 120"),
    ],
)
def test_what_is_wrong_is_told_by_its_option(
    reelfind: Reelfind, indexed_once: Path, options: tuple[object, ...], told: str
) -> None:
    ran = reelfind("ads", *options, "--data", indexed_once)
    assert ran.code == 1
    assert told in ran.err
