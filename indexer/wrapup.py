"""The last step for a title: its manifest, written from the results of its stages."""

from dataclasses import dataclass, replace
from typing import Any

from indexer.artefacts import TEXT_ABOUT, read_clips, read_json, read_shots, read_timed_text
from indexer.catalogue import Catalogue
from indexer.characters import one_line
from indexer.manifest import Manifest
from indexer.records import Breaks
from indexer.scoring import field_of
from indexer.stages import clips, decode, scores, shots, text
from indexer.stages.work import TitleWork
from probes.tasks import GENRE


@dataclass(frozen=True)
class Facts:
    """Facts from a title's artefacts: counts, true duration in seconds, problems with its files.

    Each of ``warnings`` is a line that names its file.
    """

    shots: int
    clips: int
    frames: int
    seconds: float
    breaks: Breaks
    transcribed: bool
    warnings: tuple[str, ...]


def facts_of(work: TitleWork) -> Facts:
    """Read the facts of a title that went through all its stages."""
    decoded = decode.read_decoded(work)
    media = work.title.media
    damaged = (one_line(f"{media.path}: {decoded.damaged}"),) if decoded.damaged else ()
    read = read_json(work.artefact(text.NAME, TEXT_ABOUT))
    here = work.settings.named_roots.line_here
    from_stages = (*damaged, *(one_line(here(line)) for line in read.get("warnings", ())))
    reported = (decoded.damaged, *from_stages)
    frames = decoded.frame_count
    before = work.before
    if before is not None and before.keys == work.keys:
        of_shots, of_clips = before.shots, before.clips
    else:
        of_shots = len(read_shots(work.artefact(shots.NAME, shots.TABLE)))
        of_clips = len(read_clips(work.artefact(clips.NAME, clips.TABLE)))
    return Facts(
        shots=of_shots,
        clips=of_clips,
        frames=frames,
        seconds=float(frames / media.fps),
        breaks=decoded.breaks,
        transcribed=read["source"] == "transcription",
        # When a title's film is not read again, ``work.warnings`` come from its manifest and
        # repeat warnings that are already in ``from_stages``.
        warnings=(*from_stages, *(w for w in work.warnings if w not in reported)),
    )


def write_manifest(catalogue: Catalogue, work: TitleWork, facts: Facts) -> bool:
    """Note that a title is indexed whole; its points are in the store by now.

    Returns:
        Whether there was anything new to note.
    """
    before = work.before
    # These can change while the artefacts stay the same; the other fields are read from artefacts.
    known: dict[str, Any] = {
        "title": work.title,
        "profile": work.settings.profile,
        "encoder": work.frozen_encoder.checkpoint_id,
        "pair": work.store[1],
        "keys": dict(work.keys),
        "frame_count": facts.frames,
        "warnings": facts.warnings,
        "breaks": facts.breaks,
    }
    is_kept = before is not None and catalogue.is_kept_by_root(before)
    if before is not None and is_kept and before == replace(before, **known):
        return False
    timed_text = read_timed_text(work.result(text.NAME))
    scored = scores.read_title_scores(work)
    manifest = Manifest(
        **known,
        shots=facts.shots,
        clips=facts.clips,
        text_source=timed_text.source,
        language=work.title.metadata.language or timed_text.language,
        genres=tuple(scored.fields.get(field_of(GENRE), ())),
        genres_from=scored.genres_from,
        scored_by=dict(scored.scored_by),
        indexed=before.indexed if before is not None else None,
    )
    if is_kept and before == manifest:
        return False
    catalogue.write_manifest(manifest)
    return True
