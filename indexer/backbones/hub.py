"""Models of the model hub: found on this machine or fetched, by name."""

import json
from pathlib import Path

import httpx
from huggingface_hub import snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from indexer.backbones.hub_models import HubModel
from indexer.errors import ReelfindError

INDEX = ".index.json"
"""How the name of a list ends: of the files that large weights are divided into."""


def model_folder(model: HubModel, models: Path | None, revision: str | None = None) -> Path:
    """Return the folder that holds ``model``, downloaded if it is not on this machine.

    Args:
        model: which one.
        models: the user's folder (setting ``models``), or None.
        revision: the commit or tag of its repository (setting ``revisions``); by default the
        newest on this machine, else the newest on the hub.

    Raises:
        ReelfindError: it is not on this machine and cannot be downloaded, or the user's
            folder of that name lacks a file.
    """
    here = local_folder(model, models, revision)
    if here is not None:
        return here
    try:
        downloaded = _snapshot(model, revision, local=False)
    except HfHubHTTPError as error:
        raise _not_given(model, models, str(error).splitlines()[0]) from error
    except (httpx.HTTPError, OSError) as error:
        raise _not_given(model, models, "it cannot be reached") from error
    if downloaded is None:
        raise _not_given(model, models, "it lacks files that are needed")
    return downloaded


def local_folder(model: HubModel, models: Path | None, revision: str | None = None) -> Path | None:
    """Return the folder of ``model`` on this machine: the user's own, else the hub's cache.

    Raises:
        ReelfindError: the user's folder of that name lacks a file.
    """
    if models is not None and (models / model.name).is_dir():
        return _checked(model, models / model.name)
    return _snapshot(model, revision, local=True)


def weights_of(model: HubModel, folder: Path) -> tuple[Path, ...]:
    """Return the files of weights in the folder of a model: one, or those that an index lists."""
    found = next(folder / name for name in model.weights if (folder / name).is_file())
    if not found.name.endswith(INDEX):
        return (found,)
    listed = json.loads(found.read_text(encoding="utf-8"))["weight_map"].values()
    return tuple(folder / name for name in sorted(set(listed)))


def commit_of(repository: str, revision: str | None = None) -> str | None:
    """Return the commit of a repository's files on this machine; None if there are none."""
    found = try_to_load_from_cache(repository, "config.json", revision=revision)
    return Path(found).parent.name if isinstance(found, str) else None


def _snapshot(model: HubModel, revision: str | None, *, local: bool) -> Path | None:
    """Return the hub's folder of the model if it is complete; ``local`` downloads nothing.

    Some repositories have no safetensors; pickled weights are loaded as tensors only. Code that a
    repository holds is neither fetched nor run.
    """
    for weights in model.weights:
        try:
            folder = Path(
                snapshot_download(
                    model.repository,
                    revision=revision,
                    allow_patterns=[*model.files, weights, *_shards(weights)],
                    local_files_only=local,
                )
            )
        except LocalEntryNotFoundError:
            if not local:
                raise
            continue
        if not _missing(model, folder):
            return folder
    return None


def _checked(model: HubModel, folder: Path) -> Path:
    missing = _missing(model, folder)
    if missing:
        raise ReelfindError(
            f"{folder}: {missing} is missing; copy the files of {model.repository} there"
        )
    return folder


def _missing(model: HubModel, folder: Path) -> str | None:
    for name in model.files:
        if not (folder / name).is_file():
            return name
    if not any((folder / name).is_file() for name in model.weights):
        return model.weights[0]
    return next((each.name for each in weights_of(model, folder) if not each.is_file()), None)


def _shards(weights: str) -> tuple[str, ...]:
    """Return the pattern of the files that an index lists; none for another file."""
    stem = weights.removesuffix(INDEX)
    return () if stem == weights else (f"{Path(stem).stem}-*{Path(stem).suffix}",)


def _not_given(model: HubModel, models: Path | None, cause: str) -> ReelfindError:
    return ReelfindError(
        f"{model.name}: not on this machine, and the model hub did not give it ({cause}); connect "
        f"once to download {model.repository} ({model.size}), or put its files into "
        f"{(models or Path('<folder>')) / model.name} and set REELFIND_MODELS to the folder above, "
        "or use profile lite, which downloads nothing"
    )
