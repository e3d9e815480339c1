"""What is read back of a title is what its stages wrote."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.library import VECTORS, Library


@pytest.fixture(scope="module")
def library(indexed_once: Path) -> Library:
    return Library(Catalogue(indexed_once))


def test_the_parts_of_a_title_agree(library: Library) -> None:
    titles = list(library.titles())
    assert titles
    for title in titles:
        manifest = title.manifest
        assert (len(title.shots), len(title.clips)) == (manifest.shots, manifest.clips)
        assert title.spans("shot") is title.shots
        assert title.spans("clip") is title.clips
        assert title.shots[-1].end_frame == manifest.frame_count
        assert len(title.texts) == len(title.looks) == manifest.shots
        assert title.timed_text.source == manifest.text_source
        assert len(title.scores("shot")) == len(title.curves()) == manifest.shots
        assert len(title.scores("clip", ["tones"])) == manifest.clips
        for name in VECTORS:
            vectors = title.vectors(name)
            assert vectors.dtype == np.float32
            assert len(vectors) == manifest.shots


def test_curves_are_read_by_name(library: Library) -> None:
    title = next(library.titles())
    some = title.curve_names[:2]
    assert title.curves(some).columns == list(some)
    assert "start_seconds" not in title.curve_names


def test_stills_are_those_of_the_span(library: Library) -> None:
    for title in library.titles():
        for shot in title.shots:
            frames = title.still_frames(shot.start_frame, shot.end_frame)
            assert frames
            assert all(shot.start_frame <= frame < shot.end_frame for frame in frames)
            path = title.still(frames[0])
            assert path is not None
            with Image.open(path) as still:
                assert still.format == "JPEG"
        assert title.still(title.manifest.frame_count) is None


def test_a_title_is_found_by_id_and_by_name(library: Library) -> None:
    title = next(library.titles())
    again = library.title(title.title_id)
    assert again is not None
    assert again.manifest == title.manifest
    assert library.find(title.manifest.title.metadata.name).title_id == title.title_id
    assert library.title("0123456789abcdef") is None
    with pytest.raises(ReelfindError, match="no such title"):
        library.find("no film has this name")


def test_a_damaged_table_is_named(indexed: Path) -> None:
    title = next(Library(Catalogue(indexed)).titles())
    (table,) = (indexed / "titles" / title.title_id).glob("scores-*/clips.parquet")
    table.write_bytes(table.read_bytes()[:100])
    with pytest.raises(ReelfindError, match=r"clips\.parquet: is damaged.*--force"):
        title.scores("clip")
