"""A clip that is sent finds the film that it was cut from."""

import base64
import subprocess
from pathlib import Path

import numpy as np
import pytest

from app.runtime import Runtime
from app.search.example_clip import ClipReader
from app.search.request import RequestError, SearchRequest
from indexer.errors import ReelfindError
from indexer.ffmpeg import find_ffmpeg
from indexer.models import Models
from indexer.sections import ExampleSettings
from indexer.settings import Settings, load_settings
from indexer.stages.work import TitleWork


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def cut(film: Path, out: Path, start: float, seconds: float, *how: str) -> str:
    """Return a part of a film as a file of its own, in base64."""
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-ss", str(start), "-i", str(film)]
    subprocess.run([*command, "-t", str(seconds), *how, str(out)], check=True)
    return encoded(out.read_bytes())


@pytest.mark.parametrize("start", [2.0, 30.0])
def test_a_poor_copy_of_a_part_finds_its_place(
    films: Path, indexed_once: Path, models: Models, tmp_path: Path, start: float
) -> None:
    poor = ("-vf", "crop=iw*0.8:ih*0.8,scale=96:-2", "-crf", "32", "-an")
    clip = cut(films / "anokato-kali.mp4", tmp_path / "cut.mp4", start, 4.0, *poor)
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    try:
        answer = runtime.search(SearchRequest(clip=clip, level="shot", limit=3))
    finally:
        runtime.close()
    assert {hit.title for hit in answer.hits} == {"Kali by Anokato"}
    # The band is seen alike in other shots.
    assert any(hit.start_seconds < start + 4 and start < hit.end_seconds for hit in answer.hits)
    assert [why.route for why in answer.hits[0].why] == ["clip"]
    assert answer.query.clip is None


def test_a_clip_that_was_read_is_remembered(films: Path, models: Models, tmp_path: Path) -> None:
    clip = cut(films / "bikes.mp4", tmp_path / "cut.mp4", 1.0, 2.0)
    reader = ClipReader(Settings(), models)
    first = reader.read(clip)
    assert np.linalg.norm(first, axis=1) == pytest.approx(np.ones(len(first)), abs=1e-5)
    assert reader.read(clip) is first


def test_what_cannot_be_read_names_its_field_and_no_path(
    models: Models, tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = ClipReader(Settings(examples=ExampleSettings(clip_seconds=3.0)), models)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    long = encoded((films / "bikes.mp4").read_bytes())
    for clip, reason in (
        ("no base64!", "base64"),
        (encoded(b"no film"), "cannot be decoded"),
        (long, "longer than 3 seconds"),
    ):
        with pytest.raises(RequestError, match=reason) as refused:
            reader.read(clip)
        assert refused.value.field == "clip"
        assert str(tmp_path) not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_clip_of_an_absurd_shape_is_refused_by_its_size(
    models: Models, tmp_path: Path, films: Path
) -> None:
    clip = cut(films / "bikes.mp4", tmp_path / "flat.mp4", 0, 1, "-vf", "scale=520:2")
    with pytest.raises(RequestError, match="520 × 2 pixels"):
        ClipReader(Settings(), models).read(clip)


@pytest.mark.parametrize(
    ("told", "kind"), [("{clip}: broken", RequestError), ("no network", ReelfindError)]
)
def test_what_fails_in_a_clip_is_told_without_its_path(
    models: Models,
    tmp_path: Path,
    films: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: str,
    kind: type[ReelfindError],
) -> None:
    def fails(work: TitleWork, _stages: object) -> None:
        raise ReelfindError(told.format(clip=work.title.media.path))

    monkeypatch.setattr("app.search.example_clip.run_on", fails)
    clip = cut(films / "bikes.mp4", tmp_path / "cut.mp4", 1.0, 1.0)
    with pytest.raises(ReelfindError) as refused:
        ClipReader(Settings(), models).read(clip)
    assert type(refused.value) is kind
    assert "reelfind-clip-" not in str(refused.value)
