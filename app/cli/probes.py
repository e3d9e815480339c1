"""``reelfind probes``: train linear heads on labels, measure them, and score the catalogue."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.probes_in_use import list_probes, print_probe, record_of, use
from app.cli.terminal import print_table
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from app.cli.progress import Steps
    from app.labelling.data import ProbeData
    from probes.saved import SavedProbe

app = typer.Typer(
    name="probes",
    help="Tone, genre, clip-worthiness and the rest, learned from labels: train, measure, use.",
    no_args_is_help=True,
)

TasksArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TASK]…", help="Tasks. [default: all that have labels]"),
]
FeaturesOption = Annotated[
    Path | None,
    typer.Option(
        "--features",
        help="A folder that `reelfind features import` made. [default: the indexed catalogue]",
    ),
]
EncoderOption = Annotated[
    Path | None,
    typer.Option("--encoder", help="With --features: the checkpoint that embeds in context."),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="With --features: the table of labels, CSV or parquet."),
]
FEW_TITLES = 10
"""Below, a bootstrap over titles has next to nothing to draw from."""


@app.command()
def train(
    tasks: TasksArgument = None,
    data: DataOption = DEFAULT_DATA,
    features: FeaturesOption = None,
    encoder: EncoderOption = None,
    labels: LabelsOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for the probes. [default: that of the catalogue's own probes]"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train a probe of each task on its labels; `reelfind probes use` then lets it score.

    The strength of regularisation is chosen by cross-validation nested in cross-validation, and
    no title is on both sides of a split. Classes with too few labels are named and left out.
    """
    from app.labelling.training import train as train_probe
    from indexer.catalogue import Catalogue
    from indexer.sharing.records import CATALOGUE
    from indexer.trained import TrainedProbes

    if features is not None and out is None:
        raise typer.BadParameter("with --features, say where the probes go with --out")
    with _steps() as steps:
        source = _open(data, features, encoder, labels, steps)
        kept = TrainedProbes(out or Catalogue(data).probes_path)
        chosen = source.with_labels(tasks or [])
        done: list[tuple[str, SavedProbe]] = []
        refused: list[str] = []
        for number, task in enumerate(chosen):
            steps.doing(f"training {task.name}", number / len(chosen))
            try:
                saved = train_probe(source, task, date.today())
            except ReelfindError as error:
                refused.append(str(error))
                continue
            done.append((kept.add(saved), saved))
        if out is None:
            Catalogue(data).shared.push(CATALOGUE)
    if as_json:
        rows = [record_of(identity, saved) for identity, saved in done]
        print(json.dumps({"probes": rows, "refused": refused}))
    else:
        for identity, saved in done:
            print_probe(identity, saved)
        for reason in refused:
            print(reason)
        if done and out is None and features is None:
            names = " ".join(saved.record.task for _, saved in done)
            print(f"Score the catalogue with: reelfind probes use {names} --data {data}")
    raise typer.Exit(int(not done))


@app.command()
def evaluate(
    tasks: TasksArgument = None,
    data: DataOption = DEFAULT_DATA,
    features: FeaturesOption = None,
    encoder: EncoderOption = None,
    labels: LabelsOption = None,
    held_out: Annotated[
        list[str] | None,
        typer.Option(
            help="Only measure on titles with this value in the column `split`, and learn from "
            "the others; repeatable. [default: every title, by heads that have not seen it]"
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="HTML file to write; a .json file of the same name goes beside it. "
            "[default: evaluation/probes.html in the data directory]"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure what each representation is worth to each task, and write a report.

    Modalities alone, fused, a clip by itself, in context with and without [GLOBAL], and prompts:
    on the same folds by title, with 95 % intervals over titles and the level of chance.
    """
    from app.labelling.evaluating import evaluate as measure
    from app.labelling.examples import write_examples
    from encoder.atomic import write_text
    from probes.evaluation.records import COLUMNS
    from probes.evaluation.report import write_report
    from probes.evaluation.serial import to_json

    if features is None and report is None:
        report = data / "evaluation" / "probes.html"
    with _steps() as steps:
        source = _open(data, features, encoder, labels, steps)
        chosen = source.with_labels(tasks or [])
        found = measure(source, chosen, held_out or [], date.today(), steps.doing)
        text = to_json(found.evaluation)
        if report is not None:
            steps.doing("writing the report", 1.0)
            try:
                write_text(report.with_suffix(".json"), text)
                write_examples(found, report.with_suffix(".json"))
                write_report(found.evaluation, report, found, found.still)
            except OSError as error:
                raise ReelfindError(
                    f"{report}: cannot be written ({error.strerror or error}); choose another "
                    "file with --report"
                ) from error
    if as_json:
        print(text)
        return
    print_table(COLUMNS, found.evaluation.table_rows())
    for task in found.evaluation.tasks:
        for each in task.left_out:
            print(f"{task.task}, {each.name}: not measured ({each.reason})")
        if task.titles < FEW_TITLES:
            print(f"{task.task}: {task.titles} titles are too few for the intervals to mean much")
    if report is not None:
        print(f"Report: {report}")


app.command()(use)
app.command("list")(list_probes)


def _open(
    data: Path, features: Path | None, encoder: Path | None, labels: Path | None, steps: "Steps"
) -> "ProbeData":
    """Open what is trained or measured on."""
    steps.doing("reading embeddings and labels", 0.0)
    if features is None:
        from app.labelling.catalogue import open_catalogue

        if encoder is not None or labels is not None:
            raise typer.BadParameter("--encoder and --labels go with --features")
        return open_catalogue(data, settings_of(data))
    from app.labelling.features import open_features

    if encoder is None or labels is None:
        raise typer.BadParameter("--features needs --encoder and --labels")
    return open_features(features, encoder, labels, settings_of(data))


@contextmanager
def _steps() -> "Iterator[Steps]":
    from app.cli.progress import Steps

    with Steps() as steps:
        yield steps
