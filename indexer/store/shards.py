"""The folders of an embedded store: one shard each, all owned by one process.

A collection's folder holds the engine's files and ``schema.json``; ``CURRENT`` names the
pair that search reads, ``LOCK`` the process that owns it all.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import qdrant_edge as edge

from encoder.atomic import remove_folder, sync, unfinished_folder, write_text
from indexer.errors import ReelfindError
from indexer.store import folders
from indexer.store.engine import add_indexes, engine_errors, load_shard, make_shard
from indexer.store.lock import DirectoryLock
from indexer.store.schema import CollectionSchema
from indexer.store.translate import payload_indexes

CURRENT_FILE = "CURRENT"
SCHEMA_FILE = "schema.json"
OPENING = 72 * 2**20
"""Bytes of disk that must be free to open a collection: the engine writes two segments of its log,
of 32 MiB each, before anything is asked of it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Shards:
    """Opens, makes and deletes shards in a directory, which it holds locked until ``close``.

    Raises:
        ReelfindError: another process owns the directory, or it cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReelfindError(
                f"{directory}: cannot be made ({error.strerror}); choose another data directory"
            ) from error
        self.directory = directory
        self._lock: DirectoryLock | None = DirectoryLock(directory)
        self._opened: dict[str, edge.EdgeShard] = {}
        self._guard = RLock()
        self._changing = RLock()
        self._spares: list[tuple[CollectionSchema, Path]] = []
        self._making = RLock()
        folders.sweep(directory)
        folders.settle(directory)

    def names(self) -> list[str]:
        """Return the names of the collections, sorted."""
        return sorted(file.parent.name for file in self.directory.glob(f"*/{SCHEMA_FILE}"))

    def folder(self, name: str) -> Path:
        """Return where a collection is, or would be.

        Raises:
            ValueError: the name could leave the directory or hide in it.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a collection")
        return self.directory / name

    def has(self, name: str) -> bool:
        """Return whether the collection is there: its folder gets its name when it is whole."""
        return (self.folder(name) / SCHEMA_FILE).is_file()

    def open(self, name: str) -> edge.EdgeShard:
        """Return the collection's shard, opening it the first time.

        Raises:
            ReelfindError: there is no such collection, or its files are damaged.
        """
        with self._guard:
            if self._lock is None:
                raise ReelfindError(f"{self.directory}: the store is closed; open it again")
            if name not in self._opened:
                if not self.has(name):
                    raise ReelfindError(
                        f"{self.folder(name)}: there is no such collection; run `reelfind index`"
                        " first"
                    )
                self.require_space(OPENING)
                self._opened[name] = load_shard(self.folder(name))
            return self._opened[name]

    @contextmanager
    def using(self, name: str) -> Iterator[edge.EdgeShard]:
        """Yield the collection's shard, which nobody closes meanwhile.

        One thread at a time: the engine holds the interpreter lock anyway.
        """
        with self._guard, engine_errors(self.folder(name)):
            yield self.open(name)

    @contextmanager
    def changing(self, name: str) -> Iterator[edge.EdgeShard]:
        """Yield the collection's shard to write to: it waits for ``exchange``."""
        with self._changing, self.using(name) as shard:
            yield shard

    def exchange(self, name: str, fill: Callable[[Path, Path], None]) -> None:
        """Put another folder in the place of a collection's, whose writes wait meanwhile.

        Args:
            name: the collection.
            fill: is given the collection's folder, with all that was written to it, and an empty
                one, which it makes the collection's new one.
        """
        folder = self.folder(name)
        with self._changing:
            with self.using(name) as shard:
                shard.flush()
            draft = unfinished_folder(self.directory)
            try:
                fill(folder, draft)
            except BaseException:
                remove_folder(draft)
                raise
            with self._guard:
                shard = self._opened.pop(name)
                shard.close()
                folders.exchange(draft, folder)
                self.open(name)

    def ensure(self, name: str, schema: CollectionSchema) -> None:
        """Make the collection, or add the payload indexes it lacks.

        Raises:
            ReelfindError: it exists with other vectors (names or sizes).
        """
        with self._changing, self._guard:
            if not self.has(name):
                self._create(name, schema)
            elif self._vectors(name) != schema.sizes:
                raise ReelfindError(
                    f"{self.folder(name)}: holds other vectors ({self._vectors(name)}) than this"
                    f" profile's ({schema.sizes}); use another data directory, or delete the"
                    " folder and index again"
                )
            shard = self.open(name)
            with engine_errors(self.folder(name)):
                add_indexes(shard, schema)

    def schema(self, name: str) -> CollectionSchema:
        """Return the vectors of a collection and its payload indexes."""
        with self.using(name) as shard:
            indexes, sizes = dict(sorted(payload_indexes(shard).items())), self._vectors(name)
        return CollectionSchema(
            {vector: size for vector, size in sizes.items() if size},
            tuple(vector for vector, size in sizes.items() if not size),
            indexes,
        )

    def prepare(self, schema: CollectionSchema, count: int) -> None:
        """Make ``count`` empty collections for ``ensure`` to take when it is asked for some.

        Each waits for the disk some thousand times; another thread has the time for that.
        """
        for _ in range(count):
            with self._making:
                if self._lock is None:
                    return
                self._spares.append((schema, self._made(schema)))

    def drop(self, name: str) -> None:
        """Delete the collection, if it exists."""
        with self._changing, self._guard:
            shard = self._opened.pop(name, None)
            if shard is not None:
                shard.close()
            if self.has(name):
                remove_folder(self.folder(name))

    def read_current(self) -> str | None:
        """Return the name that ``write_current`` wrote last; None where it cannot be read."""
        try:
            name = (self.directory / CURRENT_FILE).read_text(encoding="utf-8").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return name if _NAME.fullmatch(name) else None

    def write_current(self, name: str) -> None:
        """Replace the current name, at once."""
        write_text(self.directory / CURRENT_FILE, f"{name}\n")
        sync(self.directory)

    def close(self) -> None:
        """Close every shard and release the directory. Closing twice does no harm."""
        with self._guard, self._making:
            for shard in self._opened.values():
                shard.close()
            self._opened.clear()
            for _, folder in self._spares:
                shutil.rmtree(folder)
            self._spares.clear()
            lock, self._lock = self._lock, None
            if lock is not None:
                lock.release()

    def size(self, name: str) -> int:
        """Return the bytes of disk that a collection takes, those its log is ahead by included."""
        files = [each.stat() for each in self.folder(name).rglob("*") if each.is_file()]
        # Windows says nothing of blocks, so holes count there: the log is mostly holes.
        return sum(getattr(each, "st_blocks", -(-each.st_size // 512)) * 512 for each in files)

    def require_space(self, reserve: int) -> None:
        """Refuse to go on when less than ``reserve`` bytes of the disk are free.

        The engine writes through memory maps: on a full disk the process dies of a bus
        error, without a word.

        Raises:
            ReelfindError: less is free.
        """
        free = shutil.disk_usage(self.directory).free
        if free < reserve:
            raise ReelfindError(
                f"{self.directory}: the disk is full ({free >> 20} MiB left, {reserve >> 20} MiB"
                " needed); free some space, then run again"
            )

    def _create(self, name: str, schema: CollectionSchema) -> None:
        with self._making:
            spare = next((each for each in self._spares if each[0] == schema), None)
            if spare is not None:
                self._spares.remove(spare)
        folder = spare[1] if spare is not None else self._made(schema)
        write_text(folder / SCHEMA_FILE, json.dumps(schema.sizes))
        folders.commit(folder, self.folder(name))

    def _made(self, schema: CollectionSchema) -> Path:
        """Make an empty collection in a folder that has no name yet."""
        folder = unfinished_folder(self.directory)
        make_shard(folder, schema)
        return folder

    def _vectors(self, name: str) -> dict[str, int]:
        vectors: dict[str, int] = json.loads((self.folder(name) / SCHEMA_FILE).read_text("utf-8"))
        return vectors
