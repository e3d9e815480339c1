"""The shots of all titles where training reads them: batches by gathering rows on the GPU."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from encoder.batches import Batch, TitleSequence, collate, valid_shots
from encoder.sampling import Window

ROOM = 0.5
"""Share of a GPU's free memory that the shots may take."""


class ShotTable:
    """Makes batches of windows of titles, on the device that trains.

    A GPU takes a step in less time than a CPU needs to lay the next batch out and send it, so the
    shots of all titles lie on the GPU where they take no more than half of its free memory.
    Elsewhere a batch is laid out on the CPU. Both give the same batch.
    """

    def __init__(
        self, titles: Sequence[TitleSequence], device: torch.device, *, resident: bool | None = None
    ) -> None:
        """Take the titles; ``resident`` None finds out by itself whether they have room."""
        self._titles = titles
        self._device = device
        self._rows: Tensor | None = None
        if _have_room(titles, device) if resident is None else resident:
            # The last row is what padding holds.
            shape = (1 + sum(map(len, titles)), titles[0].fused.shape[1])
            self._rows = torch.empty(shape, device=device)
            self._starts = list(accumulate(map(len, titles), initial=0))
            for title, start in zip(titles, self._starts, strict=False):
                self._rows[start : start + len(title)] = torch.tensor(title.fused)
            self._rows[-1] = 0
            self._metadata = torch.from_numpy(np.stack([t.metadata for t in titles])).to(device)

    def batch(self, windows: Sequence[Window]) -> Batch:
        """Return the windows padded to the longest of them."""
        if self._rows is None:
            shots = [self._titles[w.title].window(w.start, w.shots) for w in windows]
            return collate(shots).to(self._device)
        lengths = [window.shots for window in windows]
        valid = valid_shots(lengths)
        firsts = torch.tensor([self._starts[w.title] + w.start for w in windows])
        rows = firsts[:, None] + torch.arange(max(lengths))
        if valid is not None:
            rows = torch.where(valid, rows, len(self._rows) - 1)
            valid = valid.to(self._device)
        titles = torch.tensor([window.title for window in windows]).to(self._device)
        return Batch(self._rows[rows.to(self._device)], valid, self._metadata[titles])


def _have_room(titles: Sequence[TitleSequence], device: torch.device) -> bool:
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return sum(title.fused.nbytes for title in titles) <= ROOM * free
