"""Says whose faces a picture shows: that of the people of the index who are nearest."""

import io

import numpy as np
from PIL import Image

from app.people.nearest import nearest_people
from app.people.records import FaceInPicture, FacesInPicture, LikelyPerson, Recognise
from app.people.store import PeopleStore
from app.runtime import Runtime
from app.titles.frames import frame_still
from indexer.errors import ReelfindError
from indexer.who.embedder import Pixels

MOST = 20
"""Faces of an answer, the largest first: each is embedded, which takes most of the time."""
OFF = "recognising people is off; set who.enabled in the settings, and run `reelfind index`"
NO_FACE = (
    "No face was found that is clear and large enough. Try a larger picture, with the face to the "
    "camera."
)
NOBODY = "Nobody in the index is near enough to this face."
NONE_OF_THEM = "Nobody in the index is near enough to any of these faces."


def recognise(runtime: Runtime, asked: Recognise) -> FacesInPicture:
    """Return the faces of a picture with the people whose faces they may be.

    Nothing is kept of the picture.

    Raises:
        RequestError: the picture that was sent cannot be read.
        NotFoundError: no such title or frame.
        ReelfindError: recognising people is off, its network is missing, or the film is gone.
        BusyError: too many others are being read.
    """
    return recognise_in(runtime, read_picture(runtime, asked))


def read_picture(runtime: Runtime, asked: Recognise) -> Pixels:
    """Return the picture that is asked about; see ``recognise`` for what it raises."""
    if not runtime.settings.who.enabled:
        raise ReelfindError(OFF)
    if asked.still is not None:
        return runtime.examples.stills.read_large(asked.still)
    content = frame_still(runtime, asked.title_id or "", asked.frame or 0)
    with Image.open(io.BytesIO(content)) as still:
        return np.asarray(still.convert("RGB"))


def recognise_in(runtime: Runtime, picture: Pixels) -> FacesInPicture:
    """Return the faces of pixels that were read, as ``recognise`` does."""
    who = runtime.settings.who
    found = [
        face
        for face in runtime.models.faces.find(picture)
        if face.score >= who.certain and face.height * picture.shape[0] >= who.least_pixels
    ]
    if not found:
        return FacesInPicture(faces=[], notice=NO_FACE)
    faces = sorted(found, key=lambda face: -face.height)[:MOST]
    vectors = runtime.models.face_embedder.embed(picture, faces)
    with runtime.database.read("people") as connection:
        near = nearest_people(connection, vectors, who.same_face)
    names = PeopleStore(runtime.database).names({each for people in near for each in people})
    answer = [
        FaceInPicture(
            box=(face.left, face.top, face.right, face.bottom),
            likely=[
                LikelyPerson(id=each, name=names[each], distance=round(distance, 3))
                for each, distance in people.items()
                if each in names
            ],
        )
        for face, people in zip(faces, near, strict=True)
    ]
    nobody = NOBODY if len(answer) == 1 else NONE_OF_THEM
    return FacesInPicture(
        faces=answer, notice="" if any(each.likely for each in answer) else nobody
    )
