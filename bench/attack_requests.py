"""Requests as a hostile client sends them: filters, bodies, cursors, pictures, clips, addresses."""

import base64
import io
import json
import random
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from app.search.request import SearchRequest
from indexer.ffmpeg import find_ffmpeg

NUMBERS = ["nan", "inf", "-inf", "1e999", "-0.0", "1e-320", "9" * 400, "-1", "0x10", "1_0", "", "½"]
TEXTS = ["", " ", "\0", "\n", "x" * 5000, "é" * 300, "😀" * 200, "‮abc", "' OR 1=1 --", "../../etc"]
TEXTS += ["{{7*7}}", "<script>", "%00", "$(id)", '"' * 100, "[" * 500, "music", "a man talks"]
VALUES: list[Any] = [*TEXTS, *NUMBERS, None, True, -1, 0, 3, 2**63, 10**30, 1e308, -1e308, 0.5]
VALUES += [[], {}, [[]], [None], ["music"] * 1500, {"a": {"b": {}}}, float("nan"), float("inf")]
TASKS = ["clip-worthiness", "popularity", "tone", "genre", "nothing", "", "tone]", "a" * 300]
POSITIONS: list[Any] = [*VALUES, "no-id", "5b1c8a52-0000-5000-8000-000000000000"]
IDS = ["0", "f" * 32, "5b1c8a52-0000-5000-8000-000000000000", "..%2f..", "%00", "a" * 3000, "{}"]
PATHS = [
    *("clips/{}", "clips/{}/neighbours", "shots/{}", "titles/{}", "titles/{}/shots", "stills/{}"),
    *("stills/{}/strip", "media/{}", "jobs/{}", "saved/{}", "saved/{}/hits", "shortlists/{}"),
    *(
        "shortlists/{}/export?format=edl&rate=1e99",
        "reels/{}",
        "labels?title_id={}",
        "similar?like={}",
    ),
]
FIELDS = sorted(SearchRequest.model_fields)


@dataclass(frozen=True)
class Asked:
    """One request: its kind, its method, its path below ``/api/v1/``, and what goes with it."""

    kind: str
    method: str
    path: str
    more: dict[str, Any] = field(default_factory=dict)


