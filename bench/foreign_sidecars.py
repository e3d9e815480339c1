"""Broken and foreign files beside a good film: is it indexed each time, and is the file named?

Run as ``python bench/foreign_sidecars.py``. A silent film of four seconds is indexed with one
bad file beside it at a time: files of other programs and wrong values, each with what a warning
must say, then good files with some of their bytes changed, until there are ``--cases`` of them.
Each time the film is probed, its metadata and its timed text are read; every ``--whole``-th
time it is indexed to the end. Ends by itself in a few minutes, with 1 if anything was not as it
should be.
"""

import argparse
import json
import logging
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
from rich.console import Console
from rich.progress import track

from indexer.artefacts import read_timed_text
from indexer.catalogue import Catalogue
from indexer.executors.local import run_stages
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.pipeline import BEFORE_ENCODER
from indexer.request import Request
from indexer.settings import Settings, load_settings
from indexer.stages import decode, text
from indexer.timings import Timings

STEM = "Film"
SLOW = 5.0
"""Seconds that a file may take."""

NFO = """<?xml version="1.0" encoding="UTF-8"?>
<episodedetails><title>The Gate &amp; the Key</title><showtitle>Keepers</showtitle>
<season>2</season><episode>5</episode><plot>A girl, a dragon – and a gate.</plot>
<genre>Fantasy</genre><tag>dragon</tag>
<year>2010</year><uniqueid type="imdb">tt1727587</uniqueid></episodedetails>
"""
JSON = json.dumps(
    {
        **{"name": "The Gate", "series": "Keepers", "season": 2, "episode": 5, "year": 2010},
        **{"genres": ["fantasy", "drama"], "tags": ["dragon"], "language": "en"},
        **{"synopsis": "A girl – and a gate.", "ids": {"imdb": "tt1727587"}},
    },
    ensure_ascii=False,
)
CSV = (
    "file,name,series,season,episode,year,genres,imdb\n"
    'Other.mp4,"A, B",,,,1999,drama,tt1\n'
    'Film.mp4,"The Gate, again",Keepers,2,5,2010,fantasy; kids,tt1727587\n'
)
SRT = "".join(
    f"{number}\n00:00:0{number},000 --> 00:00:0{number},900\nLine – {number}\n\n"
    for number in (1, 2, 3)
)
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:02.000 --> 00:03.000\nTwo\n"
GOOD = {"nfo": NFO, "json": JSON, "csv": CSV, "srt": SRT, "vtt": VTT}


@dataclass(frozen=True)
class Case:
    """A file beside the film; ``said`` is what a warning about it must match, if one must come."""

    kind: str
    content: bytes
    said: str | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return "catalog.csv" if self.kind == "csv" else f"{STEM}.{self.kind}"


def known_cases() -> Iterator[Case]:
    """Yield files of other programs, and wrong values of each field."""
    numbers = ["soon", "-1", "c. 1999", "2.5", "1e9", "99999999999999999999", "9" * 5000, "true"]
    for number in numbers:
        for field in ("season", "episode", "year"):
            said = f"{field}: "
            yield _json(f'{{"{field}": {json.dumps(number)}}}', said)
            yield _nfo(f"<{field}>{number}</{field}>", said)
            yield Case("csv", f"file;{field}\nFilm.mp4;{number}\n".encode(), said)
    for field in ("name", "series", "synopsis", "language"):
        for value in ("5", "[]  ", '["a"]', '{"a": 1}', "true", json.dumps("x" * 1_000_000)):
            wanted = None if value.strip() == "[]" else f"{field}: "
            yield _json(f'{{"{field}": {value}}}', wanted)
    for field in ("genres", "tags"):
        for value in ("5", "[5]", '["a", null]', "{}x", '"' + "x" * 300 + '"', str(["a"] * 3)):
            wrong = value in ("{}x", str(["a"] * 3))
            yield _json(f'{{"{field}": {value}}}', "not JSON" if wrong else f"{field}: ")
        many = [str(number) for number in range(101)]
        yield _json(json.dumps({field: many}), f"{field}: 101 are more than 100")
    yield _json('{"ids": [1]}', "ids: ")
    yield _json('{"ids": {"a": []}}', "ids: ")
    yield _json(json.dumps({"ids": {str(n): "x" for n in range(101)}}), "ids: ")
    yield from _of_other_programs()
    yield from _subtitles()
    yield from _slow_cases()


