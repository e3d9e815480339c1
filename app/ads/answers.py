"""A chosen break as the answer has it: where it lies, why, and what of a bid request it decides."""

from dataclasses import dataclass

from app.ads.breaks import Places, explain_place, roll_of
from app.ads.estimates import surest
from app.ads.fit import Fit, explain_clip
from app.ads.openrtb import OpenRtb, content_of, video_of
from app.ads.pacing import Candidate
from app.ads.records import AdBreak
from app.ads.targeting import Targeting
from app.ads.timeline import Timeline
from app.titles.frames import frame_address
from indexer.timecode import timecode
from probes.tasks import Task


@dataclass(frozen=True, eq=False)
class TitleFit:
    """A title with how well its clips and breaks suit a brief."""

    timeline: Timeline
    fit: Fit
    places: Places


def describe_break(
    found: TitleFit,
    taken: Candidate,
    target: Targeting,
    task: Task,
    least: float,
    api_path: str,
) -> AdBreak:
    """Return a break of a title.

    Args:
        found: the title.
        taken: the place.
        target: of the brief.
        task: the content categories.
        least: the confidence below which estimates are left out of the bid request.
        api_path: where the API is, which has the stills.
    """
    timeline, place = found.timeline, taken.place

    def explain(clip: int) -> str:
        return "; ".join(each.told for each in explain_clip(timeline, clip, found.fit, target))

    def still(frame: int) -> str:
        return frame_address(api_path, title.title_id, frame)

    title = timeline.manifest.title
    fps, count = title.media.fps, len(timeline.shots)
    before = int(timeline.clip_of[place - 1]) if place else None
    after = int(timeline.clip_of[place]) if place < count else None
    beside = [timeline.estimates[clip] for clip in (before, after) if clip is not None]
    roll = roll_of(place, count)
    seconds = float(taken.frame / fps)
    estimates = [*timeline.genres, *(each for clip in beside for each in clip)]
    return AdBreak(
        title=title.metadata.name,
        title_id=title.title_id,
        roll=roll,
        frame=taken.frame,
        fps=f"{fps.numerator}/{fps.denominator}",
        seconds=seconds,
        timecode=timecode(taken.frame, fps, title.media.start_timecode),
        transition=timeline.shots[place].transition if 0 < place < count else None,
        clip_end=before != after,
        clip_before=None if before is None else timeline.clip_ids[before],
        clip_after=None if after is None else timeline.clip_ids[after],
        still_before=None if before is None else still(taken.frame - 1),
        still_after=None if after is None else still(taken.frame),
        score=-taken.rank,
        reasons=explain_place(timeline, found.places, place, explain),
        openrtb=OpenRtb(
            content=content_of(timeline.manifest, surest(estimates, least), task),
            video=video_of(title.title_id, roll, taken.frame, seconds),
        ),
    )
