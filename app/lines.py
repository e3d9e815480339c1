"""Which of a clip's lines answers a query."""

from collections.abc import Sequence

from indexer.store.sparse import Bm25Words


def matched_line(lines: Sequence[str], words: str, model: Bm25Words) -> str | None:
    """Return the line that shares most words with the query, or None if none shares any.

    Words are compared as the search by words does: without stop words, by their stem.
    """
    query = model.query(words)
    wanted = set(query.indices) if query else set()

    def shared(line: str) -> int:
        found = model.document(line)
        return len(wanted & set(found.indices)) if found else 0

    best = max(lines, key=shared, default=None)
    return best if best is not None and shared(best) else None
