"""Whether the server answers, and what it has to answer with."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app.api.deps import ServiceDep

router = APIRouter(tags=["operations"])


class Catalogue(BaseModel):
    """The state of the catalogue behind the search."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["empty", "indexing", "ready", "broken"]
    message: str
    next_step: str
    titles: int
    progress: float | None


class Health(BaseModel):
    """The server is up; ``catalogue`` says whether it can be searched."""

    status: Literal["ok"] = "ok"
    catalogue: Catalogue


@router.get("/healthz")
def healthz(service: ServiceDep) -> Health:
    """Answer while the server is up, whatever the state of the catalogue."""
    return Health(catalogue=Catalogue.model_validate(service.state()))
