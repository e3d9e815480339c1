"""Listing without words, with scores as probes really give them: 32 bits, no round numbers."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.search import listing
from app.search.listing import browse
from app.search.request import SearchRequest
from app.search.searcher import Searcher
from indexer.pipeline_sections import SearchSettings
from indexer.store.edge import EdgeStore
from tests.app.search.catalogue import Drawn, Point, draw_catalogue, fake_models, fill


def scored(points: list[Point], draw: random.Random) -> list[Point]:
    """Give points scores that few of which JSON holds to the last bit in every reader."""
    drawn = [float(np.float32(draw.random())) for _ in points]
    return [
        replace(point, payload={**point.payload, "clip_worthiness": score})
        for point, score in zip(points, drawn, strict=True)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_point_is_listed_once(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    points = draw_catalogue(seed)
    drawn = Drawn(scored(points.shots, draw), scored(points.clips, draw))
    with EdgeStore(tmp_path) as store:
        searcher = Searcher(store, fake_models(), SearchSettings())
        fill(store, "drawn", drawn)
        for title in sorted({point.payload["title_id"] for point in drawn.shots}):
            request = SearchRequest(level="shot", title=[title])
            plan = searcher.plan(request, "drawn")
            own = [point for point in drawn.shots if point.payload["title_id"] == title]
            order = sorted(own, key=lambda point: (-point.payload["clip_worthiness"], point.id))
            expected = [point.id for point in order]
            listed = list(browse(plan, store, None))
            assert [str(record.id) for record, _ in listed] == expected
            for place, (_, position) in enumerate(listed, start=1):
                rest = browse(plan, store, position)
                assert [str(record.id) for record, _ in rest] == expected[place:]


def test_in_time_no_title_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "TITLES", 1)
    drawn = draw_catalogue(0)
    with EdgeStore(tmp_path) as store:
        searcher = Searcher(store, fake_models(), SearchSettings())
        fill(store, "drawn", drawn)
        plan = searcher.plan(SearchRequest(level="shot", order="time"), "drawn")
        assert {str(record.id) for record, _ in browse(plan, store, None)} == {
            point.id for point in drawn.shots
        }
