"""The memory that Qwen2.5-Omni's thinker takes: counted from its configuration, not measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate.utils import get_max_memory  # type: ignore[import-untyped]
from transformers import Qwen2_5OmniThinkerConfig, Qwen2_5OmniThinkerModel

from indexer.backbones.base import Runtime
from indexer.backbones.device import torch_device
from indexer.backbones.hub import local_folder
from indexer.backbones.hub_models import QWEN_OMNI_7B
from indexer.errors import ReelfindError

BATCH_TOKENS = 8192
"""Tokens that the model reads at once, with padding; a longer shot is read by itself."""
GB = 10**9


@dataclass(frozen=True)
class Place:
    """Where the model computes, in which numbers; ``room`` is the free memory there in bytes."""

    device_map: str | Mapping[str, torch.device]
    dtype: torch.dtype
    room: int
    name: str


def place_of(runtime: Runtime) -> Place:
    """Return the device that was asked for, else all NVIDIA GPUs together, else what there is.

    On an NVIDIA GPU, in bfloat16.
    """
    device = torch_device(runtime)
    free: dict[int | str, int] = get_max_memory()
    if device.type != "cuda":
        return Place({"": device}, torch.float32, free["cpu"], f"the device {device}")
    if device.index is None and runtime.device is None:
        gpus = [bytes_ for number, bytes_ in free.items() if isinstance(number, int)]
        names = "the GPU" if len(gpus) == 1 else f"{len(gpus)} GPUs"
        return Place("auto", torch.bfloat16, sum(gpus), names)
    return Place({"": device}, torch.bfloat16, free[device.index or 0], f"the device {device}")


def config_of(folder: Path) -> Qwen2_5OmniThinkerConfig:
    """Return the thinker's part of a configuration in the hub's format."""
    return Qwen2_5OmniThinkerConfig.from_pretrained(folder, local_files_only=True)


def parameters(config: Qwen2_5OmniThinkerConfig) -> dict[str, int]:
    """Return the parameters of each part: ``visual``, ``audio_tower``, ``language_model``."""
    with torch.device("meta"):
        model = Qwen2_5OmniThinkerModel(config)
    return {
        name: sum(each.numel() for each in part.parameters())
        for name, part in model.named_children()
    }


def memory(config: Qwen2_5OmniThinkerConfig, dtype: torch.dtype) -> int:
    """Return the bytes of the weights and of a batch in the widest layer of the language model."""
    text = config.get_text_config()
    widest = 2 * text.intermediate_size + 4 * text.hidden_size
    numbers: int = sum(parameters(config).values()) + BATCH_TOKENS * widest
    return dtype.itemsize * numbers


def check_room(config: Qwen2_5OmniThinkerConfig, place: Place) -> None:
    """Refuse a model that does not fit.

    Raises:
        ReelfindError: it takes more than the free memory.
    """
    taken = memory(config, place.dtype)
    if taken > place.room:
        raise ReelfindError(
            f"{QWEN_OMNI_7B.name}: takes {taken / GB:.1f} GB, and {place.name} has "
            f"{place.room / GB:.1f} GB free; use a larger GPU or several, or profile full"
        )


def needs(runtime: Runtime) -> str:
    """Return a line about the memory that the model takes where it will compute."""
    model = QWEN_OMNI_7B
    folder = local_folder(model, runtime.models, runtime.revision(model.name))
    if folder is None:
        return f"{model.name} is downloaded first: {model.size}"
    place = place_of(runtime)
    taken = memory(config_of(folder), place.dtype)
    return (
        f"{model.name} takes {taken / GB:.1f} GB of the {place.room / GB:.1f} GB that are free on "
        f"{place.name}"
    )
