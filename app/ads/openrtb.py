"""A break in OpenRTB 2.6: the parts of a bid request that follow from the film, ready to merge.

``content`` goes to ``site.content`` or ``app.content``, ``video`` into ``imp.video`` beside what
the player decides (``mimes``, ``protocols``, durations). Fields and lists: OpenRTB 2.6, objects
Content (3.2.16), Data (3.2.21), Segment (3.2.22) and Video (3.2.7), 2.6.md of
github.com/InteractiveAdvertisingBureau/openrtb2.x, and AdCOM 1.0, lists Category Taxonomies, Start
Delay Modes, Pod Sequence, Plcmt Subtypes - Video and Content Contexts.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from app.ads.estimates import Estimate, of_task
from indexer.manifest import Manifest
from probes.tasks import AD_RELEVANCY, GENRE, TONE, ScoreKind, Task

Roll = Literal["pre-roll", "mid-roll", "post-roll"]

IN_STREAM = 1
"""AdCOM, Plcmt Subtypes - Video: before, during or after the film that the viewer asked for."""
LINEAR = 1
"""AdCOM, Linearity Modes: the film waits for the ad."""
VIDEO = 1
"""AdCOM, Content Contexts: a file or stream that a viewer watches."""
PRE_ROLL, POST_ROLL = 0, -2
"""AdCOM, Start Delay Modes; what is above 0 are the seconds of a mid-roll."""


class Confidence(BaseModel):
    """Extension of a segment. Neither OpenRTB nor AdCOM has a field for how sure a value is."""

    confidence: float = Field(description="The model's score, 0 to 1; the same as `value`.")
    estimate: ScoreKind = Field(description="Which model: trained on labels, or zero-shot.")


class OpenRtbSegment(BaseModel):
    """Object Segment: an estimate."""

    id: str = Field(description="Of the taxonomy `segtax`, else our name of the class.")
    name: str
    value: str = Field(description="The confidence, 0 to 1.")
    ext: Confidence


class Taxonomy(BaseModel):
    """Extension of a data object: Segment Taxonomies, of IAB Tech Lab's community extensions."""

    segtax: int = Field(description="The ids' taxonomy, by AdCOM's list.")


class OpenRtbData(BaseModel):
    """Object Data: estimates of one kind."""

    id: str
    name: str
    segment: list[OpenRtbSegment] = Field(description="The surest first.")
    ext: Taxonomy | None = Field(None, description="Null where the ids are our own.")


class OpenRtbContent(BaseModel):
    """Object Content. What is unknown is null and left out of a bid request.

    Estimates are in ``data`` only: everything else comes from metadata and the file.
    """

    id: str
    title: str
    series: str | None = None
    season: str | None = None
    episode: int | None = None
    genre: str | None = Field(None, description="Of the title's metadata.")
    language: str | None = Field(None, description="ISO 639-1.")
    langb: str | None = Field(
        None, description="BCP 47: in place of `language`, where ISO 639-1 has no code."
    )
    len: int = Field(description="Seconds.")
    cat: list[str] = Field(description="Categories that the title's own tags and genres name.")
    cattax: int | None = None
    kwarray: list[str] = Field(description="The title's tags.")
    context: int = VIDEO
    data: list[OpenRtbData] = Field(
        description="Estimated categories and tones of the clips beside the break, and genres of "
        "the title, each with its confidence."
    )


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


def content_of(manifest: Manifest, estimates: Iterable[Estimate], task: Task) -> OpenRtbContent:
    """Return the content of a bid request for a break.

    Args:
        manifest: of the title.
        estimates: for the clips beside the break and the title: those sure enough to be sent.
        task: the categories, with their taxonomy.
    """
    known = manifest.title.metadata
    named = {name.casefold(): each.id for each in task.classes for name in (each.name, each.title)}
    said = (each.casefold() for each in (*known.tags, *known.genres))
    cat = list(dict.fromkeys(named[each] for each in said if named.get(each)))
    # The language of a transcription is the transcriber's, not a fact.
    heard = known.language is None and manifest.text_source == "transcription"
    language = None if heard else manifest.language
    has_short_code = language is not None and len(language) == 2
    return OpenRtbContent(
        id=manifest.title.title_id,
        title=known.name,
        series=known.series,
        season=None if known.season is None else f"Season {known.season}",
        episode=known.episode,
        genre=next(iter(known.genres), None),
        language=language if has_short_code else None,
        langb=None if has_short_code else language,
        len=round(manifest.seconds),
        cat=cat,
        cattax=task.cattax if cat else None,
        kwarray=list(known.tags),
        data=list(_data_of(list(estimates), task)),
    )


def _data_of(estimates: Sequence[Estimate], categories: Task) -> Iterator[OpenRtbData]:
    published = {each.name: each for each in categories.classes if each.id}
    for task in (AD_RELEVANCY, TONE, GENRE):
        segments = [
            OpenRtbSegment(
                id=published[each.name].id if task == AD_RELEVANCY else each.name,
                name=published[each.name].title if task == AD_RELEVANCY else each.name,
                value=f"{each.confidence:.2f}",
                ext=Confidence(confidence=round(each.confidence, 4), estimate=each.kind),
            )
            for each in of_task(estimates, task)
            if task != AD_RELEVANCY or each.name in published
        ]
        if segments:
            taxonomy = categories.cattax if task == AD_RELEVANCY else None
            yield OpenRtbData(
                id=f"reelfind-{task}",
                name=f"Reelfind estimates: {task}",
                segment=segments,
                ext=None if taxonomy is None else Taxonomy(segtax=taxonomy),
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
