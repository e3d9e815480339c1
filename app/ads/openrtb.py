"""A break in OpenRTB 2.6: the parts of a bid request that follow from the film, ready to merge.

``content`` goes to ``site.content`` or ``app.content``, ``video`` into ``imp.video`` beside what
the player decides (``mimes``, ``protocols``, durations). Fields and lists: OpenRTB 2.6, objects
Content (3.2.16) and Video (3.2.7), github.com/InteractiveAdvertisingBureau/openrtb2.x/2.6.md, and
AdCOM 1.0, lists Start Delay Modes, Pod Sequence, Plcmt Subtypes - Video and Content Contexts.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from indexer.catalogue import Manifest

Roll = Literal["pre-roll", "mid-roll", "post-roll"]

IN_STREAM = 1
"""AdCOM, Plcmt Subtypes - Video: before, during or after the film that the viewer asked for."""
LINEAR = 1
"""AdCOM, Linearity Modes: the film waits for the ad."""
VIDEO = 1
"""AdCOM, Content Contexts: a file or stream that a viewer watches."""
PRE_ROLL, POST_ROLL = 0, -2
"""AdCOM, Start Delay Modes; what is above 0 are the seconds of a mid-roll."""


class OpenRtbContent(BaseModel):
    """Object Content. What is unknown is null and left out of a bid request."""

    id: str
    title: str
    series: str | None = None
    season: str | None = None
    episode: int | None = None
    genre: str | None = None
    language: str | None = Field(None, description="ISO 639-1.")
    len: int = Field(description="Seconds.")
    cat: list[str] = Field(description="Categories of the clips beside the break.")
    cattax: int
    kwarray: list[str] = Field(description="The title's tags, and the tones beside the break.")
    context: int = VIDEO


class OpenRtbVideo(BaseModel):
    """Object Video, as far as the film decides it."""

    startdelay: int = Field(description="Seconds of a mid-roll; 0 is pre-roll, -2 post-roll.")
    podid: str = Field(description="The break; the same for all ads that are offered for it.")
    podseq: Literal[-1, 0, 1] = Field(description="1 the first break of the film, -1 the last.")
    plcmt: int = IN_STREAM
    linearity: int = LINEAR


class OpenRtb(BaseModel):
    """What of a bid request a break decides."""

    content: OpenRtbContent
    video: OpenRtbVideo


def content_of(
    manifest: Manifest,
    categories: Sequence[str],
    cattax: int,
    tones: Sequence[str],
) -> OpenRtbContent:
    """Return the content of a bid request for a break between clips.

    Args:
        manifest: of the title.
        categories: ids of the clips' categories.
        cattax: the ids' taxonomy.
        tones: of the clips.
    """
    known = manifest.title.metadata
    return OpenRtbContent(
        id=manifest.title.title_id,
        title=known.name,
        series=known.series,
        season=None if known.season is None else f"Season {known.season}",
        episode=known.episode,
        genre=next(iter(manifest.genres), None),
        language=manifest.language,
        len=round(manifest.seconds),
        cat=list(categories),
        cattax=cattax,
        kwarray=list(dict.fromkeys([*known.tags, *tones])),
    )


def video_of(title_id: str, roll: Roll, frame: int, seconds: float) -> OpenRtbVideo:
    """Return the video of an impression in the break at a frame, ``seconds`` into the film."""
    podid = f"{title_id}-{frame}"
    if roll == "pre-roll":
        return OpenRtbVideo(startdelay=PRE_ROLL, podid=podid, podseq=1)
    if roll == "post-roll":
        return OpenRtbVideo(startdelay=POST_ROLL, podid=podid, podseq=-1)
    # 0 would say pre-roll.
    return OpenRtbVideo(startdelay=max(1, round(seconds)), podid=podid, podseq=0)
