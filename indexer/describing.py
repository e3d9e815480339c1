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
from indexer.records import Clip, Shot
from indexer.sections import Section
from indexer.settings import Settings
from indexer.soundtrack.table import read_soundtrack
from indexer.soundtrack.values import values_of_span
from indexer.stages import clips, framing, look, onscreen, shots, sound, who
from indexer.stages.work import TitleWork
from indexer.store.names import Level
from indexer.traits import PERSON, stored, stored_of_clip, values_of_clip
from indexer.who.table import read_known


@dataclass(frozen=True)
class Source:
    """A stage that measures shots.

    Args:
        stage: its name.
        settings: the section that decides which values a measured shot has.
        describe: returns the stored values of each shot.
        describe_clips: the same for clips. Without it, a clip has the values that hold for
            ``clip_share`` of it, and the section is a ``TraitSettings``.
    """

    stage: str
    settings: Callable[[Settings], Section]
    describe: Callable[[TitleWork, Sequence[Shot]], list[list[str]]]
    describe_clips: Callable[[TitleWork, Sequence[Clip]], list[list[str]]] | None = None


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


def _sounds(work: TitleWork, spans: Sequence[Shot] | Sequence[Clip]) -> list[list[str]]:
    track, fps = read_soundtrack(work.artefact(sound.NAME, sound.TABLE)), work.title.media.fps
    return [
        values_of_span(
            track, float(span.start_frame / fps), float(span.end_frame / fps), work.settings.sound
        )
        for span in spans
    ]


def _faces(work: TitleWork, every: Sequence[Shot]) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in every]
    for face in read_known(work.artefact(who.NAME, who.TABLE)):
        value = stored(PERSON, str(face.group))
        if face.group is not None and value not in found[face.shot]:
            found[face.shot].append(value)
    return found


SOURCES: tuple[Source, ...] = (
    Source(look.NAME, lambda settings: settings.look, _looks),
    Source(framing.NAME, lambda settings: settings.framing, _framing),
    Source(onscreen.NAME, lambda settings: settings.onscreen, _onscreen),
    Source(sound.NAME, lambda settings: settings.sound, _sounds, _sounds),
    Source(who.NAME, lambda settings: settings.who, _faces),
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
        own = source.describe(work, every)
        for values, found in zip(of_shots, own, strict=True):
            values += found
        for values, found in zip(of_clips, _of_clips(source, work, spans, own), strict=True):
            values += found
    if level == "clip":
        return of_clips
    for clip, values in zip(spans, of_clips, strict=True):
        for shot in range(clip.first_shot, clip.end_shot):
            of_shots[shot] += [stored_of_clip(value) for value in values]
    return of_shots


def _of_clips(
    source: Source, work: TitleWork, spans: Sequence[Clip], own: Sequence[Sequence[str]]
) -> list[list[str]]:
    """Return the values of each clip; ``own`` are those of shots."""
    if source.describe_clips is not None:
        return source.describe_clips(work, spans)
    section = source.settings(work.settings)
    assert isinstance(section, TraitSettings)
    every = read_shots(work.artefact(shots.NAME, shots.TABLE))
    return [values_of_clip(clip, every, own, section.clip_share) for clip in spans]
