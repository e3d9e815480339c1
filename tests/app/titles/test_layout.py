"""A title along its time, compared with its cut list and its files."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from app.runtime import NotFoundError, Runtime
from app.titles.cutlist import clip_rows, shot_rows
from app.titles.layout import lay_out, read_curves
from indexer.models import Models
from indexer.settings import Settings
from indexer.stages import scores


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_once, Settings(), models)
    yield runtime
    runtime.close()


@pytest.mark.parametrize("level", ["shot", "clip"])
def test_shots_and_clips_are_those_of_the_cut_list(runtime: Runtime, level: str) -> None:
    for manifest in runtime.catalogue.manifests():
        layout = lay_out(runtime, manifest.title.title_id)
        rows = (shot_rows if level == "shot" else clip_rows)(runtime.title(manifest.title.title_id))
        spans = layout.shots if level == "shot" else layout.clips
        for span, row in zip(spans, rows, strict=True):
            assert span.start_frame == row["start_frame"]
            assert span.end_frame == row["end_frame"]
            assert span.timecode_in == row["timecode_in"]
            assert span.clip_worthiness == pytest.approx(row["clip_worthiness"], abs=1e-4)


def test_ids_are_those_of_points(runtime: Runtime) -> None:
    for title in runtime.titles():
        layout = lay_out(runtime, title.title_id)
        for span in (layout.shots[0], layout.clips[-1]):
            hit = runtime.neighbours(span.id, 0, 0).hit
            assert (hit.title_id, hit.start_frame) == (title.title_id, span.start_frame)


def test_lines_lie_within_the_title_and_on_its_frames(runtime: Runtime) -> None:
    lines = [
        (layout, line)
        for layout in (lay_out(runtime, title.title_id) for title in runtime.titles())
        for line in layout.lines
    ]
    assert lines
    for layout, line in lines:
        assert 0 <= line.start_frame < line.end_frame <= layout.frame_count


def test_curves_have_a_score_for_each_shot(runtime: Runtime) -> None:
    for manifest in runtime.catalogue.manifests():
        title_id = manifest.title.title_id
        layout = lay_out(runtime, title_id)
        assert set(layout.at_first) <= set(layout.curves)
        curves = read_curves(runtime, title_id, [*layout.at_first, "tone: none of ours"])
        assert list(curves) == list(layout.at_first)
        folder = runtime.catalogue.folder(title_id)
        table = folder.stage(scores.NAME, manifest.keys[scores.NAME]) / scores.CURVES
        stored = pl.read_parquet(table)
        for name, values in curves.items():
            assert values == pytest.approx(stored[name].to_list(), abs=1e-4)
            assert len(values) == len(layout.shots)


def test_a_title_that_is_not_there(runtime: Runtime) -> None:
    with pytest.raises(NotFoundError, match="no such title"):
        lay_out(runtime, "0123456789abcdef")
