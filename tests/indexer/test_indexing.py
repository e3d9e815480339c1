"""Indexing whole films with the real networks: what runs, what is skipped, what is told."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.models import Models
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from tests.conftest import artefacts

Index = Callable[..., IndexReport]
FFmpeg = Callable[..., Path]


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.stages: list[tuple[str, str]] = []
        self.total = 0.0
        self.done = 0.0

    def planned(self, seconds: float) -> None:
        self.total = seconds

    def doing(self, title: str, stage: str) -> None:
        self.stages.append((title, stage))

    def worked(self, seconds: float) -> None:
        self.done += seconds

    def message(self, message: str) -> None:
        self.messages.append(message)


@pytest.fixture
def index(models: Models) -> Index:
    def run(path: Path, data: Path, heard: Heard | None = None, **request: object) -> IndexReport:
        indexer = Indexer(
            Catalogue(data), load_settings(data), heard or Heard(), debug=True, models=models
        )
        return indexer.run(Request((path,), **request))  # type: ignore[arg-type]

    return run


def stages_run(report: IndexReport) -> set[str]:
    return {t.stage for title in report.titles for t in title.times if t.seconds is not None}


def test_a_second_run_does_nothing(indexed: Path, films: Path, index: Index) -> None:
    before = artefacts(indexed)
    report = index(films, indexed)
    assert all(title.unchanged for title in report.titles)
    assert report.fitting is None
    assert artefacts(indexed) == before


def test_a_film_that_moved_is_not_analysed_again(
    indexed: Path, films: Path, tmp_path: Path, index: Index
) -> None:
    place = tmp_path / "elsewhere"
    shutil.copytree(films, place)
    report = index(place, indexed)
    assert all(title.unchanged for title in report.titles)
    paths = {manifest.title.media.path.parent for manifest in Catalogue(indexed).manifests()}
    assert paths == {place}


def test_a_changed_setting_redoes_only_what_depends_on_it(
    indexed: Path, films: Path, index: Index
) -> None:
    (indexed / "reelfind.toml").write_text("[clips]\ntypical = 8.0\n")
    report = index(films, indexed)
    assert stages_run(report) == {"clips", "scores", "points"}


def test_a_changed_sidecar_redoes_only_what_is_said(
    indexed: Path, films: Path, tmp_path: Path, index: Index
) -> None:
    place = tmp_path / "films"
    shutil.copytree(films, place)
    sidecar = place / "bikes.en.vtt"
    sidecar.write_text(sidecar.read_text().replace("taxi", "hansom cab"))
    report = index(place / "bikes.mp4", indexed)
    assert not {"decode", "shots", "stills", "video", "audio"} & stages_run(report)
    assert {"text", "dialogue", "fused", "points"} <= stages_run(report)


def test_force_does_everything_again_and_gives_the_same(
    indexed: Path, films: Path, index: Index
) -> None:
    before = artefacts(indexed)
    report = index(films / "bikes.mp4", indexed, force=True)
    assert {"decode", "shots", "points"} <= stages_run(report)
    assert artefacts(indexed) == before


def test_the_encoder_is_kept_until_another_is_asked_for(
    indexed: Path, films: Path, index: Index, ffmpeg: FFmpeg
) -> None:
    catalogue = Catalogue(indexed)
    kept = catalogue.current_encoder
    manifests = catalogue.manifests()
    new = ffmpeg("-i", films / "anokato-kali.mp4", "-t", "9", "-c", "copy", "new.mp4")
    report = index(new, indexed)
    assert report.encoder == kept
    assert report.fitting is None
    heard = Heard()
    report = index(new, indexed, heard, refit=True)
    assert report.encoder not in (None, kept)
    assert any("encoder" in message for message in heard.messages)
    after = catalogue.manifests()
    assert len(after) == len(manifests) + 1
    assert {manifest.encoder for manifest in after} == {report.encoder}
    assert catalogue.current_encoder == report.encoder


def test_progress_reaches_what_was_planned(films: Path, tmp_path: Path, index: Index) -> None:
    heard = Heard()
    index(films / "carphone.mp4", tmp_path / "data", heard)
    assert heard.total > 0
    assert heard.done == pytest.approx(heard.total, rel=0.01)
    assert [stage for _, stage in heard.stages][:2] == ["decode", "shots"]


def test_a_film_without_shots_to_cut_and_without_sound_is_indexed(
    films: Path, tmp_path: Path, index: Index
) -> None:
    report = index(films / "carphone.mp4", tmp_path / "data")
    (title,) = report.titles
    assert (title.error, title.shots, title.clips) == (None, 1, 1)


def test_bad_files_are_told_and_the_others_go_on(
    films: Path, tmp_path: Path, index: Index, ffmpeg: FFmpeg
) -> None:
    place = tmp_path / "films"
    place.mkdir()
    shutil.copy2(films / "bikes.mp4", place)
    (place / "empty.mp4").touch()
    (place / "text.mp4").write_text("not a film at all\n" * 100)
    whole = (films / "anokato-kali.mp4").read_bytes()
    (place / "headless.mp4").write_bytes(whole[: len(whole) // 3])
    sound = ffmpeg("-f", "lavfi", "-i", "sine=duration=2", "sound.mp4")
    sound.rename(place / "sound.mp4")
    report = index(place, tmp_path / "data")
    errors = {title.path.name: title.error for title in report.titles if title.error}
    assert set(errors) == {"empty.mp4", "text.mp4", "headless.mp4", "sound.mp4"}
    for name, error in errors.items():
        assert name in error
        assert "\n" not in error
        assert ";" in error, "the next step follows the cause"
    assert report.failed == 4
    assert [m.title.media.path.name for m in Catalogue(tmp_path / "data").manifests()] == [
        "bikes.mp4"
    ]


def test_a_truncated_film_gives_what_it_has_and_says_so(
    films: Path, tmp_path: Path, index: Index, ffmpeg: FFmpeg
) -> None:
    whole = ffmpeg("-i", films / "anokato-kali.mp4", "-t", "20", "-c", "copy", "whole.ts")
    half = tmp_path / "half.ts"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    report = index(half, tmp_path / "data")
    (title,) = report.titles
    assert title.error is None
    assert 5 < title.seconds < 15
    assert title.warnings


def test_an_audio_track_is_kept_until_another_is_asked_for(
    tmp_path: Path, index: Index, ffmpeg: FFmpeg
) -> None:
    made = ["testsrc=size=64x36:rate=10:d=1", "sine=300:d=1", "sine=900:d=1"]
    inputs = [part for source in made for part in ("-f", "lavfi", "-i", source)]
    film = ffmpeg(*inputs, "-map", "0", "-map", "1", "-map", "2", "film.mkv")
    (tmp_path / "film.json").write_text('{"audio_track": 9}')
    data = tmp_path / "data"

    def used() -> tuple[int, ...]:
        (manifest,) = Catalogue(data).manifests()
        return tuple(track.index for track in manifest.title.media.heard)

    (title,) = index(film, data).titles
    assert used() == (1,)
    assert any("has no audio track 9; one is chosen" in each for each in title.warnings)
    assert {"decode", "audio", "points"} <= stages_run(index(film, data, audio_track=2))
    assert used() == (2,)
    assert index(film, data).titles[0].unchanged
    assert used() == (2,)
    (title,) = index(film, data, audio_track=3).titles
    assert title.error is not None
    assert "audio track 3 was asked for, and the file has 2; " in title.error


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_container_is_indexed_or_told(samples: Path, tmp_path: Path, index: Index) -> None:
    report = index(samples / "video", tmp_path / "data")
    assert len(report.titles) >= 15
    for title in report.titles:
        if title.error is None:
            assert title.seconds > 1
            assert title.clips
        else:
            assert title.path.name in title.error
            assert "unexpected" not in title.error
    assert sum(title.error is None for title in report.titles) >= 15


def test_the_same_film_twice_is_one_title(films: Path, tmp_path: Path, index: Index) -> None:
    place = tmp_path / "films"
    place.mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy2(films / "carphone.mp4", place / name)
    heard = Heard()
    report = index(place, tmp_path / "data", heard)
    assert len(report.titles) == 1
    assert any("same film" in message for message in heard.messages)


def test_an_empty_folder_is_told(tmp_path: Path, index: Index) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    report = index(folder, tmp_path / "data")
    assert report.failed == 1
    assert str(folder) in report.problems[0]


def test_a_data_directory_of_another_profile_is_refused(
    indexed_once: Path, films: Path, models: Models
) -> None:
    settings = load_settings(indexed_once, profile="base")
    indexer = Indexer(Catalogue(indexed_once), settings, Heard(), models=models)
    before = artefacts(indexed_once)
    with pytest.raises(ReelfindError, match=r"lite.*base"):
        indexer.run(Request((films,)))
    assert artefacts(indexed_once) == before


def test_a_data_directory_of_another_version_is_refused(
    indexed: Path, films: Path, index: Index
) -> None:
    (indexed / "reelfind.json").write_text(json.dumps({"format": 99, "profile": "lite"}))
    with pytest.raises(ReelfindError, match="version"):
        index(films, indexed)


@pytest.mark.skipif(os.name == "nt", reason="its file names are text")
def test_files_beside_a_film_are_told_and_any_name_is_indexed(
    indexed: Path, tmp_path: Path, index: Index, ffmpeg: FFmpeg
) -> None:
    stem = os.fsdecode(b"caf\xe9 \x1b[2J")
    made = ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=4", "made.mp4")
    film = made.replace(tmp_path / f"{stem}.mp4")
    film.with_suffix(".nfo").write_text(
        "<movie><title>Tom & Jerry</title><year>c. 1999</year></movie>"
    )
    film.with_suffix(".json").write_text('{"segments": [], "season": -1, "language": "en"}')
    report = index(film, indexed)
    (title,) = report.titles
    assert title.error is None
    assert (title.path, title.name) == (film, "Tom & Jerry")
    shown = f"{tmp_path}/caf\ufffd \ufffd[2J"
    assert [warning.partition("; ")[0].partition("(")[0] for warning in title.warnings] == [
        f"{shown}.nfo: not XML ",
        f"{shown}.nfo: year: 'c. 1999' is not a whole number",
        f"{shown}.json: unknown field `segments` ignored",
        f"{shown}.json: season: -1 is not between 0 and 100,000",
    ]
    manifest = Catalogue(indexed).find(film.name)
    assert manifest.title.media.path == film
    assert manifest.warnings == title.warnings

    film.with_suffix(".nfo").unlink()
    film.with_suffix(".json").write_text('{"name": "Jerry"}')
    (again,) = index(film, indexed).titles
    assert (again.name, again.warnings) == ("Jerry", ())
    assert Catalogue(indexed).find("Jerry").warnings == ()
