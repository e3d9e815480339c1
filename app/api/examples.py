"""Examples of parameters and fields for the description, all of one small catalogue.

A field's own examples, where it has some, go before these.
"""

from typing import Any

CLIP = "257667b8-0162-5953-8344-175b6f48bff3"
SHOT = "2f4d8912-a1c9-55cf-8b37-8e1ab8c96e6e"
TITLE = "827163ee8ca6c545"
NAME = "Bikes"
MOMENT = "2026-11-30T09:30:00Z"
JOB = "5d0c1b7e9a3f4c2d8e6b0a1f2c3d4e5f"
SCORED_BY = {"tone": "zero-shot", "genre": "9f2c41d07be35a68"}

ANYWHERE: dict[str, Any] = {
    # What is looked for.
    "q": "people playing music",
    "without": "night",
    "then": "applause",
    "within": 20,
    "also": "indoors",
    "like": [CLIP],
    "unlike": [SHOT],
    "good": [CLIP],
    "bad": [SHOT],
    "still": "/9j/4AAQSkZJRgABAQAAAQABAAD…",
    "clip": "AAAAIGZ0eXBpc29tAAACAGlzb20…",
    # Filters.
    **dict.fromkeys(("tone", "tone_all", "tones"), "playful"),
    **dict.fromkeys(("tone_none", "avoid"), "sad"),
    **dict.fromkeys(("genre", "genre_all", "genres"), "documentary"),
    "genre_none": ["horror"],
    **dict.fromkeys(("ad_category", "ad_category_all", "ad_categories"), "travel"),
    "ad_category_none": ["war-and-conflicts"],
    "title": NAME,
    "title_none": ["Trailer"],
    "series": "Street Life",
    "series_none": ["News"],
    "season": 2,
    "episode": 5,
    "language": "en",
    "language_none": ["de"],
    "where": ["mood=dark"],
    **dict.fromkeys(("min_worthiness", "min_popularity"), 0.2),
    **dict.fromkeys(("max_worthiness", "max_popularity"), 0.9),
    "min_duration": 3,
    "max_duration": 30,
    "min_start": 60,
    "max_start": 600,
    # Pages.
    "limit": 5,
    "cursor": "eyJhZnRlciI6IDIwfQ",
    "next_cursor": "eyJhZnRlciI6IDIwfQ",
    "from": 200,
    "next": 400,
    "after": TITLE,
    "before": 2,
    # Spans of titles.
    **dict.fromkeys(("id", "hit_id", "clip_id", "clip_before"), CLIP),
    "clip_after": SHOT,
    "title_id": TITLE,
    "current_title_id": TITLE,
    "index": 12,
    "first_shot": 31,
    "frame": 1253,
    "start_frame": 769,
    "end_frame": 1253,
    "frames": 484,
    "fps": "24000/1001",
    "start_seconds": 32.041,
    "end_seconds": 52.208,
    "seconds": 20.167,
    "picture_start": 0.042,
    "timecode": "00:00:52:05",
    "timecode_in": "00:00:32:01",
    "timecode_out": "00:00:52:05",
    "start_timecode": "10:00:00:00",
    "transition": "cut",
    "transition_frames": 12,
    "text": "I've been alone for as long as I can remember.",
    "line": "I've been alone for as long as I can remember.",
    "marks": [[10, 15]],
    # Scores.
    **dict.fromkeys(("score", "clip_worthiness", "value"), 0.8),
    "popularity": 0.6,
    "rank": 1,
    "scored_by": SCORED_BY,
    "zero_shot": ["clip-worthiness", "playful"],
    "own_tasks": {"mood": {"classes": ["dark"], "score": None}},
    "classes": ["dark"],
    # Titles and answers.
    **dict.fromkeys(("path", "file"), "/films/bikes.mp4"),
    "duration_seconds": 596.458,
    "width": 1920,
    "height": 1080,
    "shots": 133,
    "clips": 30,
    "titles": 3,
    "timed_text": "sidecar",
    "audio_tracks": [1],
    "warnings": ["subtitles end before the film does"],
    "took_ms": 14.2,
    "found": 38,
    "cut": 31,
    "count": 8,
    "hits": [CLIP],
    "notice": "",
    "least": 0.2,
    "below": 0.4,
    "tasks": {"mood": [{"value": "dark", "count": 8}]},
    "ranges": {"clip_worthiness": [{"least": 0.2, "below": 0.4, "count": 8}]},
    # Shortlists and reels.
    "If-Match": '"3"',
    "Reelfind-Agent": "cutting-room",
    "shortlist_id": "1f0a6c2b9d34",
    "item_id": "8b5e2d7c4a10",
    "name": "Trailer",
    "note": "opens the teaser",
    "version": 3,
    "position": 1,
    "target_seconds": 30,
    "total_seconds": 28.5,
    "first": 1,
    "second": 3,
    "author": "ann",
    "made": MOMENT,
    "changes": ["1 item added"],
    "rate": "25",
    "reel_id": "4c1e9a07d2b86f35",
    "share": 0.4,
    "problem": "",
    # Labels.
    "task": "clip-worthiness",
    "class": "playful",
    "start": 1.2,
    "end": 3.04,
    "annotator": "ann",
    "date": "2026-11-30",
    "added": 1,
    "replaced": 0,
    "removed": 1,
    # Saved searches.
    "saved_id": JOB,
    "webhook": "https://example.org/reelfind",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    **dict.fromkeys(("seen", "since", "until", "created", "started", "due"), MOMENT),
    **dict.fromkeys(("delivered", "ended", "date_published"), MOMENT),
    "seen_number": 41,
    "number": 42,
    "attempts": 1,
    "url": f"https://example.org/title?id={TITLE}",
    "home_page_url": "https://example.org/",
    "feed_url": f"https://example.org/api/v1/saved/{JOB}/feed",
    "content_text": "3 hits",
    # Ads.
    "cat": ["422"],
    "bcat": ["389"],
    "cattax": 9,
    "words": ["gun"],
    "earliest": 60,
    "latest": 3000,
    "min_distance": 300,
    "per_title": 4,
    "clear_end": 60,
    "max_per_hour": 6,
    "max_load": 480,
    "break_seconds": 90,
    "part": "picture",
    "weight": 0.5,
    "told": "beside a playful clip",
    **dict.fromkeys(("outside", "spoken", "unsafe"), 4),
    "len": 596,
    "kwarray": ["street", "playful"],
    "startdelay": 300,
    "podid": f"{TITLE}-1253",
    # Jobs.
    "job_id": JOB,
    "retry_of": JOB,
    "paths": ["/films/season-1"],
    "at_once": 2,
    "audio_track": 2,
    "encoder": "/films/encoders/season-1",
    "profile": "lite",
    "ahead": 1,
    "stage": "shots",
    "planned": 1200,
    "worked": 300,
    "progress": 0.25,
    "seconds_left": 900,
    "messages": ["bikes.mp4: 133 shots"],
    "synopsis": "A day on two wheels.",
    "tags": ["street"],
    "year": 2024,
    "error": "bikes.mp4: holds no video; choose another file",
    # Errors and health.
    "type": "about:blank",
    "status": 422,
    "detail": "limit: Input should be greater than or equal to 1",
    "field": "limit",
    "message": "3 titles can be searched",
    "next_step": "",
    # Vocabulary.
    "group": "humour",
    "meaning": "played for laughs",
}
"""By the name of a parameter or field; a list of such has one of them."""

