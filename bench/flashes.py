"""False and missed boundaries around flashes, strobes, inserts and fades.

Run as ``python -m bench.flashes MEDIA_DIR``. The films of ``bench/flashes_cases.py`` are encoded,
decoded as any title is, and searched for shots twice: as shipped, and with the settings that
know flashes and fades at 0. A boundary is right within two frames of its place, that of a
flash or fade anywhere in it.
"""

import argparse
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import numpy as np
from rich.console import Console
from rich.table import Table

from bench.flashes_cases import FPS, SHOTS, Case, Pictures, cases
from bench.shots import matches, small_frames
from indexer.ffmpeg import file_input, find_ffmpeg, run_ffmpeg
from indexer.pipeline_sections import ShotSettings
from indexer.probe import probe
from indexer.shots.detect import detect
from indexer.shots.fast import Frames
from indexer.shots.transnet import load_transnet

SETTINGS = {
    "off": ShotSettings(flash_frames=0, flash_seconds=0, fade_seconds=0),
    "on": ShotSettings(),
}
SIZE = (180, 320)


def read_shots(media: Path, folder: Path) -> Mapping[str, Pictures]:
    """Decode the spans that the cases are made of."""
    shots = {}
    for name, (film, first, end) in SHOTS.items():
        video = file_input(media / film)["V:0"]
        span = video.filter("select", f"between(n,{first},{end - 1})").filter("scale", *SIZE[::-1])
        wanted = {"f": "rawvideo", "pix_fmt": "rgb24", "fps_mode": "passthrough"}
        run_ffmpeg(ffmpeg.output(span, "span.rgb", **wanted, **{"frames:v": end - first}), folder)
        pictures = np.fromfile(folder / "span.rgb", np.uint8).reshape(-1, *SIZE, 3)
        shots[name] = pictures.astype(np.float32)
    return shots


def encode(case: Case, folder: Path) -> Frames:
    """Write a case as a film and return its small frames."""
    film = folder / "case.mkv"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[1]}x{SIZE[0]}", "-r", str(FPS)]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
    command = [find_ffmpeg(), "-v", "error", "-y", *raw, "-i", "-", *coded, str(film)]
    pixels = case.pictures.clip(0, 255).round().astype(np.uint8).tobytes()
    subprocess.run(command, input=pixels, check=True)
    return small_frames(film, folder / "decoded")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path, help="folder of the development films")
    media = parser.parse_args().media
    network = load_transnet()
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in cases(read_shots(media, folder)):
            frames = encode(case, folder)
            fps = probe(folder / "case.mkv").fps
            counts[case.kind, "films"] += 1
            counts[case.kind, "boundaries"] += len(case.truth)
            for label, settings in SETTINGS.items():
                shots = detect(frames, fps, settings, network)
                found = [shot.start_frame for shot in shots[1:]]
                right = matches(found, case.truth)
                counts[case.kind, f"false {label}"] += len(found) - right
                counts[case.kind, f"missed {label}"] += len(case.truth) - right
                if label == "on" and (len(found) > right or len(case.truth) > right):
                    print(f"{case.kind}, {case.name}: {found} for {list(case.truth)}")
    columns = list(dict.fromkeys(column for _, column in counts))
    table = Table("kind", *columns, title="Rules for flashes and fades off and on")
    for kind in dict.fromkeys(kind for kind, _ in counts):
        table.add_row(kind, *(str(counts[kind, column]) for column in columns))
    sums = (sum(n for (_, each), n in counts.items() if each == column) for column in columns)
    table.add_row("all", *map(str, sums))
    Console().print(table)


if __name__ == "__main__":
    main()
