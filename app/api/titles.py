"""The titles of the catalogue."""

from fastapi import APIRouter

from app.api.deps import ServiceDep
from app.results import TitleSummary

router = APIRouter(tags=["catalogue"])


@router.get("/titles")
def titles(service: ServiceDep) -> list[TitleSummary]:
    """List every title with its counts."""
    return service.titles()
