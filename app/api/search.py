"""Search: by address for people, by body for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from app.api.deps import MetricsDep, RuntimeDep
from app.api.gates import gated
from app.records import Facets, SearchResponse
from app.search.request import CURSOR_LENGTH, Id, Level, SearchRequest

router = APIRouter(tags=["search"], route_class=gated("search"))

EXAMPLES: dict[str, Any] = {
    "words": {"summary": "What is seen or said", "value": {"q": "people playing music"}},
    "filters": {
        "summary": "Words and filters",
        "value": {"q": "a man talks", "tone": ["playful"], "min_worthiness": 0.2, "limit": 5},
    },
    "filters alone": {
        "summary": "The clips worth most, grouped by title",
        "value": {"has_dialogue": True, "order": "clip-worthiness", "group": "title"},
    },
    "in time": {
        "summary": "One thing, and another within twenty seconds",
        "value": {"q": "guitar", "then": "bicycles", "within": 20, "level": "shot"},
    },
}
SearchBody = Annotated[SearchRequest, Body(openapi_examples=EXAMPLES)]
SearchAddress = Annotated[SearchRequest, Query()]


class Similar(BaseModel):
    """A search for what is like some clips or shots and unlike others."""

    like: list[Id] = Field(
        min_length=1, max_length=50, description="Ids of clips, shots or titles that hits are like."
    )
    unlike: list[Id] = Field([], max_length=50, description="Ids that hits are unlike.")
    story: float = Field(
        0.5, ge=0, le=1, description="From 0, like these moments, to 1, like their titles' stories."
    )
    level: Level = Field("clip", description="What hits are: clips, or single shots.")
    limit: int = Field(20, ge=1, le=200, description="Hits on a page.")
    cursor: str | None = Field(
        None,
        max_length=CURSOR_LENGTH,
        description="`next_cursor` of the answer before, for what follows.",
    )


@router.get("/search")
def search_by_address(
    request: SearchAddress, runtime: RuntimeDep, metrics: MetricsDep
) -> SearchResponse:
    """Find clips or shots; fields that are lists may be repeated."""
    return metrics.searched(runtime.search(request))


@router.post("/search")
def search(request: SearchBody, runtime: RuntimeDep, metrics: MetricsDep) -> SearchResponse:
    """Find clips or shots, with the same fields as a JSON object."""
    return metrics.searched(runtime.search(request))


@router.get("/facets")
def count_facets_by_address(request: SearchAddress, runtime: RuntimeDep) -> Facets:
    """Count what stands beside each filter, for a search with the same fields."""
    return runtime.facets(request)


@router.post("/facets")
def count_facets(request: SearchBody, runtime: RuntimeDep) -> Facets:
    """Count what stands beside each filter, for a search as a JSON object."""
    return runtime.facets(request)


@router.get("/similar")
def find_similar(
    asked: Annotated[Similar, Query()], runtime: RuntimeDep, metrics: MetricsDep
) -> SearchResponse:
    """Find clips or shots like some and unlike others, as moments or as parts of a story."""
    request = SearchRequest(**asked.model_dump(exclude_unset=True))
    return metrics.searched(runtime.search(request))
