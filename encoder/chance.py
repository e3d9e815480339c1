"""Random number generators: one for each use, so that draws do not depend on each other."""

from typing import Literal

import numpy as np
import torch

Use = Literal["order", "mask", "dropout", "evaluation", "start"]
_STREAMS: dict[Use, int] = {"order": 1, "mask": 2, "dropout": 3, "evaluation": 4, "start": 5}


def generator(seed: int, use: Use, number: int = 0) -> torch.Generator:
    """Return a CPU generator that depends on ``seed``, what it is for, and its number alone.

    The order of epoch 7 and the mask of step 4,000 are thus known without having drawn those
    before, which is all that a resumed training needs.
    """
    words = np.random.SeedSequence((seed, _STREAMS[use], number)).generate_state(2)
    return torch.Generator().manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)
