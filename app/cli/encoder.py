"""``reelfind encoder``: train the sequence model, measure it, and put it to use."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, check_cluster
from indexer.errors import ReelfindError

app = typer.Typer(
    name="encoder",
    help="Train the encoder that reads shots in the context of their title, and use it.",
    no_args_is_help=True,
)

FeaturesOption = Annotated[
    Path | None,
    typer.Option(
        "--features",
        help="A folder that `reelfind features import` made. [default: the indexed catalogue]",
    ),
]
OF_RECIPE = "[default: the recipe's]"
CheckpointArgument = Annotated[
    Path, typer.Argument(help="A checkpoint's folder, or a training run that has ended.")
]


@app.command()
def train(
    run: Annotated[Path, typer.Option("--out", help="Folder of this training run.")],
    features: FeaturesOption = None,
    data: DataOption = DEFAULT_DATA,
    recipe: Annotated[
        Literal["catalogue", "mediafm"],
        typer.Option(
            help="What positions, start, optimizer, rates, masking and batches begin as; options "
            "that you give go first. `mediafm` is the published form."
        ),
    ] = "catalogue",
    preset: Annotated[
        Literal["catalogue", "tiny", "small", "base"],
        typer.Option(help="Size: about 1, 5, 30 or 110 million parameters."),
    ] = "tiny",
    width: Annotated[
        int | None, typer.Option(min=2, help="Hidden width. [default: the preset's]")
    ] = None,
    depth: Annotated[
        int | None, typer.Option(min=1, help="Layers. [default: the preset's]")
    ] = None,
    heads: Annotated[int | None, typer.Option(min=1, help="Heads. [default: the preset's]")] = None,
    positions: Annotated[
        Literal["rotary", "learned"] | None,
        typer.Option(help="Learned is as published. [default: the recipe's]"),
    ] = None,
    start: Annotated[
        Literal["linear", "noise"] | None,
        typer.Option(
            help="Begin as the best linear guess, which takes rotary positions, or with random "
            "weights, as published. [default: the recipe's, with rotary positions]"
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help=f"Steps to train for, at most. {OF_RECIPE}")
    ] = None,
    batch_shots: Annotated[
        int | None,
        typer.Option(
            min=1, help=f"Shots in a step, over all processes, padding included. {OF_RECIPE}"
        ),
    ] = None,
    learning_rate: Annotated[float | None, typer.Option(help=f"Peak rate. {OF_RECIPE}")] = None,
    weight_decay: Annotated[
        float | None, typer.Option(min=0, help=f"Weight decay of matrices. {OF_RECIPE}")
    ] = None,
    optimizer: Annotated[
        Literal["muon", "adamw"] | None,
        typer.Option(
            help="For hidden matrices: Muon is as published; AdamW takes all the rest in any case."
            f" {OF_RECIPE}"
        ),
    ] = None,
    mask_ratio: Annotated[
        float | None, typer.Option(help=f"Share of a title's shots hidden. {OF_RECIPE}")
    ] = None,
    mask_span: Annotated[
        int | None,
        typer.Option(min=1, help=f"Shots hidden in a row; 1 as published. {OF_RECIPE}"),
    ] = None,
    modality_dropout: Annotated[
        float | None,
        typer.Option(help=f"Chance that a title loses one modality of its input. {OF_RECIPE}"),
    ] = None,
    validation_share: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=0.9,
            help="Share of the titles set aside; a `split` column in the titles' table goes first.",
        ),
    ] = 0.1,
    validate_every: Annotated[
        int | None,
        typer.Option(
            min=1, help=f"Steps between validations, each of which saves the state. {OF_RECIPE}"
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            min=0, help=f"Validations without a better one before stopping; 0: never. {OF_RECIPE}"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another encoder.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out, from its last state.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="auto|HOST:PORT",
            help="Train on a Ray cluster: this machine's, or the one with this head.",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000,
            help="Processes on the cluster. [default: one a GPU; without GPUs, one a node]",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train an encoder by masked shot modelling, on a GPU where there is one.

    The folder gets metrics (training.csv, validation.csv) and in the end a checkpoint. A run
    that was stopped goes on with the same command and `--resume`. On several GPUs or machines:
    `torchrun --nproc-per-node 8 -m app.cli.main encoder train …`, or `--cluster auto`.
    """
    from app.cli.training import Plan, open_source, run_training
    from encoder.config import PRESETS
    from encoder.recipes import PUBLISHED_WIDTH, RECIPES

    check_cluster(cluster)
    if processes is not None and cluster is None:
        raise ReelfindError("--processes: is about a cluster; name it by --cluster")
    source = open_source(features, data)
    chosen = RECIPES[recipe]
    placed = positions or chosen.positions
    given = {
        "steps": steps,
        "batch_shots": batch_shots,
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "muon": None if optimizer is None else optimizer == "muon",
        "mask_ratio": mask_ratio,
        "mask_span": mask_span,
        "modality_dropout": modality_dropout,
        "start": start or ("noise" if placed == "learned" else None),
        "validate_every": validate_every,
        "patience": patience,
        "seed": seed,
    }
    try:
        shape = PRESETS[preset](source.modalities, source.metadata_dim)
        config = replace(
            shape,
            width=width or shape.width,
            depth=depth or shape.depth,
            heads=heads or shape.heads,
            positions=placed,
        )
        training = replace(chosen.training, **_given(given))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if recipe == "mediafm" and config.fused_dim != PUBLISHED_WIDTH:
        print(
            f"MediaFM reads embeddings {PUBLISHED_WIDTH} wide, as profile full makes them; "
            f"these are {config.fused_dim} wide.",
            file=sys.stderr,
        )
    plan = Plan(run, features, data, validation_share, config, training)
    titles = source.training_data(validation_share)
    if cluster is None:
        run_training(plan, titles, resume, as_json)
    else:
        from app.cli.cluster_training import run_on_cluster

        run_on_cluster(cluster, processes, plan, titles, resume, as_json)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


