"""How fast an encoder trains and embeds, beside this machine's own rate of matrix products.

    python bench/throughput.py [--preset small] [--titles 4] [--shots 512] [--padded] [--profile]

Training: forward and backward of masked shot modelling on full windows, as shots a second and as a
share of two rates, in the same run and of the same type (bf16 on a GPU, float32 on a CPU): that of
plain products of the very same shapes, forward and both of backward, and that of one large square
product. The optimizer's step is told apart. ``--padded`` makes titles of two lengths, so that
attention has to skip padding; ``--profile`` (on a GPU) says which kernels the time goes to.
Embedding: one 45-minute episode of 700 shots, in context.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import nn

from encoder.batches import TitleSequence
from encoder.config import PRESETS, TrainingConfig
from encoder.distributed import training_device
from encoder.optimizers import make_optimizers
from encoder.sampling import Window
from encoder.training import Trainer
from encoder.windows import embed_title

MODALITIES = (("video", 1280), ("audio", 384), ("text", 384))
METADATA = 384
EPISODE = 700
SQUARE = {"cuda": 8192, "cpu": 2048}
"""Side of the large square product, by device."""
KERNELS = {
    "matrix products": ("gemm", "nvjet", "cutlass", "xmma"),
    "attention": ("flash", "fmha", "attention", "sdpa"),
    "normalisation": ("norm",),
    "copies and conversions": ("copy", "memcpy", "memset", "cat", "fill"),
    "sums": ("reduce",),
    "elementwise": ("elementwise", "vectorized", "gelu"),
}
"""Groups of GPU kernels, by what their names hold; the first group that fits counts."""


def make_title(name: str, shots: int) -> TitleSequence:
    """Return a title of random unit rows: speed does not depend on what they say."""
    rng = np.random.default_rng(0)
    width = sum(size for _, size in MODALITIES)
    fused = rng.standard_normal((shots, width)).astype(np.float32)
    fused /= np.linalg.norm(fused, axis=1, keepdims=True)
    return TitleSequence(name, fused, np.zeros(METADATA, np.float32))


def fastest(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    """Return the seconds of the fastest of some calls, after one that warms up."""
    best = float("inf")
    for number in range(repeats + 1):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if number:
            best = min(best, time.perf_counter() - began)
    return best


class Product(NamedTuple):
    """``copies`` products of [rows, inner] and [inner, columns] in a forward pass."""

    copies: int
    rows: int
    inner: int
    columns: int
    passes: int = 3
    """Forward, and backward to both; the shots themselves need no gradient."""

    @property
    def flops(self) -> int:
        """Operations forward and backward."""
        return self.passes * 2 * self.copies * self.rows * self.inner * self.columns


def products_of(trainer: Trainer, titles: int, shots: int) -> list[Product]:
    """Return every product of a forward pass."""
    encoder = trainer.encoder
    config = encoder.config
    tokens, length = titles * (shots + 2), shots + 2
    found = [Product(1, titles * shots, config.fused_dim, config.width, passes=2)]
    hidden = titles * round(shots * 0.2)
    found.append(Product(1, hidden, config.width, config.fused_dim))
    for block in encoder.blocks:
        layers = (module for module in block.modules() if isinstance(module, nn.Linear))
        found += [Product(1, tokens, layer.in_features, layer.out_features) for layer in layers]
        each = config.width // config.heads
        found.append(Product(titles * config.heads, length, each, length))
        found.append(Product(titles * config.heads, length, length, each))
    return found


def product_seconds(
    products: list[Product], device: torch.device, kind: torch.dtype, repeats: int
) -> float:
    """Return the seconds that the products alone take, forward and backward."""
    total = 0.0
    for product in sorted(set(products)):
        count, rows, inner, columns, passes = product
        left = torch.randn(count, rows, inner, device=device, dtype=kind)
        right = torch.randn(count, inner, columns, device=device, dtype=kind)
        back = torch.randn(count, rows, columns, device=device, dtype=kind)

        def multiply(
            left: torch.Tensor = left,
            right: torch.Tensor = right,
            back: torch.Tensor = back,
            passes: int = passes,
        ) -> None:
            torch.bmm(left, right)
            torch.bmm(left.mT, back)
            if passes > 2:
                torch.bmm(back, right.mT)

        total += products.count(product) * fastest(multiply, device, repeats)
    return total


def square_rate(device: torch.device, kind: torch.dtype, repeats: int) -> float:
    """Return the operations a second of one large square product."""
    side = SQUARE[device.type]
    left, right = (torch.randn(side, side, device=device, dtype=kind) for _ in range(2))
    return 2 * side**3 / fastest(lambda: torch.mm(left, right), device, 4 * repeats)


def kernel_shares(work: Callable[[], object]) -> list[tuple[str, float, str]]:
    """Return of each group of kernels its milliseconds in one call, and its longest kernel."""
    activities = [torch.profiler.ProfilerActivity.CUDA, torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities) as profiler:
        work()
        torch.cuda.synchronize()
    times: Counter[str] = Counter()
    longest: dict[str, tuple[float, str]] = {}
    for event in profiler.key_averages():
        took = event.self_device_time_total / 1000
        if event.device_type.name != "CUDA" or not took:
            continue
        name = event.key.lower()
        group = next((g for g, parts in KERNELS.items() if any(p in name for p in parts)), "other")
        times[group] += took
        longest[group] = max(longest.get(group, (0.0, "")), (took, event.key))
    return [(group, took, longest[group][1][:70]) for group, took in times.most_common()]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="small")
    parser.add_argument("--titles", type=int, default=4, help="titles in a step")
    parser.add_argument("--shots", type=int, default=512, help="shots of each")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--padded", action="store_true", help="every other title is a shot shorter")
    parser.add_argument("--profile", action="store_true", help="where a GPU's time goes")
    asked = parser.parse_args()
    device = training_device()
    kind = torch.bfloat16 if device.type == "cuda" else torch.float32
    config = PRESETS[asked.preset](MODALITIES, METADATA)
    titles = [make_title(str(i), asked.shots) for i in range(asked.titles)]
    training = TrainingConfig(batch_shots=asked.titles * asked.shots)
    trainer = Trainer(titles, config, training, device=device)
    shorter = int(asked.padded)
    windows = [Window(i, 0, asked.shots - shorter * (i % 2)) for i in range(asked.titles)]

    def forward_backward() -> None:
        trainer.encoder.zero_grad()
        trainer.loss(windows).backward()  # type: ignore[no-untyped-call]

    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    step = fastest(forward_backward, device, asked.repeats)
    optimizers = make_optimizers(trainer.encoder, training)
    update = fastest(lambda: [each.step() for each in optimizers], device, asked.repeats)
    memory = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0
    products = products_of(trainer, asked.titles, asked.shots)
    flops = sum(product.flops for product in products)
    alone = product_seconds(products, device, kind, asked.repeats)
    square = square_rate(device, kind, asked.repeats)
    episode = make_title("episode", EPISODE)
    embed = fastest(lambda: embed_title(trainer.encoder, episode.fused), device, asked.repeats)

    shots = asked.titles * asked.shots
    table = Table("what", "measured", title=f"{asked.preset} on {device}, {kind}")
    parameters = sum(p.numel() for p in trainer.encoder.parameters())
    table.add_row("parameters", f"{parameters / 1e6:.1f} million")
    table.add_row("batch", f"{asked.titles} titles of {asked.shots} shots")
    table.add_row("forward and backward", f"{step:.3f} s, {shots / step:,.0f} shots a second")
    table.add_row("optimizers' step (Muon and AdamW)", f"{update:.3f} s")
    table.add_row("the same products alone", f"{alone:.3f} s")
    table.add_row("rate of products alone", f"{flops / alone / 1e9:,.0f} GFLOP/s")
    table.add_row("rate in training", f"{flops / step / 1e9:,.0f} GFLOP/s")
    table.add_row("rate of one large product", f"{square / 1e9:,.0f} GFLOP/s")
    table.add_row("share of the products' rate", f"{alone / step:.0%}")
    table.add_row("share of the large product's rate", f"{flops / step / square:.0%}")
    if memory:
        table.add_row("peak memory a shot", f"{memory / shots / 2**10:,.0f} KiB")
    table.add_row(f"an episode of {EPISODE} shots in context", f"{embed:.3f} s")
    console = Console(width=120)
    console.print(table)
    if asked.profile and device.type == "cuda":
        kernels = Table("kernels", "ms", "the longest of them", title="forward and backward")
        for group, took, longest in kernel_shares(forward_backward):
            kernels.add_row(group, f"{took:.2f}", longest)
        console.print(kernels)


if __name__ == "__main__":
    main()
