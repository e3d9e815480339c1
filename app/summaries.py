"""The summary of a title in lists."""

from app.records import TitleSummary
from indexer.characters import clean, one_line
from indexer.manifest import Manifest
from indexer.timecode import timecode


def summary(manifest: Manifest) -> TitleSummary:
    """Return the summary of a title."""
    media = manifest.title.media
    return TitleSummary(
        title_id=manifest.title.title_id,
        title=manifest.title.metadata.name,
        path=clean(str(media.path)),
        fps=f"{media.fps.numerator}/{media.fps.denominator}",
        picture_start=float(media.picture_start),
        duration_seconds=round(manifest.seconds, 3),
        start_timecode=timecode(0, media.fps, media.start_timecode),
        width=media.width,
        height=media.height,
        shots=manifest.shots,
        clips=manifest.clips,
        genres=list(manifest.genres),
        language=manifest.language,
        timed_text=manifest.text_source,
        audio_tracks=[media.audio_tracks.index(track) + 1 for track in media.heard],
        scored_by=dict(manifest.scored_by),
        warnings=list(map(one_line, manifest.warnings)),
    )
