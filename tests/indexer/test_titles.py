"""Titles as the store lists, counts and finds them, against the same made of all manifests."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.manifest import Manifest, only_title
from indexer.opening import open_index
from indexer.settings import load_settings
from indexer.store.base import Store
from indexer.title_payload import words_of
from indexer.title_points import fill_titles
from indexer.titles import Titles
from tests.conftest import copy_data

START = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 60


@pytest.fixture(scope="module")
def store(indexed_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An index with sixty titles more, of which some came before titles were numbered."""
    data = copy_data(indexed_once, tmp_path_factory.mktemp("titles") / "data")
    catalogue = Catalogue(data)
    source = catalogue.manifests()[0]
    for number in range(COUNT):
        media = replace(source.title.media, path=Path(f"/films/The.Film.{number}.mkv"))
        metadata = replace(
            source.title.metadata,
            name=("Épisode", "the Film", "Zoé's film")[number % 3],
            series="A Series" if number % 2 else None,
            tags=("black-and-white",) if number % 5 == 0 else (),
            year=1950 + number,
        )
        title = replace(source.title, title_id=f"{number:016}", media=media, metadata=metadata)
        when = START + timedelta(minutes=number % 7)
        catalogue.write_manifest(replace(source, title=title, indexed=when))
        if number % 4 == 0:
            (data / "indexed" / f"{number:016}").write_text(when.isoformat())
        if number % 11 == 0:
            (data / "indexed" / f"{number:016}").unlink()
    with open_index(catalogue, load_settings(data)) as opened:
        fill_titles(catalogue, opened)
        yield opened


@pytest.fixture(scope="module")
def titles(store: Store) -> Titles:
    return Titles(store, store.current())


@pytest.fixture(scope="module")
def manifests(store: Store) -> list[Manifest]:
    return Catalogue(Path(store.place).parent).manifests()


def test_all_of_them_page_by_page(
    titles: Titles, manifests: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert titles.count() == len(manifests) > COUNT
    assert list(titles.every()) == manifests
    monkeypatch.setattr("indexer.titles.PAGE", 7)
    assert list(titles.every()) == manifests
    pages = [titles.page(9, offset) for offset in range(0, len(manifests) + 9, 9)]
    assert [each for page in pages for each in page] == manifests
    assert titles.page(9) == manifests[:9]
    last = manifests[8].title.title_id
    assert titles.after(last, 9) == manifests[9:18]
    assert titles.after(manifests[-1].title.title_id, 9) == []
    assert titles.after("f" * 16, 9) is None


@pytest.mark.parametrize(
    "words",
    [
        *("film", "FILM zoé", "épis", "the.film.1", "series 19", "ack-and-whi", "5", "m.4"),
        *("no such title", "film film", "   ", "the.film.59.mkv"),
    ],
)
def test_words_find_what_has_them(titles: Titles, manifests: list[Manifest], words: str) -> None:
    asked = words.casefold().split()
    expected = [
        each
        for each in manifests
        if all(any(word in known for known in words_of(each)) for word in asked)
    ]
    assert titles.count(words) == len(expected)
    assert titles.page(100, words=words) == expected
    assert titles.page(100, 2, words) == expected[2:]
    if len(expected) > 1:
        assert titles.after(expected[0].title.title_id, 100, words) == expected[1:]


def test_titles_by_id_and_by_path(titles: Titles, manifests: list[Manifest]) -> None:
    some = manifests[::9]
    ids = [each.title.title_id for each in some]
    assert titles.of([*ids, "f" * 16, ids[0]]) == dict(zip(ids, some, strict=True))
    paths = [each.title.media.path for each in some]
    found = titles.at([*paths, Path("/films/another.mkv")])
    assert found == dict(zip(paths, some, strict=True))
    assert (titles.of([]), titles.at([])) == ({}, {})


@pytest.mark.parametrize(
    "name",
    ["0" * 16, "0" * 15, "0" * 14, "The.Film.7.mkv", "bikes", "zoé's FILM", "no such", "x y"],
)
def test_a_name_means_the_same_as_to_the_catalogue(titles: Titles, store: Store, name: str) -> None:
    def meant(find: Callable[[], Manifest | None]) -> Manifest | str | None:
        try:
            return find()
        except ReelfindError as error:
            return None if "no such title" in str(error) else str(error)

    catalogue = Catalogue(Path(store.place).parent)
    expected = meant(lambda: catalogue.find(name))
    assert meant(lambda: only_title(name, *titles.called(name))) == expected


@pytest.mark.parametrize("minutes", [-1, 0, 2.5, 6, 7])
@pytest.mark.parametrize("number", [None, 0, 5, 30, 10**6])
def test_what_is_new_is_the_same_as_by_reading_all(
    titles: Titles, manifests: list[Manifest], minutes: float, number: int | None
) -> None:
    moment = START + timedelta(minutes=minutes)

    def is_new(each: Manifest) -> bool:
        assert each.indexed is not None
        if number is None or each.number is None:
            return each.indexed > moment
        return each.number > number

    dated = [each for each in manifests if each.indexed is not None]
    expected = sorted(filter(is_new, dated), key=lambda each: each.indexed or moment)
    assert titles.since(moment, number) == expected
    numbers = [each.number or 0 for each in dated if each.indexed and each.indexed <= moment]
    assert titles.last_number(moment) == max(numbers, default=0)
    assert titles.last_number() == max(each.number or 0 for each in manifests)


def test_the_latest_come_first(titles: Titles, manifests: list[Manifest]) -> None:
    dated = [each for each in manifests if each.indexed is not None]
    expected = sorted(dated, key=lambda each: each.indexed or START)[::-1]
    assert titles.latest(1000) == expected
    assert titles.latest(3) == expected[:3]


def test_where_nothing_is_indexed_there_is_none() -> None:
    none = Titles(None, None)
    assert (none.count(), none.page(5), none.page(5, 5), list(none.every())) == (0, [], [], [])
    assert (none.since(), none.latest(5), none.last_number()) == ([], [], 0)
    assert (none.of(["a"]), none.at([Path("a")]), none.after("a", 5)) == ({}, {}, None)
