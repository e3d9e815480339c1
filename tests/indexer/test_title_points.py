"""The collection of titles follows the catalogue's manifests, whatever happened in between."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.catalogue import Catalogue
from indexer.integrity import complete_pair
from indexer.library import Library
from indexer.manifest import Manifest
from indexer.opening import open_index
from indexer.pairs import ensure_titles
from indexer.removal import take_out
from indexer.settings import load_settings
from indexer.store.base import Store
from indexer.store.names import CONTEXT, TITLE, title_point_id, titles_of
from indexer.store.schema import title_schema
from indexer.title_points import TitlePoints, fill_titles, places_of
from indexer.title_vectors import VECTORS, title_vector
from indexer.titles import Titles


@pytest.fixture
def catalogue(indexed: Path) -> Catalogue:
    return Catalogue(indexed)


@pytest.fixture
def store(indexed: Path, catalogue: Catalogue) -> Iterator[Store]:
    with open_index(catalogue, load_settings(indexed)) as opened:
        yield opened


def listed(store: Store) -> list[Manifest]:
    return list(Titles(store, store.current()).every())


def renamed(manifest: Manifest, name: str, title_id: str = "") -> Manifest:
    title = manifest.title
    metadata = replace(title.metadata, name=name)
    title = replace(title, title_id=title_id or title.title_id, metadata=metadata)
    return replace(manifest, title=title)


def test_a_run_of_the_indexer_writes_each_title(catalogue: Catalogue, store: Store) -> None:
    """Their films were moved since, see ``conftest.lie_in``."""
    written = [replace(each.title, media=None) for each in listed(store)]  # type: ignore[arg-type]
    titles = [replace(each.title, media=None) for each in catalogue.manifests()]  # type: ignore[arg-type]
    assert written == titles


def test_the_vector_has_the_means_of_the_shots(catalogue: Catalogue, store: Store) -> None:
    title = next(Library(catalogue).titles())
    collection = titles_of(title.manifest.pair)
    (point,) = store.retrieve(collection, [title_point_id(title.title_id)], with_vectors=True)
    assert isinstance(point.vector, dict)
    found = np.array(point.vector[TITLE])
    for part, name in VECTORS.items():
        shots = title.vectors(name)
        own, found = np.split(found, [shots.shape[1]])
        mean = shots[shots.any(axis=1)].sum(axis=0)
        np.testing.assert_allclose(own, mean / np.linalg.norm(mean) / 2, atol=2e-3, err_msg=part)
    assert len(found) == 0


def test_titles_of_an_earlier_version_are_kept_without_vectors(
    catalogue: Catalogue, store: Store
) -> None:
    name = store.current()
    assert name is not None
    earlier = replace(title_schema(4), dense={CONTEXT: 4})
    store.drop(titles_of(name))
    store.ensure_schema(titles_of(name), earlier)
    fill_titles(catalogue, store)
    assert listed(store) == catalogue.manifests()
    assert store.schema(titles_of(name)).sizes == earlier.sizes

    widths = title_vector(next(Library(catalogue).titles()))[1]
    ensure_titles(store, name, title_schema(sum(widths.values())))
    fill_titles(catalogue, store)
    points, _ = store.scroll(titles_of(name), limit=10, with_vectors=True)
    assert len(points) == len(catalogue.manifests())
    assert all(isinstance(each.vector, dict) and TITLE in each.vector for each in points)


def test_an_index_without_titles_is_filled_when_it_is_opened(
    catalogue: Catalogue, store: Store
) -> None:
    name = store.current()
    assert name is not None
    store.drop(titles_of(name))
    assert store.current() == name
    assert complete_pair(catalogue, store) == name
    assert listed(store) == catalogue.manifests()


def test_what_is_behind_is_found_by_its_stamp(catalogue: Catalogue, store: Store) -> None:
    first, second, *_ = catalogue.manifests()
    catalogue.write_manifest(renamed(first, "Zebras"))
    catalogue.write_manifest(renamed(second, "A name that comes first", "0" * 16))
    (catalogue.titles_path / second.title.title_id / "title.json").unlink()
    # As after a run that was killed between the file and the point.
    assert listed(store) != catalogue.manifests()
    fill_titles(catalogue, store)
    assert listed(store) == catalogue.manifests()
    assert listed(store)[0].title.title_id == "0" * 16


def test_a_damaged_title_is_left_out_until_it_is_mended(catalogue: Catalogue, store: Store) -> None:
    before = catalogue.manifests()
    file = catalogue.titles_path / before[0].title.title_id / "title.json"
    content = file.read_bytes()
    file.write_bytes(content[:100])
    fill_titles(catalogue, store)
    assert listed(store) == before[1:]
    file.write_bytes(content)
    fill_titles(catalogue, store)
    assert listed(store) == before


def test_a_title_whose_files_cannot_be_read_is_left_out(catalogue: Catalogue, store: Store) -> None:
    """A folder in the place of a file cannot be read on any system, whoever asks."""
    before = catalogue.manifests()
    for kind, title in (("titles", before[0]), ("indexed", before[1])):
        own = catalogue.path / kind / title.title.title_id
        file = own / "title.json" if kind == "titles" else own
        file.unlink()
        file.mkdir()
    fill_titles(catalogue, store)
    assert [each.title.title_id for each in listed(store)] == [
        each.title.title_id for each in before[1:]
    ]


def test_nothing_is_written_where_nothing_differs(
    catalogue: Catalogue, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_titles(catalogue, store)
    for name in ("ensure_schema", "upsert", "delete", "overwrite_payloads", "flush"):
        monkeypatch.setattr(store, name, lambda *_: pytest.fail("something was written"))
    monkeypatch.setattr(Catalogue, "manifest", lambda *_: pytest.fail("a manifest was read"))
    fill_titles(catalogue, store)


def test_a_point_of_an_older_manifest_is_put_right(
    catalogue: Catalogue, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process writes a manifest while this one writes the points of what it has read."""
    fill_titles(catalogue, store)
    first = catalogue.manifests()[0]
    catalogue.write_manifest(renamed(first, "In between"))
    upsert = store.upsert

    def late(*arguments: object) -> None:
        monkeypatch.undo()
        catalogue.write_manifest(renamed(first, "In the end"))
        upsert(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "upsert", late)
    fill_titles(catalogue, store)
    assert listed(store) == catalogue.manifests()
    assert "In the end" in [each.title.metadata.name for each in listed(store)]


