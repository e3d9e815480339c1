"""What is new in a saved search, over a catalogue that was really indexed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.results import SearchRequest
from app.saved.feed import feed_of
from app.saved.matching import TOLD, hits_in, indexed_since, messages, new_since
from app.saved.records import SavedSearch
from app.service import Service
from indexer.catalogue import Manifest
from indexer.settings import load_settings
from tests.conftest import copy_data

OLD = datetime(2026, 1, 1, tzinfo=UTC)
NEW = OLD + timedelta(days=30)
LOOKED = OLD + timedelta(days=1)


@pytest.fixture(scope="module")
def service(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A catalogue in which Bikes is new."""
    data = copy_data(indexed_once, tmp_path_factory.mktemp("saved") / "data")
    service = Service(data, load_settings(data))
    for manifest in service.catalogue.manifests():
        when = NEW if manifest.title.metadata.name == "Bikes" else OLD
        service.catalogue.write_manifest(replace(manifest, indexed=when))
    yield service
    service.close()


def saved(seen: datetime = LOOKED, **request: object) -> SavedSearch:
    return SavedSearch(
        id="f00d",
        name="Mine",
        request=SearchRequest.model_validate(request),
        author="",
        created=OLD,
        seen=seen,
    )


def bikes(service: Service) -> Manifest:
    return service.catalogue.find("Bikes")


def test_every_title_notes_when_it_was_indexed(indexed_once: Path) -> None:
    service = Service(indexed_once, load_settings(indexed_once))
    manifests = service.catalogue.manifests()
    assert len(indexed_since(manifests)) == len(manifests)
    assert all(each.when <= datetime.now(UTC) for each in indexed_since(manifests))
    service.close()


def test_titles_are_new_in_the_order_they_came(service: Service) -> None:
    manifests = service.catalogue.manifests()
    assert [each.title.title.metadata.name for each in indexed_since(manifests, LOOKED)] == [
        "Bikes"
    ]
    assert indexed_since(manifests)[-1].title == bikes(service)
    unknown = [replace(each, indexed=None) for each in manifests]
    assert indexed_since(unknown) == []


def test_filters_alone_find_all_they_leave_in_new_titles(service: Service) -> None:
    found = new_since(service.search, service.catalogue, saved())
    assert (found.since, found.titles) == (LOOKED, 1)
    assert found.until <= datetime.now(UTC)
    every = service.search(SearchRequest(title=["Bikes"], limit=200)).hits
    assert [hit.id for hit in found.hits] == [hit.id for hit in every]
    assert new_since(service.search, service.catalogue, saved(seen=NEW)).hits == []
    for title, count in (("Bikes", len(every)), (bikes(service).title.title_id, len(every))):
        own = saved(title=[title, "Another"])
        assert len(new_since(service.search, service.catalogue, own).hits) == count
    other = next(each.title for each in service.titles() if each.title != "Bikes")
    assert new_since(service.search, service.catalogue, saved(title=[other])).hits == []


def test_words_find_in_new_titles_what_the_whole_search_finds_there(service: Service) -> None:
    for words in ("bicycles in the street", "people playing music"):
        found = new_since(service.search, service.catalogue, saved(q=words))
        every = service.search(SearchRequest(q=words, limit=200)).hits
        assert [hit.id for hit in found.hits] == [hit.id for hit in every if hit.title == "Bikes"]
    assert found.hits != every


def test_what_only_shows_hits_otherwise_changes_nothing(service: Service) -> None:
    titles = indexed_since(service.catalogue.manifests(), LOOKED)
    plain = hits_in(service.search, SearchRequest(q="bicycles"), titles)
    shown = SearchRequest(q="bicycles", limit=1, group="title")
    assert [hit.id for hit in hits_in(service.search, shown, titles)] == [hit.id for hit in plain]
    assert hits_in(service.search, SearchRequest(), []) == []


def test_a_message_is_of_one_title(service: Service) -> None:
    titles = indexed_since(service.catalogue.manifests())
    told = messages(service.search, saved(level="shot"), titles)
    assert [each.timestamp for each in told] == [each.when for each in titles]
    assert [each.data.title_id for each in told] == [each.title.title.title_id for each in titles]
    for each in told:
        assert {hit.title_id for hit in each.data.hits} == {each.data.title_id}
        assert len(each.data.hits) == min(TOLD, each.data.found)
    assert any(each.data.found > TOLD for each in told)
    assert messages(service.search, saved(tone=["no such tone"]), titles) == []


def test_a_feed_has_the_newest_title_first(service: Service) -> None:
    manifests = service.catalogue.manifests()
    feed = feed_of(service.search, saved(), manifests, "http://here/", "http://here/feed")
    assert len({each.id for each in feed.items}) == len(manifests)
    first = feed.items[0]
    assert first.title == "Bikes"
    title_id = bikes(service).title.title_id
    assert (first.date_published, first.url) == (NEW, f"http://here/title?id={title_id}")
    hit = service.search(SearchRequest(title=["Bikes"], limit=1)).hits[0]
    assert first.content_text.startswith(f"{hit.timecode_in} – {hit.timecode_out}")
