"""Sections of the settings for the stages of the pipeline, for search, and for tasks."""

from typing import Annotated, Literal

from pydantic import Field

from indexer.containers import CONTAINERS
from indexer.limits import MEMORY
from indexer.sections import Section
from probes.tasks import TaskKind, TaskLevel


class DecodeSettings(Section):
    """The one pass over the file."""

    stills_per_second: float = Field(2.0, gt=0, le=60)
    """Stills kept per second of film: what the video backbone and the browser see."""
    still_size: int = Field(252, ge=224, le=1080)
    """Length in pixels of a still's shorter side."""
    longest_hold: float = Field(60.0, gt=0)
    """Seconds that one picture may stand while nothing is heard. What is longer is a gap in the
    recording, such as a jump of its clock, and is left out."""
    memory: float = Field(MEMORY, ge=0.5)
    """GiB of memory that each ffmpeg process may take, so that a damaged film cannot take all. On
    Linux alone: macOS and Windows keep no such limit."""
    hardware: Literal["auto", "off"] = "auto"
    """Decode on an NVIDIA GPU where ffmpeg finds one, or never. What the GPU cannot decode, the
    processor does."""


class ShotSettings(Section):
    """Shot detection."""

    refine: bool = True
    """Let TransNetV2 settle what the fast detector is not sure of."""
    flash_frames: int = Field(4, ge=0, le=24)
    """A flash, insert or damaged picture of so many frames at most, after which the same shot goes
    on, makes no cut; 0 keeps the cuts around it."""
    flash_seconds: float = Field(0.5, ge=0, le=2)
    """The same for what is light alone, as a strobe or lightning: frames that show nothing, or the
    same shot brighter, darker or tinted, up to so many seconds."""
    same_shot: float = Field(0.6, ge=0, le=1)
    """Correlation of the colours of two frames from which they show the same shot, where a flash
    or a fade lies between them."""
    fade_seconds: float = Field(2.0, ge=0, le=60)
    """A blank of so many seconds at most between a fade out and a fade in belongs to one
    transition; a longer one is a shot."""


class MediaSettings(Section):
    """Which files are opened."""

    containers: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], ...] = CONTAINERS
    """The formats that films may have, by ffmpeg's names. Those that name other files, such as
    playlists, are left out: whoever may have a film indexed could read any file with them."""


class TextSettings(Section):
    """Timed text."""

    language: str | None = None
    """Preferred language (ISO 639-1) when several sidecars or tracks are there."""
    transcribe: bool = True
    """Transcribe the sound when there is neither sidecar nor embedded track."""


class VideoSettings(Section):
    """What the video backbone reads."""

    frames_per_second: float = Field(1.0, gt=0, le=60)
    """Frames embedded per second of film; every shot has at least one."""
    full_rate_frames: int = Field(6, ge=1, le=100_000)
    """So many frames of a shot are embedded at that rate. Of a longer one fewer are: where it
    would have four times as many, it has twice as many."""


class TraitSettings(Section):
    """Which values a clip has of those of its shots."""

    clip_share: float = Field(0.5, gt=0, le=1)
    """Share of a clip's frames for which a value holds where the clip has it."""


class LookSettings(TraitSettings):
    """From where on a shot counts as dark, warm, lively and so on; see ``docs/search.md``.

    Other values measure nothing again. The figures are in ``docs/results/search.md``.
    """

    dark: float = Field(34.0, ge=0, le=100)
    """Mean lightness (CIELAB, 0 to 100) below which a shot is dark."""
    bright: float = Field(70.0, ge=0, le=100)
    """Mean lightness from which it is bright."""
    warm: float = Field(0.25, ge=0, le=1)
    """Surplus of warm over cold colours, as a part of all colour, from which it is warm."""
    cold: float = Field(0.2, ge=0, le=1)
    """The same for cold colours."""
    colour_share: float = Field(0.2, gt=0, le=1)
    """Share of the picture that a colour has where it is named, at least."""
    colourless: float = Field(6.0, ge=0, le=100)
    """Strength of the strongest colours (chroma in CIELAB) below which it is black-and-white."""
    static: float = Field(0.01, ge=0, le=10)
    """Mean change of the picture a second (1 is from black to white) below which it is static."""
    lively: float = Field(0.2, ge=0, le=10)
    """The same from which it is lively."""
    shift: float = Field(0.03, gt=0, le=10)
    """Widths of the picture that it moves in a second, at least, in a pan or tilt."""
    growth: float = Field(0.03, gt=0, le=10)
    """Growth of the picture in a second, at least, in a zoom: 0.03 is three percent."""
    distance: float = Field(0.1, ge=0, le=10)
    """Widths that it moves in the whole shot, or its growth, at least."""


