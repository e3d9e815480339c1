"""A catalogue of many titles, made of one small film: each has a file and sidecars of its own."""

import os
import shutil
import subprocess
from pathlib import Path

from indexer.artefacts import read_json, write_json
from indexer.catalogue import Catalogue
from indexer.encoder_in_use import load_current
from indexer.ffmpeg import find_ffmpeg
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.pipeline import BEFORE_ENCODER, WITH_ENCODER
from indexer.points import build_points
from indexer.preparation import Preparation
from indexer.request import Request
from indexer.settings import Settings
from indexer.stages import points
from indexer.stages.running import key_of
from indexer.stages.work import TitleWork
from indexer.store.base import Store
from indexer.store.names import pair
from indexer.timings import Timings
from indexer.title_points import TitlePoints
from indexer.wrapup import facts_of, write_manifest

POINTS_AT_ONCE = 100
"""Titles whose points are written at once."""


def make_films(folder: Path, count: int) -> list[Path]:
    """Write ``count`` small films of different content, with lines and a table beside them."""
    folder.mkdir(parents=True)
    first = folder / "first.mp4"
    made = ["testsrc2=size=64x36:rate=5:duration=4", "sine=frequency=300:duration=4"]
    inputs = [part for each in made for part in ("-f", "lavfi", "-i", each)]
    subprocess.run([find_ffmpeg(), "-v", "error", *inputs, str(first)], check=True)
    film = first.read_bytes()
    first.unlink()
    rows = ["file,title,year"]
    films = []
    for number in range(count):
        path = folder / f"film {number:05}.mp4"
        # A box that players pass over.
        path.write_bytes(film + (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big"))
        path.with_suffix(".srt").write_text(_lines(number))
        rows.append(f"{path.name},The film {number},1999")
        films.append(path)
    (folder / "catalog.csv").write_text("\n".join(rows))
    return films


def _lines(number: int) -> str:
    """Return a subtitle file of one line every tenth of a second."""
    return "\n".join(
        f"{cue}\n00:00:0{cue // 10},{cue % 10}00 --> 00:00:0{cue // 10},{cue % 10}90\n"
        f"Line {cue} of film {number}.\n"
        for cue in range(40)
    )


def make_catalogue(data: Path, films: list[Path]) -> None:
    """Index the first film, and give each other one what the first has, under its own keys."""
    catalogue, settings = Catalogue(data), Settings()
    models = Models(settings)
    Indexer(catalogue, settings, Silence(), models=models).run(Request((films[0],)))
    (source,) = catalogue.manifests()
    encoder = load_current(catalogue)
    preparation = Preparation(catalogue, settings, models)
    found = preparation.prepare(Request(tuple(films[1:])), Timings(data / "none"), Silence())
    with open_index(catalogue, settings) as store:
        for first in range(0, len(found.works), POINTS_AT_ONCE):
            works = found.works[first : first + POINTS_AT_ONCE]
            for work in works:
                work.encoder, work.target = encoder, (store, source.pair)
                _link(work, catalogue.folder(source.title.title_id).path)
            _write_points(store, source.pair, works)
            for work in works:
                write_manifest(catalogue, work, facts_of(work))
        TitlePoints(catalogue, store, source.pair).fill()


def _link(work: TitleWork, source: Path) -> None:
    for stage in (*BEFORE_ENCODER, *WITH_ENCODER):
        work.keys[stage.name] = key_of(work, stage)
        (made,) = source.glob(f"{stage.name}-*/")
        own = work.folder.stage(stage.name, work.keys[stage.name])
        shutil.copytree(made, own, copy_function=os.link)
    marker = work.artefact(points.NAME, points.COUNTS)
    counts = read_json(marker)
    marker.unlink()
    write_json(marker, counts | {points.VECTORS: ""})


def _write_points(store: Store, name: str, works: tuple[TitleWork, ...]) -> None:
    shots, clips = pair(name)
    store.upsert(shots, [point for work in works for point in build_points(work, "shot")])
    store.upsert(clips, [point for work in works for point in build_points(work, "clip")])
    for collection in (shots, clips):
        store.flush(collection)
