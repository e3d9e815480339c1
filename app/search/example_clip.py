"""Reads a short clip in a request, as an example to search by."""

import base64
import binascii
import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.search.bulkhead import Bulkhead
from app.search.foreign_media import ForeignMediaError, make_safe
from app.search.request import RequestError
from app.search.similarity import Vector
from indexer.artefacts import read_vectors
from indexer.errors import ReelfindError
from indexer.executors.local import run_stages
from indexer.listener import Silence
from indexer.models import Models
from indexer.pooling import unit
from indexer.probe import probe
from indexer.records import Metadata, Title
from indexer.settings import Settings
from indexer.stages import decode, embed, shots, stills
from indexer.stages.base import Stage, TitleFolder
from indexer.stages.work import TitleWork
from indexer.timings import Timings

MOST_SHOTS = 16
"""The most shots of a clip that are queries, evenly spread over it."""
KEPT = 8
"""Clips whose vectors are cached, so that the next page does not decode them again."""
UNREADABLE = "cannot be read as a film; send one that plays"
_SLACK = 0.5
"""Seconds by which a container may round up what it holds."""

_STAGES = (decode.DECODE, shots.SHOTS, stills.STILLS, embed.VIDEO_STAGE)


class ClipReader:
    """Reads the clips of requests with the stages that index films.

    The query is the pictures of the clip's shots. Its in-context embeddings, which treat it as a
    whole film, find the source of the clip less often (see ``docs/results/search.md``).
    """

    def __init__(self, settings: Settings, models: Models) -> None:
        self._settings = settings
        self._models = models
        self._known: OrderedDict[str, Vector] = OrderedDict()
        own = settings.examples
        self._bulkhead = Bulkhead("clips", own.clips_at_once, own.waiting, own.patience)

    def read(self, encoded: str) -> Vector:
        """Return the embeddings of a clip's shots in the space of words: [n, d], unit rows.

        Args:
            encoded: the media file as base64.

        Raises:
            RequestError: it is no base64, no media with moving pictures, too long or too large.
            BusyError: too many others are being read.
        """
        try:
            content = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise RequestError("clip", f"is no base64 ({error})") from error
        key = hashlib.sha256(content).hexdigest()
        found = self._known.get(key)
        if found is not None:
            # A clip that is cached does not wait for others.
            return found
        with self._bulkhead.slot():
            # Another request may have read the same clip in the meantime.
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = self._read(content)
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            return found

    def _read(self, content: bytes) -> Vector:
        with tempfile.TemporaryDirectory(prefix="reelfind-clip-") as name:
            folder = Path(name)
            work = work_on(content, folder, self._settings, self._models)
            try:
                run_on(work, _STAGES)
            except ReelfindError as error:
                if folder.name not in str(error):
                    raise  # A missing network is not the clip's fault.
                raise RequestError("clip", UNREADABLE) from error
            pictures = unit(read_vectors(work.artefact(embed.VIDEO, embed.ALIGNED)))
        chosen = np.linspace(0, len(pictures) - 1, min(len(pictures), MOST_SHOTS)).round()
        spread: Vector = pictures[chosen.astype(int)]
        return spread


def work_on(content: bytes, folder: Path, settings: Settings, models: Models) -> TitleWork:
    """Return a clip as a title on its way through the stages, all in ``folder``.

    Raises:
        RequestError: it is no media with moving pictures, too long, or takes too much to decode.
    """
    sent, safe = folder / "sent", folder / "clip.mkv"
    sent.write_bytes(content)
    longest = settings.examples.clip_seconds
    try:
        make_safe(
            sent, safe, longest + 2 * _SLACK, settings.media.containers, settings.decode.memory
        )
        media = probe(safe)
    except ForeignMediaError as error:
        raise RequestError("clip", str(error)) from error
    except ReelfindError as error:
        # That error's message names a file on this machine.
        raise RequestError("clip", "holds no moving pictures; send a film") from error
    if max(media.width, media.height) > settings.examples.still_aspect * min(
        media.width, media.height
    ):
        raise RequestError(
            "clip", f"has pictures of {media.width} × {media.height} pixels; send a wider one"
        )
    if media.duration > longest + _SLACK:
        raise RequestError("clip", f"is longer than {longest:g} seconds; trim it and try again")
    title = Title(media.content_hash, media, Metadata("the clip"))
    return TitleWork(title, settings, TitleFolder(folder / "title"), models, lambda _: None)


def run_on(work: TitleWork, stages: Sequence[Stage[TitleWork]]) -> None:
    """Run stages on a clip; nothing is written outside its folder."""
    timings = Timings(work.folder.path / "timings.json")
    run_stages(work, stages, force=True, listener=Silence(), timings=timings)
