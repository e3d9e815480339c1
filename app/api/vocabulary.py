"""What clips are scored for: tasks, and the tones, genres and ad categories among their classes."""

from fastapi import APIRouter

from app.api.deps import RuntimeDep
from app.api.gates import gated
from app.vocabulary import TaskClassRow, TaskRow, class_rows, task_rows
from probes.tasks import AD_RELEVANCY, GENRE, TONE

router = APIRouter(tags=["vocabulary"], route_class=gated("media"))


@router.get("/tasks")
def list_tasks(runtime: RuntimeDep) -> list[TaskRow]:
    """List the tasks that clips are scored by, with their classes: the shipped and your own.

    Facets count how many clips have each class.
    """
    return task_rows(runtime.tasks)


@router.get("/tones")
def list_tones(runtime: RuntimeDep) -> list[TaskClassRow]:
    """List the tones that a search filters by, in groups."""
    return class_rows(runtime.tasks[TONE])


@router.get("/genres")
def list_genres(runtime: RuntimeDep) -> list[TaskClassRow]:
    """List the genres that titles are scored for."""
    return class_rows(runtime.tasks[GENRE])


@router.get("/categories")
def list_categories(runtime: RuntimeDep) -> list[TaskClassRow]:
    """List the ad categories: tier 1 of IAB Content Taxonomy 3.1, with its ids."""
    return class_rows(runtime.tasks[AD_RELEVANCY])
