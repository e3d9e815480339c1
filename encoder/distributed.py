"""Training on several processes, started by PyTorch's own launcher (torchrun) or by Ray Train."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

# Its functions keep the process group that exists on first import, which a DDP model triggers.
# The threads of such a group outlive it, and may abort a process at exit.
import torch.distributed.nn  # noqa: F401
from torch import Tensor, distributed

from encoder.device import best_device

LAUNCHED = "TORCHELASTIC_RUN_ID"
"""The variable that torchrun sets for the processes that it starts."""


@dataclass(frozen=True)
class Processes:
    """This process's ``rank`` among ``count``, from 0; the first one writes files and output."""

    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files and the output."""
        return self.rank == 0

    def total(self, value: Tensor) -> float:
        """Return the sum of a scalar over all processes, on each of them."""
        if self.count > 1:
            value = value.clone()
            distributed.all_reduce(value)
        return value.item()

    def agree(self, flag: bool) -> bool:
        """Return the first process's value, on each of them."""
        if self.count == 1:
            return flag
        said = [flag]
        distributed.broadcast_object_list(said)
        return said[0]


ALONE = Processes()


def training_device() -> torch.device:
    """Return the GPU of this process where there is one, else the CPU.

    Several processes train on CPUs on a Mac: gloo exchanges no gradients of its GPU.
    """
    device = best_device()
    if device.type == "cuda":
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu") if LAUNCHED in os.environ else device


@contextmanager
def launched(device: torch.device) -> Iterator[Processes]:
    """Join the processes of a torchrun launch; without one, yield a single process.

    They use NCCL between GPUs and gloo between CPUs, on one machine or many. The threads for that
    end with the block, unless a model in training still exists. A launcher that has joined them
    already, as Ray Train does, parts them too.
    """
    if distributed.is_initialized():
        yield Processes(distributed.get_rank(), distributed.get_world_size())
        distributed.barrier()
        return
    if LAUNCHED not in os.environ:
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(distributed.get_rank(), distributed.get_world_size())
        # No process ends while another still communicates with it.
        distributed.barrier()
    finally:
        distributed.destroy_process_group()
