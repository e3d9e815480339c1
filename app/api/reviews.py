"""Reviews: editors make links to a shortlist, and those who have one watch, comment and approve.

The key of a link opens its list and nothing else; keys of the API open no review.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import (
    APIRouter,
    Body,
    Depends,
    HTTPException,
    Path,
    Query,
    Request,
    Response,
    Security,
)
from fastapi.responses import FileResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.binary import accepted, bytes_of
from app.api.deps import Author, RuntimeDep, Writer
from app.api.gates import gated
from app.api.media import ranged
from app.api.shortlists import ShortlistDep, StoreDep
from app.auth.authenticator import Caller
from app.reviews.bodies import (
    MadeReviewLink,
    NewApproval,
    NewReviewComment,
    NewReviewLink,
    ReviewBody,
    ReviewFeedback,
    ReviewLinkRow,
)
from app.reviews.page import address_of
from app.reviews.showing import check_about, feedback_on, review_of
from app.reviews.store import Link, ReviewStore
from app.runtime import NotFoundError, Runtime
from app.shortlists.records import Item, Shortlist, ShortlistError
from app.titles.frames import frame_still
from indexer.errors import NotNowError, ReelfindError

editing = APIRouter(tags=["shortlists"], route_class=gated("database"))
router = APIRouter(tags=["reviews"], route_class=gated("database"))
films = APIRouter(tags=["reviews"], route_class=gated("media"))

LINK: dict[str, Any] = {
    "a week": {"summary": "For a week", "value": {"name": "Marketing", "days": 7}},
}
COMMENT: dict[str, Any] = {
    "frame": {
        "summary": "On a frame of an item",
        "value": {
            "name": "Ann",
            "text": "Cut on the jump.",
            "version": 1,
            "item_id": "8b5e2d7c4a10",
            "frame": 777,
        },
    },
    "list": {
        "summary": "On the whole list",
        "value": {"name": "Ann", "text": "Lovely.", "version": 1},
    },
}
APPROVAL: dict[str, Any] = {
    "list": {
        "summary": "The whole list is approved",
        "value": {"name": "Ann", "version": 1, "approved": True},
    },
    "item": {
        "summary": "An item needs changes",
        "value": {"name": "Ann", "version": 1, "item_id": "8b5e2d7c4a10", "approved": False},
    },
}

LinkId = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="`link_id` of a review link.")]
CommentId = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="`comment_id` of a comment.")]
ItemId = Annotated[str, Path(pattern="^[0-9a-f]{1,32}$", description="`item_id` of an item.")]

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="review",
    description="The key of a review link: `key` in its address.",
)
_Sent = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
_InAddress = Annotated[
    str,
    Query(
        alias="key",
        max_length=200,
        description="The key of the link, for players and pictures, which send no header.",
    ),
]


def get_reviews(runtime: RuntimeDep) -> ReviewStore:
    """Return where reviews are kept."""
    return ReviewStore(runtime.database)


ReviewsDep = Annotated[ReviewStore, Depends(get_reviews)]


def _admitted(request: Request, runtime: Runtime, key: str, **how: bool) -> Link:
    address = request.client.host if request.client else ""
    link = runtime.reviewers.admit(key, address, **how)
    # The log names the link.
    request.state.caller = Caller(link.link_id, link.name, "read")
    return link


def admits(**how: bool) -> Callable[..., Link]:
    """Return a dependency that lets in whoever sends the key of a link."""

    def admit(request: Request, runtime: RuntimeDep, sent: _Sent) -> Link:
        return _admitted(request, runtime, sent.credentials if sent else "", **how)

    return admit


def admit_player(request: Request, runtime: RuntimeDep, sent: _Sent, key: _InAddress = "") -> Link:
    """Let in whoever sends the key of a link, in a header or in the address."""
    return _admitted(request, runtime, sent.credentials if sent else key, counted=False)


Reader = Annotated[Link, Depends(admits())]
Commenter = Annotated[Link, Depends(admits(writes=True))]
Player = Annotated[Link, Depends(admit_player)]


@editing.post("/shortlists/{shortlist_id}/review-links", status_code=HTTPStatus.CREATED)
def make_review_link(
    asked: Annotated[NewReviewLink, Body(openapi_examples=LINK)],
    now: ShortlistDep,
    runtime: RuntimeDep,
    reviews: ReviewsDep,
    response: Response,
    author: Author,
) -> MadeReviewLink:
    """Make a link by which others review a shortlist without a key of the API.

    Its own key is shown here only. Whoever has it sees the items, comments and answers of this
    list as it is then, and nothing else.
    """
    with _found():
        key, made = reviews.make(now.shortlist_id, asked.name, asked.days, author)
    own = f"{runtime.settings.server.api_path}/shortlists/{now.shortlist_id}/review-links"
    response.headers["Location"] = own
    response.headers["Cache-Control"] = "no-store"
    address = address_of(runtime.settings.server.base_path, key)
    return MadeReviewLink(**dict(made), key=key, address=address)


@editing.get("/shortlists/{shortlist_id}/review-links")
def list_review_links(now: ShortlistDep, reviews: ReviewsDep) -> list[ReviewLinkRow]:
    """List the review links of a shortlist, also those that are over or revoked."""
    return reviews.links(now.shortlist_id)


@editing.delete(
    "/shortlists/{shortlist_id}/review-links/{link_id}", status_code=HTTPStatus.NO_CONTENT
)
def revoke_review_link(
    now: ShortlistDep, link_id: LinkId, reviews: ReviewsDep, _caller: Writer
) -> None:
    """Revoke a review link: it is refused from now on. Comments and answers stay."""
    with _found():
        reviews.revoke(now.shortlist_id, link_id)


@editing.get("/shortlists/{shortlist_id}/feedback")
def get_feedback(
    now: ShortlistDep, runtime: RuntimeDep, store: StoreDep, reviews: ReviewsDep
) -> ReviewFeedback:
    """Return the comments and answers of reviewers, oldest first."""
    return feedback_on(runtime.catalogue, store, reviews, now)


@editing.delete(
    "/shortlists/{shortlist_id}/comments/{comment_id}", status_code=HTTPStatus.NO_CONTENT
)
def delete_review_comment(
    now: ShortlistDep, comment_id: CommentId, reviews: ReviewsDep, _caller: Writer
) -> None:
    """Delete a comment."""
    with _found():
        reviews.remove(now.shortlist_id, comment_id)


@router.get("/review")
def get_review(
    link: Reader, runtime: RuntimeDep, store: StoreDep, reviews: ReviewsDep
) -> ReviewBody:
    """Return the shortlist of a review link as it is now."""
    return _shown(link, runtime, store, reviews)


@router.post("/review/comments", status_code=HTTPStatus.CREATED)
def add_review_comment(
    asked: Annotated[NewReviewComment, Body(openapi_examples=COMMENT)],
    link: Commenter,
    runtime: RuntimeDep,
    store: StoreDep,
    reviews: ReviewsDep,
) -> ReviewBody:
    """Comment on a frame, an item or the whole list, and return the review."""
    with _conflicts():
        check_about(store, _list_of(link, store), asked)
        reviews.comment(link, asked)
    return _shown(link, runtime, store, reviews)


@router.post("/review/approvals")
def set_approval(
    asked: Annotated[NewApproval, Body(openapi_examples=APPROVAL)],
    link: Commenter,
    runtime: RuntimeDep,
    store: StoreDep,
    reviews: ReviewsDep,
) -> ReviewBody:
    """Say whether an item or the whole list is approved, and return the review."""
    with _conflicts():
        check_about(store, _list_of(link, store), asked)
        reviews.approve(link, asked)
    return _shown(link, runtime, store, reviews)


@films.get(
    "/review/items/{item_id}/film",
    response_class=FileResponse,
    responses={
        200: bytes_of("The film.", "video/mp4"),
        206: bytes_of("The bytes of the `Range` that was asked for.", "video/mp4"),
        416: {"description": "The range lies outside the file."},
    },
)
def get_review_film(
    item_id: ItemId, link: Player, request: Request, runtime: RuntimeDep, store: StoreDep
) -> FileResponse:
    """Return an item as a film of its own, which ends where the item does."""
    now, item = _item_of(link, store, item_id)
    with _playable():
        path = runtime.review_films.film(now, item)
    return ranged(path, request, {"Cache-Control": "private, no-cache"}, "video/mp4")


@films.get(
    "/review/items/{item_id}/still",
    response_class=Response,
    responses={200: bytes_of("The still.", "image/jpeg")},
)
def get_review_still(
    item_id: ItemId, link: Player, request: Request, runtime: RuntimeDep, store: StoreDep
) -> Response:
    """Return the first frame of an item."""
    _, item = _item_of(link, store, item_id)
    with _playable():
        still = frame_still(runtime, item.title_id, item.start_frame)
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
    return Response(still, media_type=accepted(request, "image/jpeg"), headers=headers)


def _shown(link: Link, runtime: Runtime, store: StoreDep, reviews: ReviewStore) -> ReviewBody:
    now = _list_of(link, store)
    feedback = feedback_on(runtime.catalogue, store, reviews, now)
    return review_of(runtime.catalogue, link, now, feedback)


def _list_of(link: Link, store: StoreDep) -> Shortlist:
    try:
        return store.find(link.shortlist_id)
    except ShortlistError as error:
        raise NotFoundError("this shortlist was deleted") from error


def _item_of(link: Link, store: StoreDep, item_id: str) -> tuple[Shortlist, Item]:
    now = _list_of(link, store)
    for item in now.items:
        if item.item_id == item_id:
            return now, item
    raise NotFoundError("this item is no longer in the list; load it again")


@contextmanager
def _found() -> Iterator[None]:
    """Answer 404 where a list, link or comment is gone."""
    try:
        yield
    except ShortlistError as error:
        raise NotFoundError(str(error)) from error


@contextmanager
def _conflicts() -> Iterator[None]:
    """Answer 409 where nothing more can be said."""
    try:
        yield
    except ShortlistError as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error


@contextmanager
def _playable() -> Iterator[None]:
    """Answer 409 where an item cannot be played, without the paths that the reason names."""
    try:
        yield
    except NotNowError:
        raise
    except ReelfindError as error:
        told = "this item cannot be played at the moment; tell whoever sent you the link"
        raise HTTPException(HTTPStatus.CONFLICT, told) from error
