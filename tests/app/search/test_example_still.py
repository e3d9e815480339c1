"""Pictures that are sent: read at the size of ours, and refused before they cost anything."""

import base64
import io
import struct
import time
import tracemalloc
import zlib

import pytest
from PIL import ExifTags, Image

from app.search.example_still import MOST_SCANS, SHORT_SIDE, StillReader
from app.search.request import RequestError
from indexer.errors import BusyError
from indexer.sections import ExampleSettings

LIMITS = ExampleSettings()


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def picture(kind: str, width: int = 40, height: int = 20, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(file, kind, **options)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that states a size, and holds a few bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


def webp_of(side: int) -> bytes:
    """An animated WebP whose canvas is a square of this side, and whose picture is tiny."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

    def three(number: int) -> bytes:
        return struct.pack("<I", number)[:3]

    still = picture("WEBP", 16, 16, lossless=True)[12:]
    frame = three(0) * 2 + three(15) * 2 + three(100) + b"\0" + still
    chunks = chunk(b"VP8X", bytes([2, 0, 0, 0]) + three(side - 1) * 2)
    chunks += chunk(b"ANIM", b"\0" * 6) + chunk(b"ANMF", frame) * 2
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_still_is_read_at_the_size_of_ours(kind: str) -> None:
    still = StillReader(LIMITS).read(encoded(picture(kind)))
    assert still.shape == (SHORT_SIDE, 2 * SHORT_SIDE, 3)
    assert still[5, 5, 0] > 200


def test_a_large_photograph_becomes_small() -> None:
    still = StillReader(LIMITS).read(encoded(picture("JPEG", 6000, 4000)))
    assert still.shape == (SHORT_SIDE, SHORT_SIDE * 3 // 2, 3)
    assert (still[..., 0] > 200).all()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_stands_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    still = StillReader(LIMITS).read(encoded(picture(kind, exif=exif.tobytes())))
    assert still.shape == (2 * SHORT_SIDE, SHORT_SIDE, 3)
    for damaged in (exif.tobytes()[:9], b"Exif\0\0no tags", exif.tobytes()[:-3]):
        still = StillReader(LIMITS).read(encoded(picture("JPEG", exif=damaged)))
        assert still.shape[2] == 3


def test_small_things_are_looked_for_in_a_large_picture() -> None:
    reader = StillReader(LIMITS)
    assert reader.read_large(encoded(picture("PNG"))).shape == (20, 40, 3)
    assert reader.read_large(encoded(picture("JPEG", 4000, 3000))).shape == (1080, 1440, 3)


@pytest.mark.parametrize(
    "still",
    [
        *("no base64!", "AAAA", "é", encoded(b"GIF89a")),
        *(encoded(picture(kind)) for kind in ("GIF", "TIFF", "BMP", "PPM")),
        encoded(picture("PNG")[:-30]),
        encoded(picture("JPEG")[:300]),
    ],
)
def test_what_is_no_still_is_refused(still: str) -> None:
    with pytest.raises(RequestError, match=r"still: is not .* save it again"):
        StillReader(LIMITS).read(still)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (picture("PNG", 4000, 1), "4000 x 1 pixels"),
        (picture("PNG", 1, 4000), "1 x 4000 pixels"),
        (picture("WEBP", 4000, 30), "4000 x 30 pixels"),
        (png_of(12_000, 12_000), "megapixels"),
        (png_of(2**31 - 1, 2**31 - 1), "megapixels"),
        (png_of(2**31 - 1, 1), "megapixels"),
        (webp_of(16_383), "megapixels"),
        (webp_of(8_000), "megapixels"),
    ],
)
def test_what_would_take_much_memory_is_refused_by_its_header(content: bytes, reason: str) -> None:
    reader = StillReader(LIMITS)
    tracemalloc.start()
    try:
        with pytest.raises(RequestError, match=reason):
            reader.read(encoded(content))
        assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
    finally:
        tracemalloc.stop()


def test_the_limits_are_those_of_the_settings() -> None:
    small = StillReader(ExampleSettings(still_pixels=65_536, still_aspect=2))
    assert small.read(encoded(picture("PNG", 256, 256))).shape == (252, 252, 3)
    with pytest.raises(RequestError, match="megapixels"):
        small.read(encoded(picture("PNG", 257, 256)))
    with pytest.raises(RequestError, match="at most 2 times"):
        small.read(encoded(picture("PNG", 41, 20)))


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    """Each scan costs a pass over the whole picture."""
    progressive = picture("JPEG", 4000, 4000, progressive=True)
    assert StillReader(LIMITS).read(encoded(progressive)).shape == (252, 252, 3)
    last = progressive.rindex(b"\xff\xda")
    many = progressive[:-2] + progressive[last:-2] * (100 * MOST_SCANS) + progressive[-2:]
    began = time.monotonic()
    with pytest.raises(RequestError, match="scans"):
        StillReader(LIMITS).read(encoded(many))
    assert time.monotonic() - began < 5


def test_a_huge_colour_profile_is_not_unpacked() -> None:
    profile = b"\0" * (8 * 2**20)
    with pytest.raises(RequestError, match="save it again"):
        StillReader(LIMITS).read(encoded(picture("PNG", icc_profile=profile)))
    still = StillReader(LIMITS).read(encoded(picture("WEBP", icc_profile=profile)))
    assert still.shape == (SHORT_SIDE, 2 * SHORT_SIDE, 3)


def test_whoever_finds_no_place_is_told_to_come_back() -> None:
    reader = StillReader(ExampleSettings(stills_at_once=1, waiting=0))
    with reader.bulkhead.slot(), pytest.raises(BusyError, match="too many pictures"):
        reader.read(encoded(picture("PNG")))
    assert reader.read(encoded(picture("PNG"))).shape == (252, 504, 3)
