"""Two machines with other mounts share a data directory: the film's folder has two places."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.database.engine import Database
from app.exports.cut import make_cut
from app.exports.delivery import Delivery
from app.exports.formats import export
from app.exports.reel import ReelOptions
from app.exports.reel_store import ReelStore
from app.jobs.records import JobRequest
from app.jobs.store import JobStore
from app.runtime import Runtime
from app.shortlists.records import Item, Shortlist
from indexer import preparation, seen
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.manifest import Manifest
from indexer.models import Models
from indexer.named_roots import NamedRoots
from indexer.report import IndexReport
from indexer.request import Request
from indexer.settings import load_settings
from tests.app.api.conftest import client_of
from tests.app.database.test_stores import waiting_job
from tests.conftest import artefacts, films_of_its_own

FILM = "bikes.mp4"
Index = Callable[[Path], IndexReport]
Mount = Callable[[Path | None], None]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Where this machine has the films' share."""
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Where the other machine has it."""
    return tmp_path / "there"


@pytest.fixture
def old(indexed: Path, films: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that was made before there were roots."""
    monkeypatch.setattr(seen, "SETTLED", -1.0)
    films_of_its_own(indexed, films, here / "series")
    return indexed


@pytest.fixture
def mount(monkeypatch: pytest.MonkeyPatch) -> Mount:
    """Says where this machine has the root."""

    def mount(folder: Path | None) -> None:
        if folder is None:
            monkeypatch.delenv("REELFIND_ROOTS__LIBRARY")
        else:
            monkeypatch.setenv("REELFIND_ROOTS__LIBRARY", str(folder))

    return mount


@pytest.fixture
def index(models: Models, indexed: Path) -> Index:
    def run(folder: Path) -> IndexReport:
        settings = load_settings(indexed)
        run = Indexer(Catalogue(indexed), settings, Silence(), debug=True, models=models)
        report = run.run(Request((folder,)))
        assert not report.failed
        return report

    return run


@pytest.fixture
def opened(indexed: Path, models: Models) -> Iterator[Callable[[], Runtime]]:
    """Opens a server over the data directory, as a process that starts now."""
    runtimes: list[Runtime] = []

    def open_now() -> Runtime:
        for runtime in runtimes:
            runtime.close()
        runtimes.append(Runtime(indexed, load_settings(indexed), models))
        return runtimes[-1]

    yield open_now
    for runtime in runtimes:
        runtime.close()


def kept_path(data: Path, title: Manifest) -> str:
    text = (data / "titles" / title.title.title_id / "title.json").read_text(encoding="utf-8")
    return str(json.loads(text)["title"]["media"]["path"])


def shortlist_of(title: Manifest) -> Shortlist:
    return Shortlist("s", "Cut", 1, (Item(title.title.title_id, 30, 76),))


