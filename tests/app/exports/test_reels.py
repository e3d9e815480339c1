"""Reels in the making, with a renderer that waits until it is told to go on."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from app.database.engine import Database
from app.database.tables import REELS
from app.exports.cut import Cut
from app.exports.records import ReelBody
from app.exports.reel import PLAIN, ReelOptions
from app.exports.reel_store import MOST_WAITING, ReelStore
from app.exports.reels import KEPT, Reels, file_name
from indexer.errors import BusyError, ReelfindError
from tests.app.jobs.conftest import until


def cut(name: str = "My trailer") -> Cut:
    return Cut(name, Fraction(25), "01:00:00:00", 320, 180, ())


class Renderer:
    """Writes a byte when it may go on; the shares it tells are halves."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.began = threading.Event()
        self.rendered: list[str] = []
        self.problem: Exception | None = None

    def __call__(
        self, cut: Cut, path: Path, options: ReelOptions, progress: Callable[[float], None]
    ) -> None:
        progress(0.5)
        self.began.set()
        assert self.may_go_on.wait(10)
        if self.problem is not None:
            raise self.problem
        progress(1.0)
        self.rendered.append(cut.name)
        path.write_bytes(b"0")


@pytest.fixture
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "file.db") as database:
        yield database


@pytest.fixture
def reels(tmp_path: Path, database: Database, renderer: Renderer) -> Iterator[Reels]:
    reels = Reels(tmp_path / "reels", database, renderer)
    yield reels
    renderer.may_go_on.set()
    reels.close()


def ended(reels: Reels, reel_id: str) -> ReelBody:
    """Wait until a reel is done, failed or cancelled."""
    for _ in range(500):
        reel = reels.find(reel_id)
        assert reel is not None
        if reel.state not in ("waiting", "rendering"):
            return reel
        time.sleep(0.02)
    raise AssertionError(reel)


def test_a_reel_is_followed_until_it_is_there(reels: Reels, renderer: Renderer) -> None:
    reel_id = reels.start(cut(), PLAIN).reel_id
    assert renderer.began.wait(10)
    assert reels.find(reel_id) == ReelBody.of(reel_id, "rendering", 0.5)
    with pytest.raises(ReelfindError, match="no such reel"):
        reels.file(reel_id)
    renderer.may_go_on.set()
    assert ended(reels, reel_id) == ReelBody.of(reel_id, "done", 1.0)
    assert reels.file(reel_id).name == "My trailer.mp4"


def test_the_same_reel_is_rendered_once_even_by_another_process(
    reels: Reels, renderer: Renderer, database: Database, tmp_path: Path
) -> None:
    renderer.may_go_on.set()
    first = reels.start(cut(), PLAIN).reel_id
    ended(reels, first)
    assert reels.start(cut(), PLAIN) == ReelBody.of(first, "done", 1.0)
    other = reels.start(cut(), ReelOptions(slate=True)).reel_id
    ended(reels, other)
    assert other != first
    assert renderer.rendered == ["My trailer", "My trailer"]
    later = Reels(tmp_path / "reels", database, renderer)
    assert later.start(cut(), PLAIN) == ReelBody.of(first, "done", 1.0)
    later.close()


def test_one_after_the_other(reels: Reels, renderer: Renderer) -> None:
    first = reels.start(cut("one"), PLAIN).reel_id
    second = reels.start(cut("two"), PLAIN).reel_id
    assert renderer.began.wait(10)
    assert reels.find(second) == ReelBody.of(second, "waiting")
    renderer.may_go_on.set()
    assert [ended(reels, each).state for each in (first, second)] == ["done", "done"]
    assert renderer.rendered == ["one", "two"]


def test_only_so_many_wait(reels: Reels, renderer: Renderer) -> None:
    first = reels.start(cut("first"), PLAIN).reel_id
    assert renderer.began.wait(10)
    for number in range(MOST_WAITING):
        last = reels.start(cut(f"reel {number}"), PLAIN).reel_id
    with pytest.raises(BusyError, match="are waiting already"):
        reels.start(cut("one too many"), PLAIN)
    assert reels.start(cut("first"), PLAIN).reel_id == first
    renderer.may_go_on.set()
    ended(reels, last)
    reels.start(cut("one too many"), PLAIN)


