"""Pictures of faces, cut from stills."""

import io

from PIL import Image

from app.people.records import FacesOfTitle
from indexer.library import IndexedTitle

SIDE = 160
"""Pixels of a picture's sides."""
AROUND = 0.35
"""What is shown around a face, as a part of its height."""


def face_picture(title: IndexedTitle, group: FacesOfTitle) -> bytes | None:
    """Return a JPEG of the face that shows a group; None if its still is no longer there."""
    path = title.still(group.frame)
    if path is None:
        return None
    with Image.open(path) as still:
        left, top, right, bottom = group.box
        reach = (bottom - top) * still.height * (0.5 + AROUND)
        reach = min(reach, still.width / 2, still.height / 2)
        # Within the still: what is beyond its sides would be black.
        x = min(max((left + right) / 2 * still.width, reach), still.width - reach)
        y = min(max((top + bottom) / 2 * still.height, reach), still.height - reach)
        face = still.convert("RGB").crop(
            (round(x - reach), round(y - reach), round(x + reach), round(y + reach))
        )
    made = io.BytesIO()
    face.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(made, "JPEG", quality=85)
    return made.getvalue()
