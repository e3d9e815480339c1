"""A clock that is set back: what is indexed then is new all the same, and told once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from app.database.engine import DATABASE, Database
from app.database.revisions import MIGRATIONS
from app.runtime import Runtime
from app.saved.matching import new_since
from app.saved.notifier import write_messages
from app.saved.outbox import Outbox
from app.saved.store import SavedStore
from app.search.request import SearchRequest
from indexer import arrivals
from indexer.settings import load_settings
from indexer.title_points import fill_titles
from tests.app.api.conftest import client_of

DAY = timedelta(days=1)


@pytest.fixture
def runtime(indexed: Path) -> Iterator[Runtime]:
    runtime = Runtime(indexed, load_settings(indexed))
    yield runtime
    runtime.close()


@pytest.fixture(params=[-DAY, DAY, -400 * DAY], ids=["back", "ahead", "far back"])
def shift(request: pytest.FixtureRequest) -> timedelta:
    """By how much the clock is wrong while Bikes is indexed."""
    assert isinstance(request.param, timedelta)
    return request.param


def index(runtime: Runtime, name: str, shift: timedelta) -> None:
    """Index a title for the first time, by a clock that is wrong."""
    catalogue = runtime.catalogue
    manifest = catalogue.find(name)
    artefacts = catalogue.folder(manifest.title.title_id).path
    kept = artefacts.rename(artefacts.with_name("kept"))
    catalogue.remove(manifest.title.title_id)
    kept.rename(artefacts)
    (artefacts / "title.json").unlink()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + shift

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrivals, "datetime", Clock)
        catalogue.write_manifest(replace(manifest, indexed=None))
    fill_titles(catalogue, runtime.store)


def test_a_title_is_new_until_somebody_looks(runtime: Runtime, shift: timedelta) -> None:
    client: TestClient = client_of(runtime)
    where = client.post(
        "/api/v1/saved", json={"name": "All", "request": SearchRequest().model_dump(mode="json")}
    ).headers["Location"]
    assert client.get(f"{where}/new").json()["titles"] == 0
    index(runtime, "Bikes", shift)
    new = client.get(f"{where}/new").json()
    assert new["titles"] == 1
    assert {hit["title"] for hit in new["hits"]} == {"Bikes"}
    seen = {"until": new["until"], "number": new["number"]}
    # What comes after the answer is not looked at.
    index(runtime, "Bikes", shift)
    client.post(f"{where}/seen", json=seen)
    assert client.get(f"{where}/new").json()["titles"] == 1
    client.post(f"{where}/seen", json={})
    assert client.get(f"{where}/new").json()["titles"] == 0


def test_a_webhook_is_told_once(runtime: Runtime, shift: timedelta) -> None:
    number = runtime.listing.last_number()
    outbox = Outbox(runtime.database)
    saved, _ = SavedStore(runtime.database).add(
        "All", SearchRequest(), webhook="https://example.org/hook", number=number
    )
    for count, name in enumerate(("Bikes", "Bikes"), start=1):
        index(runtime, name, shift)
        for expected in (1, 0):
            written = write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail)
            assert written == expected
        assert len(outbox.of(saved)) == count


def test_numbers_are_not_given_twice(runtime: Runtime) -> None:
    catalogue = runtime.catalogue
    first = catalogue.find("Bikes")
    last = runtime.listing.last_number()
    index(runtime, "Bikes", -DAY)
    assert catalogue.find("Bikes").number == last + 1
    catalogue.write_manifest(replace(catalogue.find("Bikes"), warnings=("other",)))
    assert catalogue.find("Bikes").number == last + 1
    assert first.number != last + 1
    (catalogue.path / "indexed" / "COUNT").write_text("garbage")
    index(runtime, "Bikes", -DAY)
    assert last < (catalogue.find("Bikes").number or 0)


def test_saved_searches_of_the_version_before_miss_nothing_and_tell_nothing_twice(
    runtime: Runtime,
) -> None:
    """Titles without numbers go by the time, as they did; those that come now are new."""
    catalogue, now = runtime.catalogue, datetime.now(UTC)
    dates = catalogue.path / "indexed"
    (dates / "COUNT").unlink()
    for manifest in catalogue.manifests():
        age = timedelta(hours=1) if manifest.title.metadata.name == "Bikes" else DAY
        (dates / manifest.title.title_id).write_text((now - age).isoformat())
    fill_titles(catalogue, runtime.store)
    engine = create_engine(f"sqlite:///{catalogue.path / DATABASE}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for name, looked in (("before", timedelta(hours=2)), ("after", timedelta(0))):
            row = {
                **{"saved_id": name, "key": name, "name": name, "author": ""},
                **{"request": json.dumps({}), "url": "https://example.org/hook", "secret": "x"},
                "time": (now - looked).replace(tzinfo=None).isoformat(" "),
            }
            connection.execute(
                text(
                    "INSERT INTO saved_searches VALUES (:saved_id, :key, :name, :request, "
                    ":author, :time, :time, :url, :secret, :time)"
                ),
                row,
            )
    engine.dispose()
    with Database(catalogue.path / DATABASE) as database:
        store, outbox = SavedStore(database), Outbox(database)

        def new(name: str) -> int:
            return new_since(runtime.search, runtime.listing, store.find(name)).titles

        assert (new("before"), new("after")) == (1, 0)
        assert write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail) == 1
        assert write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail) == 0
        other = next(m for m in catalogue.manifests() if m.title.metadata.name != "Bikes")
        index(runtime, other.title.metadata.name, -2 * DAY)
        assert (new("before"), new("after")) == (2, 1)
        assert write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail) == 2
        assert write_messages(runtime.search, lambda: runtime.listing, outbox, pytest.fail) == 0
        found = new_since(runtime.search, runtime.listing, store.find("before"))
        store.look(store.find("before"), found.until, found.number)
        assert new("before") == 0