def test_one_setting_moves_all_films(
    old: Path,
    here: Path,
    there: Path,
    mount: Mount,
    index: Index,
    opened: Callable[[], Runtime],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    before = artefacts(old)
    (here / "series" / "bikes.json").write_text('{"colour": "red"}')  # Makes a warning.
    mount(here)
    title = Catalogue(old).find(FILM)
    assert title.title.media.path == here / "series" / FILM
    assert kept_path(old, title) == str(here / "series" / FILM)
    runtime = opened()
    assert runtime.listing.at([here / "series" / FILM])  # Still kept without a root.
    runtime.close()

    assert all(each.unchanged for each in index(here / "series").titles)
    assert kept_path(old, title) == f"library:/series/{FILM}"
    after = artefacts(old)
    assert {key for key in after if before.get(key) != after[key]} == {
        f"titles/{each.title.title_id}/title.json" for each in Catalogue(old).manifests()
    }

    here.rename(there)
    mount(there)
    film = there / "series" / FILM
    runtime = opened()
    client = client_of(runtime)
    title_id = title.title.title_id
    assert client.get(f"/api/v1/titles/{title_id}").json()["path"] == str(film)
    assert runtime.listing.at([film])[film].title.title_id == title_id
    assert {path.parent for _, path in runtime.listing.films()} == {film.parent}
    assert not runtime.moved_films.away(5.0)
    hits = client.get("/api/v1/search", params={"q": "bicycle", "title": title_id}).json()["hits"]
    assert client.get(f"/api/v1/stills/{hits[0]['id']}").status_code == 200
    assert client.get(f"/api/v1/media/{title_id}").content == film.read_bytes()
    for form in ("edl", "fcpxml"):
        export(
            Delivery(make_cut(runtime.catalogue, shortlist_of(title))), tmp_path / f"list.{form}"
        )
        text = (tmp_path / f"list.{form}").read_text(encoding="utf-8")
        assert str(film) in text or film.as_uri() in text
    (warning,) = runtime.find(FILM).warnings
    assert warning.startswith(f"{there / 'series' / 'bikes.json'}: unknown field")
    runtime.close()

    monkeypatch.setattr(preparation, "probe", None)  # No film is read.
    assert all(each.unchanged for each in index(there / "series").titles)
    assert artefacts(old) == after


def test_a_root_that_is_not_set_on_this_machine(
    old: Path, here: Path, mount: Mount, index: Index, opened: Callable[[], Runtime]
) -> None:
    subtitles = here / "series" / "bikes.en.vtt"
    subtitles.write_text(f"{subtitles.read_text()}\n\n00:99 --> 00:01\nA line\n")
    mount(here)
    index(here / "series")
    (warning,) = Catalogue(old).find(FILM).warnings
    assert warning.startswith(f"{subtitles}: ")
    written = [*old.glob("titles/*/*.json"), *old.glob("titles/*/text-*/*.json")]
    assert not [each for each in written if str(here) in each.read_text()]
    before = artefacts(old)
    mount(None)
    runtime = opened()
    client, title = client_of(runtime), runtime.find(FILM)
    title_id = title.title.title_id
    problem = (
        f"library:/series/{FILM}: the root library is not set on this machine; set "
        "REELFIND_ROOTS__LIBRARY to its folder"
    )
    assert client.get(f"/api/v1/titles/{title_id}").json()["path"] == f"library:/series/{FILM}"
    assert client.get("/api/v1/search", params={"q": "bicycle"}).json()["hits"]
    played = client.get(f"/api/v1/media/{title_id}")
    assert (played.status_code, played.json()["detail"]) == (409, problem)
    assert title_id in runtime.moved_films.away(5.0)
    with pytest.raises(ReelfindError) as raised:
        make_cut(runtime.catalogue, shortlist_of(title))
    assert str(raised.value) == problem
    runtime.close()
    index(here / "series")  # The films are there, under no name.
    assert kept_path(old, title) == str(here / "series" / FILM)
    mount(here)
    index(here / "series")
    assert artefacts(old) == before


def test_jobs_and_reels_go_by_roots(old: Path, here: Path, there: Path, mount: Mount) -> None:
    mount(here)
    catalogue = Catalogue(old)
    title = catalogue.find(FILM)
    film = title.title.media.path
    one, other = (NamedRoots({"library": folder}) for folder in (here, there))
    cut = make_cut(catalogue, shortlist_of(title))
    with Database.of(old) as database:
        job = waiting_job().model_copy(update={"request": JobRequest(paths=(film, old))})
        JobStore(database, one).submit(job)
        ReelStore(database, "a server", 60, one).ask("reel", cut, ReelOptions())
        taken = ReelStore(database, "another", 60, other).take()
        assert taken is not None
        assert taken.cut.events[0].media.path == there / "series" / FILM
        (found,) = JobStore(database, other).all()
        assert found.request.paths == (there / "series" / FILM, old)
        (unset,) = JobStore(database).all()
        with pytest.raises(ReelfindError, match="the root library is not set on this machine"):
            unset.request.limited_to(None)
