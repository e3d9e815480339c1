"""Stills of single frames of a title, which are decoded when someone asks for them."""

import tempfile
from pathlib import Path

from app.runtime import NotFoundError, Runtime
from app.titles.files import media_file
from indexer.decoding import STILL_NAME, extract_stills


def frame_address(api_path: str, title_id: str, frame: int) -> str:
    """Return the address of the still of a frame on a server whose API is at ``api_path``."""
    return f"{api_path}/media/{title_id}/frames/{frame}"


def frame_still(runtime: Runtime, title_id: str, frame: int) -> bytes:
    """Return the JPEG of any frame of a title, as large as the other stills.

    Raises:
        NotFoundError: no such title or frame.
        ReelfindError: the film is gone, was replaced, or cannot be decoded there.
        BusyError: too many others are being decoded.
    """
    title = runtime.title(title_id)
    manifest = title.manifest
    if not 0 <= frame < manifest.frame_count:
        raise NotFoundError(
            f"{title_id}: no frame {frame}; its frames are 0 to {manifest.frame_count - 1}"
        )
    kept = title.still(frame)
    if kept is not None:
        return kept.read_bytes()
    media_file(runtime, title_id)
    with runtime.frame_slots.slot(), tempfile.TemporaryDirectory(prefix="reelfind-") as made:
        folder = Path(made)
        settings = runtime.settings.decode
        extract_stills(manifest.title.media, [frame], folder, settings, manifest.breaks)
        return (folder / STILL_NAME.format(frame)).read_bytes()
