"""Random catalogues, small enough for a slow planner, and networks that know four words."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from qdrant_client import models

from indexer.models import Models
from indexer.pairs import score_indexes
from indexer.store.base import Store
from indexer.store.names import Level, pair, point_id
from indexer.store.schema import CollectionSchema, profile_schema
from indexer.store.sparse import Bm25Words
from indexer.traits import stored, stored_of_clip
from probes.tasks import known_tasks

SIZE = 8
KEPT = 2
"""Numbers of text in what points are alike by."""
TONES = ["calm", "tense", "sad"]
GENRES = ["drama", "comedy"]
WORDS = ["snow", "dragon", "river", "dark night", "red"]
TASKS = {
    name: task
    for name, task in known_tasks(
        {
            "mood": {
                "kind": "multi-label",
                "classes": [
                    {"name": "dark", "prompts": ["a"]},
                    {"name": "light", "prompts": ["b"]},
                ],
            },
            "risk": {
                "kind": "binary",
                "classes": [{"name": "risk", "prompts": ["a"], "against": ["b"]}],
            },
        }
    ).items()
    if name in ("mood", "risk")
}
FPS = 24


@dataclass(frozen=True)
class Point:
    """A shot or clip: its payload, and its vectors by name as float32 [SIZE]."""

    id: str
    payload: dict[str, Any]
    vectors: dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """All points of a random catalogue."""

    shots: list[Point]
    clips: list[Point]


def vector_of(words: str) -> list[float]:
    """Return the made-up embedding of words: eighths, so that dot products are exact."""
    draw = random.Random(words)
    return [draw.randrange(-8, 9) / 8 for _ in range(SIZE)]


def spoken_vector_of(words: str, apart: bool) -> list[float]:
    """Return the vector by which lines are looked for; ``apart`` from the space of pictures."""
    return vector_of(f"{words}, said") if apart else vector_of(words)


def fake_models(apart: bool = False) -> Models:
    """Return networks that embed words by ``vector_of`` and by ``spoken_vector_of``."""

    def seen(texts: Sequence[str]) -> Any:
        return np.array([vector_of(text) for text in texts], dtype=np.float32)

    def said(texts: Sequence[str]) -> Any:
        return np.array([spoken_vector_of(text, apart) for text in texts], dtype=np.float32)

    backbones = SimpleNamespace(
        video=SimpleNamespace(embed_query=seen), text=SimpleNamespace(embed_query=said)
    )
    sense = SimpleNamespace(share=lambda vector: 0.0)
    models = SimpleNamespace(backbones=backbones, load_for_queries=lambda: None, nonsense=sense)
    models.description = SimpleNamespace(text=SimpleNamespace(dimension=KEPT))
    return cast(Models, models)


def schema() -> CollectionSchema:
    keyword, number = models.PayloadSchemaType.KEYWORD, models.PayloadSchemaType.FLOAT
    scored = {
        **dict.fromkeys(["tones", "genres", "ad_categories"], keyword),
        **dict.fromkeys(["clip_tones", "clip_ad_categories"], keyword),
        **dict.fromkeys(["clip_worthiness", "popularity"], number),
        **dict.fromkeys(["clip_clip_worthiness", "clip_popularity"], number),
        **score_indexes(TASKS.values()),
    }
    return profile_schema(
        aligned=SIZE, text=SIZE, in_context=SIZE, alike=SIZE, worded=SIZE, scored=scored
    )


def draw_catalogue(seed: int) -> Drawn:
    """Return a catalogue of 2 to 4 titles, two of which may share a name."""
    draw = random.Random(seed)
    shots: list[Point] = []
    clips: list[Point] = []
    for title in range(draw.randrange(2, 5)):
        content = f"{seed}-{title}"
        shared: dict[str, Any] = {
            "title_id": f"{title}ab{seed}",
            "title": f"film {title // 2}",
            "series": draw.choice(["north", "south", None]),
            "season": draw.choice([1, 2, None]),
            "language": draw.choice(["en", "de", None]),
            "genres": draw.sample(GENRES, draw.randrange(0, 3)),
            "fps": f"{FPS}/1",
            "scored_by": {},
            "zero_shot": [],
        }
        looks = random.Random(f"{content}, looks")
        frame = shot = 0
        for clip in range(draw.randrange(2, 7)):
            identity = point_id(content, "clip", clip, 1)
            scores = _scores(draw)
            own: list[Point] = []
            begin, of_clip = frame, _looks(looks)
            for _ in range(draw.randrange(1, 5)):
                end = frame + draw.randrange(12, 240)
                payload = {
                    **shared,
                    **_scores(draw),
                    **{f"clip_{name}": value for name, value in scores.items()},
                    **_span(draw, "shot", shot, frame, end),
                    "clip_id": identity,
                    "look": [*_looks(looks), *map(stored_of_clip, of_clip)],
                }
                own.append(
                    Point(point_id(content, "shot", shot, 1), payload, _vectors(draw, payload))
                )
                frame, shot = end, shot + 1
            lines = [line for each in own for line in each.payload["lines"]]
            payload = {**shared, **scores, **_span(draw, "clip", clip, begin, frame)}
            payload |= {"lines": lines, "has_dialogue": int(bool(lines)), "look": of_clip}
            shots += own
            clips.append(Point(identity, payload, _vectors(draw, payload)))
    return Drawn(shots, clips)


def fill(store: Store, name: str, drawn: Drawn) -> None:
    """Put a catalogue into the store's pair ``name``."""
    for collection, points in zip(pair(name), (drawn.shots, drawn.clips), strict=True):
        store.ensure_schema(collection, schema())
        structs = [
            models.PointStruct(id=each.id, vector=each.vectors, payload=each.payload)
            for each in points
        ]
        store.upsert(collection, structs)


