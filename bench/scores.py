"""Whether closing credits score as less clip-worthy than the rest: ROC AUC and chance.

    python -m bench.scores MEDIA_DIR [--data DIR]

The one thing about zero-shot clip-worthiness that can be checked without an editor's labels.
"""

import argparse
import tempfile
from pathlib import Path

from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from app.titles.cutlist import clip_rows, shot_rows
from bench.labelled import read_queries
from indexer.catalogue import Catalogue
from indexer.indexing import Indexer
from indexer.library import Library
from indexer.listener import Silence
from indexer.request import Request
from indexer.settings import load_settings

CREDITS = "closing credits"


def measure(media: Path, data: Path) -> None:
    """Index the films and print the AUC over shots and over clips."""
    catalogue = Catalogue(data)
    Indexer(catalogue, load_settings(data), Silence()).run(Request((media,)))
    (spans,) = (query.spans for query in read_queries() if query.words == CREDITS)
    for name, rows_of in (("shots", shot_rows), ("clips", clip_rows)):
        content, scores = [], []
        for title in Library(catalogue).titles():
            moments = spans.get(title.manifest.title.media.path.name, [])
            credits = [span for moment in moments for span in moment]
            for row in rows_of(title):
                middle = (row["start_seconds"] + row["end_seconds"]) / 2
                content.append(not any(start <= middle < end for start, end in credits))
                scores.append(row["clip_worthiness"])
        auc = roc_auc_score(content, scores)
        print(
            f"{len(content)} {name}, {len(content) - sum(content)} of them credits: "
            f"AUC {auc:.2f} (chance 0.50)"
        )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("media", type=Path)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(arguments.media, arguments.data or Path(scratch))


if __name__ == "__main__":
    main()
