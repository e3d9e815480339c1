"""Films that arrive over HTTP: whole or not at all, and only where a page asked for them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import uploads
from app.database.engine import Database
from app.uploads import PATH, SPARE, TICKET, Inbox, UploadError, upload_route

FILM = b"0123456789" * 200_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "file.db") as database:
        yield database


@pytest.fixture
def inbox(tmp_path: Path, database: Database) -> Inbox:
    return Inbox(tmp_path / "uploads", 3_000_000, database)


@pytest.fixture
def client(inbox: Inbox) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[upload_route(lambda: inbox)])) as client:
        yield client


def files(inbox: Inbox) -> list[str]:
    return sorted(each.name for each in inbox.folder.rglob("*") if each.is_file())


def test_a_film_is_written_under_its_own_name(client: TestClient, inbox: Inbox) -> None:
    ticket = inbox.ticket()
    answer = client.put(f"{PATH}/Épisode%201.mp4", content=FILM, headers={TICKET: ticket})
    assert answer.status_code == 201
    path = Path(answer.json()["path"])
    assert path == inbox.place(ticket, "Épisode 1.mp4")
    assert path.read_bytes() == FILM
    assert path.is_relative_to(inbox.folder)


def test_files_of_one_ticket_lie_together_and_those_of_another_apart(
    client: TestClient, inbox: Inbox
) -> None:
    first, second = inbox.ticket(), inbox.ticket()
    for ticket, name in ((first, "a.mp4"), (first, "a.en.srt"), (second, "a.mp4")):
        assert client.put(f"{PATH}/{name}", content=b"x", headers={TICKET: ticket}).is_success
    assert inbox.place(first, "a.mp4").parent == inbox.place(first, "a.en.srt").parent
    assert inbox.place(first, "a.mp4") != inbox.place(second, "a.mp4")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("film.exe", 415),
        ("catalog.csv", 415),
        (".hidden.mp4", 400),
        ("..%5Cfilm.mp4%0A", 400),
        ("x" * 300 + ".mp4", 400),
    ],
)
def test_other_names_are_refused(client: TestClient, inbox: Inbox, name: str, status: int) -> None:
    answer = client.put(f"{PATH}/{name}", content=b"x", headers={TICKET: inbox.ticket()})
    assert answer.status_code == status
    assert not inbox.folder.exists()


@pytest.mark.parametrize("name", ["con.mp4", "a:b.mp4", "Why?.mp4"])
def test_a_name_that_windows_does_not_take_is_refused_there(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(uploads, "_WINDOWS", False)
    assert inbox.place(inbox.ticket(), name).name == name
    monkeypatch.setattr(uploads, "_WINDOWS", True)
    with pytest.raises(UploadError, match="rename the file"):
        inbox.place(inbox.ticket(), name)


def test_a_name_never_leads_out_of_the_folder(inbox: Inbox) -> None:
    for name in ("../film.mp4", "/etc/film.mp4", "a/../../film.mp4"):
        with pytest.raises(UploadError, match="not a file's name"):
            inbox.place(inbox.ticket(), name)


def test_without_a_good_ticket_nothing_is_taken(
    client: TestClient, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = inbox.ticket()
    monkeypatch.setattr(uploads, "TICKETS", 3)
    for _ in range(3):
        inbox.ticket()
    for ticket in ("", "guessed", first):
        answer = client.put(f"{PATH}/a.mp4", content=b"x", headers={TICKET: ticket})
        assert answer.status_code == 403
    assert not inbox.folder.exists()


def test_too_much_is_refused_before_and_while_it_comes(client: TestClient, inbox: Inbox) -> None:
    headers = {TICKET: inbox.ticket()}
    large = b"x" * 3_000_001
    assert client.put(f"{PATH}/a.mp4", content=large, headers=headers).status_code == 413
    unsized = (large[start : start + 2**16] for start in range(0, len(large), 2**16))
    answer = client.put(f"{PATH}/a.mp4", content=unsized, headers=headers)
    assert answer.status_code == 413
    assert "raise jobs.largest_upload" in answer.json()["detail"]
    assert files(inbox) == []


def test_a_full_disk_is_told(
    client: TestClient, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.uploads.SPARE", 2**62)
    answer = client.put(f"{PATH}/a.mp4", content=b"x", headers={TICKET: inbox.ticket()})
    assert answer.status_code == 507
    assert "too little room" in answer.json()["detail"]


@pytest.mark.parametrize("sized", [True, False])
def test_room_is_left_on_the_disk_however_large_a_film_turns_out_to_be(
    client: TestClient, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, sized: bool
) -> None:
    left = iter((SPARE + len(FILM), SPARE))

    def usage(_folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=next(left))

    monkeypatch.setattr("app.uploads.shutil.disk_usage", usage)
    content = (
        FILM if sized else (FILM[start : start + 2**16] for start in range(0, len(FILM), 2**16))
    )
    answer = client.put(f"{PATH}/a.mp4", content=content, headers={TICKET: inbox.ticket()})
    assert answer.status_code == 507
    assert "too little room" in answer.json()["detail"]
    assert files(inbox) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, database: Database) -> None:
    (tmp_path / "uploads").write_text("a file, and no folder")
    inbox = Inbox(tmp_path / "uploads", 100, database)
    with TestClient(Starlette(routes=[upload_route(lambda: inbox)])) as client:
        answer = client.put(f"{PATH}/a.mp4", content=b"x", headers={TICKET: inbox.ticket()})
    assert answer.status_code == 507
    assert "jobs.uploads" in answer.json()["detail"]


def test_a_ticket_ends_with_the_job_of_its_films(client: TestClient, inbox: Inbox) -> None:
    ticket, other = inbox.ticket(), inbox.ticket()
    answer = client.put(f"{PATH}/a.mp4", content=FILM, headers={TICKET: ticket})
    film = Path(answer.json()["path"])
    inbox.close([film])
    answer = client.put(f"{PATH}/a.mp4", content=b"#EXTM3U", headers={TICKET: ticket})
    assert answer.status_code == 403
    assert film.read_bytes() == FILM
    assert client.put(f"{PATH}/a.mp4", content=FILM, headers={TICKET: other}).is_success


@pytest.mark.anyio
async def test_a_film_that_is_still_on_its_way_is_not_written_over_one(inbox: Inbox) -> None:
    ticket = inbox.ticket()

    async def slow() -> AsyncIterator[bytes]:
        yield b"half of it"
        inbox.close([inbox.place(ticket, "a.mp4").parent])
        yield b"the rest"

    with pytest.raises(UploadError, match="too old"):
        await inbox.receive(ticket, "a.mp4", 18, slow())
    assert files(inbox) == []


@pytest.mark.anyio
async def test_a_film_that_breaks_off_leaves_nothing(inbox: Inbox) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await inbox.receive(inbox.ticket(), "a.mp4", 100, broken())
    assert files(inbox) == []


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
