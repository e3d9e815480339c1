"""People: groups of faces that are alike, which somebody names, joins and parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response

from app.api.binary import accepted, bytes_of
from app.api.deps import RuntimeDep, Writer
from app.api.examples import TITLE
from app.api.gates import gated
from app.people.pictures import face_picture
from app.people.recognising import recognise
from app.people.records import (
    FacesInPicture,
    Merge,
    PeopleError,
    Person,
    PersonEdit,
    Recognise,
    Split,
    UnknownPersonError,
)
from app.people.store import PeopleStore
from app.problems import FieldProblem, FieldsError
from app.runtime import NotFoundError

router = APIRouter(tags=["people"], route_class=gated("database"))
recognising = APIRouter(tags=["people"], route_class=gated("search"))
"""What networks work for."""

EDITS: dict[str, Any] = {
    "name": {"summary": "A name", "value": {"name": "Celia"}},
    "hide": {"summary": "A passer-by", "value": {"hidden": True}},
}
MERGE: dict[str, Any] = {
    "another": {"summary": "Somebody found twice", "value": {"others": ["0d4c1be27a95"]}},
}
SPLIT: dict[str, Any] = {
    "a group": {
        "summary": "Faces that are somebody else's",
        "value": {"groups": [{"title_id": TITLE, "number": 2}]},
    },
}

PICTURES: dict[str, Any] = {
    "frame": {"summary": "A frame of a title", "value": {"title_id": TITLE, "frame": 1200}},
}


def get_store(runtime: RuntimeDep) -> PeopleStore:
    """Return where people are kept."""
    return PeopleStore(runtime.database)


StoreDep = Annotated[PeopleStore, Depends(get_store)]
PersonId = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", description="`id` of a person.")]


def find_person(person_id: PersonId, store: StoreDep) -> Person:
    """Return the person that the address names."""
    return _find(store, person_id)


PersonDep = Annotated[Person, Depends(find_person)]


@router.get("/people")
def list_people(
    store: StoreDep,
    hidden: Annotated[bool, Query(description="Also those that somebody hid.")] = False,
) -> list[Person]:
    """List people: those with a name first; none unless `who.enabled` is on in the settings.

    A job of kind `delete-people` deletes all of them, with all that is known of their faces.
    """
    return store.all(hidden)


@router.get("/people/{person_id}")
def get_person(person: PersonDep) -> Person:
    """Return a person."""
    return person


@router.patch("/people/{person_id}")
def change_person(
    person: PersonDep,
    edit: Annotated[PersonEdit, Body(openapi_examples=EDITS)],
    store: StoreDep,
    _caller: Writer,
) -> Person:
    """Name a person, or hide them."""
    with _as_problems():
        if edit.name is not None:
            person = store.rename(person, edit.name)
        if edit.hidden is not None:
            person = store.hide(person, edit.hidden)
    return person


@router.post("/people/{person_id}/merge")
def merge_people(
    person: PersonDep,
    merge: Annotated[Merge, Body(openapi_examples=MERGE)],
    store: StoreDep,
    _caller: Writer,
) -> Person:
    """Make the faces of others this person's; without a name, they take one of theirs."""
    return store.merge(person, [_find(store, each) for each in dict.fromkeys(merge.others)])


@router.post("/people/{person_id}/split", status_code=HTTPStatus.CREATED)
def split_person(
    person: PersonDep,
    split: Annotated[Split, Body(openapi_examples=SPLIT)],
    store: StoreDep,
    _caller: Writer,
) -> Person:
    """Make some of a person's groups of faces a new person's, and return that one."""
    with _as_problems():
        return store.split(person, split.groups)


@router.get(
    "/people/{person_id}/face",
    response_class=Response,
    responses={200: bytes_of("The face.", "image/jpeg")},
)
def get_face(
    person: PersonDep,
    request: Request,
    runtime: RuntimeDep,
    group: Annotated[
        int, Query(ge=0, le=100_000, description="Which of the person's groups, from 0.")
    ] = 0,
) -> Response:
    """Return the face that shows a group of a person's faces best, 160 × 160 pixels."""
    kind = accepted(request, "image/jpeg")
    if group >= len(person.groups):
        raise NotFoundError(f"{person.id}: has {len(person.groups)} groups of faces")
    own = person.groups[group]
    picture = face_picture(runtime.title(own.title_id), own)
    if picture is None:
        raise NotFoundError(f"{person.id}: the still of this face is no longer there")
    return Response(picture, media_type=kind, headers={"Cache-Control": "private, max-age=60"})


@recognising.post("/people/recognise")
def recognise_faces(
    asked: Annotated[Recognise, Body(openapi_examples=PICTURES)], runtime: RuntimeDep
) -> FacesInPicture:
    """Say whose faces a picture shows, the largest first. Nothing is kept of the picture.

    409 unless `who.enabled` is on in the settings.
    """
    return recognise(runtime, asked)


def _find(store: PeopleStore, person_id: str) -> Person:
    try:
        return store.find(person_id)
    except UnknownPersonError as error:
        raise NotFoundError(f"{person_id}: no such person") from error


@contextmanager
def _as_problems() -> Iterator[None]:
    try:
        yield
    except PeopleError as error:
        raise FieldsError([FieldProblem(field=error.field, detail=str(error))]) from error
