"""People as they are shown, and what is asked of them."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.search.request import STILL_LENGTH
from indexer.errors import ReelfindError

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
PersonId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]


class PeopleError(ReelfindError):
    """People cannot be changed as asked. ``field`` names what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownPersonError(ReelfindError):
    """There is no such person."""


class FacesOfTitle(BaseModel):
    """A group of faces of one title that are alike, and the face it is shown by."""

    model_config = ConfigDict(frozen=True)

    title_id: str = Field(description="Of the title.")
    number: int = Field(description="The group's number in its title.")
    faces: int = Field(description="Faces found in stills.")
    shots: int = Field(description="Shots with one of them.")
    frame: int = Field(description="Of the still that shows the face best.")
    box: tuple[float, float, float, float] = Field(
        description="Left, top, right and bottom of that face, as parts of the still's sides."
    )


class Person(BaseModel):
    """Somebody, or who is taken for one: groups of faces that are alike."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="It stays when titles are added. Filters take it.")
    name: str = Field(description="Empty until somebody gives one.")
    hidden: bool = Field(description="Left out of lists: a passer-by, or no face at all.")
    groups: list[FacesOfTitle] = Field(description="The largest first.")

    @property
    def shown_name(self) -> str:
        """The name, or how somebody without one is called."""
        return shown_name(self.id, self.name)

    @property
    def faces(self) -> int:
        """Faces of all groups."""
        return sum(each.faces for each in self.groups)

    @property
    def shots(self) -> int:
        """Shots of all groups; one with faces of two counts twice."""
        return sum(each.shots for each in self.groups)


class PersonEdit(BaseModel):
    """What to change of a person: fields left out stay."""

    model_config = ConfigDict(extra="forbid")

    name: PersonName | None = Field(None, description="Empty takes the name away.")
    hidden: bool | None = Field(None, description="Whether lists leave them out.")


class Merge(BaseModel):
    """People that are one."""

    model_config = ConfigDict(extra="forbid")

    others: Annotated[list[PersonId], Field(min_length=1, max_length=1000)] = Field(
        description="Ids of people whose faces become this one's; they are gone then."
    )


class GroupOfTitle(BaseModel):
    """Names a group of faces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title_id: Annotated[str, Field(max_length=200, description="Of the title.")]
    number: Annotated[int, Field(ge=0, le=2**31 - 1, description="The group's number in it.")]


class Split(BaseModel):
    """Faces that are somebody else's."""

    model_config = ConfigDict(extra="forbid")

    groups: Annotated[list[GroupOfTitle], Field(min_length=1, max_length=1000)] = Field(
        description="Some of this person's groups; they become a new person's."
    )


class Recognise(BaseModel):
    """A picture with faces: one that is sent, or a frame of a title."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    still: Annotated[str, Field(max_length=STILL_LENGTH)] | None = Field(
        None, description="A picture (JPEG, PNG or WebP) as base64. It is not kept."
    )
    title_id: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Of a title, instead of a picture."
    )
    frame: Annotated[int, Field(ge=0, le=2**40)] | None = Field(
        None, description="Counted from 0 in the title."
    )

    @model_validator(mode="after")
    def _refuse_all_but_one_picture(self) -> Self:
        frame = (self.title_id is not None, self.frame is not None)
        if frame not in ((True, True), (False, False)) or any(frame) == (self.still is not None):
            raise ValueError("give a still, or a title_id with a frame")
        return self


class LikelyPerson(BaseModel):
    """Somebody whose face it may be."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Of the person. Filters take it.")
    name: str = Field(description="Empty until somebody gives one.")
    distance: float = Field(
        description="Of the face from the nearest of the person's groups; at most `who.same_face`."
    )

    @property
    def shown_name(self) -> str:
        """The name, or how somebody without one is called."""
        return shown_name(self.id, self.name)


class FaceInPicture(BaseModel):
    """A face in a picture, and who it may be."""

    model_config = ConfigDict(frozen=True)

    box: tuple[float, float, float, float] = Field(
        description="Left, top, right and bottom, as parts of the picture's sides."
    )
    likely: list[LikelyPerson] = Field(description="The nearest first; none if nobody is near.")


class FacesInPicture(BaseModel):
    """The faces of a picture that are clear and large enough, the largest first."""

    model_config = ConfigDict(frozen=True)

    faces: list[FaceInPicture]
    notice: str = Field("", description="What to say where no face is found, or nobody is near.")


def shown_name(person_id: str, name: str) -> str:
    """Return a person's name, or how somebody without one is called."""
    return name or f"Unnamed {person_id[:4]}"
