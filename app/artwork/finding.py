"""The artwork of a title and of a shortlist, as API, command line and pages show it."""

from collections.abc import Iterable

from app.artwork.choosing import Candidate, Span, candidates, choose
from app.artwork.crops import crops
from app.artwork.records import Artwork, ArtworkStill, Box
from app.shortlists.records import Shortlist
from app.titles.frames import frame_address
from indexer.library import IndexedTitle, Library
from indexer.settings import Settings


def artwork_of_title(title: IndexedTitle, settings: Settings, count: int) -> Artwork:
    """Return the best stills of a title."""
    return _artwork(candidates(title, settings.framing), settings, count)


def artwork_of_shortlist(
    library: Library, shortlist: Shortlist, settings: Settings, count: int
) -> Artwork:
    """Return the best stills of a shortlist's spans; a title that is gone has none."""
    spans: dict[str, list[Span]] = {}
    for item in shortlist.items:
        spans.setdefault(item.title_id, []).append((item.start_frame, item.end_frame))
    found: list[Candidate] = []
    for title_id, own in spans.items():
        title = library.title(title_id)
        if title is not None:
            found += candidates(title, settings.framing, own)
    return _artwork(found, settings, count)


def _artwork(found: Iterable[Candidate], settings: Settings, count: int) -> Artwork:
    api_path = settings.server.api_path
    return Artwork(stills=[_still(each, api_path) for each in choose(found, count)])


def _still(chosen: Candidate, api_path: str) -> ArtworkStill:
    title = chosen.title
    media = title.manifest.title.media
    picture = Box.model_validate(title.picture)
    return ArtworkStill(
        title_id=title.title_id,
        title=title.manifest.title.metadata.name,
        frame=chosen.frame,
        timecode=title.timecode(chosen.frame),
        seconds=title.seconds(chosen.frame),
        score=round(chosen.score, 3),
        faces=[
            Box(left=face.left, top=face.top, right=face.right, bottom=face.bottom)
            for face in chosen.faces
        ],
        crops=crops(picture, chosen.faces, (media.width, media.height)),
        preview=frame_address(api_path, title.title_id, chosen.frame),
    )
