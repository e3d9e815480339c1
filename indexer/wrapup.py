"""The last act on a title: what it now is, noted in its manifest."""

from dataclasses import dataclass

from indexer.artefacts import TEXT_ABOUT, read_clips, read_json, read_shots, read_timed_text
from indexer.catalogue import Catalogue, Manifest
from indexer.characters import one_line
from indexer.scoring import field_of
from indexer.stages import clips, decode, scores, shots, text
from indexer.stages.work import TitleWork
from probes.tasks import GENRE


@dataclass(frozen=True)
class Facts:
    """What a title's artefacts say of it: counts, true seconds, and what is wrong with its files.

    Each of ``warnings`` is a line that names its file.
    """

    shots: int
    clips: int
    frames: int
    seconds: float
    warnings: tuple[str, ...]


def facts_of(work: TitleWork) -> Facts:
    """Read the facts of a title that went through all its stages."""
    decoded = read_json(work.artefact(decode.NAME, decode.ABOUT))
    frames = decoded["frame_count"]
    media = work.title.media
    damaged = (one_line(f"{media.path}: {decoded['damaged']}"),) if decoded["damaged"] else ()
    lines = read_json(work.artefact(text.NAME, TEXT_ABOUT)).get("warnings", ())
    said = (*damaged, *(one_line(line) for line in lines))
    return Facts(
        shots=len(read_shots(work.artefact(shots.NAME, shots.TABLE))),
        clips=len(read_clips(work.artefact(clips.NAME, clips.TABLE))),
        frames=frames,
        seconds=float(frames / media.fps),
        # What was said of the film itself, in the manifest of a title that is not read again,
        # is said by ``said``.
        warnings=(*said, *(w for w in work.warnings if w not in (decoded["damaged"], *said))),
    )


def write_manifest(catalogue: Catalogue, work: TitleWork) -> None:
    """Note that a title is indexed whole; its points are in the store by now."""
    facts = facts_of(work)
    timed_text = read_timed_text(work.result(text.NAME))
    scored = scores.read_title_scores(work)
    before = catalogue.readable(work.title.title_id)
    manifest = Manifest(
        title=work.title,
        profile=work.settings.profile,
        encoder=work.frozen_encoder.checkpoint_id,
        pair=work.store[1],
        keys=dict(work.keys),
        frame_count=facts.frames,
        shots=facts.shots,
        clips=facts.clips,
        text_source=timed_text.source,
        language=work.title.metadata.language or timed_text.language,
        genres=tuple(scored.fields.get(field_of(GENRE), ())),
        genres_from=scored.genres_from,
        scored_by=dict(scored.scored_by),
        warnings=facts.warnings,
        indexed=before.indexed if before is not None else None,
        breaks=decode.read_decoded(work).breaks,
    )
    if before != manifest:
        catalogue.write_manifest(manifest)
