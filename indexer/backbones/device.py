"""Where a backbone computes."""

from collections.abc import Mapping

import torch

from indexer.backbones.base import Runtime


def torch_device(runtime: Runtime) -> torch.device:
    """Return the device that was asked for, or else a GPU where there is one."""
    return torch.device(runtime.device or ("cuda" if torch.cuda.is_available() else "cpu"))


def instructions() -> Mapping[str, object]:
    """Return what the processor is and can, by torch's names; an older torch does not tell."""
    found: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return found


def multiplies_bfloat16(device: torch.device) -> bool:
    """Say whether this is a processor with instructions for products of bfloat16.

    Others emulate them, at worst a thousand times slower. Where torch does not tell: no.
    """
    if device.type != "cpu":
        return False
    has = instructions()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))
