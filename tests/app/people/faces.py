"""Groups of faces that were made up, as titles have them."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.database.engine import Database
from app.people.taking_in import replace_groups
from indexer.who.table import FaceGroup, KnownFace

WITHIN = 0.35


def group(number: int, who: int, faces: int = 4, off: float = 0.0) -> FaceGroup:
    """A group of the faces of somebody: people lie 1.4 apart, ``off`` is from their usual look."""
    vector = np.eye(8)[who] + off * np.eye(8)[7]
    own = tuple(vector.tolist())
    best = KnownFace(100 * number, number, number, 0.4, 0.2, 0.6, 0.7, 0.5, own)
    return FaceGroup(number, faces, 2, best, own)


def fill(database: Database, titles: Mapping[str, Sequence[FaceGroup]], key: str = "a") -> None:
    """Take in the groups of titles."""
    with database.begin("people") as connection:
        for title_id, groups in titles.items():
            replace_groups(connection, title_id, key, groups, WITHIN)
