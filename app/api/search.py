"""Search: by address for people, by body for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

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


@router.get("/search")
def search_by_address(
    request: SearchAddress, runtime: RuntimeDep, metrics: MetricsDep
) -> SearchResponse:
    """Find clips or shots; fields that are lists may be repeated."""
    return metrics.searched(runtime.search(request))


@router.post("/search")
def search_by_body(request: SearchBody, runtime: RuntimeDep, metrics: MetricsDep) -> SearchResponse:
    """Find clips or shots, with the same fields as a JSON object."""
    return metrics.searched(runtime.search(request))


@router.get("/facets")
def facets_by_address(request: SearchAddress, runtime: RuntimeDep) -> Facets:
    """Count what stands beside each filter, for a search with the same fields."""
    return runtime.facets(request)


@router.post("/facets")
def facets_by_body(request: SearchBody, runtime: RuntimeDep) -> Facets:
    """Count what stands beside each filter, for a search as a JSON object."""
    return runtime.facets(request)


@router.get("/similar")
def similar(
    runtime: RuntimeDep,
    metrics: MetricsDep,
    like: Annotated[
        list[Id], Query(min_length=1, max_length=50, description="Ids of clips, shots, titles.")
    ],
    unlike: Annotated[list[Id] | None, Query(max_length=50)] = None,
    level: Level = "clip",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: Annotated[str | None, Query(max_length=CURSOR_LENGTH)] = None,
) -> SearchResponse:
    """Find clips or shots like some and unlike others, by their in-context embeddings."""
    request = SearchRequest(like=like, unlike=unlike or [], level=level, limit=limit, cursor=cursor)
    return metrics.searched(runtime.search(request))