def test_titles_stay_in_order_however_they_come(catalogue: Catalogue, store: Store) -> None:
    """Each falls just before the last, so that places between two soon run out."""
    first = catalogue.manifests()[0]
    assert first.pair == store.current()
    points = TitlePoints(catalogue, store, first.pair)
    points.fill()
    for number in range(80):
        title_id = f"{number:016}"
        catalogue.write_manifest(renamed(first, f"A {200 - number}", title_id))
        catalogue.write_manifest(renamed(first, f"A {number}", first.title.title_id))
        points.write(title_id)
        points.write(first.title.title_id)
    assert [each.title.title_id for each in listed(store)] == [
        each.title.title_id for each in catalogue.manifests()
    ]


def test_a_title_that_is_taken_out_goes_with_its_point(catalogue: Catalogue, store: Store) -> None:
    first, *others = catalogue.manifests()
    fill_titles(catalogue, store)
    for _ in range(2):  # A second time after a kill does no harm.
        take_out(catalogue, store, first)
        assert listed(store) == others


def test_places() -> None:
    assert places_of([]) == []
    assert places_of([None, None]) == [0.0, 1.0]
    assert places_of([None, 4.0, None, None, 7.0, None]) == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert places_of([1.0, None, None, None, 2.0]) == [1.0, 1.25, 1.5, 1.75, 2.0]
    assert places_of([2.0, 1.0]) == [0.0, 1.0]
    assert places_of([1.0, None, 1.0000000000000002]) == [0.0, 1.0, 2.0]
