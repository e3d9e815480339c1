"""Saved searches: searches with a name, what is new in them, and who is told."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from app.api.deps import RuntimeDep, Writer
from app.api.gates import gated
from app.problems import FieldProblem, FieldsError
from app.records import SearchResponse
from app.runtime import NotFoundError
from app.saved.addresses import check_url
from app.saved.feed import LATEST, MEDIA_TYPE, feed_of
from app.saved.matching import new_since
from app.saved.outbox import Outbox
from app.saved.records import (
    Delivery,
    Feed,
    Looked,
    MadeSavedSearch,
    NewHits,
    NewSavedSearch,
    SavedError,
    SavedSearch,
    UnknownSavedError,
)
from app.saved.store import SavedStore
from app.search.request import CURSOR_LENGTH

router = APIRouter(tags=["saved searches"], route_class=gated("database"))

NOBODY = "api"
"""Who saves without a key."""


EXAMPLES: dict[str, Any] = {
    "words": {
        "summary": "Words and a filter",
        "value": {
            "name": "Music, clip-worthy",
            "request": {"q": "people playing music", "min_worthiness": 0.2},
        },
    },
    "webhook": {
        "summary": "Told of every new clip with dialogue",
        "value": {
            "name": "Dialogue",
            "request": {"has_dialogue": True},
            "webhook": "https://example.org/reelfind",
        },
    },
}


LOOKED: dict[str, Any] = {
    "all": {"summary": "All that is there now", "value": {}},
    "a moment": {
        "summary": "What `new` answered",
        "value": {"until": "2026-11-30T09:30:00Z", "number": 42},
    },
}


class FeedResponse(JSONResponse):
    """A JSON Feed."""

    media_type = MEDIA_TYPE


def get_store(runtime: RuntimeDep) -> SavedStore:
    """Return where saved searches are kept."""
    return SavedStore(runtime.database)


StoreDep = Annotated[SavedStore, Depends(get_store)]
SavedId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="`id` of a saved search.")]


def find_saved(saved_id: SavedId, store: StoreDep) -> SavedSearch:
    """Return the saved search that the address names."""
    try:
        return store.find(saved_id)
    except UnknownSavedError as error:
        raise NotFoundError(f"{saved_id}: no such saved search") from error


SavedDep = Annotated[SavedSearch, Depends(find_saved)]


@router.get("/saved")
def list_saved_searches(store: StoreDep) -> list[SavedSearch]:
    """List the saved searches by name."""
    return store.all()


@router.post("/saved", status_code=HTTPStatus.CREATED)
def save_search(
    new: Annotated[NewSavedSearch, Body(openapi_examples=EXAMPLES)],
    runtime: RuntimeDep,
    store: StoreDep,
    caller: Writer,
    response: Response,
) -> MadeSavedSearch:
    """Save a search; what the catalogue has now is not new in it."""
    try:
        if new.webhook is not None:
            check_url(new.webhook, runtime.settings.webhooks)
        number = runtime.listing.last_number()
        author = caller.name or NOBODY
        made, secret = store.add(new.name, new.request, author, new.webhook, number)
    except SavedError as error:
        raise FieldsError([FieldProblem(field=error.field, detail=str(error))]) from error
    response.headers["Location"] = f"{runtime.settings.server.api_path}/saved/{made.id}"
    return MadeSavedSearch(**dict(made), secret=secret)


@router.get("/saved/{saved_id}")
def get_saved_search(saved: SavedDep) -> SavedSearch:
    """Return a saved search."""
    return saved


@router.delete("/saved/{saved_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_saved_search(saved: SavedDep, store: StoreDep, _caller: Writer) -> None:
    """Forget a saved search, and what its webhook was still to be told."""
    store.remove(saved)


@router.get("/saved/{saved_id}/hits")
def run_saved_search(
    saved: SavedDep,
    runtime: RuntimeDep,
    cursor: Annotated[
        str | None,
        Query(
            max_length=CURSOR_LENGTH,
            description="`next_cursor` of the answer before, for what follows.",
        ),
    ] = None,
) -> SearchResponse:
    """Run a saved search; it does not count as looked at."""
    return runtime.search_saved(saved.runnable().model_copy(update={"cursor": cursor}))


@router.get("/saved/{saved_id}/new")
def list_new_hits(saved: SavedDep, runtime: RuntimeDep) -> NewHits:
    """Return the hits in titles that were indexed since somebody last looked."""
    return new_since(runtime.search_saved, runtime.listing, saved)


@router.post("/saved/{saved_id}/seen")
def mark_saved_search_seen(
    saved: SavedDep,
    looked: Annotated[Looked, Body(openapi_examples=LOOKED)],
    runtime: RuntimeDep,
    store: StoreDep,
    _caller: Writer,
) -> SavedSearch:
    """Note that what a saved search finds was looked at."""
    now = datetime.now(UTC)
    until = min(looked.until or now, now)
    if looked.number is None:
        number = runtime.listing.last_number(until if looked.until else None)
    else:
        number = min(looked.number, runtime.listing.last_number())
    return store.look(saved, until, number)


@router.get(
    "/saved/{saved_id}/feed",
    response_class=FeedResponse,
    responses={200: {"model": Feed, "description": "JSON Feed 1.1."}},
)
def get_saved_search_feed(saved: SavedDep, runtime: RuntimeDep, request: Request) -> Response:
    """Return the titles that match, newest first, as a JSON Feed."""
    home = str(request.base_url).removesuffix("api/")
    latest = runtime.listing.latest(LATEST)
    found = feed_of(runtime.search_saved, saved, latest, home, str(request.url))
    return FeedResponse(found.model_dump(mode="json"))


@router.get("/saved/{saved_id}/deliveries")
def list_webhook_deliveries(saved: SavedDep, runtime: RuntimeDep) -> list[Delivery]:
    """List the latest messages to the webhook of a saved search, and how they went."""
    return Outbox(runtime.database).of(saved)
