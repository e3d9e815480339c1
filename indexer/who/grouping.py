"""Groups the faces of a title that are alike."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
MOST = 100
"""Groups of a title: as many values of a point there may be."""


def group_faces(
    vectors: Vectors, shots: Sequence[int], alike: float, least: int
) -> list[int | None]:
    """Return the group of each face, from 0 for the largest; None where it is in none.

    The faces of each shot are grouped first, and then the means of these groups: a long film has
    too many faces to compare all of them.

    Args:
        vectors: of the faces, [n, d].
        shots: of each face.
        alike: mean distance between two groups below which they are one.
        least: faces of a group.
    """
    own = np.asarray(shots)
    within = np.zeros(len(vectors), int)
    means: list[NDArray[np.float32]] = []
    for shot in sorted(set(shots)):
        (places,) = np.nonzero(own == shot)
        names = _clustered(vectors[places], alike)
        for name in range(names.max() + 1):
            within[places[names == name]] = len(means)
            means.append(vectors[places[names == name]].mean(axis=0))
    if not means:
        return []
    found = _clustered(np.stack(means), alike)[within].tolist()
    sizes = Counter(found)
    # The group whose first face comes first has the lower number where two are as large.
    large = [name for name, size in sizes.most_common(MOST) if size >= least]
    numbers = {name: number for number, name in enumerate(large)}
    return [numbers.get(name) for name in found]


def _clustered(vectors: Vectors, alike: float) -> NDArray[np.int64]:
    """Return the cluster of each vector, from 0, by average linkage."""
    if len(vectors) == 1:
        return np.zeros(1, np.int64)
    # Takes long to import, and few catalogues need it.
    from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]

    tree = linkage(vectors, method="average")
    return np.asarray(fcluster(tree, alike, "distance"), np.int64) - 1