class FramingSettings(TraitSettings):
    """Which faces count, and how high they are in which size of shot; see ``docs/search.md``.

    Other values than that of ``stills`` find nothing again. The figures are in
    ``docs/results/search.md``.
    """

    stills: int = Field(6, ge=1, le=100_000)
    """So many stills of a shot are all looked at. Of a shot with four times as many, twice as many
    are."""
    certain: float = Field(0.6, ge=0.4, le=1)
    """How sure the detector is of a face that counts, at least."""
    extreme_close_up: float = Field(0.9, ge=0, le=1)
    """Height of the largest face, as a part of the picture's, from which a shot is an extreme
    close-up."""
    close_up: float = Field(0.5, ge=0, le=1)
    """The same for a close-up."""
    medium_close_up: float = Field(0.3, ge=0, le=1)
    """The same for a medium close-up."""
    medium: float = Field(0.1, ge=0, le=1)
    """The same for a medium shot; with a smaller face it is wide."""


class OnScreenSettings(TraitSettings):
    """Text on screen; see ``docs/search.md``. The last three read nothing again."""

    read: bool = True
    """Read it."""
    stills_per_second: float = Field(1.0, gt=0, le=60)
    """Stills looked at per second of film, of those that are kept; every shot has at least one."""
    side: int = Field(288, ge=128, le=1088)
    """Pixels of a still's shorter side where lines are looked for. Smaller letters need more, and
    stills that have them: see ``decode.still_size``."""
    least_score: float = Field(0.8, ge=0, le=1)
    """How certain a line is, at least."""
    most_lines: int = Field(60, ge=1, le=100_000)
    """Lines that are read of a shot in each minute of it: of rolling credits the first."""
    credits_lines: int = Field(6, ge=1)
    """Lines at once from which a shot has credits, near the start or the end of the title."""
    credits_part: float = Field(0.2, ge=0, le=1)
    """The parts of a title, at its start and at its end, that may have credits."""
    clip_share: float = Field(0.0, ge=0, le=1)
    """Share of a clip's frames in shots with text, from which the clip has it; 0: in any."""


class SoundSettings(Section):
    """From where on a shot has speech or music, is quiet and so on; see ``docs/search.md``.

    Other values measure nothing again. The figures are in ``docs/results/search.md``.
    """

    speech_seconds: float = Field(0.4, ge=0, le=60)
    """Seconds of speech in a shot or clip that has some, at least; half its length if that is
    shorter."""
    music_share: float = Field(0.5, gt=0, le=1)
    """Share of its length in which music is heard where it has music, at least."""
    silent: float = Field(-60.0, ge=-100, le=0)
    """Loudness (LUFS) below which it is silent."""
    quiet: float = Field(10.0, ge=0, le=100)
    """LU below the loudness of the whole title from which on it is quiet: where the gate of EBU R
    128 takes sound for background."""
    loud: float = Field(3.0, ge=0, le=100)
    """LU above the loudness of the whole title from which on it is loud."""


class WhoSettings(TraitSettings):
    """Who is in a shot: faces are compared with each other, in the whole catalogue.

    This makes biometric data, so it is off; see ``docs/people.md``. ``clip_share``, ``same_person``
    and ``same_face`` embed nothing again.
    """

    enabled: bool = False
    """Embed faces and group those that are alike. It needs the extra `who`."""
    certain: float = Field(0.6, ge=0.4, le=1)
    """How sure the detector is of a face that is embedded, at least."""
    least_pixels: int = Field(30, ge=1, le=10_000)
    """Height in a still of a face that is embedded, at least: smaller ones cannot be told apart."""
    alike: float = Field(0.5, gt=0, le=2)
    """Mean distance of two groups of faces of a title below which they are one. With a larger one,
    there are fewer groups, and more of them have several people."""
    least_faces: int = Field(2, ge=1, le=10_000)
    """Faces of a group, at least; others belong to nobody."""
    same_person: float = Field(0.3, gt=0, le=2)
    """Distance of the means of two groups of different titles up to which they are one person."""
    same_face: float = Field(0.45, gt=0, le=2)
    """Distance of a face in a picture of yours from the mean of a group, up to which it may be that
    person's."""
    clip_share: float = Field(0.0, ge=0, le=1)
    """Share of a clip's frames in shots with a person, from which the clip has it; 0: in any."""


