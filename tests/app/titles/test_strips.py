"""The frames that are leafed through under the pointer, compared with the stills they are of."""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from app.runtime import NotFoundError, Runtime
from app.search.request import Level, SearchRequest
from app.titles.files import still_at
from app.titles.strips import FRAMES, SIZE, hover_strip
from indexer.models import Models
from indexer.settings import Settings


@pytest.fixture(scope="module")
def runtime(indexed_once: Path, models: Models) -> Iterator[Runtime]:
    runtime = Runtime(indexed_once, Settings(), models)
    yield runtime
    runtime.close()


@pytest.mark.parametrize("level", ["clip", "shot"])
def test_the_tiles_are_the_stills_of_the_span_in_order(runtime: Runtime, level: Level) -> None:
    for hit in runtime.search(SearchRequest(level=level, limit=3)).hits:
        own = dict(own_stills(runtime, hit.title_id, hit.start_frame, hit.end_frame))
        frames = sorted(own)
        with Image.open(io.BytesIO(hover_strip(runtime, hit.id))) as strip:
            assert strip.size == (FRAMES * SIZE[0], SIZE[1])
            for place in range(FRAMES):
                expected = own[frames[(2 * place + 1) * len(frames) // (2 * FRAMES)]]
                difference = np.abs(np.asarray(tile(strip, place), dtype=float) - expected)
                assert difference.mean() < 8


def own_stills(
    runtime: Runtime, title_id: str, start: int, end: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    folder = runtime.catalogue.titles_path / title_id
    for path in folder.glob("*/stills/*.jpg"):
        if start <= int(path.stem) < end and path == still_at(runtime, title_id, int(path.stem)):
            with Image.open(path) as still:
                yield int(path.stem), np.asarray(ImageOps.pad(still, SIZE), dtype=float)


def tile(strip: Image.Image, place: int) -> Image.Image:
    return strip.crop((place * SIZE[0], 0, (place + 1) * SIZE[0], SIZE[1]))


def test_what_is_not_there_is_told(runtime: Runtime) -> None:
    with pytest.raises(NotFoundError, match="search again"):
        hover_strip(runtime, str(uuid4()))
