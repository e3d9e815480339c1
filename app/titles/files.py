"""The files of a title that a browser plays and shows: its film, and stills."""

from pathlib import Path

from app.runtime import NotFoundError, Runtime
from indexer.discovery import OUTSIDE, is_inside
from indexer.errors import ReelfindError
from indexer.named_roots import check_root
from indexer.object_store import signed_address
from indexer.remote_path import RemotePath
from indexer.store.names import pair
from indexer.unchanged import check_unchanged


def media_file(runtime: Runtime, title_id: str) -> Path:
    """Return the media file of a title.

    Raises:
        NotFoundError: no such title.
        ReelfindError: the film is no longer where it was indexed, was replaced since, or lies under
            a root that is not set on this machine.
    """
    media = runtime.manifest(title_id).title.media
    path, roots = media.path, runtime.roots
    check_root(path)
    if not path.is_file():
        raise ReelfindError(
            f"{path.name}: the film is no longer where it was indexed; run reelfind index on "
            "its new place (nothing is analysed again)"
        )
    if any(path.is_relative_to(root) for root in roots) and not is_inside(path, roots):
        # The link is new. Outside the roots, only the owner of this machine may index films.
        raise ReelfindError(f"{path.name}: {OUTSIDE}")
    check_unchanged(media)
    return path


def film_link(runtime: Runtime, path: RemotePath, media_type: str) -> str:
    """Return an address at which an object store lets anybody read a film for some hours.

    Raises:
        ReelfindError: there are no credentials to sign it with.
    """
    seconds = round(runtime.settings.server.film_link_hours * 3600)
    try:
        return signed_address(path.name_in_store, seconds, media_type)
    except OSError as error:
        raise ReelfindError(f"{path.name}: cannot be played ({error.strerror})") from error


def frame_of_point(runtime: Runtime, point_id: str) -> tuple[str, int]:
    """Return the title of a clip or shot, and the frame whose still shows it.

    Raises:
        NotFoundError: no such clip or shot.
    """
    store, name = runtime.store, runtime.index.pair()
    for collection in pair(name) if name else ():
        for record in store.retrieve(collection, [point_id], with_vectors=False):
            payload = record.payload or {}
            return payload["title_id"], payload["still"]
    raise NotFoundError(f"{point_id}: no such clip or shot; search again")


def still_of_point(runtime: Runtime, point_id: str) -> Path:
    """Return the JPEG that shows a clip or shot.

    Raises:
        NotFoundError: no such clip or shot, or its picture is gone.
    """
    return still_at(runtime, *frame_of_point(runtime, point_id))


def still_link(runtime: Runtime, title_id: str, frame: int) -> str | None:
    """Return an address at which an object store lets anybody see a still for some hours.

    None if the still is on this machine, or there is none.

    Raises:
        NotFoundError: no such title.
        ReelfindError: the store cannot be asked, or there are no credentials to sign it with.
    """
    seconds = round(runtime.settings.server.film_link_hours * 3600)
    return runtime.title(title_id).still_link(frame, seconds)


def still_at(runtime: Runtime, title_id: str, frame: int) -> Path:
    """Return the JPEG of a frame that has a still.

    Raises:
        NotFoundError: no such title, or the picture is gone.
    """
    path = runtime.title(title_id).still(frame)
    if path is None:
        raise NotFoundError(f"{title_id}: the still of frame {frame} is gone; index it again")
    return path