def test_a_cancelled_reel_leaves_nothing_and_can_begin_again(
    reels: Reels, renderer: Renderer, tmp_path: Path
) -> None:
    reel_id = reels.start(cut(), PLAIN).reel_id
    assert renderer.began.wait(10)
    reels.cancel(reel_id)
    renderer.may_go_on.set()
    assert ended(reels, reel_id).state == "cancelled"
    assert list((tmp_path / "reels").iterdir()) == []
    reels.start(cut(), PLAIN)
    assert ended(reels, reel_id).state == "done"


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (ReelfindError("film.mp4: is not there; mount its disk"), "mount its disk"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_why_a_reel_failed_is_told(
    reels: Reels, renderer: Renderer, problem: Exception, told: str
) -> None:
    renderer.problem = problem
    renderer.may_go_on.set()
    reel = ended(reels, reels.start(cut(), PLAIN).reel_id)
    assert reel.state == "failed"
    assert told in reel.problem


def test_the_latest_stay(reels: Reels, renderer: Renderer, tmp_path: Path) -> None:
    renderer.may_go_on.set()
    ids = []
    for at in range(KEPT + 2):
        ids.append(reels.start(cut(f"reel {at}"), PLAIN).reel_id)
        ended(reels, ids[-1])
        time.sleep(0.01)
    kept = {each.name for each in (tmp_path / "reels").iterdir()}
    assert kept == set(ids[-KEPT:])


def test_no_id_leads_out_of_the_folder(reels: Reels) -> None:
    assert reels.find("../../etc") is None
    with pytest.raises(ReelfindError, match="no such reel"):
        reels.file("..")


def test_a_name_becomes_a_file_name() -> None:
    assert file_name('a/b: "c" é') == "a-b- -c- é"
    assert file_name("..") == "shortlist"
    assert file_name("Con") == "Con-"  # A device of Windows.


def test_a_reel_that_a_server_left_is_rendered_by_the_next(
    reels: Reels, renderer: Renderer, database: Database, tmp_path: Path
) -> None:
    reel_id = reels.start(cut(), PLAIN).reel_id
    assert renderer.began.wait(10)
    waiting = reels.start(cut("another"), PLAIN).reel_id
    threading.Timer(0.05, renderer.may_go_on.set).start()
    reels.close()
    assert renderer.rendered == []
    later = Reels(tmp_path / "reels", database, renderer)
    assert [later.find(each) for each in (reel_id, waiting)] == [
        ReelBody.of(each, "waiting") for each in (reel_id, waiting)
    ]
    later.look()
    assert [ended(later, each).state for each in (reel_id, waiting)] == ["done", "done"]
    later.close()


def test_a_cut_is_stored_as_it_is(cut_of: Callable[..., Cut], database: Database) -> None:
    made, options = cut_of("29.97 drop", "variable"), ReelOptions(timecode=True, crf=20)
    store = ReelStore(database, "a server", 60)
    store.ask("0123456789abcdef", made, options)
    taken = store.take()
    assert taken is not None
    assert (taken.cut, taken.options) == (made, options)


@pytest.fixture
def servers(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[tuple[Reels, Renderer]]]:
    """Two servers over one PostgreSQL database and folder."""
    monkeypatch.setattr("app.jobs.lease.LOOK", 0.02)
    with Database(postgres) as first, Database(postgres) as second:
        made = []
        for database in (first, second):
            renderer = Renderer()
            made.append((Reels(tmp_path / "reels", database, renderer), renderer))
        yield made
        for reels, renderer in made:
            renderer.may_go_on.set()
            reels.close()


def test_every_server_shows_and_cancels_every_reel(
    servers: list[tuple[Reels, Renderer]], tmp_path: Path
) -> None:
    (first, renderer), (second, _) = servers
    reel_id = first.start(cut(), PLAIN).reel_id
    rendering = ReelBody.of(reel_id, "rendering", 0.5)
    until(lambda: [each.find(reel_id) for each in (first, second)] == [rendering] * 2)
    assert second.start(cut(), PLAIN) == rendering
    second.cancel(reel_id)
    until(lambda: first._stop == "cancelled")
    renderer.may_go_on.set()
    assert [ended(each, reel_id).state for each in (first, second)] == ["cancelled"] * 2
    assert list((tmp_path / "reels").iterdir()) == []
    second.start(cut(), PLAIN)
    servers[1][1].may_go_on.set()
    assert [ended(each, reel_id).state for each in (first, second)] == ["done"] * 2
    assert first.file(reel_id) == second.file(reel_id)


def test_a_reel_of_a_server_that_was_killed_is_rendered_by_another(
    servers: list[tuple[Reels, Renderer]], postgres: str
) -> None:
    reels, renderer = servers[0]
    renderer.may_go_on.set()
    with Database(postgres) as database:
        killed = ReelStore(database, "killed", 60)
        asked = killed.ask("0123456789abcdef", cut(), PLAIN)
        assert killed.take() is not None
        reels.look()
        assert reels.find(asked.reel_id) == ReelBody.of(asked.reel_id, "rendering")
        with database.begin("reels") as connection:
            connection.execute(REELS.update().values(lease=datetime(2026, 1, 31, tzinfo=UTC)))
        assert ended(reels, asked.reel_id).state == "done"
        assert killed.renew(asked.reel_id, 0.9) is None
        killed.end(asked.reel_id, "failed")
        assert ended(reels, asked.reel_id).state == "done"


def test_a_reel_that_is_finished_while_it_is_looked_for_is_found(
    reels: Reels, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reel_id = reels.start(cut(), PLAIN).reel_id
    assert renderer.began.wait(10)
    files = reels._files

    def finish(reel_id: str) -> list[Path]:
        found = files(reel_id)
        renderer.may_go_on.set()
        until(lambda: bool(files(reel_id)) and reels._reel_id is None)
        return found

    monkeypatch.setattr(reels, "_files", finish)
    found = reels.find(reel_id)
    assert found is not None
    assert found.state == "done"
