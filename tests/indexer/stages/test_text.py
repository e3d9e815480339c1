"""When a title's text is read again: where it would be another one, and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.artefacts import read_timed_text, write_json, write_timed_text
from indexer.hashing import content_hash
from indexer.models import Models
from indexer.probe import probe
from indexer.records import Line, Metadata, TimedText, Title
from indexer.settings import Settings
from indexer.stages import decode
from indexer.stages.base import TitleFolder, stage_key
from indexer.stages.text import NAME, TEXT
from indexer.stages.work import TitleWork

FFmpeg = Callable[..., Path]
CUE = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"


@pytest.fixture
def work(ffmpeg: FFmpeg, tmp_path: Path) -> TitleWork:
    """A silent film of three seconds that has been decoded."""
    film = ffmpeg("-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=3", "film.mkv")
    settings = Settings()
    made = TitleWork(
        title=Title("t", probe(film), Metadata("Film")),
        settings=settings,
        folder=TitleFolder(tmp_path / "title"),
        models=Models(settings),
        report=lambda _: None,
        keys={decode.NAME: "d"},
    )
    decoded = made.folder.stage(decode.NAME, "d")
    decoded.mkdir(parents=True)
    write_json(decoded / decode.ABOUT, {"frame_count": 75, "audio_samples": 0, "damaged": None})
    return made


def key(work: TitleWork, settings: dict[str, object] | None = None) -> str:
    return stage_key(
        work.title.media.content_hash,
        NAME,
        TEXT.version,
        dict(TEXT.settings(work)) if settings is None else settings,
        {decode.NAME: "d"},
    )


def made_before(work: TitleWork, sidecar: Path | None, text: TimedText) -> str:
    """Note a text as the version before did; returns its key."""
    settings = {
        "reader": 1,
        "sidecar": [sidecar.name, content_hash(sidecar)] if sidecar else None,
        **work.settings.text.model_dump(),
    }
    before = key(work, settings)
    work.folder.commit(NAME, before, lambda out: write_timed_text(out, text))
    return before


def beside(work: TitleWork, name: str) -> Path:
    return work.title.media.path.with_name(name)


def test_files_that_are_not_read_do_not_matter_and_those_that_are_do(work: TitleWork) -> None:
    beside(work, "film.en.srt").write_text(CUE.format("one"))
    first = key(work)
    beside(work, "film.de.srt").write_text(CUE.format("eins"))
    beside(work, "film.en.vtt").write_text("WEBVTT\n")
    assert key(work) == first
    beside(work, "film.en.forced.srt").write_text(CUE.format("a sign"))
    second = key(work)
    assert second != first
    beside(work, "film.en.srt").write_text("broken")
    assert key(work) not in (first, second)


def test_a_text_of_before_that_is_still_the_same_is_kept(work: TitleWork) -> None:
    sidecar = beside(work, "film.srt")
    sidecar.write_text(CUE.format("one"))
    before = made_before(
        work, sidecar, TimedText((Line(1, 2, "one"),), "sidecar", None, "film.srt")
    )
    assert key(work) == before


def test_a_text_of_before_that_would_be_another_is_made_again(work: TitleWork) -> None:
    sidecar = beside(work, "film.es.srt")
    sidecar.write_bytes(CUE.format("¡Hola!").encode("cp1252"))
    text = TimedText((Line(1, 2, "ˇHola!"),), "sidecar", "es", "film.es.srt")
    before = made_before(work, sidecar, text)
    assert key(work) != before
    work.folder.commit(NAME, key(work), lambda out: TEXT.run(work, out))
    assert read_timed_text(work.folder.stage(NAME, key(work))).lines == (Line(1, 2, "¡Hola!"),)


def test_without_files_a_transcription_of_before_is_kept(work: TitleWork) -> None:
    before = made_before(work, None, TimedText((Line(1, 2, "said"),), "transcription", "en"))
    assert key(work) == before
    beside(work, "film_en.srt").write_text(CUE.format("a name that was not known"))
    assert key(work) != before


def test_tracks_with_drawings_are_read_again_and_others_are_not(
    work: TitleWork, ffmpeg: FFmpeg
) -> None:
    words = beside(work, "words.srt")
    words.write_text(CUE.format("said"))
    picture = ["-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=3", "-i", words]
    for codec, kept in (("srt", True), ("ass", False)):
        media = probe(ffmpeg(*picture, "-c:s", codec, f"{codec}.mkv"))
        titled = replace(work, title=replace(work.title, media=media))
        text = TimedText((Line(1, 2, "said"),), "embedded", None, "track 1")
        before = made_before(titled, None, text)
        assert (key(titled) == before) is kept


def test_a_sidecar_that_cannot_be_opened_does_not_refuse_the_film(work: TitleWork) -> None:
    sidecar = beside(work, "film.srt")
    sidecar.write_bytes(bytes(99))
    work.folder.commit(NAME, key(work), lambda out: TEXT.run(work, out))
    text = read_timed_text(work.folder.stage(NAME, key(work)))
    assert text.source == "none"
    assert text.warnings == (
        f"{sidecar}: not text in any known encoding; save it as UTF-8 or remove it",
    )
