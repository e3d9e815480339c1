"""Receives films from browsers into a folder, and checks who may upload.

A page of the application gets a ticket and passes it to the script that uploads the files. Pages
of other sites cannot read it, so they cannot make a browser upload a film.
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Collection
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.auth.keys import hashed
from app.database.engine import Database, DatabaseError
from app.database.sharing import now
from app.database.tables import TICKETS as TICKET_ROWS
from encoder.atomic import new_file
from indexer.characters import fits_windows
from indexer.discovery import MEDIA_SUFFIXES
from indexer.errors import ReelfindError
from indexer.text.naming import EXTENSIONS

BESIDE = frozenset({*EXTENSIONS, ".json", ".nfo"})
"""Sidecars that may be uploaded with a film: timed text and metadata."""

TICKETS = 1000
"""The most valid tickets; the oldest is dropped first."""
BLOCK = 2**20
"""Bytes that are buffered before they are written."""
SPARE = 2**30
"""Bytes of the disk that an upload leaves free: indexing needs room too."""
LONGEST_NAME = 200
"""Bytes."""
_WINDOWS = os.name == "nt"
_WHAT = "tickets of uploads"


class UploadError(ReelfindError):
    """A refused file, with the status of the answer."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Inbox:
    """Takes files into a folder of their own for each ticket. Thread-safe.

    A ticket is valid at every server over the same database and folder.
    """

    def __init__(self, folder: Path, largest: int, database: Database) -> None:
        """Take files into ``folder``, of ``largest`` bytes at most (0: none)."""
        self.folder = folder
        self.largest = largest
        self._database = database

    def ticket(self) -> str:
        """Return a new ticket.

        Raises:
            DatabaseError: it cannot be written.
        """
        ticket = secrets.token_urlsafe(32)
        with self._database.begin(_WHAT) as connection:
            latest = select(TICKET_ROWS.c.hash).order_by(TICKET_ROWS.c.made.desc())
            kept = latest.limit(TICKETS - 1)
            connection.execute(TICKET_ROWS.delete().where(TICKET_ROWS.c.hash.not_in(kept)))
            # Named by chance, and so that the folder does not give the ticket away.
            row = {"hash": hashed(ticket), "folder": secrets.token_hex(6)}
            connection.execute(TICKET_ROWS.insert(), row | {"made": now(connection)})
        return ticket

    def close(self, paths: Collection[Path]) -> None:
        """Close the tickets of these films, so that indexed films are not overwritten.

        Raises:
            DatabaseError: they cannot be closed.
        """
        folders = {each for path in paths for each in (path, path.parent)}
        names = [each.name for each in folders if each.parent == self.folder]
        if names:
            with self._database.begin(_WHAT) as connection:
                connection.execute(TICKET_ROWS.delete().where(TICKET_ROWS.c.folder.in_(names)))

    def place(self, ticket: str, name: str) -> Path:
        """Return where a file of this name goes.

        Raises:
            UploadError: the ticket is invalid, or the name is neither a film's nor a sidecar's.
            DatabaseError: the ticket cannot be read.
        """
        with self._database.read(_WHAT) as connection:
            own = TICKET_ROWS.c.hash == hashed(ticket)
            folder: str | None = connection.scalar(select(TICKET_ROWS.c.folder).where(own))
        if folder is None:
            raise UploadError(HTTPStatus.FORBIDDEN, "this page is too old; reload it, send again")
        plain = name.isprintable() and name == Path(name).name and not name.startswith(".")
        plain = plain and (fits_windows(name) or not _WINDOWS)
        if not plain or len(os.fsencode(name)) > LONGEST_NAME:
            raise UploadError(
                HTTPStatus.BAD_REQUEST, f"{name[:50]!r}: not a file's name; rename the file"
            )
        if Path(name).suffix.lower() not in MEDIA_SUFFIXES | BESIDE:
            raise UploadError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"{name}: neither a film nor its timed text or metadata",
            )
        return self.folder / folder / name

    async def receive(
        self, ticket: str, name: str, size: int | None, blocks: AsyncIterator[bytes]
    ) -> Path:
        """Write a file as it arrives, whole or not at all, and return its path.

        Args:
            ticket: that the page was given.
            name: of the file, without folders.
            size: in bytes, as the sender says; None where it does not.
            blocks: the content.

        Raises:
            UploadError: it is not taken.
            DatabaseError: the ticket cannot be read.
        """
        path = await run_in_threadpool(self.place, ticket, name)
        try:
            self._check(name, size or 0, folder=path.parent)
            with new_file(path) as draft:
                with await run_in_threadpool(draft.open, "wb") as file:
                    await self._write(file, name, blocks)
                # The ticket may have been closed in the meantime.
                await run_in_threadpool(self.place, ticket, name)
        except TimeoutError:  # An OSError too, but one of the sender.
            raise
        except OSError as error:
            raise UploadError(
                HTTPStatus.INSUFFICIENT_STORAGE,
                f"{name}: cannot be written to {self.folder} ({error.strerror}); make room there, "
                "or choose another folder with jobs.uploads",
            ) from error
        return path

    def _check(self, name: str, size: int, folder: Path) -> None:
        if size > self.largest:
            raise self._too_large(name)
        folder.mkdir(parents=True, exist_ok=True)
        self._check_room(name, size, folder)

    def _check_room(self, name: str, size: int, folder: Path) -> None:
        if size + SPARE > shutil.disk_usage(folder).free:
            raise UploadError(
                HTTPStatus.INSUFFICIENT_STORAGE,
                f"{name}: the disk of {self.folder} has too little room; free some",
            )

    async def _write(self, file: BinaryIO, name: str, blocks: AsyncIterator[bytes]) -> None:
        """Write blocks as they arrive, and check the disk, which others fill, too."""
        written, gathered = 0, bytearray()

        def flush() -> None:
            self._check_room(name, len(gathered), self.folder)
            file.write(gathered)
            gathered.clear()

        async for block in blocks:
            written += len(block)
            if written > self.largest:
                raise self._too_large(name)
            gathered += block
            if len(gathered) >= BLOCK:
                await run_in_threadpool(flush)
        await run_in_threadpool(flush)

    def _too_large(self, name: str) -> UploadError:
        return UploadError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"{name}: more than the {self.largest:,} bytes that are taken; raise "
            "jobs.largest_upload, or put it into an open folder",
        )


PATH = "/upload"
TICKET = "X-Reelfind-Ticket"
PATIENCE = 60.0
"""Seconds to wait for the next bytes."""


def upload_route(inbox: Callable[[], Inbox]) -> Route:
    """Return the route that takes films into ``inbox``."""

    async def receive(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        try:
            path = await inbox().receive(
                request.headers.get(TICKET, ""),
                request.path_params["name"],
                int(length) if length.isdecimal() else None,
                _blocks(request),
            )
        except UploadError as error:
            return JSONResponse({"detail": str(error)}, error.status)
        except DatabaseError as error:
            return JSONResponse({"detail": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)
        except (TimeoutError, ClientDisconnect):
            return JSONResponse({"detail": "the file did not arrive whole"}, 408)
        return JSONResponse({"path": str(path)}, HTTPStatus.CREATED)

    return Route(f"{PATH}/{{name}}", receive, methods=["PUT"])


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            yield await asyncio.wait_for(anext(stream), PATIENCE)
        except StopAsyncIteration:
            return
