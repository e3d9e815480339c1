"""Generated points with the real schema, for measuring how search grows with the catalogue.

Vectors are random directions: the hardest case for an index, and for a plain scan no other than
real ones. Words of lines follow Zipf's law, as those of films do.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import models

from indexer.catalogue import ABOUT, FORMAT, Catalogue
from indexer.pairs import score_indexes
from indexer.settings import Settings
from indexer.store.base import Store
from indexer.store.names import (
    ALIKE,
    CLIP_ID,
    CONTEXT,
    DIALOGUE,
    PICTURE,
    PREDICTED,
    WORDS,
    Level,
    pair,
    point_id,
)
from indexer.store.schema import CollectionSchema, profile_schema
from indexer.store.sparse import Bm25Words
from indexer.timecode import timecode
from indexer.versions import SCHEMA_VERSION

PAIR = "lite-generated"
SIZES = {"aligned": 384, "text": 384, "in_context": 128, "alike": 640, "worded": 384}
"""What profile lite has."""
BATCH = 500
SAVED = 20_000
"""Points after which what was written is flushed, so that the log does not outgrow the data."""
CLIPS_PER_TITLE = 200
SHOT_FRAMES = 96
_FPS = Fraction(24)
SPOKEN = 0.4
"""Share of shots in which something is said."""
TONES = ["tense", "tender", "joyful", "melancholic", "suspenseful", "playful", "eerie", "serene"]
GENRES = ["drama", "comedy", "horror", "kids", "thriller", "sci-fi", "fantasy", "romance"]
QUERIES = [
    "a dragon over the mountains",
    "two people talk on a bridge at night",
    "someone runs through the snow",
    "why did you not tell me",
    "a robot with a red eye",
    "rabbits in a meadow",
    "we have to leave now",
    "a close-up of a face",
]
ASKED = sorted({word for query in QUERIES for word in query.split()})
VOCABULARY = ASKED + [f"word{number}" for number in range(20_000)]


def generated_schema(settings: Settings, level: Level) -> CollectionSchema:
    """Return the schema that ``reelfind index`` would make the collection of a level with."""
    scored = score_indexes(settings.known_tasks().values(), level)
    return profile_schema(**SIZES, scored=scored, level=level)


def fill(store: Store, settings: Settings, clips: int, shots_per_clip: int) -> None:
    """Write the pair of collections, from where a call before was stopped, for search to read.

    A collection is maintained at its half and at its end, as that of a catalogue that grew is.
    """
    shots_name, clips_name = pair(PAIR)
    collections: list[tuple[str, Level, int]] = [
        (shots_name, "shot", clips * shots_per_clip),
        (clips_name, "clip", clips),
    ]
    for name, level, count in collections:
        store.ensure_schema(name, generated_schema(settings, level))
        half = count // 2 // BATCH * BATCH
        for start in range(store.count(name) // BATCH * BATCH, count, BATCH):
            if start == half:
                store.maintain(name)
            size = min(BATCH, count - start)
            store.upsert(name, _points(level, start, size, shots_per_clip))
            if (start + size) % SAVED == 0:
                store.flush(name)
                print(f"{name}: {start + size} of {count}", flush=True)
        store.maintain(name)
        store.flush(name)
    store.set_current(PAIR)


def prepare_directory(data: Path) -> Catalogue:
    """Make a data directory of profile lite without titles."""
    catalogue = Catalogue(data)
    catalogue.prepare("lite")
    assert json.loads((data / ABOUT).read_text())["format"] == FORMAT
    return catalogue


def _points(level: Level, start: int, count: int, shots_per_clip: int) -> list[models.PointStruct]:
    """Return ``count`` points from number ``start`` on: always the same."""
    draw, words = np.random.default_rng((11, level == "shot", start)), Bm25Words()
    shots = 1 if level == "shot" else shots_per_clip
    vectors = {
        name: _directions(draw, count, width)
        for name, width in (
            (PICTURE, SIZES["aligned"]),
            (CONTEXT, SIZES["in_context"]),
            (ALIKE, SIZES["alike"]),
            (PREDICTED, SIZES["worded"]),
        )
    }
    said = _directions(draw, count, SIZES["text"])
    points = []
    for row, number in enumerate(range(start, start + count)):
        line = _line(draw)
        vector: dict[str, Any] = {name: own[row].tolist() for name, own in vectors.items()}
        sparse = words.document(line) if line else None
        if sparse is not None:
            vector |= {DIALOGUE: said[row].tolist(), WORDS: sparse}
        payload = _payload(draw, level, number, shots, shots_per_clip, line)
        identity = point_id("generated", level, number, SCHEMA_VERSION)
        points.append(
            models.PointStruct.model_construct(id=identity, vector=vector, payload=payload)
        )
    return points


def _payload(
    draw: np.random.Generator,
    level: Level,
    number: int,
    shots: int,
    shots_per_clip: int,
    line: str,
) -> dict[str, Any]:
    per_title = CLIPS_PER_TITLE * (shots_per_clip if level == "shot" else 1)
    title, index = divmod(number, per_title)
    start, end = index * shots * SHOT_FRAMES, (index + 1) * shots * SHOT_FRAMES
    tones = [TONES[each] for each in draw.choice(len(TONES), 3, replace=False)]
    scores = {
        "tones": tones,
        "ad_categories": [str(draw.integers(1, 40))],
        "clip_worthiness": float(draw.random()),
        "popularity": float(draw.random()),
    }
    payload: dict[str, Any] = {
        "title_id": f"{title:016x}",
        "title": f"Title {title}",
        "series": f"Series {title // 10}" if title % 2 else None,
        "season": title % 5 + 1 if title % 2 else None,
        "episode": title % 10 + 1 if title % 2 else None,
        "language": "en",
        "genres": [GENRES[title % len(GENRES)]],
        "genres_from": "zero-shot",
        "scored_by": dict.fromkeys(["tone", "genre", "clip-worthiness"], "zero-shot"),
        "fps": "24/1",
        "index": index,
        "first_shot": index * shots,
        "end_shot": (index + 1) * shots,
        "start_frame": start,
        "end_frame": end,
        "start_seconds": start / 24,
        "end_seconds": end / 24,
        "duration": (end - start) / 24,
        "timecode_in": timecode(start, _FPS, None),
        "timecode_out": timecode(end, _FPS, None),
        **scores,
        "zero_shot": tones,
        "level": level,
        "lines": [line] if line else [],
        "has_dialogue": int(bool(line)),
        "still": (start + end) // 2,
    }
    if level == "shot":
        owner = point_id("generated", "clip", number // shots_per_clip, SCHEMA_VERSION)
        payload |= {CLIP_ID: owner, **{f"clip_{name}": value for name, value in scores.items()}}
    return payload


def _directions(draw: np.random.Generator, count: int, width: int) -> NDArray[np.float32]:
    vectors = draw.standard_normal((count, width), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _line(draw: np.random.Generator) -> str:
    if draw.random() > SPOKEN:
        return ""
    ranks = draw.zipf(1.3, draw.integers(3, 14)) % len(VOCABULARY)
    return " ".join(VOCABULARY[rank] for rank in ranks)
