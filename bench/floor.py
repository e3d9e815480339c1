"""What indexing cannot do without: one decode and the forward passes of the backbones."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from indexer.artefacts import read_json, read_shots
from indexer.catalogue import Catalogue
from indexer.decoding import decode, open_audio
from indexer.manifest import Manifest
from indexer.models import Models
from indexer.settings import Settings
from indexer.stages import decode as decode_stage
from indexer.stages import embed, shots, stills

PARTS = ("decode", "video", "audio", "text")


def load(models: Models) -> None:
    """Load the networks and let each run once, so that neither is measured."""
    models.load_for_queries()
    _ = (dict(models.zero_shot), models.backbones.audio)
    models.backbones.video.embed_frames([np.zeros((252, 448, 3), np.uint8)])


def floor(catalogue: Catalogue, manifest: Manifest, models: Models) -> dict[str, float]:
    """Return the seconds of each of ``PARTS`` on an indexed title."""
    settings = Settings()
    folder = catalogue.folder(manifest.title.title_id)
    media = manifest.title.media

    def artefact(stage: str, name: str) -> Path:
        return folder.stage(stage, manifest.keys[stage]) / name

    frames = _embedded_stills(artefact)
    spans = [
        (float(shot.start_frame / media.fps), float(shot.end_frame / media.fps))
        for shot in read_shots(artefact(shots.NAME, shots.TABLE))
    ]
    sound = open_audio(folder.stage(decode_stage.NAME, manifest.keys[decode_stage.NAME]))
    texts = read_json(artefact(embed.DIALOGUE, embed.TEXTS))
    backbones = models.backbones
    with tempfile.TemporaryDirectory() as scratch:
        return {
            "decode": _timed(lambda: decode(media, Path(scratch), settings.decode)),
            "video": _timed(lambda: backbones.video.embed_frames(frames)),
            "audio": 0.0
            if sound is None
            else _timed(lambda: backbones.audio.embed_spans(sound, spans)),
            "text": _timed(lambda: backbones.text.embed_texts(texts)),
        }


def _embedded_stills(artefact: Callable[[str, str], Path]) -> list[NDArray[np.uint8]]:
    table = pl.read_parquet(artefact(stills.NAME, stills.TABLE)).filter("embedded")
    folders = [artefact(each, stills.FOLDER) for each in (decode_stage.NAME, stills.NAME)]
    frames = []
    for frame in table["frame"]:
        files = (folder / stills.still_name(frame) for folder in folders)
        with Image.open(next(file for file in files if file.is_file())) as image:
            frames.append(np.asarray(image.convert("RGB")))
    return frames


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
