"""What is seen and heard in a title's shots and clips, from the stages that measured it."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.artefacts import read_clips, read_json, read_shots
from indexer.framing import values as framing_values
from indexer.framing.faces import read_faces
from indexer.look import values as look_values
from indexer.look.table import read_looks
from indexer.onscreen.values import kinds_of_shots
from indexer.pipeline_sections import TraitSettings
from indexer.records import Shot
from indexer.settings import Settings
from indexer.stages import clips, framing, look, onscreen, shots
from indexer.stages.work import TitleWork
from indexer.store.names import Level
from indexer.traits import stored, stored_of_clip, values_of_clip


@dataclass(frozen=True)
class Source:
    """A stage that measures shots.

    Args:
        stage: its name.
        settings: the section that decides which values a measured shot has.
        describe: returns the stored values of each shot.
    """

    stage: str
    settings: Callable[[Settings], TraitSettings]
    describe: Callable[[TitleWork, Sequence[Shot]], list[list[str]]]


def _looks(work: TitleWork, every: Sequence[Shot]) -> list[list[str]]:
    fps = work.title.media.fps
    return [
        look_values.values_of_shot(
            each, float((shot.end_frame - shot.start_frame) / fps), work.settings.look
        )
        for shot, each in zip(every, read_looks(work.artefact(look.NAME, look.TABLE)), strict=True)
    ]


def _framing(work: TitleWork, every: Sequence[Shot]) -> list[list[str]]:
    faces = read_faces(work.artefact(framing.NAME, framing.FACES))
    picture = read_json(work.artefact(framing.NAME, framing.PICTURE))
    frames = sorted(faces)
    found = []
    for shot in every:
        first, end = (bisect_left(frames, each) for each in (shot.start_frame, shot.end_frame))
        own = [faces[frame] for frame in frames[first:end]]
        height = picture["bottom"] - picture["top"]
        found.append(framing_values.values_of_shot(own, height, work.settings.framing))
    return found


def _onscreen(work: TitleWork, every: Sequence[Shot]) -> list[list[str]]:
    read = onscreen.read_screen(work, every)
    kinds = kinds_of_shots(every, read, work.settings.onscreen)
    return [[] if kind is None else [stored("onscreen", kind)] for kind in kinds]


SOURCES: tuple[Source, ...] = (
    Source(look.NAME, lambda settings: settings.look, _looks),
    Source(framing.NAME, lambda settings: settings.framing, _framing),
    Source(onscreen.NAME, lambda settings: settings.onscreen, _onscreen),
)
"""The stages that describe shots, in the order of their values."""

STAGES = tuple(each.stage for each in SOURCES)


def describing_settings(settings: Settings) -> dict[str, Any]:
    """Return by stage the settings that decide about values."""
    return {each.stage: each.settings(settings).model_dump() for each in SOURCES}


def describe(work: TitleWork, level: Level) -> list[list[str]]:
    """Return the values of shots, with those of their clips, or of clips; see ``traits``."""
    every = read_shots(work.artefact(shots.NAME, shots.TABLE))
    spans = read_clips(work.artefact(clips.NAME, clips.TABLE))
    of_clips: list[list[str]] = [[] for _ in spans]
    of_shots: list[list[str]] = [[] for _ in every]
    for source in SOURCES:
        share, own = source.settings(work.settings).clip_share, source.describe(work, every)
        for values, found in zip(of_shots, own, strict=True):
            values += found
        for values, clip in zip(of_clips, spans, strict=True):
            values += values_of_clip(clip, every, own, share)
    if level == "clip":
        return of_clips
    for clip, values in zip(spans, of_clips, strict=True):
        for shot in range(clip.first_shot, clip.end_shot):
            of_shots[shot] += [stored_of_clip(value) for value in values]
    return of_shots
