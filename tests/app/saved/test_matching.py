"""What is new in a saved search, over a catalogue that was really indexed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.runtime import Runtime
from app.saved.feed import feed_of
from app.saved.matching import TOLD, hits_in, indexed_since, messages, new_since
from app.saved.records import SavedSearch
from app.search.request import SearchRequest
from indexer.catalogue import Manifest
from indexer.settings import load_settings
from tests.conftest import copy_data

OLD = datetime(2026, 1, 1, tzinfo=UTC)
NEW = OLD + timedelta(days=30)
LOOKED = OLD + timedelta(days=1)


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A catalogue in which Bikes is new."""
    data = copy_data(indexed_once, tmp_path_factory.mktemp("saved") / "data")
    runtime = Runtime(data, load_settings(data))
    for manifest in runtime.catalogue.manifests():
        when = NEW if manifest.title.metadata.name == "Bikes" else OLD
        runtime.catalogue.write_manifest(replace(manifest, indexed=when))
    yield runtime
    runtime.close()


def saved(seen: datetime = LOOKED, **request: object) -> SavedSearch:
    return SavedSearch(
        id="f00d",
        name="Mine",
        request=SearchRequest.model_validate(request),
        author="",
        created=OLD,
        seen=seen,
    )


def bikes(runtime: Runtime) -> Manifest:
    return runtime.catalogue.find("Bikes")


def test_every_title_notes_when_it_was_indexed(indexed_once: Path) -> None:
    runtime = Runtime(indexed_once, load_settings(indexed_once))
    manifests = runtime.catalogue.manifests()
    assert len(indexed_since(manifests)) == len(manifests)
    assert all(each.when <= datetime.now(UTC) for each in indexed_since(manifests))
    runtime.close()


def test_titles_are_new_in_the_order_they_came(runtime: Runtime) -> None:
    manifests = runtime.catalogue.manifests()
    assert [each.title.title.metadata.name for each in indexed_since(manifests, LOOKED)] == [
        "Bikes"
    ]
    assert indexed_since(manifests)[-1].title == bikes(runtime)
    unknown = [replace(each, indexed=None) for each in manifests]
    assert indexed_since(unknown) == []


def test_filters_alone_find_all_they_leave_in_new_titles(runtime: Runtime) -> None:
    found = new_since(runtime.search, runtime.catalogue, saved())
    assert (found.since, found.titles) == (LOOKED, 1)
    assert found.until <= datetime.now(UTC)
    every = runtime.search(SearchRequest(title=["Bikes"], limit=200)).hits
    assert [hit.id for hit in found.hits] == [hit.id for hit in every]
    assert new_since(runtime.search, runtime.catalogue, saved(seen=NEW)).hits == []
    for title, count in (("Bikes", len(every)), (bikes(runtime).title.title_id, len(every))):
        own = saved(title=[title, "Another"])
        assert len(new_since(runtime.search, runtime.catalogue, own).hits) == count
    other = next(each.title for each in runtime.titles() if each.title != "Bikes")
    assert new_since(runtime.search, runtime.catalogue, saved(title=[other])).hits == []


def test_words_find_in_new_titles_what_the_whole_search_finds_there(runtime: Runtime) -> None:
    for words in ("bicycles in the street", "people playing music"):
        found = new_since(runtime.search, runtime.catalogue, saved(q=words))
        every = runtime.search(SearchRequest(q=words, limit=200)).hits
        assert [hit.id for hit in found.hits] == [hit.id for hit in every if hit.title == "Bikes"]
    assert found.hits != every


def test_what_only_shows_hits_otherwise_changes_nothing(runtime: Runtime) -> None:
    titles = indexed_since(runtime.catalogue.manifests(), LOOKED)
    plain = hits_in(runtime.search, SearchRequest(q="bicycles"), titles)
    shown = SearchRequest(q="bicycles", limit=1, group="title")
    assert [hit.id for hit in hits_in(runtime.search, shown, titles)] == [hit.id for hit in plain]
    assert hits_in(runtime.search, SearchRequest(), []) == []


def test_a_message_is_of_one_title(runtime: Runtime) -> None:
    titles = indexed_since(runtime.catalogue.manifests())
    told = messages(runtime.search, saved(level="shot"), titles)
    assert [each.timestamp for each in told] == [each.when for each in titles]
    assert [each.data.title_id for each in told] == [each.title.title.title_id for each in titles]
    for each in told:
        assert {hit.title_id for hit in each.data.hits} == {each.data.title_id}
        assert len(each.data.hits) == min(TOLD, each.data.found)
    assert any(each.data.found > TOLD for each in told)
    assert messages(runtime.search, saved(tone=["no such tone"]), titles) == []


def test_a_feed_has_the_newest_title_first(runtime: Runtime) -> None:
    manifests = runtime.catalogue.manifests()
    feed = feed_of(runtime.search, saved(), manifests, "http://here/", "http://here/feed")
    assert len({each.id for each in feed.items}) == len(manifests)
    first = feed.items[0]
    assert first.title == "Bikes"
    title_id = bikes(runtime).title.title_id
    assert (first.date_published, first.url) == (NEW, f"http://here/title?id={title_id}")
    hit = runtime.search(SearchRequest(title=["Bikes"], limit=1)).hits[0]
    assert first.content_text.startswith(f"{hit.timecode_in} – {hit.timecode_out}")
