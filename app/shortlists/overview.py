"""A shortlist for display: its items with times, its duration, and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from itertools import combinations
from typing import Any

from app.shortlists.bodies import ItemOverlap, ShortlistBody, ShortlistItem
from app.shortlists.records import Item, Shortlist
from app.shortlists.spans import problem_of
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersion, EarlierVersions
from indexer.library import IndexedTitle
from indexer.manifest import Manifest
from indexer.records import Shot
from indexer.timecode import timecode


def overview(catalogue: Catalogue, shortlist: Shortlist) -> ShortlistBody:
    """Return a shortlist with its items as rows, in the field names of a search hit.

    An item whose title was removed, or that reaches beyond it, has a ``problem`` that says what
    to do; without a title it has neither times nor timecodes. ``total_seconds`` leaves it out.
    One that was made on an earlier version of its file has the times that it had there, and
    ``current_title_id`` is the title that the file is now.
    """
    ids = {item.title_id for item in shortlist.items}
    versions = EarlierVersions(catalogue)
    known = {title_id: catalogue.manifest(title_id) for title_id in ids}
    replaced = {key: versions.find(key) for key, found in known.items() if found is None}
    earlier = {key: found for key, found in replaced.items() if found is not None}
    known |= {key: found.manifest for key, found in earlier.items()}
    rates = {key: found.title.media.fps for key, found in known.items() if found is not None}

    def row(place: int, item: Item) -> ShortlistItem:
        own = {"position": place, **asdict(item), "earlier_version": False}
        own |= {"current_title_id": None, **_place(item, known[item.title_id])}
        if item.title_id in earlier:
            own |= _mark(versions, earlier[item.title_id])
        return ShortlistItem(**own)

    return ShortlistBody(
        shortlist_id=shortlist.shortlist_id,
        name=shortlist.name,
        version=shortlist.version,
        target_seconds=shortlist.target_seconds,
        total_seconds=float(seconds(shortlist.items, rates)),
        items=[row(place, item) for place, item in enumerate(shortlist.items, start=1)],
        overlaps=overlaps(shortlist.items),
    )


def json_of(shortlist: ShortlistBody) -> dict[str, Any]:
    """Return a shortlist as JSON values; times of an item whose title is gone are left out."""
    return shortlist.model_dump(mode="json", exclude_unset=True)


def _mark(versions: EarlierVersions, earlier: EarlierVersion) -> dict[str, Any]:
    current = versions.current(earlier.by)
    return {
        "earlier_version": True,
        "current_title_id": current.title.title_id if current is not None else None,
        "problem": problem_of(earlier),
    }


def _place(item: Item, manifest: Manifest | None) -> dict[str, Any]:
    """Return an item's place in its title, and problems with it."""
    if manifest is None:
        problem = "its title is no longer in the catalogue; index the film again, or remove it"
        return {"title": None, "problem": problem}
    media = manifest.title.media
    return {
        "title": manifest.title.metadata.name,
        "fps": f"{media.fps.numerator}/{media.fps.denominator}",
        "start_seconds": float(item.start_frame / media.fps),
        "end_seconds": float(item.end_frame / media.fps),
        "seconds": float(item.frames / media.fps),
        "timecode_in": timecode(item.start_frame, media.fps, media.start_timecode),
        "timecode_out": timecode(item.end_frame, media.fps, media.start_timecode),
        "problem": _problem(item, manifest),
    }


def _problem(item: Item, manifest: Manifest) -> str | None:
    if item.end_frame > manifest.frame_count:
        return f"its title ends at {manifest.frame_count}; trim it"
    if item.needs_check:
        return "the frames of its title are counted anew, and it may be off; check its in and out"
    return None


def seconds(items: Sequence[Item], rates: Mapping[str, Fraction]) -> Fraction:
    """Return the exact length in seconds; items of titles without a known rate count nothing.

    Args:
        items: what is measured.
        rates: frames a second, by title id.
    """
    lengths = (item.frames / rates[item.title_id] for item in items if item.title_id in rates)
    return sum(lengths, Fraction(0))


def overlaps(items: Sequence[Item]) -> list[ItemOverlap]:
    """Return every pair of items that share frames of a title, in order of position."""
    found = []
    for (first, one), (second, other) in combinations(enumerate(items, start=1), 2):
        start = max(one.start_frame, other.start_frame)
        shared = min(one.end_frame, other.end_frame) - start
        if one.title_id == other.title_id and shared > 0:
            same = one.frames == other.frames == shared
            pair = ItemOverlap(first=first, second=second, frames=shared, duplicate=same)
            found.append(pair)
    return found


def stills_of(title: IndexedTitle, items: list[Item]) -> dict[str, str]:
    """Return the id of a shot for each item of one title, by ``item_id``.

    ``/api/v1/stills/…`` has its picture. Items beyond the title's end have none.
    """
    found = {}
    for item in items:
        shared, best = max((_shared(shot, item), -shot.index) for shot in title.shots)
        if shared > 0:
            found[item.item_id] = title.point("shot", -best)
    return found


def _shared(shot: Shot, item: Item) -> int:
    """Return the frames that a shot and an item share; 0 or less where there are none."""
    return min(shot.end_frame, item.end_frame) - max(shot.start_frame, item.start_frame)