class Attacker:
    """Draws requests. The same seed draws the same ones, but for cursors, which a server gives."""

    def __init__(self, seed: int, cursors: list[tuple[dict[str, Any], str]]) -> None:
        """Draw with a seed.

        Args:
            seed: of the random numbers.
            cursors: searches of this server, and the cursor that each was answered with.
        """
        self._random = random.Random(seed)
        self._cursors = cursors
        self._pictures = pictures()
        self._clips = clips()
        self._kinds: dict[Callable[[], Asked], int] = {
            **{self._filters: 30, self._body: 25, self._cursor: 15, self._still: 10},
            **{self._clip: 2, self._address: 12, self._labels: 3, self._range: 3},
        }

    def draw(self) -> Asked:
        """Return the next request."""
        (kind,) = self._random.choices(list(self._kinds), list(self._kinds.values()))
        return kind()

    def _filters(self) -> Asked:
        chosen = self._random.sample(FIELDS, self._random.randint(1, 4))
        given = {name: str(self._value()) for name in chosen if name not in ("still", "clip")}
        given["where"] = self._condition()
        path = self._random.choice(["search", "facets"])
        return Asked("filters", "GET", path, {"params": given})

    def _body(self) -> Asked:
        chosen = self._random.sample(FIELDS, self._random.randint(1, 6))
        given: Any = {name: self._value() for name in chosen}
        if self._random.random() < 0.1:
            given = self._value()
        content = json.dumps(given)
        if self._random.random() < 0.1:
            content = content[: self._random.randint(0, len(content))]
        path = self._random.choice(["search", "facets", "ads/candidates", "labels", "saved"])
        return Asked("bodies", "POST", path, _json(content))

    def _cursor(self) -> Asked:
        request, cursor = self._random.choice(self._cursors)
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if self._random.random() < 0.5:
            own, position = json.loads(content)
            position = [self._random.choice([each, self._position()]) for each in position]
            content = json.dumps([own, self._random.choice([position, self._position()])])
        else:
            content = (
                f"{content[: content.index(',')]},{self._random.choice(['[' * 900, '1e999]'])}"
            )
        crafted = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
        return Asked("cursors", "POST", "search", _json(json.dumps(request | {"cursor": crafted})))

    def _still(self) -> Asked:
        return self._example("still", self._random.choice(self._pictures))

    def _clip(self) -> Asked:
        return self._example("clip", self._random.choice(self._clips))

    def _example(self, name: str, content: bytes) -> Asked:
        if self._random.random() < 0.3:
            end = self._random.randint(0, len(content))
            noise = self._random.randbytes(min(64, end))
            content = content[: end - len(noise)] + noise + content[end:]
        encoded = base64.b64encode(content).decode()
        return Asked(f"{name}s", "POST", "search", _json(json.dumps({name: encoded, "limit": 3})))

    def _address(self) -> Asked:
        path = self._random.choice(PATHS).format(self._random.choice(IDS))
        return Asked("addresses", self._random.choice(["GET", "GET", "HEAD", "DELETE"]), path)

    def _labels(self) -> Asked:
        names = ("task", "class", "title", "start", "end", "value", "annotator", "clip_id")
        count = self._random.choice([1, 5, 1000, 1001])
        label = {name: self._value() for name in self._random.sample(names, 5)}
        return Asked("labels", "POST", "labels", _json(json.dumps({"labels": [label] * count})))

    def _range(self) -> Asked:
        header = self._random.choice(
            ["bytes=0-", "bytes=9-1", f"bytes={'9' * 50}-", "bytes=-0", "x"]
        )
        return Asked("ranges", "GET", f"media/{'0' * 32}", {"headers": {"Range": header}})

    def _condition(self) -> str:
        operator = self._random.choice([">=", "<=", "=", "!=", "==", "~"])
        return f"{self._random.choice(TASKS)}{operator}{self._random.choice(NUMBERS)}"

    def _value(self) -> Any:
        return self._random.choice(VALUES)

    def _position(self) -> Any:
        return self._random.choice(POSITIONS)


def _json(content: str) -> dict[str, Any]:
    return {"content": content.encode(), "headers": {"Content-Type": "application/json"}}


def pictures() -> list[bytes]:
    """Return pictures of all shapes, some of which take gigabytes where nothing bounds them."""
    shapes = [(64, 36), (1, 1), (4000, 1), (1, 4000), (16_000, 2), (3000, 2000), (7000, 7000)]
    found = [_saved(Image.new("RGB", shape, "red"), "PNG") for shape in shapes]
    found += [_saved(Image.new("RGB", (640, 360), "blue"), kind) for kind in ("JPEG", "WEBP")]
    found += [_saved(Image.new("L", (300, 200)), kind) for kind in ("GIF", "TIFF", "BMP", "PNG")]
    scans = _saved(Image.new("RGB", (3000, 3000), "green"), "JPEG", progressive=True)
    last = scans.rindex(b"\xff\xda")
    found.append(scans[:-2] + scans[last:-2] * 2000 + scans[-2:])
    profile = {"icc_profile": b"\0" * 2**20}
    return [
        *found,
        _saved(Image.new("RGB", (64, 36)), "WEBP", **profile),
        b"",
        b"\x89PNG\r\n\x1a\n",
    ]


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def clips() -> list[bytes]:
    """Return a few small films, and files that only look like one."""
    found = [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n"]
    with tempfile.TemporaryDirectory() as folder:
        for name, source in (
            ("small.mp4", "testsrc=size=96x54:rate=10:duration=2"),
            ("narrow.mkv", "testsrc=size=520x2:rate=10:duration=1"),
            ("long.mp4", "testsrc=size=32x18:rate=2:duration=90"),
        ):
            path = Path(folder) / name
            command = [find_ffmpeg(), "-loglevel", "error", "-f", "lavfi", "-i", source, str(path)]
            subprocess.run(command, check=True)
            found.append(path.read_bytes())
    return found
