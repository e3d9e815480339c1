"""Files of a shortlist as they are asked for, and reels as they are rendered."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from indexer.errors import ReelfindError

ReelState = Literal["waiting", "rendering", "done", "failed", "cancelled"]
Rate = Annotated[str | None, Field(max_length=20, description="Frames a second of the sequence.")]

MapPath = Annotated[
    list[Annotated[str, Field(max_length=2000)]] | None,
    Field(
        max_length=50,
        description="Where the editor's machine has the films' folders: "
        "`/mnt/films=/Volumes/Films`. Left out, the setting `exports.map_path` counts; an empty "
        "one maps nothing.",
    ),
]
Reasons = Annotated[bool, Field(description="Add the reasons of suggested items to the notes.")]


class NewReel(BaseModel):
    """A reel to render."""

    model_config = ConfigDict(extra="forbid")

    rate: Rate = None
    timecode: bool = Field(False, description="Burn the source timecode into the picture.")
    slate: bool = Field(False, description="Begin with a slate.")


class ReelBody(BaseModel):
    """A reel, and how far it is."""

    reel_id: str
    state: ReelState
    share: float = Field(description="How much of it is rendered, 0 to 1.")
    problem: str = Field(description="Why it failed, if it did.")
    file: str | None = Field(description="Where it is to be had; null until it is done.")

    @classmethod
    def of(
        cls,
        reel_id: str,
        state: ReelState,
        share: float = 0.0,
        problem: str = "",
        api_path: str = "/api/v1",
    ) -> Self:
        """Return a reel with the address of its file, if it has one, in the API at ``api_path``."""
        file = f"{api_path}/reels/{reel_id}" if state == "done" else None
        return cls(reel_id=reel_id, state=state, share=share, problem=problem, file=file)


class ExportError(ReelfindError):
    """A shortlist cannot be written as asked."""
