"""Reads an image in a request: as an example to search by, or for the faces in it."""

import base64
import binascii
import io
import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from app.search.bulkhead import Bulkhead
from app.search.request import RequestError
from indexer.sections import ExampleSettings

FORMATS = ("JPEG", "PNG", "WEBP")
SHORT_SIDE = 252
"""Pixels: as large as the stills that films are embedded by (``decode.still_size``)."""
LARGE_SIDE = 1080
"""Pixels of the shorter side, at most, where small things in a picture count."""
MOST_SCANS = 64
"""Of a JPEG. Encoders write about ten; each one costs a pass over the whole picture, and thousands
fit into a small file."""

GAP = 3.0
"""How many times as large a picture stays for the resampling that settles its pixels."""

_START_OF_SCAN = b"\xff\xda"

Still = NDArray[np.uint8]
"""RGB pixels: [height, width, 3] uint8."""


class StillReader:
    """Reads images within limits, a few at a time. Thread-safe."""

    def __init__(self, settings: ExampleSettings) -> None:
        self._settings = settings
        self.bulkhead = Bulkhead(
            "pictures", settings.stills_at_once, settings.waiting, settings.patience
        )

    def read(self, encoded: str) -> Still:
        """Return a picture that is given as base64, its shorter side ``SHORT_SIDE`` pixels.

        Its longer side is at most ``examples.still_aspect`` times as long. A photograph stands
        upright, as its camera noted.

        Raises:
            RequestError: it is no base64, no picture of a known format, too large or too narrow.
            BusyError: too many others are being read.
        """
        return self._read(encoded, lambda shorter: SHORT_SIDE / shorter)

    def read_large(self, encoded: str) -> Still:
        """Return a picture as ``read`` does, as large as it is, up to ``LARGE_SIDE``."""
        return self._read(encoded, lambda shorter: min(1.0, LARGE_SIDE / shorter))

    def _read(self, encoded: str, scale: Callable[[int], float]) -> Still:
        try:
            content = base64.b64decode(encoded, validate=True)
            with self.bulkhead.slot(), Image.open(io.BytesIO(content), "r", FORMATS) as image:
                self._check(image.width, image.height)
                if image.format == "JPEG" and content.count(_START_OF_SCAN) > MOST_SCANS:
                    raise RequestError("still", "has too many scans; save it again as JPEG")
                return _scaled(image, scale(min(image.size)))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise self._too_large() from error
        except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            reason = f"is not a {', '.join(FORMATS)} picture in base64; save it again as JPEG"
            raise RequestError("still", reason) from error

    def _check(self, width: int, height: int) -> None:
        """Refuse an image by the size in its header, before decoding it."""
        if width * height > self._settings.still_pixels:
            raise self._too_large()
        shape = max(width, height) / max(1, min(width, height))
        if shape > self._settings.still_aspect:
            raise RequestError(
                "still",
                f"is {width} x {height} pixels; its long side may be at most "
                f"{self._settings.still_aspect:g} times its short side, so crop it",
            )

    def _too_large(self) -> RequestError:
        most = self._settings.still_pixels / 10**6
        return RequestError("still", f"is larger than {most:g} megapixels; send a smaller picture")


def _scaled(image: Image.Image, scale: float) -> Still:
    width, height = (round(side * scale) for side in image.size)
    # For a JPEG, the decoder reduces the size itself, with a fraction of the memory.
    image.draft("RGB", (2 * width, 2 * height))
    # Colour profiles are not applied; of an animation, only the first picture is used.
    colours = image if image.mode == "RGB" else image.convert("RGB")
    # A large image is first reduced by an integer factor, which takes a third of the time.
    scaled = colours.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=GAP)
    return np.asarray(_upright(scaled))


def _upright(image: Image.Image) -> Image.Image:
    """Return an image turned as its camera noted; as it is where the note cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except (KeyError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return image