@app.command()
def evaluate(
    checkpoint: CheckpointArgument,
    features: FeaturesOption = None,
    data: DataOption = DEFAULT_DATA,
    split: Annotated[
        str | None, typer.Option(help="Only titles with this value in the column `split`.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well a checkpoint predicts hidden shots, beside what needs no encoder.

    The mean that gain is measured from is that of the titles measured on.
    """
    from app.cli.training import fit_record, open_source, print_fit
    from encoder.batches import mean_direction
    from encoder.evaluation import evaluate as measure
    from encoder.runs import checkpoint_of
    from encoder.stored import CheckpointError

    source = open_source(features, data)
    titles = source.sequences if split is None else source.part(split)
    try:
        found = checkpoint_of(checkpoint)
        report = measure(found.encoder, titles, mean_direction(titles), found.training)
    except CheckpointError as error:
        raise ReelfindError(str(error)) from error
    except ValueError as error:
        raise ReelfindError(f"{checkpoint}: {error}") from error
    if as_json:
        print(json.dumps(fit_record(report)))
    else:
        print_fit(report)


@app.command()
def use(
    context: typer.Context,
    checkpoint: CheckpointArgument,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Embed the whole catalogue again with a checkpoint, then let search read the result.

    Nothing is decoded again. Search stays on the old embeddings until all new ones are there.
    """
    from app.cli.index_run import print_report, run_index
    from indexer.request import Request

    debug = bool(context.find_root().params.get("debug"))
    report = run_index(Request(encoder=checkpoint), data, debug=debug)
    print_report(report, data, as_json)
    if not report.failed and not as_json:
        print(f"Encoder {report.encoder} is in use.")
    raise typer.Exit(int(bool(report.failed)))


@app.command("list")
def list_encoders(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the catalogue's encoders: the one in use, and those it had before."""
    from app.cli.terminal import print_table
    from indexer.encoding import list_encoders as known

    rows = known(data)
    if as_json:
        print(json.dumps({"encoders": rows}))
        return
    if not rows:
        print(f"{data}: no encoder yet; `reelfind index` fits the first one")
        return
    columns = list(rows[0])
    print_table(columns, [[str(value) for value in row.values()] for row in rows], columns[:1])
