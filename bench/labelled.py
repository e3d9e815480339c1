"""The labelled queries of ``queries.csv``, and how an answer to one is scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import polars as pl

from app.records import Hit, Part

QUERIES = Path(__file__).parent / "queries.csv"
FIRST = 5
DEEP = 10

Span = tuple[float, float]
Moments = dict[str, list[tuple[Span, ...]]]


@dataclass(frozen=True)
class Query:
    """One labelled query.

    ``spans`` are the right moments of each film by file name: one span (start, end) in seconds,
    or of a query in time the span of its first words and the one of its second. ``tuned`` says
    whether settings were chosen on it: every other query of a kind.
    """

    words: str
    kind: str
    then: str
    within: float
    spans: Moments
    tuned: bool

    def right(self, film: str, hit: Hit) -> bool:
        """Return whether a hit overlaps a right moment of its film, part by part."""
        parts: Sequence[Hit | Part] = hit.parts or [hit]
        return any(
            all(
                part.start_seconds < end and start < part.end_seconds
                for part, (start, end) in zip(
                    parts if len(parts) == len(moment) else [hit] * len(moment),
                    moment,
                    strict=True,
                )
            )
            for moment in self.spans.get(film, [])
        )


@dataclass(frozen=True)
class Score:
    """Of one query: a right hit first, one in the first five, 1 / its place, and nDCG@10."""

    query: Query
    first: float
    five: float
    reciprocal: float
    gain: float


def read_queries(path: Path = QUERIES) -> list[Query]:
    """Read the labelled queries; rows of one query belong together."""
    queries: dict[tuple[str, ...], Query] = {}
    seen: dict[str, int] = {}
    for row in pl.read_csv(path, infer_schema_length=0).fill_null("").iter_rows(named=True):
        key = (row["query"], row["then"])
        if key not in queries:
            place = seen[row["kind"]] = seen.get(row["kind"], 0) + 1
            within = float(row["within"] or 30)
            first = place % 2 == 1
            queries[key] = Query(key[0], row["kind"], key[1], within, {}, first)
        queries[key].spans[row["film"]] = [
            tuple(_span(part) for part in moment.split(">")) for moment in row["spans"].split(";")
        ]
    return list(queries.values())


def score(
    query: Query, hits: Sequence[Hit], films: dict[str, str], possible: int, seen: int = 0
) -> Score:
    """Score one answer.

    Args:
        query: what was asked.
        hits: all of the answer, best first.
        films: file names by title id.
        possible: how many right hits there are to be found.
        seen: hits to leave out at the beginning, as a page that was looked at.
    """
    rest = hits[seen:]
    right = [place for place, hit in enumerate(rest, 1) if query.right(films[hit.title_id], hit)]
    gain = sum(1 / log2(place + 1) for place in right if place <= DEEP)
    best = sum(1 / log2(place + 1) for place in range(1, min(possible, DEEP) + 1))
    return Score(
        query,
        float(right[:1] == [1]),
        float(bool(right) and right[0] <= FIRST),
        1 / right[0] if right else 0.0,
        gain / best if best else 0.0,
    )


def cell(scores: Sequence[Score]) -> str:
    """Return "hit@1 hit@5 MRR nDCG@10", the means over some queries."""
    columns = zip(
        *((each.first, each.five, each.reciprocal, each.gain) for each in scores), strict=True
    )
    return " ".join(f"{sum(column) / len(scores):.2f}" for column in columns)


def _span(text: str) -> Span:
    start, end = text.split("-")
    return float(start), float(end)
