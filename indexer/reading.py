"""How ffmpeg reads a film so that frame 0 is its first picture, from the start or after a seek.

By default, ffmpeg counts from the earliest selected stream, which need not be the picture. So the
file's own timestamps are kept (``-copyts``) and shifted by the timestamp of frame 0
(``-itsoffset``), for picture and sound alike and from any starting point.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import av
import ffmpeg  # type: ignore[import-untyped]

from indexer.errors import BrokenReadError, ReelfindError
from indexer.ffmpeg import file_input, film_picture, film_sound
from indexer.probe import open_media
from indexer.records import UNBROKEN, Breaks, Media

INDEXED, BROADCAST = (0, 15), (3, 15)
"""Seconds to seek before a picture, one after the other until it is found. A broadcast has no
index: a seek lands anywhere, and its key frames lie up to some seconds apart."""


STRAY = 8
"""Frames that a timestamp may be off before pictures count as lost there, in a regular film."""


@dataclass(frozen=True)
class Reading:
    """One reading of a film: from its start, or from the key frame before a timestamp.

    A seek drops no frames: a picture with a long duration may begin well before the wanted one.
    ``hardware`` is ffmpeg's name for the device that decodes; None is the processor.
    """

    media: Media
    breaks: Breaks = UNBROKEN
    stamp: Fraction | None = None
    hardware: str | None = None

    @cached_property
    def source(self) -> Any:
        """The file as an input of ffmpeg."""
        options: dict[str, Any] = {"itsoffset": f"{float(-self._origin):.6f}"}
        if self.hardware is not None:
            options["hwaccel"] = self.hardware
        if self.stamp is not None:
            seconds = f"{float(self.stamp):.6f}"
            options |= {"seek_timestamp": 1, "ss": seconds, "noaccurate_seek": None}
        return file_input(self.media.path, self.media.containers, **options)

    @property
    def pictures(self) -> Any:
        """The film's picture on the title's frame grid.

        The timestamp of each frame is its number. Read from the start, the grid is filled from 0.
        """
        fps = self.media.fps
        begin = {} if self.stamp is not None else {"start_time": 0}
        timed = self._closed(film_picture(self.source, self.media), "setpts")
        if self.breaks.regular:
            after = f"(round(PREV_OUTPTS*TB*{fps})+1)/({fps}*TB)"
            strays = f"lt(abs(PTS-{after})*TB*{fps},{STRAY})"
            timed = timed.filter("setpts", f"round(if({strays},{after},PTS))")
        return timed.filter("fps", f"{fps.numerator}/{fps.denominator}", **begin)

    @property
    def sound(self) -> Any | None:
        """The film's sound, heard at its time on the clock of the pictures; None without one."""
        sound = film_sound(self.source, self.media)
        return None if sound is None else self._closed(sound, "asetpts")

    def output(self, *outputs: Any, heard: bool) -> Any:
        """Return outputs as one run of ffmpeg on this reading's clock.

        ``heard``: one of them is the sound.
        """
        if not self.breaks.restarts:
            return ffmpeg.merge_outputs(*outputs).global_args("-copyts")
        unheard = () if heard else self.media.heard
        read = [self.source[str(track.index)] for track in unheard]
        also = [ffmpeg.output(sound, "-", f="null", acodec="copy") for sound in read]
        return ffmpeg.merge_outputs(*outputs, *also)

    @cached_property
    def _origin(self) -> Fraction:
        return self.breaks.lead if self.breaks.restarts else origin(self.media)

    def _closed(self, stream: Any, setter: str) -> Any:
        if not self.breaks.gaps:
            return stream
        # Nothing lies in the middle of a gap, so rounding cannot change the side of a timestamp.
        left_out = "+".join(
            f"gt(T,{float((gap.start + gap.end) / 2 - self._origin):.6f})*{float(gap.length):.9f}"
            for gap in self.breaks.gaps
        )
        return stream.filter(setter, f"round(PTS-({left_out})/TB)")


def readings_before(media: Media, breaks: Breaks, frame: int) -> Iterator[Reading]:
    """Yield readings that seek to a frame; none if seeks are unreliable in this file.

    An index may be wrong: if none of them yields the frame, read from the start.
    """
    if breaks.restarts:
        return
    stamp = origin(media) + frame / media.fps
    for gap in breaks.gaps:
        stamp += gap.length if stamp > gap.start + 1 / (2 * media.fps) else 0
    for seconds in BROADCAST if media.container == "mpegts" else INDEXED:
        if not seconds or stamp - seconds > origin(media):
            yield Reading(media, breaks, stamp - seconds)


def on_the_clock(media: Media, breaks: Breaks, seconds: float) -> float:
    """Convert seconds from the start of the file, as in subtitles, to seconds from frame 0.

    Players count a sidecar's times from the start of the file; its sound may begin first.
    """
    stamp = float(origin(media) - media.picture_start) + seconds
    left_out = sum(float(gap.length) for gap in breaks.gaps if stamp > (gap.start + gap.end) / 2)
    return stamp - left_out - float(origin(media))


def origin(media: Media) -> Fraction:
    """Return the timestamp of frame 0 in seconds; if unknown, that of the file's start.

    Indexes from before timestamps were recorded count from the start of the file.
    """
    if media.origin is not None:
        return media.origin
    try:
        with open_media(media.path, media.containers) as container:
            return Fraction(container.start_time or 0, av.time_base)
    except BrokenReadError:
        raise
    except ReelfindError:
        return Fraction(0)  # ffmpeg reports why the file cannot be opened
