"""What the handlers ask for, declared once as annotated types."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from app.service import Service


def get_service(request: Request) -> Service:
    """Return the Service that the application was made with."""
    service: Service = request.app.state.service()
    return service


ServiceDep = Annotated[Service, Depends(get_service)]

PointId = Annotated[UUID, Path(description="Id of a clip or shot: `id` of a hit.")]

TitleId = Annotated[
    str,
    Path(pattern=r"^[0-9a-f][0-9a-f-]{3,127}$", description="`title_id` of a hit or title."),
]
