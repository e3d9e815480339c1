"""``reelfind demo`` indexes the films that came with it, or the user's, and serves them."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer.request import Request
from tests.app.cli.conftest import Reelfind


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the command had indexed and served; what these do is tested elsewhere."""
    calls: list[tuple[object, ...]] = []

    def run_index(request: Request, data: Path) -> SimpleNamespace:
        films = sorted(each.name for each in request.paths[0].glob("*.mp4"))
        calls.append(("index", films, data))
        return SimpleNamespace(
            failed=0 if films else 1, titles=films, problems=[] if films else [1]
        )

    def serve(data: Path, settings: object, port: int) -> None:
        calls.append(("serve", data, port))

    monkeypatch.setattr("app.cli.index_run.run_index", run_index)
    monkeypatch.setattr("app.cli.index_run.print_report", lambda *_: None)
    monkeypatch.setattr("app.server.serve", serve)
    return calls


def test_the_demo_brings_its_own_films(
    done: list[tuple[object, ...]], reelfind: Reelfind, tmp_path: Path
) -> None:
    ran = reelfind("demo", "--folder", tmp_path / "here", "--port", "8600")
    assert ran.code == 0, ran.err
    assert "Big Buck Bunny" in ran.out
    names = ["anokato-kali.mp4", "bigbuckbunny.mp4", "bikes.mp4", "carphone.mp4"]
    data = tmp_path / "here" / "data"
    assert done == [("index", names, data), ("serve", data, 8600)]


def test_a_folder_without_films_is_not_served(
    done: list[tuple[object, ...]], reelfind: Reelfind, tmp_path: Path
) -> None:
    ran = reelfind("demo", "--media", tmp_path, "--folder", tmp_path / "here")
    assert ran.code == 1
    assert "Big Buck Bunny" not in ran.out
    assert done == [("index", [], tmp_path / "here" / "own")]
