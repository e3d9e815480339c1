"""Ads: a brief gives clips that suit it, and breaks between shots in OpenRTB's terms."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from app.ads.planning import AdPlanner, BriefError
from app.ads.records import AdAnswers, AdBrief, AdBriefs, AdCandidates
from app.api.deps import RuntimeDep
from app.api.gates import gated
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
