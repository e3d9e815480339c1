"""The state of a training run on disk: tensors and counters, written atomically."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from encoder.atomic import write_folder
from encoder.sampling import Position

STATE = "state.safetensors"
PROGRESS = "progress.json"


class RunError(ValueError):
    """One line: the folder, what is wrong with it, and the next step."""


@dataclass(frozen=True)
class Progress:
    """Steps done, the next batch, and the best validation: ``bad`` counts those since it."""

    step: int = 0
    position: Position = field(default_factory=Position)
    best_step: int = 0
    best_loss: float = float("inf")
    bad: int = 0


def save_state(run: Path, tensors: Mapping[str, Tensor], progress: Progress) -> None:
    """Write the new state of a run, then remove the previous one."""
    old = _states(run)
    files = {
        STATE: safetensors.torch.save({n: t.cpu().contiguous() for n, t in tensors.items()}),
        PROGRESS: json.dumps(asdict(progress)).encode(),
    }
    write_folder(run / f"state-{progress.step:08d}", files)
    for folder in old:
        shutil.rmtree(folder)


def load_state(run: Path) -> tuple[dict[str, Tensor], Progress] | None:
    """Return the last state of a run, or None if it has none yet.

    Raises:
        RunError: it is damaged.
    """
    states = _states(run)
    if not states:
        return None
    try:
        tensors = safetensors.torch.load((states[-1] / STATE).read_bytes())
        values = json.loads((states[-1] / PROGRESS).read_bytes())
        progress = Progress(**values | {"position": Position(**values["position"])})
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise RunError(
            f"{states[-1]}: damaged or of another version ({error}); remove it to begin anew"
        ) from error
    return tensors, progress


def remove_states(run: Path) -> None:
    """Remove every state of a run that has ended."""
    for folder in _states(run):
        shutil.rmtree(folder)


def _states(run: Path) -> list[Path]:
    return sorted(run.glob("state-*"))
