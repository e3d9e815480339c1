"""Films with some of their bytes changed: does one of them ever end the run?

Run as ``python bench/mutated_films.py``. A film of two seconds is written in many containers; of
each, copies with other bytes changed, cut off or put twice are made until there are ``--films``.
They are indexed in one run, with good films between them, by the command that users run. Each is
indexed or named with its error; every good film is indexed. Ends by itself, with 1 if the run was
aborted, a film is missing from the report, a good film failed, or an error was not foreseen.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import imageio_ffmpeg  # type: ignore[import-untyped]

FORMS: dict[str, dict[str, Any]] = {
    ".mp4": {"vcodec": "libx264", "acodec": "aac"},
    ".mkv": {"vcodec": "libx264", "acodec": "aac"},
    ".flv": {"vcodec": "flv1", "acodec": "libmp3lame", "ar": 44_100},
    ".ts": {"vcodec": "mpeg2video", "acodec": "mp2", "r": 25},
    ".mpg": {"vcodec": "mpeg2video", "acodec": "mp2", "r": 25},
    ".avi": {"vcodec": "mpeg4", "acodec": "libmp3lame"},
    ".mxf": {"vcodec": "mpeg2video", "acodec": "pcm_s16le", "ar": 48_000, "r": 25},
    ".wmv": {"vcodec": "wmv2", "acodec": "wmav2"},
    ".ogv": {"vcodec": "libtheora", "acodec": "libvorbis"},
}
"""How the film is encoded, by the ending of its name."""

GOOD = 10
"""Good films among the others."""


def mutated(film: bytes, chance: random.Random) -> bytes:
    """Return a film with up to forty bytes changed, half of them in its head, or a part amiss."""
    changed = bytearray(film)
    for _ in range(chance.randint(1, 40)):
        end = min(len(changed), 2000) if chance.random() < 0.5 else len(changed)
        changed[chance.randrange(end)] = chance.randrange(256)
    kind = chance.random()
    start = chance.randrange(len(changed))
    length = chance.randrange(1, 2000)
    if kind < 0.1:
        del changed[start:]
    elif kind < 0.2:
        del changed[start : start + length]
    elif kind < 0.3:
        changed[start:start] = changed[start : start + length]
    return bytes(changed)


def make(folder: Path, films: int, seed: int) -> None:
    """Write the films to a folder; the good ones, each with a comment of its own, as well."""
    chance = random.Random(seed)
    whole = {suffix: _film(folder.with_name(f"whole{suffix}")) for suffix in FORMS}
    for number in range(films):
        suffix = list(FORMS)[number % len(FORMS)]
        (folder / f"{number:04d}{suffix}").write_bytes(mutated(whole[suffix], chance))
    for number in range(GOOD):
        _film(folder / f"{number * films // GOOD:04d} good.mkv", f"good {number}")


def _film(path: Path, comment: str = "") -> bytes:
    picture = ["-f", "lavfi", "-i", "testsrc2=size=64x36:rate=25:duration=2"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"]
    names = {"vcodec": "-c:v", "acodec": "-c:a", "ar": "-ar", "r": "-r"}
    options = [
        part for key, value in FORMS[path.suffix].items() for part in (names[key], str(value))
    ]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, *sound]
    command += [*options, "-pix_fmt", "yuv420p", "-metadata", f"comment={comment}", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path.read_bytes()


def index(films: Path, data: Path) -> dict[str, Any] | None:
    """Index a folder, and return the report; None where the run was aborted."""
    program = "import sys; from app.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "index", str(films), "--data", str(data), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        print(f"ABORTED with status {done.returncode}:\n{done.stderr[-2000:]}")
        return None
    return report


def judge(report: dict[str, Any], films: Path) -> bool:
    """Print the counts, and return whether all was as it should be."""
    titles = report["titles"]
    known = {Path(title["path"]).name: title["error"] for title in titles}
    errors = {name: error for name, error in known.items() if error}
    missing = {path.name for path in films.iterdir()} - set(known)
    unforeseen = [error for error in errors.values() if "something unexpected" in error]
    unnamed = [error for name, error in errors.items() if name not in error]
    bad_good = [error for name, error in errors.items() if "good" in name]
    print("file   indexed  refused by name")
    count = Counter((Path(name).suffix, bool(error)) for name, error in known.items())
    for suffix in FORMS:
        print(f"{suffix:<5} {count[suffix, False]:>8} {count[suffix, True]:>16}")
    print(f"all   {len(known) - len(errors):>8} {len(errors):>16}")
    for kind, found in (
        ("the same film as another, or not in the report", sorted(missing)),
        ("unforeseen errors", unforeseen),
        ("errors without the file's name", unnamed),
        ("good films that failed", bad_good),
    ):
        print(f"{len(found)} {kind}")
        for each in found[:5]:
            print(f"    {each}")
    return not (unforeseen or unnamed or bad_good or missing)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--films", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reelfind-") as name:
        films = Path(name) / "films"
        films.mkdir()
        make(films, options.films, options.seed)
        began = time.monotonic()
        report = index(films, Path(name) / "data")
        print(f"{options.films} mutated and {GOOD} good films in {time.monotonic() - began:.0f} s")
        well = report is not None and judge(report, films)
    sys.exit(not well)


if __name__ == "__main__":
    main()
