"""Checks that a file is still the film that was indexed, so that no other cut is ever shown."""

from collections.abc import Collection
from pathlib import Path

from indexer.discovery import OUTSIDE, is_inside
from indexer.errors import ReelfindError
from indexer.files import FileState, state_of
from indexer.hashing import content_hash, current_hash
from indexer.records import Media


class ChangedError(ReelfindError):
    """The file at a title's path has changed since it was indexed."""


def state_within(path: Path, roots: Collection[Path] | None) -> FileState:
    """Return the state of a film before it is read.

    Raises:
        ReelfindError: it is not there, or lies outside ``roots`` (None: it may lie anywhere).
    """
    try:
        state = state_of(path)
    except FileNotFoundError as error:
        raise ReelfindError(f"{path}: no such file; check the path") from error
    except (OSError, RuntimeError) as error:
        cause = getattr(error, "strerror", None) or "its links go in a circle"
        raise ReelfindError(f"{path}: cannot be read ({cause}); check its permissions") from error
    if roots is not None and not is_inside(state.path, roots):
        raise ReelfindError(f"{path}: {OUTSIDE}")
    return state


def check_in_place(media: Media, before: FileState | None) -> None:
    """Check that a film about to be read is the file that was probed.

    A link that points elsewhere by now is never followed. A file that was only touched, or
    copied back, counts as the same.

    Args:
        media: the probed file.
        before: its state at that time; None skips the check.

    Raises:
        ChangedError: it is another file, or has another content.
        ReelfindError: it is not there or cannot be read.
    """
    if before is None:
        return
    now = state_within(media.path, None)
    if now == before:
        return
    if now.path != before.path or content_hash(media.path) != media.content_hash:
        raise ChangedError(
            f"{media.path}: was replaced while it was indexed; run the same command again"
        )


def check_unchanged(media: Media, read: bool = False) -> None:
    """Check that the file of a title is the one that was indexed.

    Args:
        media: of the title.
        read: compare the content even if size and times are unchanged since the last check.

    Raises:
        ChangedError: its content is different.
        ReelfindError: the file is not there or cannot be read.
    """
    found = content_hash(media.path) if read else current_hash(media.path)
    if found != media.content_hash:
        raise ChangedError(
            f"{media.path}: the file was replaced after it was indexed, so its frames may be "
            "others; index it again with `reelfind index`, or put the earlier file back"
        )
