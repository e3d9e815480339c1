"""The sound of a title along its time: loudness, speech and music in steps of equal length."""

import numpy as np
from numpy.typing import NDArray

from app.runtime import NotFoundError, Runtime
from app.titles.records import TitleSound
from indexer.soundtrack.loudness import SILENCE, STEP, loudness


def read_sound(runtime: Runtime, title_id: str, step: float) -> TitleSound:
    """Return the sound of a title in steps of about ``step`` seconds: whole tenths.

    Raises:
        NotFoundError: no such title, or an earlier version indexed it.
    """
    track = runtime.title(title_id).soundtrack
    if track is None:
        raise NotFoundError(f"{title_id}: its sound was not measured; run `reelfind index`")
    count = max(1, round(step / STEP))
    return TitleSound(
        title_id=title_id,
        step_seconds=round(count * STEP, 1),
        integrated=None if track.programme == SILENCE else round(track.programme, 1),
        loudness=np.round(loudness(_means(track.energy, count)), 1).tolist(),
        speech=np.round(_means(track.speech, count), 2).tolist(),
        music=np.round(_means(track.music, count), 2).tolist(),
    )


def _means(values: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Return the mean of every ``count`` values; the last may be of fewer."""
    starts = np.arange(0, len(values), count)
    if not len(starts):
        return np.zeros(0)
    lengths = np.diff([*starts, len(values)])
    means: NDArray[np.float64] = np.add.reduceat(values.astype(np.float64), starts) / lengths
    return means
