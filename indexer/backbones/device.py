"""Where a backbone computes."""

from collections.abc import Mapping

import torch

from encoder.device import best_device
from indexer.backbones.base import Runtime


def torch_device(runtime: Runtime) -> torch.device:
    """Return the device that was asked for, or else a GPU where there is one."""
    return torch.device(runtime.device) if runtime.device else best_device()


def instructions() -> Mapping[str, object]:
    """Return the processor's capabilities by torch's names; empty with an older torch."""
    found: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return found


def multiplies_bfloat16(device: torch.device) -> bool:
    """Return whether the processor has instructions to multiply bfloat16.

    Others emulate them, up to a thousand times slower. False if torch does not report it.
    """
    if device.type != "cpu":
        return False
    has = instructions()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))
