"""Gathers the material of a trailer: a search's shots, in runs that do not cut into a line."""

from collections.abc import Callable, Iterator

import numpy as np

from app.records import Hit, SearchResponse
from app.search.request import SearchRequest
from app.trailer.records import Span
from app.trailer.spans import fitted, runs, spoken
from indexer.catalogue import Catalogue
from indexer.library import IndexedTitle, Library
from indexer.records import Shot
from indexer.traits import stored

PAGE = 200
MOST = 2000
"""Shots that are looked at, the worthiest first."""


CREDITS = stored("onscreen", "credits")
"""A trailer shows none."""

Search = Callable[[SearchRequest], SearchResponse]


def gather(catalogue: Catalogue, search: Search, request: SearchRequest) -> list[Span]:
    """Return the spans of the shots that ``request`` leaves, by title and time.

    A run of several shots is taken where all of them are left.

    Args:
        catalogue: where the titles' shots and lines are.
        search: over that catalogue.
        request: limits the material, for example to titles and tones.

        Raises:
            ReelfindError: no search is possible.
    """
    left: dict[str, dict[int, Hit]] = {}
    for hit in _shots(search, request):
        if CREDITS in hit.look:
            continue
        left.setdefault(hit.title_id, {})[hit.start_frame] = hit
    library = Library(catalogue)
    titles = ((library.title(title_id), left[title_id]) for title_id in sorted(left))
    # A title may be removed while the search runs.
    return [span for title, own in titles if title for span in _spans(title, own)]


def _shots(search: Search, request: SearchRequest) -> Iterator[Hit]:
    asked = request.model_copy(
        update={"level": "shot", "order": "clip-worthiness", "limit": PAGE, "cursor": None}
    )
    seen = 0
    while seen < MOST:
        response = search(asked)
        yield from response.hits
        seen += len(response.hits)
        if response.next_cursor is None:
            return
        asked = asked.model_copy(update={"cursor": response.next_cursor})


def _spans(title: IndexedTitle, left: dict[int, Hit]) -> Iterator[Span]:
    fps, length = title.manifest.title.media.fps, title.manifest.frame_count
    heard, level = spoken(title.lines, fps), _level(title)
    for run in runs(title.shots, heard):
        several = title.shots[run.start : run.stop]
        span = fitted(several, heard, fps, level)
        if span is None or any(shot.start_frame not in left for shot in several):
            continue
        shown = [shot for shot in several if shot.start_frame < span[1]]
        hits = [left[shot.start_frame] for shot in shown]
        yield Span(
            *(title.title_id, *span, fps),
            worthiness=_mean(shown, hits),
            tones=tuple(dict.fromkeys(tone for hit in hits for tone in hit.tones)),
            shots=len(shown),
            place=span[0] / length,
            ends=span[1] / length,
        )


def _level(title: IndexedTitle) -> Callable[[int], float]:
    """Return a function that says how loud it is around a frame; 0 where that is not known."""
    track = title.soundtrack
    if track is None:
        return lambda _: 0.0
    return lambda frame: float(track.levels_at(np.array([title.seconds(frame)]))[0])


def _mean(shown: list[Shot], hits: list[Hit]) -> float:
    """Return the clip-worthiness of shots, each by its length."""
    lengths = [shot.end_frame - shot.start_frame for shot in shown]
    weighted = (each * hit.clip_worthiness for each, hit in zip(lengths, hits, strict=True))
    return sum(weighted) / sum(lengths)
