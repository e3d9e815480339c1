"""Record what a catalogue answers, to see that a redesign changed nothing.

    python -m tests.recorder record DATA FOLDER
    python -m tests.recorder compare BEFORE AFTER

``record`` works on a copy of the data directory DATA. It writes the OpenAPI description, the
answers to some 280 requests of the API and what the command line prints with ``--json``, a file
each. What differs from run to run (ids that are drawn, times) is replaced by a mark. ``compare``
names the files that differ, with their first difference, and exits with 1 where there are any.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.main import app as command_line
from app.runtime import Runtime
from indexer.errors import ReelfindError
from indexer.settings import load_settings
from tests.app.api.conftest import client_of
from tests.conftest import copy_data

WORDS = ("a person walking", "fire", "guitar", '"the"', "animals in a forest", "")
DRAWN = {"took_ms", "shortlist_id", "item_id", "saved_id", "job_id", "reel_id", "request_id", "at"}
"""Fields whose values are drawn or timed anew in every run."""
MARK = "…"
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_IDS = re.compile(r"(?<![0-9a-f-])([0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f-])")

PARTS: tuple[dict[str, Any], ...] = (
    {},
    {"level": "shot"},
    {"order": "time"},
    {"order": "clip-worthiness"},
    {"order": "popularity", "level": "shot"},
    {"group": "title"},
    {"group": "title", "level": "shot"},
    {"merge": True},
    {"diverse": True},
    {"tail": "keep"},
    {"limit": 3},
    {"without": "dark"},
    {"then": "a face", "within": 20},
    {"also": "outside"},
    {"routes": ["picture"]},
    {"routes": ["dialogue"]},
    {"routes": ["words"]},
    {"routes": ["context"]},
    {"has_dialogue": True},
    {"min_duration": 3, "max_duration": 60},
    {"min_worthiness": 0.2},
    {"max_popularity": 0.9, "min_start": 2},
    {"tone": ["calm"]},
    {"tone_none": ["calm"], "genre_none": ["western"]},
    {"language": ["en"]},
    {"where": ["clip-worthiness>=0.1"]},
    {"where": ["none=of ours"]},
    {"level": "neither"},
    {"limit": 100_000},
    {"cursor": "no cursor"},
)
"""Parts of a search, each asked for with and without words."""


def record(data: Path, out: Path) -> int:
    """Write every answer into the folder ``out``; return how many there are."""
    out.mkdir(parents=True)
    count = 0
    with tempfile.TemporaryDirectory() as scratch:
        own = copy_data(data, Path(scratch) / "data")
        runtime = Runtime(own, load_settings(own))
        try:
            for name, answer in answers(client_of(runtime)):
                (out / name).write_text(marked(answer, own), encoding="utf-8")
                count += 1
        finally:
            runtime.close()
        for name, printed in commands(own):
            (out / name).write_text(marked(printed, own), encoding="utf-8")
            count += 1
    return count


def answers(client: TestClient) -> Iterator[tuple[str, str]]:
    """Yield a name and the answer of every request."""
    numbers = iter(range(10_000))

    def ask(method: str, path: str, **more: Any) -> tuple[str, str]:
        answer = client.request(method, f"/api{path}", **more)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        body = answer.text if kind.startswith(("text", "application")) else f"{kind}, some bytes"
        line = f"{method} {path} {json.dumps(more, sort_keys=True)}"
        name = re.sub(r"[^a-z0-9]+", "-", marked(f"{method} {path}").lower()).strip("-")[:60]
        return f"{next(numbers):03}-{name}", f"{line}\n{answer.status_code}\n{_laid_out(body)}\n"

    yield ask("GET", "/openapi.json")
    first = client.post("/api/v1/search", json={"limit": 5}).json()
    shots = client.post("/api/v1/search", json={"limit": 5, "level": "shot"}).json()
    titles = client.get("/api/v1/titles").json()
    yield from (ask("GET", path) for path in ("/healthz", "/readyz", "/v1/titles", "/v1/saved"))
    yield from searches(ask, first)
    yield from points(ask, first["hits"], shots["hits"], titles)
    yield from shortlists(ask, client, first["hits"], titles)
    yield from ads(ask, titles)
    yield from others(ask)


def searches(ask: Any, first: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield searches, facets and searches by likeness."""
    for words in WORDS:
        for part in PARTS if words in WORDS[:1] + WORDS[-1:] else PARTS[:12]:
            yield ask("POST", "/v1/search", json={"q": words, **part})
    for part in PARTS:
        yield ask("POST", "/v1/facets", json=part)
    yield ask("POST", "/v1/search", json={"limit": 5, "cursor": first["next_cursor"]})
    ids = [hit["id"] for hit in first["hits"][:2]]
    for liked in ({"like": ids[:1]}, {"like": ids}, {"like": ids[:1], "unlike": ids[1:]}):
        yield ask("POST", "/v1/search", json=liked)
        yield ask("GET", "/v1/similar", params=liked)
    yield ask("POST", "/v1/search", json={"q": "fire", "good": ids[:1], "bad": ids[1:]})