def _of_other_programs() -> Iterator[Case]:
    whisper = {"text": " Hello.", "segments": [{"start": 0}], "language": "en"}
    yield _json(json.dumps(whisper), "unknown fields `text`, `segments` ignored")
    ffprobe = {"streams": [], "format": {"filename": "Film.mp4"}}
    yield _json(json.dumps(ffprobe), "unknown fields `streams`, `format` ignored")
    download = {"id": "x", "title": "A film", "upload_date": "20100101", "duration": 4}
    yield _json(json.dumps(download), "unknown fields `id`, `upload_date`, `duration` ignored")
    for content in ("[]", "null", "1", '"a"'):
        yield _json(content, "not a JSON object")
    for content in ("", "{", "{'name': 'A'}", "name: A", '{"name": "A",}', "// A\n{}", "{}{}"):
        yield _json(content, "not JSON")
    yield Case("json", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50, "not (text|JSON)")
    yield Case("json", b'{"name": "\xff\xfe"}' + b"\0" * 9, "not (text|JSON)")
    for content in ("<tvshow/>", "<html><body>A</body></html>", "<musicvideo><title>A</title>"):
        yield Case("nfo", content.encode(), "no <movie> or <episodedetails>")
    for content in ("<movie>", "<movie><title>", "<movie><title></movie>", "<movie a=></movie>"):
        yield Case("nfo", content.encode(), "not XML")
    yield _nfo("<title>Tom & Jerry</title>", "not XML")
    yield _nfo("<title>A\x0bB</title>", "not XML")
    yield Case("nfo", b'<!DOCTYPE a [<!ENTITY b "c">]><movie/>', "defines XML entities")
    yield Case("nfo", b"NFO of a release group \x00\x01\x02", "not text")
    for content in ("name,year\nA,1\n", "a\n", "", "<html>", "{}", "name;year\nA;1\n"):
        yield Case("csv", content.encode(), "no column `file`")
    yield Case("csv", b"PK\x03\x04" + bytes(range(256)) * 20, "not text|no column `file`")
    yield Case("csv", b"file,name\nFilm.mp4,A,B\n", "row 2: more values")
    yield Case("csv", b'file,name\nOther.mp4,"A"B\nFilm.mp4,A\n', "row 2: ")
    yield Case("csv", b'file,name\nFilm.mp4,A\nOther.mp4,"A\n', "row 3: ")


def _subtitles() -> Iterator[Case]:
    """Yield subtitle files with nothing usable in them, and with one line that is not."""
    for kind, content in (
        ("srt", ""),
        ("srt", "words"),
        ("vtt", "WEBVTT\n"),
        ("ass", "[Events]\n"),
    ):
        yield Case(kind, content.encode(), "no subtitle with a time")
    for kind in ("srt", "vtt", "sub"):
        yield Case(kind, bytes(range(256)) * 20, "not text")
    yield Case("srt", SRT.replace("00:00:0", "01:00:0").encode(), "after the film's end")
    yield Case("srt", f"{SRT}4\n00:00:xx,000 --> 00:00:04,000\n?\n".encode(), "missed, line 14")
    yield Case("sub", b"{1}{1}25\n{25}{50}a\nwords\n", "missed, line 3")
    yield Case("srt", f"{SRT}4\n00:00:03,900 --> 00:00:01,000\nEnd\n".encode(), "1 time repaired")


def _slow_cases() -> Iterator[Case]:
    """Yield small files that a careless parser takes minutes for."""
    yield Case("nfo", b"<movie " * 20_000, "not XML")
    yield Case("nfo", b"<movie>" * 100_000, "not XML")
    yield Case("nfo", b"<movie><title>" + b"&" * 500_000, "not XML")
    yield Case("nfo", b" " * 2**21, "bytes are more than")
    yield _json("[" * 1_000_000, "not JSON")
    yield _json('{"a":' * 500_000, "not JSON")
    yield _json(" " * 2**23, "bytes are more than")
    yield Case("csv", b"file\n" + b'"' * 900_000, "row ")
    yield Case("srt", SRT.encode() + b"\n" * 500_000 + b"end")
    yield Case("srt", SRT.encode() * 16_000)
    yield Case("ass", b"Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,," + b"{" * 500_000)


def _json(content: str, said: str | None) -> Case:
    return Case("json", content.encode(), said)


def _nfo(inside: str, said: str) -> Case:
    return Case("nfo", f"<episodedetails>{inside}</episodedetails>".encode(), said)


def mutated_cases(rng: random.Random) -> Iterator[Case]:
    """Yield good files with bytes changed, for ever."""
    while True:
        kind = rng.choice(list(GOOD))
        encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32"])
        content = bytearray(GOOD[kind].encode(encoding))
        for _ in range(rng.choice([1, 1, 2, 5, 20])):
            _mutate(content, rng)
        yield Case(kind, bytes(content), _must_be_told(kind, bytes(content)))


def _mutate(content: bytearray, rng: random.Random) -> None:
    place, length = rng.randrange(len(content) + 1), rng.choice([1, 1, 2, 10, 100])
    match rng.randrange(5):
        case 0:
            content[place : place + length] = rng.randbytes(length)
        case 1:
            del content[place : place + length]
        case 2:
            content[place:place] = rng.choice([b"\0", b'"', b"<", b"&", b"{", b";", b"\n", b"\xff"])
        case 3:
            content[place:place] = content[place : place + length] * rng.choice([1, 3, 50])
        case _:
            del content[place:]


