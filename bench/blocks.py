"""Is what a probe chooses to read as good as the best single block? Real text and generated data.

    python -m bench.blocks --emorynlp DIR --condensed-movies DIR [--films N] [--clips-of N] \\
        [--planted DIR] [--quick] [--hidden]

The folders are the work folders of ``emorynlp.py`` (with ``encoder-0``) and of
``condensed_movies.py`` (with ``run``, as its text says it is trained), and what ``planted.py
--out`` writes. All labelled titles are measured, out of fold. Genre is asked of films, and of clips
as if each were labelled by itself. Every task has a row for each block alone, for the probe, and
for what the probe is above or below the best block alone: paired differences, 95 % over titles.

``--hidden`` adds a block: the encoder's state of an item while all its shots are hidden, which
costs a pass over the title for each item.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from app.labelling.features import open_features
from bench.planted import QUICK
from bench.planted_data import generate, tasks
from bench.planted_titles import Plan
from encoder.batches import collate
from encoder.checkpoints import load_checkpoint
from indexer.settings import load_settings
from probes.blocks import PROBE, block_names
from probes.evaluation.measuring import evaluate_task
from probes.evaluation.records import TaskEvaluation, number, signed
from probes.metrics import Labels
from probes.probe import Matrix
from probes.representations import Representations
from probes.settings import ProbeSettings
from probes.tasks import Task

HIDDEN = "while hidden"
SETTINGS = ProbeSettings(resamples=500)


@dataclass(frozen=True)
class Asked:
    """A task on labelled items."""

    data: str
    task: Task
    items: Representations
    labels: Labels


def while_hidden(items: Representations) -> Matrix:
    """Return the encoder's mean state of each item's shots while all of them are hidden."""
    found = []
    for item in items.items:
        title = items.titles[item.title_id]
        batch = collate([title])
        hidden = torch.zeros(1, len(title), dtype=torch.bool)
        hidden[0, item.first : item.end] = True
        with torch.inference_mode():
            states = items.encoder.encode(batch.fused, None, batch.metadata, hidden).shots[0]
        found.append(states[item.first : item.end].mean(dim=0).numpy())
    return np.stack(found).astype(np.float32)


def on_real_text(
    data: str,
    folder: Path,
    encoder: str,
    name: str,
    most: int | None = None,
    clips_of: int | None = None,
) -> Iterator[Asked]:
    """Yield a task of a work folder, on ``most`` titles, drawn once.

    One about titles is asked of the clips of ``clips_of`` of them, too.
    """
    source = open_features(
        folder / "features", folder / encoder, folder / "labels.parquet", load_settings(folder)
    )
    task = source.task(name)
    known = source.labelled(task)
    drawn = np.random.default_rng(0).permutation(sorted(set(known.titles)))[:most]

    def asked(task: Task, titles: NDArray[np.str_]) -> Asked:
        used = np.isin(known.titles, titles)
        pairs = zip(known.items, used, strict=True)
        items = source.represent([item for item, is_used in pairs if is_used])
        return Asked(data, task, items, known.values[used])

    yield asked(task, drawn)
    if task.level == "title":
        of_clips = replace(task, name=f"{name}, of clips", level="clip")
        yield asked(of_clips, drawn[:clips_of])


def on_generated(folder: Path, quick: bool) -> Iterator[Asked]:
    """Yield the generated tasks with the encoder of a folder, of fewer titles if it is quick."""
    planted = generate(QUICK if quick else Plan())
    encoder = load_checkpoint(folder / "encoder").encoder
    items = Representations(encoder, {t.title_id: t for t in planted.sequences}, planted.items)
    for task in tasks():
        yield Asked("generated", task, items, planted.labels[task.name])


def measure(asked: Asked, hidden: Matrix | None) -> TaskEvaluation:
    """Measure every block alone, and the probe as the reference."""
    level = asked.task.level
    names = block_names(level, dict(asked.items.encoder.config.modalities))
    blocks = dict(asked.items.blocks(names))
    if hidden is not None:
        blocks[HIDDEN] = hidden
    titles = [item.title_id for item in asked.items.items]
    return evaluate_task(
        asked.task,
        blocks,
        asked.labels,
        titles,
        choice=list(blocks),
        reference=PROBE,
        settings=SETTINGS,
    )


def print_task(asked: Asked, found: TaskEvaluation, seconds: float, console: Console) -> None:
    """Print a task, and whether its probe is below the best block alone."""
    judged = found.measures[0]
    table = Table(f"{asked.data}: {found.task} ({judged.metric})", "value", "95 %", "minus probe")
    cells = dict(zip(found.columns, judged.cells, strict=True))
    for name, cell in cells.items():
        gap = cell.difference
        table.add_row(
            name,
            number(cell.value.value),
            f"{number(cell.value.low)} to {number(cell.value.high)}",
            "" if gap is None else f"{signed(gap.value)} ({signed(gap.low)} to {signed(gap.high)})",
        )
    table.add_row("chance", number(judged.chance), "", "")
    console.print(table)
    reads = [each for each in found.blocks if each.is_read]
    console.print("probe reads " + ", ".join(f"{b.name} ({signed(b.adds)})" for b in reads))
    best = max((name for name in cells if name != PROBE), key=lambda name: cells[name].value.value)
    gap = cells[best].difference
    assert gap is not None
    verdict = "BELOW" if gap.low > 0 else "above" if gap.high < 0 else "within"
    console.print(
        f"{verdict} the best block alone, {best}: {signed(0 - gap.value)} "
        f"({signed(0 - gap.high)} to {signed(0 - gap.low)}); {seconds:.0f} s\n"
    )


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--emorynlp", type=Path)
    parser.add_argument("--condensed-movies", type=Path)
    parser.add_argument("--films", type=int, help="of CondensedMovies, not all")
    parser.add_argument("--clips-of", type=int, help="films to ask of their clips, not all")
    parser.add_argument("--planted", type=Path)
    parser.add_argument("--quick", action="store_true", help="as planted.py --quick made them")
    parser.add_argument("--hidden", action="store_true")
    given = parser.parse_args()
    console = Console(width=110)
    every: list[Asked] = []
    if given.emorynlp:
        every += on_real_text("EmoryNLP", given.emorynlp, "encoder-0", "emotion")
    if given.condensed_movies:
        folder = given.condensed_movies
        name, of = "film-genre", (given.films, given.clips_of)
        every += on_real_text("CondensedMovies", folder, "run", name, *of)
    if given.planted:
        every += on_generated(given.planted, given.quick)
    for asked in every:
        began = time.monotonic()
        hidden = while_hidden(asked.items) if given.hidden and asked.task.level == "clip" else None
        if hidden is not None:
            console.print(f"states while hidden: {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        found = measure(asked, hidden)
        print_task(asked, found, time.monotonic() - began, console)


if __name__ == "__main__":
    main()