def points(ask: Any, clips: Any, shots: Any, titles: Any) -> Iterator[tuple[str, str]]:
    """Yield clips, shots, titles and pictures."""
    for level, hits in (("clips", clips), ("shots", shots)):
        for hit in hits[:3]:
            own = f"/v1/{level}/{hit['id']}"
            yield ask("GET", own)
            yield ask("GET", f"{own}/neighbours", params={"before": 1, "after": 2})
            yield ask("GET", f"/v1/stills/{hit['id']}")
            yield ask("GET", f"/v1/stills/{hit['id']}/strip")
    for title in titles:
        own = f"/v1/titles/{title['title_id']}"
        yield ask("GET", own)
        for level in ("shots", "clips"):
            yield ask("GET", f"{own}/{level}")
            yield ask("GET", f"{own}/{level}", params={"from": 1, "limit": 2})
    yield ask("GET", "/v1/titles/0123456789abcdef")
    yield ask("GET", "/v1/clips/no-id")


def shortlists(ask: Any, client: TestClient, hits: Any, titles: Any) -> Iterator[tuple[str, str]]:
    """Yield what happens to a shortlist, and its exports."""
    items = [{"hit_id": hit["id"], "note": "a note"} for hit in hits[:3]]
    items.append({"title_id": titles[0]["title_id"], "start_frame": 1, "end_frame": 20})
    yield ask("POST", "/v1/shortlists", json={"name": "Empty"})
    yield ask("POST", "/v1/shortlists", json={"name": "Bad", "items": [{"hit_id": None}]})
    made = client.post("/api/v1/shortlists", json={"name": "Cut", "target_seconds": 30}).json()
    own = f"/v1/shortlists/{made['shortlist_id']}"
    yield ask("POST", f"{own}/items", json={"items": items})
    yield ask("POST", f"{own}/items", json={"items": items[:1], "position": 1})
    yield ask("PATCH", own, json={"name": "Named"}, headers={"If-Match": "*"})
    yield ask("PATCH", own, json={"name": "Stale"}, headers={"If-Match": '"1"'})
    yield ask("POST", f"{own}/undo", headers={"If-Match": "*"})
    for path in ("/v1/shortlists", own, f"{own}/revisions"):
        yield ask("GET", path)
    for form in ("edl", "otio", "fcpxml", "fcp7", "csv", "markers", "none"):
        yield ask("GET", f"{own}/export", params={"format": form})
    yield ask("DELETE", own, headers={"If-Match": "*"})


def ads(ask: Any, titles: Any) -> Iterator[tuple[str, str]]:
    """Yield answers to ad briefs."""
    briefs: tuple[dict[str, Any], ...] = (
        {"categories": ["travel"]},
        {"text": "a mountain bike"},
        {"categories": ["music"], "tones": ["calm"]},
        {"categories": ["no such category"]},
        {"text": "cars", "titles": [titles[0]["title_id"]]},
        {},
    )
    for brief in briefs:
        yield ask("POST", "/v1/ads/candidates", json=brief)
    yield ask("POST", "/v1/ads/candidates/batch", json={"briefs": list(briefs[:3])})


def others(ask: Any) -> Iterator[tuple[str, str]]:
    """Yield labels, saved searches and jobs."""
    yield ask("GET", "/v1/labels")
    yield ask("POST", "/v1/labels", json={"labels": []})
    yield ask("POST", "/v1/saved", json={"name": "mine", "search": {"q": "fire"}})
    yield ask("GET", "/v1/saved")
    yield ask("GET", "/v1/jobs")
    yield ask("GET", "/v1/jobs/0123456789ab")


def commands(data: Path) -> Iterator[tuple[str, str]]:
    """Yield what commands print."""
    lines = [
        *(["search", words, *more] for words in WORDS for more in ([], ["--limit", "3"])),
        ["search", "fire", "--level", "shot"],
        ["search", "", "--tone", "calm"],
        ["titles"],
        ["ads", "--category", "travel"],
        ["shortlist", "list"],
        ["saved", "list"],
        ["encoder", "list"],
        ["probes", "list"],
        ["keys", "list"],
    ]
    runner = CliRunner()
    for number, line in enumerate(lines):
        ran = runner.invoke(command_line, [*line, "--data", str(data), "--json"])
        told = ran.exception if isinstance(ran.exception, ReelfindError) else ""
        text = f"{line}\n{ran.exit_code} {told}\n{_laid_out(ran.stdout)}\n"
        yield f"cli-{number:02}-{line[0]}", text


def _laid_out(text: str) -> str:
    """Return JSON with a line a field, and any other text as it is."""
    try:
        return json.dumps(json.loads(text), indent=1, sort_keys=True)
    except ValueError:
        return text


def marked(text: str, data: Path = Path("no such folder")) -> str:
    """Replace what differs from run to run."""
    for field in DRAWN:
        text = re.sub(rf'("{field}": )("[^"]*"|[\d.e+-]+)', rf"\1{MARK}", text)
    text = text.replace(str(data), "DATA")
    return _IDS.sub(MARK, _TIMES.sub(MARK, text))


def compare(before: Path, after: Path) -> list[str]:
    """Return a line for every file that differs."""
    names = sorted({path.name for path in chain(before.iterdir(), after.iterdir())})
    told = []
    for name in names:
        old, new = (each / name for each in (before, after))
        if not (old.is_file() and new.is_file()):
            told.append(f"{name}: only in {before if old.is_file() else after}")
            continue
        lines = zip_longest(*(each.read_text("utf-8").splitlines() for each in (old, new)))
        different = next((pair for pair in lines if pair[0] != pair[1]), None)
        if different is not None:
            told.append(f"{name}: {str(different[0])[:200]} was, {str(different[1])[:200]} is")
    return told


def main() -> None:
    """Record, or compare two records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    args = parser.parse_args()
    if args.what == "record":
        print(f"{record(args.first, args.second)} answers in {args.second}")
        return
    told = compare(args.first, args.second)
    print("\n".join(told) or "no difference")
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