def _scores(draw: random.Random) -> dict[str, Any]:
    return {
        "tones": draw.sample(TONES, draw.randrange(0, 4)),
        "ad_categories": draw.sample(["pets", "travel"], draw.randrange(0, 3)),
        # Few values, so that there are ties.
        "clip_worthiness": draw.randrange(5) / 4,
        "popularity": draw.randrange(5) / 4,
        "task_mood": draw.sample(["dark", "light"], draw.randrange(0, 3)),
        "task_risk": draw.randrange(5) / 4,
    }


def _looks(draw: random.Random) -> list[str]:
    kinds = {"brightness": ["dark", "bright"], "camera": ["pan", "fixed"], "people": ["1", "3+"]}
    kinds["onscreen"] = ["text", "credits"]
    chosen = [stored(kind, draw.choice(values)) for kind, values in kinds.items()]
    colours = draw.sample(["red", "green", "blue"], draw.randrange(0, 3))
    heard = draw.sample(["speech", "music"], draw.randrange(0, 3))
    several = {"colour": colours, "sound": heard}
    return [*chosen, *(stored(kind, each) for kind, own in several.items() for each in own)]


def _span(draw: random.Random, level: Level, index: int, start: int, end: int) -> dict[str, Any]:
    lines = [" ".join(draw.choices(WORDS, k=3)) for _ in range(draw.randrange(0, 2))]
    return {
        "level": level,
        "index": index,
        "start_frame": start,
        "end_frame": end,
        "start_seconds": start / FPS,
        "end_seconds": end / FPS,
        "duration": end / FPS - start / FPS,
        "timecode_in": f"{start}",
        "timecode_out": f"{end}",
        "lines": lines,
        "has_dialogue": int(bool(lines)),
    }


def _vectors(draw: random.Random, payload: dict[str, Any]) -> dict[str, Any]:
    vectors: dict[str, Any] = {
        "picture": [draw.randrange(-8, 9) / 8 for _ in range(SIZE)],
        "context": [float(np.float16(draw.gauss(0, 1))) for _ in range(SIZE)],
        "alike": [float(np.float16(draw.gauss(0, 1))) for _ in range(SIZE)],
    }
    if payload["lines"]:
        vectors["dialogue"] = [draw.randrange(-8, 9) / 8 for _ in range(SIZE)]
        vectors["words"] = Bm25Words().document(" ".join(payload["lines"]))
    return vectors
