"""Timelines that are read once: a feature film's takes a tenth of a second."""

import threading
from collections import OrderedDict

from app.ads.timeline import Timeline, read_timeline
from indexer.library import IndexedTitle

KEPT = 64
"""Timelines that stay in memory, those used last: a feature film's has about a megabyte."""


class Timelines:
    """The timelines of titles. Safe between threads.

    A title that was indexed, scored or described anew is read anew.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[object, ...], Timeline] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, title: IndexedTitle) -> Timeline:
        """Return the timeline of a title."""
        manifest = title.manifest
        keys = tuple(sorted(manifest.keys.items()))
        own = (title.catalogue.path, title.title_id, keys)
        with self._lock:
            timeline = self._known.get(own)
        # Metadata are no stage's: they may change where no key does.
        if timeline is None or timeline.manifest != manifest:
            timeline = read_timeline(title)
        with self._lock:
            self._known[own] = timeline
            self._known.move_to_end(own)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return timeline
