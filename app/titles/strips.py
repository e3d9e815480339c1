"""Hover strips: frames of a clip or shot side by side, which the browser scrubs through."""

import io

from PIL import Image, ImageOps

from app.runtime import NotFoundError, Runtime
from app.search.request import RequestError
from app.titles.files import still_at

FRAMES = 8
"""In every strip, so that pages can rely on it; a short span repeats some."""
SIZE = (320, 180)
"""Pixels of each frame, black where its shape is another."""
QUALITY = 80


def hover_strip(runtime: Runtime, point_id: str) -> bytes:
    """Return a JPEG of ``FRAMES`` frames of a clip or shot, in order from left to right.

    Raises:
        NotFoundError: no such clip or shot, or its stills are gone.
    """
    try:
        hit = runtime.neighbours(point_id, 0, 0).hit
    except RequestError as error:
        raise NotFoundError(f"{point_id}: no such clip or shot; search again") from error
    picture = Image.new("RGB", (SIZE[0] * FRAMES, SIZE[1]))
    chosen = _chosen(runtime, hit.title_id, hit.start_frame, hit.end_frame)
    for place, frame in enumerate(chosen):
        with Image.open(still_at(runtime, hit.title_id, frame)) as still:
            # The decoder halves the picture itself, a quarter of the work.
            still.draft("RGB", SIZE)
            picture.paste(ImageOps.pad(still.convert("RGB"), SIZE), (place * SIZE[0], 0))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _chosen(runtime: Runtime, title_id: str, start: int, end: int) -> list[int]:
    """Return the frames of a strip: stills that exist, spread evenly over the span."""
    try:
        ordered = runtime.title(title_id).still_frames(start, end)
    except OSError as error:
        raise NotFoundError(f"{title_id}: its stills are gone; index it again") from error
    if not ordered:
        raise NotFoundError(f"{title_id}: no still between frames {start} and {end}")
    return [ordered[int((place + 0.5) * len(ordered) / FRAMES)] for place in range(FRAMES)]
