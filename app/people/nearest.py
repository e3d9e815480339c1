"""Finds whose groups of faces are nearest to some embeddings."""

from math import inf

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from app.database.tables import FACE_GROUPS

Vectors = NDArray[np.float32]

_AT_ONCE = 10_000
"""Groups in memory at the same time: 5 MB."""


def nearest_people(
    connection: Connection, vectors: Vectors, within: float
) -> list[dict[str, float]]:
    """Return for each embedding the ids of people near it, the nearest first, with the distance.

    The distance of a person is that of the nearest of the person's groups. Groups of another
    network cannot be compared, and are left out.

    Args:
        connection: to the database.
        vectors: embeddings of faces, or means of groups, [n, d].
        within: distance, at most.
    """
    found: list[dict[str, float]] = [{} for _ in vectors]
    if not len(vectors):
        return found
    # Takes long to import, and few processes need it.
    from scipy.spatial.distance import cdist  # type: ignore[import-untyped]

    query = select(FACE_GROUPS.c.person_id, FACE_GROUPS.c.vector)
    reading = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    for rows in reading.partitions():
        same = [row for row in rows if len(row.vector) == vectors[0].nbytes]
        if not same:
            continue
        joined = b"".join(row.vector for row in same)
        others = np.frombuffer(joined, np.float32).reshape(len(same), -1)
        distances = cdist(vectors, others)
        for place, other in np.argwhere(distances <= within).tolist():
            person, distance = same[other].person_id, float(distances[place, other])
            found[place][person] = min(distance, found[place].get(person, inf))
    return [dict(sorted(each.items(), key=lambda pair: pair[1])) for each in found]
