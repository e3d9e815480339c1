import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.records import AudioTrack, Media, Metadata, Title

MEDIA = Media(
    path=Path("/films/a.mkv"),
    content_hash="abc",
    size=9,
    fps=Fraction(24000, 1001),
    variable_frame_rate=False,
    duration=10.0,
    start_timecode="01:00:00:00",
    width=640,
    height=360,
    video_codec="h264",
    audio_tracks=(AudioTrack(1, "en", 2, True),),
)


def manifest(title_id: str, name: str) -> Manifest:
    return Manifest(
        title=Title(title_id, MEDIA, Metadata(name, ids={"eidr": "10.5240/X"})),
        profile="lite",
        encoder="e",
        pair="lite-e",
        keys={"shots": "k"},
        frame_count=24000,
        shots=3,
        clips=1,
        text_source="none",
        language=None,
        genres=("kids",),
        genres_from="metadata",
        scored_by={"tone": "zero-shot"},
    )


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = Catalogue(tmp_path / "data")
    made.prepare("lite")
    return made


def test_a_manifest_is_read_as_it_was_written(catalogue: Catalogue) -> None:
    written = manifest("t1", "A Film")
    catalogue.write_manifest(written)
    read = catalogue.manifest("t1")
    assert read is not None
    assert replace(read, indexed=None) == written
    assert catalogue.manifests()[0].seconds == pytest.approx(1001.0)


def test_when_a_title_was_first_indexed_is_noted_once_and_outside_its_folder(
    catalogue: Catalogue,
) -> None:
    before = datetime.now(UTC)
    catalogue.write_manifest(manifest("t1", "A Film"))
    first = catalogue.find("t1").indexed
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    files = {path.name: path.read_bytes() for path in (catalogue.titles_path / "t1").iterdir()}
    catalogue.write_manifest(manifest("t1", "A Film"))
    assert catalogue.find("t1").indexed == first
    catalogue.remove("t1")
    catalogue.write_manifest(manifest("t1", "A Film"))
    later = catalogue.find("t1").indexed
    assert later is not None
    assert later > first
    assert files == {
        path.name: path.read_bytes() for path in (catalogue.titles_path / "t1").iterdir()
    }


def test_titles_are_found_by_id_its_start_name_and_file(catalogue: Catalogue) -> None:
    catalogue.write_manifest(manifest("0123", "A Film"))
    catalogue.write_manifest(manifest("0199", "Another"))
    for name in ("0123", "012", "a film"):
        assert catalogue.find(name).title.title_id == "0123"
    with pytest.raises(ReelfindError, match="several"):
        catalogue.find("01")
    with pytest.raises(ReelfindError, match="reelfind titles"):
        catalogue.find("nothing")


def test_a_title_that_is_not_whole_is_not_listed(catalogue: Catalogue) -> None:
    catalogue.folder("t1").commit("decode", "k", lambda out: None)
    assert catalogue.manifests() == []


def test_a_damaged_manifest_is_named_and_the_others_are_listed(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    for title_id in ("t1", "t2"):
        catalogue.write_manifest(manifest(title_id, "A"))
    file = catalogue.titles_path / "t1" / "title.json"
    for damage in (file.read_bytes()[:50], b"", b"[]", b"\xff\xfe", b"null"):
        file.write_bytes(damage)
        assert [each.title.title_id for each in Catalogue(catalogue.path).manifests()] == ["t2"]
        assert caplog.messages[-1].startswith(f"{file}: cannot be read, so this title is left out")
        with pytest.raises(ReelfindError, match=r"title\.json.* `reelfind index` on its film"):
            catalogue.find("t1")
    said = len(caplog.messages)
    for _ in range(3):
        catalogue.manifests()
    assert len(caplog.messages) == said, "each catalogue says so once"


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\xff", b"2026-11-29 x"])
def test_a_damaged_time_of_indexing_is_that_of_its_file(
    catalogue: Catalogue, damage: bytes
) -> None:
    catalogue.write_manifest(manifest("t1", "A"))
    file = catalogue.path / "indexed" / "t1"
    file.write_bytes(damage)
    os.utime(file, (1e9, 1e9))
    (found,) = catalogue.manifests()
    assert (found.indexed, found.number) == (datetime.fromtimestamp(1e9, UTC), None)


def test_a_catalogue_has_one_id(catalogue: Catalogue) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: Catalogue(catalogue.path).identity(), range(40)))
    assert ids == {catalogue.identity()}
    assert not list(catalogue.path.glob(".unfinished*"))
    (catalogue.path / "catalogue-id").write_text("../other")
    with pytest.raises(ReelfindError, match=r"catalogue-id: holds no id .* restore it"):
        catalogue.identity()


def test_profiles_never_mix(catalogue: Catalogue) -> None:
    catalogue.prepare("lite")
    with pytest.raises(ReelfindError, match="never mix"):
        catalogue.prepare("full")


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"format": "x", "profile": 1}'])
def test_a_damaged_data_directory_is_named(catalogue: Catalogue, text: str) -> None:
    (catalogue.path / "reelfind.json").write_text(text)
    with pytest.raises(ReelfindError, match=r"reelfind\.json"):
        catalogue.prepare("lite")


def test_a_file_is_no_data_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReelfindError, match="--data"):
        Catalogue(tmp_path / "file").prepare("lite")


def test_removing_leaves_the_others(catalogue: Catalogue) -> None:
    for name in ("t1", "t2"):
        catalogue.write_manifest(manifest(name, name))
    catalogue.remove("t1")
    assert [each.title.title_id for each in catalogue.manifests()] == ["t2"]
    assert catalogue.manifest("t1") is None


def test_the_encoder_in_use_is_remembered(catalogue: Catalogue) -> None:
    assert catalogue.current_encoder is None
    catalogue.use_encoder("abc")
    assert catalogue.current_encoder == "abc"


def test_a_manifest_of_a_moved_film_differs_only_in_its_path(catalogue: Catalogue) -> None:
    before = manifest("t1", "A")
    moved = replace(before, title=replace(before.title, media=replace(MEDIA, path=Path("/b"))))
    catalogue.write_manifest(moved)
    assert catalogue.manifest("t1") != before
