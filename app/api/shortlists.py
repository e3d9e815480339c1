"""Shortlists: gather spans of titles, put them in order, and hand them to an editing system.

Who changes a shortlist says which version they saw, in ``If-Match``: a change that somebody else
has made meanwhile is never overwritten (RFC 9110, section 13.1.1).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Depends, Header, HTTPException, Path, Response

from app.api.deps import Author, RuntimeDep, Writer
from app.api.gates import gated
from app.runtime import NotFoundError, Runtime
from app.shortlists import edits
from app.shortlists.bodies import (
    AddedItems,
    ChangedShortlist,
    NewShortlist,
    RevisionRow,
    ShortlistBody,
    ShortlistRow,
)
from app.shortlists.edits import describe_changes
from app.shortlists.overview import overview
from app.shortlists.records import Revision, Shortlist, ShortlistError, StaleError
from app.shortlists.spans import items_of, with_changes
from app.shortlists.store import ShortlistStore

router = APIRouter(tags=["shortlists"], route_class=gated("database"))

Result = TypeVar("Result")

NEW: dict[str, Any] = {
    "empty": {"summary": "A name", "value": {"name": "Trailer"}},
    "target": {
        "summary": "A name and a length to keep to",
        "value": {"name": "Teaser of thirty seconds", "target_seconds": 30},
    },
}

CHANGE: dict[str, Any] = {
    "name": {"summary": "Another name", "value": {"name": "Teaser"}},
    "no target": {"summary": "No length to keep to", "value": {"target_seconds": None}},
    "order": {
        "summary": "Which items in which order",
        "value": {
            "items": [
                {"item_id": "8b5e2d7c4a10", "note": "first"},
                {"hit_id": "257667b8-0162-5953-8344-175b6f48bff3"},
            ]
        },
    },
}
ITEMS: dict[str, Any] = {
    "a hit": {
        "summary": "A clip or shot, at the end",
        "value": {"items": [{"hit_id": "257667b8-0162-5953-8344-175b6f48bff3"}]},
    },
    "a span": {
        "summary": "Frames of a title, as the first item",
        "value": {
            "items": [{"title_id": "827163ee8ca6c545", "start_frame": 0, "end_frame": 24}],
            "position": 1,
        },
    },
}

ShortlistId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{12}$", description="`shortlist_id` of a shortlist.")
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=100, description="The `ETag` of the version you saw."),
]


def get_store(runtime: RuntimeDep) -> ShortlistStore:
    """Return where shortlists are kept."""
    return ShortlistStore(runtime.database)


StoreDep = Annotated[ShortlistStore, Depends(get_store)]


def find_shortlist(shortlist_id: ShortlistId, store: StoreDep) -> Shortlist:
    """Return the shortlist that the address names, as it is now."""
    try:
        found = store.find(shortlist_id)
    except ShortlistError as error:
        raise NotFoundError(f"{shortlist_id}: no such shortlist") from error
    if found.shortlist_id != shortlist_id:
        raise NotFoundError(f"{shortlist_id}: no such shortlist")
    return found


ShortlistDep = Annotated[Shortlist, Depends(find_shortlist)]


@dataclass(frozen=True)
class Seen:
    """The version of a shortlist that the caller saw; ``any_will_do`` where they said ``*``."""

    shortlist: Shortlist
    any_will_do: bool = False

    def apply(self, act: Callable[[Shortlist], Result]) -> Result:
        """Act on it, or on what it has become meanwhile, where any version will do.

        Raises:
            StaleError: another version is current.
        """
        seen = self.shortlist
        while True:
            try:
                return act(seen)
            except StaleError as error:
                if not self.any_will_do:
                    raise
                seen = error.current


def get_seen(now: ShortlistDep, store: StoreDep, if_match: IfMatch = None) -> Seen:
    """Return the version of the shortlist that the caller saw; it need not be the current one."""
    if if_match is None:
        raise HTTPException(
            HTTPStatus.PRECONDITION_REQUIRED,
            f"say which version you saw: If-Match with the ETag of {now.name}, or * for any",
        )
    tags = [tag.strip() for tag in if_match.split(",")]
    if "*" in tags:
        return Seen(now, any_will_do=True)
    if _etag(now) in tags:
        return Seen(now)
    seen = [each.shortlist for each in store.revisions(now.shortlist_id)]
    for each in seen:
        if _etag(each) in tags:
            return Seen(each)
    raise HTTPException(
        HTTPStatus.PRECONDITION_FAILED,
        f"{now.name}: is at version {now.version}, and {if_match} is none of its versions",
        {"ETag": _etag(now)},
    )


SeenDep = Annotated[Seen, Depends(get_seen)]


@router.get("/shortlists")
def list_shortlists(runtime: RuntimeDep, store: StoreDep) -> list[ShortlistRow]:
    """List every shortlist by name."""
    found = [overview(runtime.catalogue, each) for each in store.all()]
    return [ShortlistRow(**{**dict(each), "items": len(each.items)}) for each in found]


@router.post("/shortlists", status_code=HTTPStatus.CREATED)
def create_shortlist(
    asked: Annotated[NewShortlist, Body(openapi_examples=NEW)],
    runtime: RuntimeDep,
    store: StoreDep,
    response: Response,
    author: Author,
) -> ShortlistBody:
    """Make a shortlist; no two have the same name."""
    items = items_of(runtime, asked.items)
    with _conflicts():
        made = store.create(asked.name, asked.target_seconds, items, author)
    api_path = runtime.settings.server.api_path
    response.headers["Location"] = f"{api_path}/shortlists/{made.shortlist_id}"
    return _shown(made, runtime, response)


@router.get("/shortlists/{shortlist_id}")
def get_shortlist(now: ShortlistDep, runtime: RuntimeDep, response: Response) -> ShortlistBody:
    """Return a shortlist: its items, its length, and what is in it twice or missing."""
    return _shown(now, runtime, response)


@router.patch("/shortlists/{shortlist_id}")
def change_shortlist(
    asked: Annotated[ChangedShortlist, Body(openapi_examples=CHANGE)],
    seen: SeenDep,
    runtime: RuntimeDep,
    store: StoreDep,
    response: Response,
    author: Author,
) -> ShortlistBody:
    """Change the version in `If-Match`: the name, the target, or which items in which order.

    Where somebody was there first nothing is written, and 412 tells what they changed.
    """
    with _conflicts():
        saved = seen.apply(lambda base: store.save(with_changes(base, asked, runtime), author))
    return _shown(saved, runtime, response)


@router.delete("/shortlists/{shortlist_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_shortlist(seen: SeenDep, store: StoreDep, _caller: Writer) -> None:
    """Delete a shortlist with its revisions, at the version in `If-Match`. There is no way back."""
    with _conflicts():
        seen.apply(store.delete)


@router.post("/shortlists/{shortlist_id}/items")
def add_shortlist_items(
    asked: Annotated[AddedItems, Body(openapi_examples=ITEMS)],
    now: ShortlistDep,
    runtime: RuntimeDep,
    store: StoreDep,
    response: Response,
    author: Author,
) -> ShortlistBody:
    """Put items in at a position or the end, whatever others do at the same time."""
    items = items_of(runtime, asked.items)
    with _conflicts():
        saved = store.change(
            now.shortlist_id,
            lambda latest: edits.add(latest, items, asked.position),
            author,
        )
    return _shown(saved, runtime, response)


@router.post("/shortlists/{shortlist_id}/undo")
def undo_shortlist_change(
    seen: SeenDep, runtime: RuntimeDep, store: StoreDep, response: Response, author: Author
) -> ShortlistBody:
    """Take back the latest change; again and again leads back to the first version."""
    with _conflicts():
        undone = seen.apply(lambda base: store.undo(base, author))
    return _shown(undone, runtime, response)


@router.get("/shortlists/{shortlist_id}/revisions")
def list_shortlist_revisions(now: ShortlistDep, store: StoreDep) -> list[RevisionRow]:
    """List all that a shortlist ever was, the latest first."""
    found = store.revisions(now.shortlist_id)
    steps = [
        describe_changes(before.shortlist, after.shortlist) for after, before in pairwise(found)
    ]
    return [_revision(each, what) for each, what in zip(found, [*steps, []], strict=True)]


def _shown(shortlist: Shortlist, runtime: Runtime, response: Response) -> ShortlistBody:
    response.headers["ETag"] = _etag(shortlist)
    return overview(runtime.catalogue, shortlist)


def _revision(revision: Revision, what: list[str]) -> RevisionRow:
    own = revision.shortlist
    return RevisionRow(
        version=own.version,
        author=revision.author,
        made=revision.made,
        name=own.name,
        items=len(own.items),
        changes=what,
    )


def _etag(shortlist: Shortlist) -> str:
    return f'"{shortlist.version}"'


@contextmanager
def _conflicts() -> Iterator[None]:
    """Answer 412 where another version is current, and 409 where a change cannot be made."""
    try:
        yield
    except StaleError as error:
        headers = {"ETag": _etag(error.current)}
        raise HTTPException(HTTPStatus.PRECONDITION_FAILED, str(error), headers) from error
    except ShortlistError as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