def _must_be_told(kind: str, content: bytes) -> str | None:
    """Return what a warning must say: of JSON in UTF-8 it is clear when it is none."""
    if kind != "json":
        return None
    try:
        json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None
    except ValueError:
        return "not JSON|not text"
    return None


@dataclass(frozen=True)
class Outcome:
    """What became of the film: ``problem`` is None where all was as it should be."""

    case: Case
    warnings: tuple[str, ...]
    seconds: float
    problem: str | None


class Bench:
    """A film, its index, and one file after the other beside it."""

    def __init__(self, folder: Path) -> None:
        self._film = _make_film(folder / "films" / f"{STEM}.mp4")
        self._catalogue = Catalogue(folder / "data")
        self._settings: Settings = load_settings(self._catalogue.path)
        self._models = Models(self._settings)
        self._indexer = Indexer(
            self._catalogue, self._settings, Silence(), models=self._models, debug=True
        )
        self._timings = Timings(self._catalogue.path / "timings.json")
        self._whole()  # the film alone: the networks are loaded from here on

    def try_case(self, case: Case, whole: bool) -> Outcome:
        """Index the film with a file beside it, which is removed then."""
        path = self._film.with_name(case.name)
        path.write_bytes(case.content)
        began = time.monotonic()
        warnings: tuple[str, ...] = ()
        try:
            warnings = self._whole() if whole else self._light()
            problem = _problem(case, path, warnings)
        except Exception as error:
            problem = f"not indexed: {type(error).__name__}: {error}"
        finally:
            path.unlink()
        seconds = time.monotonic() - began
        if problem is None and not whole and seconds > SLOW:
            problem = f"took {seconds:.1f} s"
        return Outcome(case, warnings, seconds, problem)

    def _whole(self) -> tuple[str, ...]:
        (title,) = self._indexer.run(Request((self._film,))).titles
        if title.error is not None:
            raise RuntimeError(title.error)
        return title.warnings

    def _light(self) -> tuple[str, ...]:
        prepared = self._indexer.plan(Request((self._film,)))
        for failure in prepared.failures:
            raise RuntimeError(failure.error)
        (work,) = prepared.works
        stages = [stage for stage in BEFORE_ENCODER if stage.name in (decode.NAME, text.NAME)]
        run_stages(work, stages, False, Silence(), self._timings)
        said = read_timed_text(work.folder.stage(text.NAME, work.keys[text.NAME]))
        return (*work.warnings, *said.warnings)


def _problem(case: Case, path: Path, warnings: Sequence[str]) -> str | None:
    strangers = [each for each in warnings if not each.startswith(f"{path}: ")]
    if strangers:
        return f"a warning names no file: {strangers[0]}"
    if any("\n" in each or len(each) > 600 for each in warnings):
        return "a warning is no short line"
    if case.said is not None and not any(re.search(case.said, each) for each in warnings):
        return f"no warning says {case.said!r}: {list(warnings)}"
    return None


def _make_film(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    source = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10:duration=4"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def _cases(count: int, seed: int) -> list[Case]:
    rng = random.Random(seed)
    mutated = mutated_cases(rng)
    cases = [*known_cases(), Case("nfo", NFO.encode()), Case("json", JSON.encode())]
    return [*cases, *(next(mutated) for _ in range(count - len(cases)))]


def report(outcomes: Sequence[Outcome]) -> bool:
    """Print the counts, and return whether all was as it should be."""
    files = Counter(each.case.kind for each in outcomes)
    wrong = [each for each in outcomes if each.problem]
    indexed = Counter(
        each.case.kind for each in outcomes if not (each.problem or "").startswith("not indexed")
    )
    told = Counter(each.case.kind for each in outcomes if each.warnings)
    print("file   cases  indexed  with a warning")
    for kind, count in sorted(files.items()):
        print(f"{kind:<5} {count:>6} {indexed[kind]:>8} {told[kind]:>15}")
    slowest = max(outcomes, key=lambda each: each.seconds)
    size = len(slowest.case.content)
    print(f"all   {len(outcomes):>6} {sum(indexed.values()):>8} {sum(told.values()):>15}")
    print(f"slowest: {slowest.seconds:.1f} s ({slowest.case.kind}, {size:,} bytes)")
    for each in wrong[:20]:
        print(f"WRONG {each.case.kind}: {each.problem}\n      {each.case.content[:200]!r}")
    print(f"{len(wrong)} not as they should be")
    return not wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=320)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--whole", type=int, default=15, metavar="N")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # an encoding that had to be guessed is told there
    cases = _cases(options.cases, options.seed)
    with tempfile.TemporaryDirectory(prefix="reelfind-") as folder:
        bench = Bench(Path(folder))
        progress = track(cases, "indexing", console=Console(stderr=True))
        outcomes = [
            bench.try_case(case, number % options.whole == 0)
            for number, case in enumerate(progress)
        ]
    sys.exit(not report(outcomes))


if __name__ == "__main__":
    main()
