"""The demo's catalogue is made of real films, and its descriptions fit them."""

import csv
import subprocess
import sys
from importlib.machinery import ModuleSpec
from itertools import pairwise
from pathlib import Path

import av
import pysubs2
import pytest

from app.demo import catalogue
from indexer.errors import ReelfindError


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return catalogue.prepare(tmp_path_factory.mktemp("demo") / "media")


def seconds(film: Path) -> float:
    """The length of the picture, by decoding it: containers may lie."""
    with av.open(str(film)) as container:
        rate = container.streams.video[0].average_rate
        assert rate
        return float(sum(1 for _ in container.decode(video=0)) / rate)


def test_every_film_comes_with_its_description_and_its_line_in_the_catalogue(
    films: list[Path],
) -> None:
    folder = films[0].parent
    with (folder / "catalog.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["file"] for line in lines] == [film.name for film in films]
    assert all(line["name"] and line["synopsis"] for line in lines)
    expected = {film.name for film in films} | {f"{film.stem}.en.vtt" for film in films}
    assert {path.name for path in folder.iterdir()} == expected | {"catalog.csv"}


def test_the_packages_are_not_imported(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.demo.catalogue import prepare;"
        "prepare(Path(sys.argv[1])); print({'skvideo', 'iscc_samples'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


def test_descriptions_follow_one_another_within_the_film(films: list[Path]) -> None:
    for film in films:
        cues = pysubs2.load(str(film.with_suffix(".en.vtt")), encoding="utf-8")
        length = seconds(film)
        times = [(cue.start / 1000, cue.end / 1000) for cue in cues]
        assert all(start < end for start, end in times), film.name
        assert all(end <= start for (_, end), (start, _) in pairwise(times)), film.name
        assert times[-1][1] <= length, film.name
        assert sum(end - start for start, end in times) > 0.9 * length, film.name


def test_a_second_call_changes_nothing(films: list[Path]) -> None:
    folder = films[0].parent
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert catalogue.prepare(folder) == films
    assert before == {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()
    }


def test_an_absent_package_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(catalogue, "find_spec", absent)
    with pytest.raises(ReelfindError, match=r"iscc_samples.*pip install '\.\[demo\]'"):
        catalogue.prepare(tmp_path / "media")
    assert not (tmp_path / "media").exists()


def test_a_package_without_its_film_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def empty(name: str) -> ModuleSpec:
        return ModuleSpec(name, None, origin=str(tmp_path / name / "__init__.py"))

    monkeypatch.setattr(catalogue, "find_spec", empty)
    with pytest.raises(ReelfindError, match=r"demo\.mp4 is missing.*another version"):
        catalogue.prepare(tmp_path / "media")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ReelfindError, match=r"file.*cannot be written"):
        catalogue.prepare(blocked)
