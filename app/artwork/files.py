"""Artwork as files: frames as large as the film, cropped, in one zip."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from app.artwork.records import Artwork, ArtworkStill, PictureFormat, Shape
from app.exports.reels import file_name
from app.runtime import Runtime
from app.titles.files import media_file
from indexer.decoding import PICTURE_NAME, extract_pictures
from indexer.library import IndexedTitle
from indexer.settings import Settings
from indexer.unchanged import check_unchanged

_QUALITY = 92
"""Of WebP, from 0 to 100."""

ReadFrame = Callable[[ArtworkStill], Image.Image]


def write_zip(
    artwork: Artwork, shapes: Sequence[Shape], form: PictureFormat, path: Path, read: ReadFrame
) -> int:
    """Write a zip of the stills of ``artwork``, each in every shape; return how many pictures.

    Args:
        artwork: stills, the best first.
        shapes: the crops wanted of each.
        form: of the pictures.
        path: of the zip.
        read: returns the whole frame of a still.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for place, still in enumerate(artwork.stills, 1):
            frame = read(still)
            for shape in shapes:
                content = io.BytesIO()
                _cropped(frame, still, shape).save(content, form, quality=_QUALITY)
                file.writestr(_name(place, still, shape, form), content.getvalue())
        return len(file.namelist())


def read_frame(title: IndexedTitle, frame: int, settings: Settings) -> Image.Image:
    """Return a frame of a title, as large as the film shows it.

    Raises:
        ReelfindError: the film is gone, was replaced, or cannot be decoded there.
    """
    manifest = title.manifest
    check_unchanged(manifest.title.media)
    with tempfile.TemporaryDirectory(prefix="reelfind-") as made:
        folder = Path(made)
        media, breaks = manifest.title.media, manifest.breaks
        extract_pictures(media, [frame], folder, settings.decode, breaks)
        with Image.open(folder / PICTURE_NAME.format(frame)) as image:
            return image.convert("RGB")


def read_on_server(runtime: Runtime, still: ArtworkStill) -> Image.Image:
    """Return the frame of a still, as ``read_frame`` does, in a slot of the server.

    Raises:
        NotFoundError: its title was removed meanwhile.
        ReelfindError: the film is gone, was replaced, or cannot be decoded there.
        BusyError: too many others are being decoded.
    """
    media_file(runtime, still.title_id)
    with runtime.frame_slots.slot():
        return read_frame(runtime.title(still.title_id), still.frame, runtime.settings)


def _cropped(frame: Image.Image, still: ArtworkStill, shape: Shape) -> Image.Image:
    box = still.crops[shape]
    across, down = (box.left, box.right), (box.top, box.bottom)
    left, right = (round(each * frame.width) for each in across)
    top, bottom = (round(each * frame.height) for each in down)
    return frame.crop((left, top, right, bottom))


def _name(place: int, still: ArtworkStill, shape: Shape, form: PictureFormat) -> str:
    return f"{place:02d} {file_name(still.title)} {still.frame} {shape.replace(':', 'x')}.{form}"
