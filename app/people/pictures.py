"""Pictures of faces, cut from stills and other pictures."""

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
        return cut_face(still.convert("RGB"), group.box)


def cut_face(picture: Image.Image, box: tuple[float, float, float, float]) -> bytes:
    """Return a JPEG of a face; ``box`` is in parts of the picture's sides."""
    left, top, right, bottom = box
    reach = (bottom - top) * picture.height * (0.5 + AROUND)
    reach = min(reach, picture.width / 2, picture.height / 2)
    # Within the picture: what is beyond its sides would be black.
    x = min(max((left + right) / 2 * picture.width, reach), picture.width - reach)
    y = min(max((top + bottom) / 2 * picture.height, reach), picture.height - reach)
    face = picture.crop((round(x - reach), round(y - reach), round(x + reach), round(y + reach)))
    made = io.BytesIO()
    face.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(made, "JPEG", quality=85)
    return made.getvalue()
