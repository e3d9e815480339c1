"""The spans of a review as films of their own: a reviewer gets no frame beside them.

They are rendered when somebody asks for them first, as small as a review needs, and kept while
they are among the latest.
"""

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from app.exports.cut import make_cut
from app.exports.rates import nearest
from app.exports.reel import ReelOptions, render
from app.search.bulkhead import Bulkhead
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.limits import MEMORY

WIDEST = 1280
"""Pixels: of a larger film, the review has a smaller picture."""
KEPT = 300
"""Spans that stay on the disk; the oldest go first."""
_OPTIONS = ReelOptions(crf=23)


class ReviewFilms:
    """The rendered spans of one data directory. Thread-safe."""

    def __init__(self, folder: Path, catalogue: Catalogue, memory: float = MEMORY) -> None:
        """Keep them in ``folder``; ffmpeg may take ``memory`` GiB."""
        self._folder = folder
        self._catalogue = catalogue
        self._memory = memory
        # One after the other: ffmpeg uses all cores. Few wait, so that pages keep their stills.
        self._slots = Bulkhead("review films", at_once=1, waiting=3, patience=60.0)

    def film(self, shortlist: Shortlist, item: Item) -> Path:
        """Return the film of an item of a list: frame 0 is the first of the item.

        Raises:
            ExportError: its title or film is gone, was replaced or cannot be decoded.
            BusyError: too many others are being rendered.
        """
        # A title's id is a hash of its content.
        path = self._folder / f"{item.title_id}-{item.start_frame}-{item.end_frame}.mp4"
        if not self._is_kept(path):
            with self._slots.slot():
                if not self._is_kept(path):
                    self._render(shortlist, item, path)
        return path

    def _is_kept(self, path: Path) -> bool:
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def _render(self, shortlist: Shortlist, item: Item, path: Path) -> None:
        cut = make_cut(self._catalogue, replace(shortlist, items=(item,)))
        if cut.width > WIDEST:
            height = 2 * nearest(Fraction(cut.height * WIDEST, 2 * cut.width))
            cut = replace(cut, width=WIDEST, height=height)
        self._folder.mkdir(parents=True, exist_ok=True)
        render(cut, path, _OPTIONS, memory=self._memory)
        kept = sorted(self._folder.glob("*.mp4"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)
