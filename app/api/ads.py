"""Ads: a brief gives clips that suit it, and breaks for bid requests and for ad servers."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Request, Response

from app.ads.formats import BY_NAME, FORMATS, FormatName
from app.ads.lists import break_list, check_tag
from app.ads.planning import AdPlanner, BriefError
from app.ads.records import AdAnswers, AdBrief, AdBriefs, AdCandidates
from app.api.binary import accepted, bytes_of
from app.api.deps import RuntimeDep
from app.api.gates import gated
from app.exports.records import ExportError
from app.problems import FieldProblem, FieldsError

router = APIRouter(tags=["ads"], route_class=gated("search"))


def get_planner(runtime: RuntimeDep) -> AdPlanner:
    """Return what answers the briefs of this request."""
    return AdPlanner(runtime)


PlannerDep = Annotated[AdPlanner, Depends(get_planner)]

EXAMPLES: dict[str, Any] = {
    "a brief": {
        "summary": "Mid-rolls beside pets and music, never beside war",
        "value": {
            "text": "people playing music",
            "cat": ["422"],
            "bcat": ["389"],
            "cattax": 9,
            "tones": ["playful"],
            "avoid": ["sad"],
            "never": {"tones": ["gruesome"], "words": ["gun"]},
            "min_distance": 60,
            "limit": 5,
        },
    },
    "one title": {
        "summary": "The ends of a film, and two breaks at most",
        "value": {
            "title": ["Bikes"],
            "rolls": ["pre-roll", "mid-roll", "post-roll"],
            "min_distance": 2,
            "per_title": 2,
        },
    },
}
BATCH: dict[str, Any] = {
    "two briefs": {
        "summary": "Two campaigns over the same series",
        "value": {
            "briefs": [
                {"text": "a bicycle in the street", "cat": ["483"], "cattax": 9, "min_distance": 5},
                {"text": "a man talks", "clips": 3, "min_distance": 5},
            ]
        },
    }
}


@router.post("/ads/candidates")
def find_ad_candidates(
    brief: Annotated[AdBrief, Body(openapi_examples=EXAMPLES)], planner: PlannerDep
) -> AdCandidates:
    """Find clips that suit an ad, and breaks between shots where it can stand, best first."""
    (answer,) = planner.answer([brief])
    return answer


@router.post(
    "/ads/breaks",
    response_class=Response,
    responses={200: bytes_of("The list of breaks.", *(each.media_type for each in FORMATS))},
)
def export_ad_breaks(
    brief: Annotated[AdBrief, Body(openapi_examples={"one title": EXAMPLES["one title"]})],
    planner: PlannerDep,
    runtime: RuntimeDep,
    request: Request,
    form: Annotated[
        FormatName, Query(alias="format", description="VMAP, or SCTE-35 times as CSV.")
    ] = "vmap",
    tag_url: Annotated[
        str | None,
        Query(
            max_length=2000,
            description="Template of the ad server's address; by default that of the settings.",
        ),
    ] = None,
) -> Response:
    """Download the breaks for a brief as a list for ad servers: VMAP, or SCTE-35 times as CSV.

    VMAP is a list for one title, so the brief names it in `title`; else the answer is 409.
    """
    tag = tag_url or runtime.settings.ads.tag_url
    try:
        check_tag(tag)
    except ExportError as error:
        reason = str(error).removeprefix("tag_url: ")
        raise FieldsError([FieldProblem(field="tag_url", detail=reason)]) from error
    (answer,) = planner.answer([brief])
    exported, chosen = break_list(answer, tag), BY_NAME[form]
    try:
        content = chosen.content(exported)
    except ExportError as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
    name = quote(f"{exported.name}.{chosen.suffix}")
    return Response(
        content,
        media_type=accepted(request, chosen.media_type),
        headers={"Content-Disposition": f"attachment; filename*=utf-8''{name}", "Vary": "Accept"},
    )


@router.post("/ads/candidates/batch")
def find_ad_candidates_in_batch(
    asked: Annotated[AdBriefs, Body(openapi_examples=BATCH)], planner: PlannerDep
) -> AdAnswers:
    """Answer several briefs in their order; what they have in common is searched once."""
    try:
        return AdAnswers(answers=planner.answer(asked.briefs))
    except BriefError as error:
        reason = str(error).removeprefix(f"{error.field}: ")
        field = f"briefs.{error.place}.{error.field}"
        raise FieldsError([FieldProblem(field=field, detail=reason)]) from error
