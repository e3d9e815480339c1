"""A shortlist as people and scripts see it: its items with times, its length, and what is wrong."""

from dataclasses import asdict
from typing import Any

from app.shortlists.earlier import problem_of
from app.shortlists.records import Item, Shortlist
from app.shortlists.review import overlaps, seconds
from indexer.catalogue import Catalogue, Manifest
from indexer.earlier_versions import EarlierVersion, EarlierVersions
from indexer.timecode import timecode


def overview(catalogue: Catalogue, shortlist: Shortlist) -> dict[str, Any]:
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
    return {
        "shortlist_id": shortlist.shortlist_id,
        "name": shortlist.name,
        "version": shortlist.version,
        "target_seconds": shortlist.target_seconds,
        "total_seconds": float(seconds(shortlist.items, rates)),
        "items": [
            {
                "position": place,
                **_row(item, known[item.title_id]),
                **(_mark(versions, earlier[item.title_id]) if item.title_id in earlier else {}),
            }
            for place, item in enumerate(shortlist.items, start=1)
        ],
        "overlaps": [asdict(each) for each in overlaps(shortlist.items)],
    }


def _mark(versions: EarlierVersions, earlier: EarlierVersion) -> dict[str, Any]:
    current = versions.current(earlier.by)
    return {
        "earlier_version": True,
        "current_title_id": current.title.title_id if current is not None else None,
        "problem": problem_of(earlier),
    }


def _row(item: Item, manifest: Manifest | None) -> dict[str, Any]:
    row: dict[str, Any] = {**asdict(item), "earlier_version": False, "current_title_id": None}
    if manifest is None:
        problem = "its title is no longer in the catalogue; index the film again, or remove it"
        return {**row, "title": None, "problem": problem}
    media = manifest.title.media
    return {
        **row,
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
