"""The records that travel between stages: immutable, and exact about time.

Time is integer frames on a title's frame grid: frame 0 is the first picture of the film, and
frame ``i`` is what is on screen ``i / fps`` seconds later (decoding places frames on the grid by
presentation timestamp, so a film with a variable frame rate has the same grid as any other).
Seconds are always derived, and count from the first picture, too.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from indexer.containers import CONTAINERS
from indexer.stored_path import StoredPath

Transition = Literal["start", "cut", "gradual"]
"""How a shot begins: the first of its title, a hard cut, or a dissolve, fade or wipe."""

TextSource = Literal["sidecar", "embedded", "transcription", "none"]
"""Where a title's timed text came from."""


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One audio stream; ``index`` counts the file's streams of every kind from 0.

    ``aside``: it accompanies the film's own sound, as a commentary or an audio description
    does. ``codec`` is ffmpeg's name.
    """

    index: int
    language: str | None
    channels: int
    default: bool
    aside: bool = False
    codec: str = ""


@dataclass(frozen=True, slots=True)
class TextTrack:
    """One embedded subtitle stream; ``index`` counts the file's streams of every kind."""

    index: int
    language: str | None
    codec: str
    default: bool
    forced: bool


@dataclass(frozen=True, slots=True)
class Media:
    """Properties of a media file, known before it is decoded.

    ``fps`` is the title's rational frame rate, for example ``Fraction(24000, 1001)``; for a
    film with a variable frame rate it is the nominal rate of the grid. ``duration`` is the
    container's claim, in seconds; the true length is the number of frames decoded. ``width``
    and ``height`` are the display size in pixels, after pixel aspect ratio and rotation.

    ``container`` is ffmpeg's name of the file's format. ``video_stream`` and ``sound`` are the
    indices of the streams that are read. None stands for the file's first choice: the first
    video stream that is not a cover; the default audio stream, else the first.

    ``origin`` is the timestamp of frame 0 in the file, in seconds; None if it was not measured.
    ``picture_start`` is the time of frame 0 in seconds after the start of the file, which is a
    player's time 0: sound may begin before the picture.
    """

    path: StoredPath
    content_hash: str
    size: int
    fps: Fraction
    variable_frame_rate: bool
    duration: float
    start_timecode: str | None
    width: int
    height: int
    video_codec: str
    audio_tracks: tuple[AudioTrack, ...] = ()
    text_tracks: tuple[TextTrack, ...] = ()
    container: str = ""
    video_stream: int | None = None
    sound: tuple[int, ...] | None = None
    origin: Fraction | None = None
    picture_start: Fraction = Fraction(0)

    @property
    def containers(self) -> tuple[str, ...]:
        """The formats as which its file may be opened: only the one that was probed."""
        return (self.container,) if self.container else CONTAINERS

    @property
    def heard(self) -> tuple[AudioTrack, ...]:
        """The tracks of the title's sound; several are mixed."""
        if self.sound is not None:
            return tuple(track for track in self.audio_tracks if track.index in self.sound)
        first = sorted(self.audio_tracks, key=lambda track: (not track.default, track.index))
        return tuple(first[:1])


@dataclass(frozen=True, slots=True)
class Gap:
    """A break in a recording, between the timestamps ``start`` and ``end`` of two pictures.

    It has neither picture nor sound. ``length`` seconds of it are left out, so that the two
    pictures are neighbours on the grid.
    """

    start: Fraction
    end: Fraction
    length: Fraction


@dataclass(frozen=True, slots=True)
class Breaks:
    """Breaks in the timestamps of a file.

    ``restarts``: they restart somewhere (joined files, a clock that was reset), or are wrong
    after a seek. Such a file is always read from its start. ffmpeg then continues the count by
    itself, from ``lead`` seconds before frame 0. Its count depends on the streams it reads, so
    picture and sound are always read together.

    ``regular``: there is a picture for every frame of the grid, and single timestamps are not
    reliable, so each picture takes the place after the previous one.
    """

    restarts: bool = False
    lead: Fraction = Fraction(0)
    regular: bool = False
    gaps: tuple[Gap, ...] = ()


UNBROKEN = Breaks()
"""The timestamps run on from the first picture to the last."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """A title's metadata from sidecars, the catalogue file or flags.

    ``audio_track`` is the number of the audio track to use, from 1; with None or 0, the indexer
    chooses.
    """

    name: str
    series: str | None = None
    season: int | None = None
    episode: int | None = None
    synopsis: str | None = None
    genres: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    year: int | None = None
    language: str | None = None
    ids: dict[str, str] = field(default_factory=dict)
    audio_track: int | None = None


@dataclass(frozen=True, slots=True)
class Title:
    """A film or an episode: one media file and its metadata.

    ``title_id`` derives from the content, so it survives a move of the file.
    """

    title_id: str
    media: Media
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Shot:
    """The span between two cuts: ``start_frame`` inclusive, ``end_frame`` exclusive.

    ``transition`` says how the shot begins; a gradual one lies around ``start_frame`` and
    lasts ``transition_frames`` frames (0 for a hard cut).
    """

    index: int
    start_frame: int
    end_frame: int
    transition: Transition
    transition_frames: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of timed text: ``start`` and ``end`` in seconds from the first picture."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class TimedText:
    """A title's lines in order of time, with their source and language."""

    lines: tuple[Line, ...]
    source: TextSource
    language: str | None = None
    origin: str | None = None
    """The sidecar's name or the track's number, for people."""
    warnings: tuple[str, ...] = ()
    """What is wrong with the files that it was looked for in, a line each that names the file."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A run of consecutive shots: what an editor takes. Ends are exclusive."""

    index: int
    first_shot: int
    end_shot: int
    start_frame: int
    end_frame: int
