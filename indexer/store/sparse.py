"""BM25 as sparse vectors: the words of a text, for the search by words.

The engine's own model does the tokenising, stop words and stemming, so a vector means the
same embedded and on a server. A document's values are BM25's term-frequency factor, a
query's are 1; the other factor, inverse document frequency, is applied by the engine from
the collection as it is at that moment (the sparse vector's IDF modifier).
"""

import re
from collections.abc import Iterable

from qdrant_client import models
from qdrant_edge import Bm25, Bm25Config

TYPICAL_WORDS = 20.0
"""Words of a typical clip once stop words are gone: BM25's average document length.

Fixed, since a length measured from the catalogue would change every vector with each title.
"""


_WORD = re.compile(r"\w+(?:['’]\w+)*")


class Bm25Words:
    """Turns text into sparse vectors. Deterministic: indices are hashes of stemmed words.

    Args:
        language: whose stop words and stemmer are used, in English, such as "german". The
            same one must have made the documents and makes the queries.
        average_length: words of an average document, stop words not counted.
    """

    def __init__(self, language: str = "english", average_length: float = TYPICAL_WORDS) -> None:
        self._model = Bm25(
            Bm25Config(language=language, avg_len=average_length, ascii_folding=True)
        )

    def document(self, text: str) -> models.SparseVector | None:
        """Return the vector of a text to be found, or None if it has no word to find it by."""
        vector = self._model.embed_document(text)
        return _sparse(vector.indices, vector.values)

    def query(self, text: str) -> models.SparseVector | None:
        """Return the vector of words to look for, or None if all are stop words."""
        vector = self._model.embed_query(text)
        return _sparse(vector.indices, vector.values)

    def has_all(self, line: str, query: str) -> bool:
        """Return whether a line has all words of ``query`` in any form; not its stop words."""
        wanted, own = self.query(query), self.query(line)
        return wanted is not None and own is not None and {*wanted.indices} <= {*own.indices}

    def marks(self, line: str, query: str) -> list[tuple[int, int]]:
        """Return where the words of ``query`` stand in ``line``, in any of their forms."""
        vector = self.query(query)
        if vector is None:
            return []
        wanted, found = set(vector.indices), []
        for word in _WORD.finditer(line):
            own = self.query(word[0])
            if own is not None and wanted.intersection(own.indices):
                found.append(word.span())
        return found


def joined(vectors: Iterable[models.SparseVector | None]) -> models.SparseVector | None:
    """Return the vector of a document in several parts, of which each keeps its own length.

    A word weighs as much as in the part where it weighs most: what else is in the document takes
    nothing from it.
    """
    values: dict[int, float] = {}
    for vector in vectors:
        if vector is not None:
            for index, value in zip(vector.indices, vector.values, strict=True):
                values[index] = max(value, values.get(index, 0.0))
    return _sparse(list(values), list(values.values()))


def _sparse(indices: list[int], values: list[float]) -> models.SparseVector | None:
    return models.SparseVector(indices=indices, values=values) if indices else None