class ProfileSettings(Section):
    """A profile of the user's own: the names of registered backbones."""

    video: str
    audio: str
    text: str
    omni: str | None = None
    """Makes the fused embedding of a shot from all that there is of it; without one, the embeddings
    of the other three are joined."""


class ClipSettings(Section):
    """How shots are joined into clips."""

    shortest: float = Field(5.0, gt=0)
    """Seconds."""
    longest: float = Field(60.0, gt=0)
    """Seconds."""
    typical: float = Field(18.0, gt=0)
    """Seconds: the length a clip has when nothing in the content says otherwise."""


class SearchSettings(Section):
    """Search. Weights and fractions were tuned on ``bench/queries.csv``.

    The figures are in ``docs/results/search.md``.
    """

    weights: dict[str, float] = Field(
        {
            "picture": 1.0,
            "dialogue": 2.0,
            "words": 1.0,
            "context": 1.5,
            "like": 2.0,
            "still": 1.0,
            "clip": 1.0,
        }
    )
    """The weight of each route in the fusion; a route of weight 0 runs only when it is named. The
    context runs only where a line was found, or when it is named."""
    depth: int = Field(200, ge=1, le=2000)
    """Clips or shots that each route hands to the fusion: where the last page ends."""
    tail: float = Field(0.3, ge=0, lt=1)
    """A hit is cut when on every route its score is less than this fraction of the way from the
    route's middle score to its best."""
    negative: float = Field(0.5, ge=0)
    """Weight of the examples that hits are not to be like, in Rocchio's formula; those that they
    are to be like weigh 1."""
    diversity: float = Field(0.3, ge=0, le=1)
    """Weight of being unlike the hits before against being relevant, where diversity is asked."""
    preference: float = Field(0.5, ge=0)
    """What it weighs that a hit fulfils what the words prefer, such as "at night", against all
    routes together; 0 reads no preferences."""
    line_to_picture: float = Field(0.7, ge=0)
    """Where pictures and lines are looked for in one space (``lite``), a line counts if its cosine
    is at least this share of the best picture's."""
    least_dialogue: float = Field(0.25, ge=-1, le=1)
    """Elsewhere the cosine below which a line has nothing to do with the words: the sentence
    embeddings of unrelated sentences lie around 0.1, and a route that always finds something
    drowns the others."""
    nonsense: float = Field(0.8, ge=0)
    """From how far on the way from words (0) to random letters (1) a query's sentence embedding is
    taken for nonsense, which only its letters find: in dialogue and on screen, and no picture."""
    rank_constant: int = Field(3, ge=1)
    """The ``k`` of reciprocal rank fusion (Cormack et al. 2009, who took 60): small, so that what
    is first on one route comes before what is second on two."""
    listed: int = Field(1000, ge=1)
    """Clips or shots that are grouped, merged or diversified without words: the first in their
    order."""
    diversified: int = Field(200, ge=1)
    """Hits that diversity puts into order; the others follow as they are."""
    longest_moment: float = Field(60.0, gt=0)
    """Seconds that hits which touch are merged to at most; else a film would become one hit."""
    hits_of_title: int = Field(5, ge=1)
    """Hits that are shown of a title where they are grouped."""
    phrase_depth: int = Field(4096, ge=1)
    """Clips or shots in which a phrase in quotes is looked for: those that share the most words
    with it."""
    title_shots: int = Field(512, ge=1)
    """Shots of a title that stand for it where it is an example: its first."""
    facet_values: int = Field(200, ge=1)
    """Values of a filter that are counted: the most frequent."""


class TaskClassSettings(Section):
    """A class of a task; under the name of a shipped one, what it says differently."""

    name: str
    meaning: str = ""
    prompts: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    group: str = ""
    id: str = ""
    title: str = ""
    synonyms: tuple[str, ...] = ()


class TaskSettings(Section):
    """A task of the user's own, or classes to add to a shipped one; see ``docs/probes.md``."""

    kind: TaskKind | None = None
    level: TaskLevel | None = None
    cattax: int | None = None
    classes: tuple[TaskClassSettings, ...]
