"""Text on screen in the points of a title: found by its words, and credits are worth no clip."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.records import Hit
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.library import Library
from indexer.listener import Silence
from indexer.models import Models
from indexer.request import Request
from indexer.settings import SETTINGS_FILE, load_settings
from tests.indexer.onscreen.shown import shown_and_not_said

TITLE = "Spiral Sessions"
"""What the first card of a film of the demo says, and what is said of it."""


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_once, load_settings(indexed_once), models)
    yield runtime
    runtime.close()


def first(runtime: Runtime, q: str, **others: object) -> Hit:
    asked = SearchRequest.model_validate({"q": q, "routes": ["words"], "level": "shot"} | others)
    return runtime.search(asked).hits[0]


def test_words_on_screen_are_found_and_said_to_be(runtime: Runtime, indexed_once: Path) -> None:
    title, shot, word = shown_and_not_said(indexed_once)
    hit = first(runtime, word)
    assert (hit.title_id, hit.start_frame) == (title.title_id, shot.start_frame)
    (why,) = hit.why
    assert why.line_from == "screen"
    assert why.line is not None
    assert word in [why.line[slice(*mark)] for mark in why.marks]


def test_what_is_said_and_shown_is_said(runtime: Runtime) -> None:
    hit = first(runtime, TITLE)
    assert TITLE.upper() in hit.screen_text
    assert hit.why[0].line_from == "dialogue"


def test_a_phrase_in_quotes_may_be_on_screen(runtime: Runtime, indexed_once: Path) -> None:
    title, shot, word = shown_and_not_said(indexed_once)
    hit = first(runtime, f'"{word}"')
    assert (hit.title_id, hit.start_frame) == (title.title_id, shot.start_frame)
    clip = first(runtime, f'"{word}"', level="clip")
    assert set(hit.screen_text) <= set(clip.screen_text)
    assert runtime.search(SearchRequest(q=f'"{word} {word}"')).hits == []


def test_shots_and_clips_are_filtered_and_counted_by_text(
    runtime: Runtime, indexed_once: Path
) -> None:
    asked = SearchRequest(onscreen=["text"], level="shot", limit=100)
    found = {(hit.title_id, hit.start_frame) for hit in runtime.search(asked).hits}
    assert found == {
        (title.title_id, shot.start_frame)
        for title in Library(Catalogue(indexed_once)).titles()
        for shot, own in zip(title.shots, title.text_on_screen, strict=True)
        if own.lines
    }
    clips = runtime.search(SearchRequest(onscreen=["text"])).hits
    assert all("onscreen:text" in hit.look for hit in clips)
    counts = runtime.facets(SearchRequest(level="shot")).onscreen
    assert {each.value: each.count for each in counts} == {"text": len(found)}


def test_credits_are_worth_no_clip_and_other_rules_read_nothing_again(
    indexed: Path, models: Models
) -> None:
    (indexed / SETTINGS_FILE).write_text("[onscreen]\ncredits_lines = 1\ncredits_part = 1.0\n")
    report = Indexer(
        Catalogue(indexed), load_settings(indexed), Silence(), debug=True, models=models
    ).run(Request(rescore=True))
    ran = {
        each.stage for title in report.titles for each in title.times if each.seconds is not None
    }
    assert ran == {"scores", "points"}
    for title in Library(Catalogue(indexed)).titles():
        worth = title.scores("shot")["clip_worthiness"].to_list()
        assert [each == 0 for each in worth] == [bool(own.lines) for own in title.text_on_screen]
        of_clips = title.scores("clip")["clip_worthiness"].to_list()
        for clip, each in zip(title.clips, of_clips, strict=True):
            assert (each == 0) == (not any(worth[clip.first_shot : clip.end_shot]))


def test_nothing_is_read_where_it_is_switched_off(indexed: Path, models: Models) -> None:
    (indexed / SETTINGS_FILE).write_text("[onscreen]\nread = false\n")
    Indexer(Catalogue(indexed), load_settings(indexed), Silence(), debug=True, models=models).run(
        Request(rescore=True)
    )
    titles = Library(Catalogue(indexed)).titles()
    assert not any(own.lines for title in titles for own in title.text_on_screen)
