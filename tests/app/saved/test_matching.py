"""What is new in a saved search, over a catalogue that was really indexed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.runtime import Runtime
from app.saved.arrivals import CatalogueArrivals
from app.saved.feed import LATEST, feed_of
from app.saved.matching import TOLD, hits_in, messages, new_since
from app.saved.records import SavedSearch
from app.search.request import SearchRequest
from indexer.catalogue import Catalogue
from indexer.manifest import Manifest
from indexer.settings import load_settings
from indexer.title_points import fill_titles
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
    catalogue = Catalogue(indexed_once)
    arrivals = CatalogueArrivals(catalogue).since()
    assert len(arrivals) == len(catalogue.manifests())
    assert all(each.indexed and each.indexed <= datetime.now(UTC) for each in arrivals)


def test_titles_are_new_in_the_order_they_came(runtime: Runtime) -> None:
    files = CatalogueArrivals(runtime.catalogue)
    assert [each.title.metadata.name for each in files.since(LOOKED)] == ["Bikes"]
    assert files.since()[-1] == bikes(runtime)


def test_the_store_knows_of_arrivals_what_the_files_say(runtime: Runtime) -> None:
    """A title of which nobody noted the time is never new; one without a number goes by time."""
    runtime.titles()
    noted = runtime.catalogue.path / "indexed"
    first, second, *_ = (each.title.title_id for each in runtime.catalogue.manifests())
    kept = {each: (noted / each).read_bytes() for each in (first, second)}
    (noted / first).unlink()
    (noted / second).write_text(OLD.isoformat())
    fill_titles(runtime.catalogue, runtime.store)
    files, listing = CatalogueArrivals(runtime.catalogue), runtime.listing
    for moment in (OLD, LOOKED, NEW, NEW - timedelta(days=9), OLD - timedelta(days=1)):
        assert listing.last_number(moment) == files.last_number(moment)
        for number in (None, 0, 1, files.last_number()):
            assert listing.since(moment, number) == files.since(moment, number)
    assert first not in {each.title.title_id for each in files.since()}
    for each, content in kept.items():
        (noted / each).write_bytes(content)
    fill_titles(runtime.catalogue, runtime.store)


def test_filters_alone_find_all_they_leave_in_new_titles(runtime: Runtime) -> None:
    found = new_since(runtime.search_saved, runtime.listing, saved())
    assert (found.since, found.titles) == (LOOKED, 1)
    assert found.until <= datetime.now(UTC)
    every = runtime.search(SearchRequest(title=["Bikes"], limit=200)).hits
    assert [hit.id for hit in found.hits] == [hit.id for hit in every]
    assert new_since(runtime.search_saved, runtime.listing, saved(seen=NEW)).hits == []
    for title, count in (("Bikes", len(every)), (bikes(runtime).title.title_id, len(every))):
        own = saved(title=[title, "Another"])
        assert len(new_since(runtime.search_saved, runtime.listing, own).hits) == count
    other = next(each.title for each in runtime.titles() if each.title != "Bikes")
    assert new_since(runtime.search_saved, runtime.listing, saved(title=[other])).hits == []


def test_words_find_in_new_titles_what_the_whole_search_finds_there(runtime: Runtime) -> None:
    for words in ("bicycles in the street", "people playing music"):
        found = new_since(runtime.search_saved, runtime.listing, saved(q=words))
        every = runtime.search(SearchRequest(q=words, limit=200)).hits
        assert [hit.id for hit in found.hits] == [hit.id for hit in every if hit.title == "Bikes"]
    assert found.hits != every


def test_what_only_shows_hits_otherwise_changes_nothing(runtime: Runtime) -> None:
    titles = runtime.listing.since(LOOKED)
    plain = hits_in(runtime.search_saved, SearchRequest(q="bicycles"), titles)
    shown = SearchRequest(q="bicycles", limit=1, group="title")
    assert [hit.id for hit in hits_in(runtime.search_saved, shown, titles)] == [
        hit.id for hit in plain
    ]
    assert hits_in(runtime.search_saved, SearchRequest(), []) == []


def test_a_message_is_of_one_title(runtime: Runtime) -> None:
    titles = runtime.listing.since()
    told = messages(runtime.search_saved, saved(level="shot"), titles)
    assert [each.timestamp for each in told] == [each.indexed for each in titles]
    assert [each.data.title_id for each in told] == [each.title.title_id for each in titles]
    for each in told:
        assert {hit.title_id for hit in each.data.hits} == {each.data.title_id}
        assert len(each.data.hits) == min(TOLD, each.data.found)
    assert any(each.data.found > TOLD for each in told)
    assert messages(runtime.search_saved, saved(tone=["no such tone"]), titles) == []


def test_a_feed_has_the_newest_title_first(runtime: Runtime) -> None:
    latest = runtime.listing.latest(LATEST)
    feed = feed_of(runtime.search_saved, saved(), latest, "http://here/", "http://here/feed")
    assert len({each.id for each in feed.items}) == len(latest)
    first = feed.items[0]
    assert first.title == "Bikes"
    title_id = bikes(runtime).title.title_id
    assert (first.date_published, first.url) == (NEW, f"http://here/title?id={title_id}")
    hit = runtime.search(SearchRequest(title=["Bikes"], limit=1)).hits[0]
    assert first.content_text.startswith(f"{hit.timecode_in} – {hit.timecode_out}")
