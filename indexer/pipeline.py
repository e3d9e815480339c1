"""The stages of a title, in order, and which of them are missing."""

from collections.abc import Sequence

from indexer.stages import (
    clips,
    context,
    decode,
    embed,
    framing,
    look,
    onscreen,
    points,
    scores,
    shots,
    sound,
    stills,
    text,
    who,
)
from indexer.stages.base import Stage
from indexer.stages.running import key_of
from indexer.stages.work import TitleWork

BEFORE_ENCODER: tuple[Stage[TitleWork], ...] = (
    decode.DECODE,
    shots.SHOTS,
    text.TEXT,
    stills.STILLS,
    embed.VIDEO_STAGE,
    embed.AUDIO_STAGE,
    embed.DIALOGUE_STAGE,
    embed.FUSED_STAGE,
)
"""Film to fused embeddings: what needs no other title."""

WITH_ENCODER: tuple[Stage[TitleWork], ...] = (
    look.LOOK,
    framing.FRAMING,
    onscreen.ONSCREEN,
    sound.SOUND,
    who.WHO,
    context.CONTEXT,
    clips.CLIPS,
    scores.SCORES,
    points.POINTS,
)
"""Fused embeddings to points in the store, and what describes shots, which needs no encoder: these
stages run again for titles whose film is not read, and so a title indexed before gains it."""

STAGES = (*BEFORE_ENCODER, *WITH_ENCODER)
"""All stages, in the order that one title runs through them."""

AT_ONCE = 2
"""Stages that run at the same time: none keeps all cores busy by itself."""


def is_done(work: TitleWork, stage: Stage[TitleWork]) -> bool:
    """Return whether the stage's result exists; for points, also in the store."""
    key = work.keys[stage.name]
    if not work.folder.has(stage.name, key):
        return False
    return stage.name != points.NAME or points.still_stored(work, work.result(stage.name))


def missing_stages(work: TitleWork, stages: Sequence[Stage[TitleWork]], force: bool) -> list[str]:
    """Return the names of the stages that may have to run; fills ``work.keys``.

    A stage is included if one of its inputs has to run, although the input may not change.
    """
    missing = []
    for stage in stages:
        work.keys[stage.name] = key_of(work, stage)
        if force or not is_done(work, stage):
            missing.append(stage.name)
    return missing