THERE: dict[tuple[str, str], Any] = {
    ("downloadReel", "id"): "4c1e9a07d2b86f35",
    ("getClipNeighbours", "after"): 2,
    ("getShotNeighbours", "after"): 2,
    ("AdBrief", "text"): "people playing music",
    ("AdBrief", "clips"): 10,
    ("AdClip", "score"): 0.8,
    ("ClipRow", "shots"): 4,
    ("FacetCount", "value"): "playful",
    ("FeedItem", "id"): TITLE,
    ("Feed", "title"): "Reelfind: music, clip-worthy",
    ("IndexReport", "seconds"): 912.4,
    ("JobRequest", "titles"): [TITLE],
    ("NewLabel", "value"): 1,
    ("OpenRtbContent", "genre"): "documentary",
    ("OpenRtbContent", "id"): TITLE,
    ("OpenRtbContent", "season"): "Season 2",
    ("ReelBody", "file"): "/api/v1/reels/4c1e9a07d2b86f35",
    ("RevisionRow", "items"): 3,
    ("ShortlistRow", "items"): 3,
    ("TaskClassRow", "id"): "422",
    ("TaskClassRow", "title"): "Pets",
    ("TaskClassRow", "name"): "pets",
    ("TaskRow", "name"): "ad-relevancy",
    ("TitleResult", "name"): NAME,
    ("TitleResult", "seconds"): 96.5,
    ("Problem", "title"): "Unprocessable Entity",
    **dict.fromkeys(
        [("Job", "id"), ("JobSummary", "id"), ("SavedSearch", "id"), ("MadeSavedSearch", "id")],
        JOB,
    ),
    ("Delivery", "id"): "msg_2f4d8912a1c955cf",
}
"""By operation or model, and the name of its parameter or field: where a name means another."""


def example_of(owner: str, name: str, schema: dict[str, Any]) -> Any:
    """Return an example of a parameter or field; None where its model or choices say enough.

    Args:
        owner: the operation or the model.
        name: of the parameter or field.
        schema: what it may be.
    """
    model = owner.removesuffix("Echo")
    example = THERE.get((model, name), ANYWHERE.get(name))
    if schema.get("type") == "array" and example is not None and not isinstance(example, list):
        return [example]
    return example
