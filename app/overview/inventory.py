"""Collections, encoder, probes and tasks in use, as rows of tables."""

from collections.abc import Mapping

from app.runtime import Runtime
from indexer.store.names import collections_of
from indexer.trained import TrainedProbes, fitting
from probes.tasks import Task

Row = dict[str, str | int | float | None]


def store_rows(runtime: Runtime) -> list[Row]:
    """Return the collections that search uses, with their numbers of points.

    Raises:
        ReelfindError: the store does not answer.
    """
    store = runtime.store
    name = store.current()
    return [
        {
            "Collection": collection,
            "Points": store.count(collection),
            "Vectors": ", ".join(
                f"{vector} {width}" for vector, width in store.schema(collection).dense.items()
            ),
        }
        for collection in (collections_of(name) if name else ())
    ]


def probe_rows(runtime: Runtime) -> list[Row]:
    """Return the trained probes in use, with their measurements.

    Raises:
        ReelfindError: one of them is damaged or missing.
    """
    encoder = runtime.catalogue.current_encoder or ""
    in_use = TrainedProbes(runtime.catalogue.probes_path).in_use()
    _, others = fitting(in_use, encoder)
    rows: list[Row] = []
    for task, probe in in_use.items():
        first = probe.record.measures[0]
        rows.append(
            {
                "Task": task,
                "Probe": probe.probe_id[:8],
                "Made": probe.record.made,
                "Classes": len(probe.classes),
                "Measure": first.name,
                "Value": first.value,
                "95 %": f"{first.low:.3f} to {first.high:.3f}",
                "Chance": first.chance,
                "Scores": "no: it reads another encoder" if task in others else "yes",
            }
        )
    return rows


def task_rows(tasks: Mapping[str, Task]) -> list[Row]:
    """Return the tasks of the catalogue."""
    return [
        {
            "Task": task.name,
            "Kind": task.kind,
            "Of": task.level,
            "Classes": len(task.classes),
            "With prompts": len(task.prompted),
        }
        for task in tasks.values()
    ]
