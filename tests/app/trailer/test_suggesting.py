"""A trailer as a whole: from a pool, and from films that were really indexed."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.records import SearchResponse
from app.runtime import Runtime
from app.search.request import SearchRequest
from app.trailer.gathering import CREDITS, gather
from app.trailer.intensity import arousal, ranked
from app.trailer.records import Brief, Span, TrailerError
from app.trailer.spans import cuts_into, spoken
from app.trailer.suggesting import items, suggest, tells_the_end, tone_groups
from indexer.artefacts import read_timed_text
from indexer.settings import load_settings
from indexer.stages import text
from tests.app.trailer.conftest import draw_pool

GROUPS = {"calm": "calm", "tense": "tension", "sad": "sorrow", "wild": "energy", "noir": "style"}
SPANS = [each.span for each in draw_pool(1, 60)]


def test_a_trailer_is_as_long_as_asked_and_rises() -> None:
    found = suggest(SPANS, Brief(30, "rising"), GROUPS)
    assert 29 <= sum(each.span.seconds for each in found) <= 30
    intensities = [each.intensity for each in found]
    assert intensities == sorted(intensities)
    assert found == suggest(SPANS[::-1], Brief(30, "rising"), GROUPS)


def test_endings_are_left_out_unless_asked_for() -> None:
    assert any(tells_the_end(span) for span in SPANS)
    for arc_brief in (Brief(40, "three-act"), Brief(40, "even")):
        assert not any(tells_the_end(each.span) for each in suggest(SPANS, arc_brief, GROUPS))
    only = [span for span in SPANS if tells_the_end(span)]
    assert suggest(only, Brief(10, spoilers=True), GROUPS)
    with pytest.raises(TrailerError, match="0 moments pass the filters"):
        suggest(only, Brief(10), GROUPS)


def test_too_short_a_trailer_is_told() -> None:
    with pytest.raises(TrailerError, match=r"none of them fits into 0\.5 seconds"):
        suggest(SPANS, Brief(0.5), GROUPS)


def test_fast_and_exciting_moments_are_the_intense_ones() -> None:
    calm = Span("t", 0, 96, Fraction(24), 0.5, ("calm",), 1, 0.0, 0.1)
    fast = replace(calm, start=100, end=196, shots=8)
    wild = replace(fast, start=200, end=296, tones=("wild",))
    assert [each.intensity for each in ranked([wild, calm, fast], GROUPS)] == pytest.approx(
        [5 / 6, 1 / 6, 3 / 6]
    )
    assert arousal((), GROUPS) == arousal(("noir",), GROUPS) == arousal(("calm", "wild"), GROUPS)


def test_a_trailer_of_real_films_cuts_into_no_line(indexed_once: Path) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once))
    try:
        spans = gather(runtime.catalogue, runtime.search, SearchRequest(q=""))
        groups = tone_groups(runtime.tasks)
        found = suggest(spans, Brief(20, "three-act"), groups)
        (only,) = {span.title_id for span in spans if span.title_id == found[0].span.title_id}
        own = gather(runtime.catalogue, runtime.search, SearchRequest(q="", title=[only]))
        assert {span.title_id for span in own} == {only}
    finally:
        runtime.close()
    assert len(spans) == len(set(spans))
    made = items(found)
    assert [item.title_id for item in made] == [each.span.title_id for each in found]
    for item in made:
        manifest = runtime.manifest(item.title_id)
        folder = runtime.catalogue.folder(item.title_id).stage(text.NAME, manifest.keys[text.NAME])
        heard = spoken(read_timed_text(folder).lines, manifest.title.media.fps)
        assert item.end_frame <= 0.8 * manifest.frame_count
        assert not cuts_into(item.start_frame, heard)
        assert not cuts_into(item.end_frame, heard)
        assert item.reason.split(" ")[0] in ("Calm", "Steady", "Intense")
        assert not item.note


def test_credits_are_no_material(indexed_once: Path) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once))

    def all_credits(request: SearchRequest) -> SearchResponse:
        found = runtime.search(request)
        hits = [each.model_copy(update={"look": [*each.look, CREDITS]}) for each in found.hits]
        return found.model_copy(update={"hits": hits})

    try:
        assert gather(runtime.catalogue, all_credits, SearchRequest(q="")) == []
    finally:
        runtime.close()
