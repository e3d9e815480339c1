"""Likeness to known titles: features with which a linear head can express a curved boundary.

A Gaussian kernel of directions, approximated by its values at landmarks (Williams and Seeger 2001,
"Using the Nyström Method to Speed Up Kernel Machines"). What it gives:
``docs/results/encoder.md``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probes.settings import DEFAULTS

SHARPNESS = 3.0
"""Of the kernel: the likeness of two titles at a right angle is exp(-3). Chosen on training films
of CondensedMovies (``bench/condensed_movies_likeness.py``), where 2 to 4 do not differ. Not a
setting, since the weights of saved probes hold for this value alone."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """Known titles, with which rows are compared.

    ``centre``: [d] float32, the mean of the titles. ``known``: [m, d] float32, the unit direction
    of each from there.
    """

    centre: NDArray[np.float32]
    known: NDArray[np.float32]

    def features(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return [n, m] float32 in 0..1, 1 where alike, for rows [n, d] float32."""
        return _kernel(_directions(rows, self.centre), self.known)

    @property
    def among(self) -> NDArray[np.float32]:
        """How like the known titles are to each other: [m, m] float32."""
        return _kernel(self.known, self.known)


def likeness_to(titles: NDArray[np.float32], most: int = DEFAULTS.max_known_titles) -> Likeness:
    """Return the likeness to titles [n, d] float32, or to a fixed draw of ``most`` of them."""
    chosen = np.random.default_rng(0).permutation(len(titles))[:most]
    centre: NDArray[np.float32] = titles.mean(axis=0, dtype=np.float64).astype(np.float32)
    return Likeness(centre, _directions(titles[np.sort(chosen)], centre))


def _kernel(rows: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = np.exp(SHARPNESS * (rows @ known.T - 1.0))
    return found


def _directions(rows: NDArray[np.float32], centre: NDArray[np.float32]) -> NDArray[np.float32]:
    away = rows - centre
    found: NDArray[np.float32] = away / np.maximum(
        np.linalg.norm(away, axis=1, keepdims=True), 1e-12
    )
    return found
