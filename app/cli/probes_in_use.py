"""``reelfind probes use|list``: which trained probes score the catalogue."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.terminal import print_table
from indexer.errors import ReelfindError

if TYPE_CHECKING:
    from probes.saved import ClassRecord, SavedProbe


def use(
    context: typer.Context,
    probes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROBE]…", help="A task (its newest probe), an id, or a probe's folder."
        ),
    ] = None,
    zero_shot: Annotated[
        list[str] | None,
        typer.Option(help="Score this task by its prompts again; repeatable."),
    ] = None,
    every_class: Annotated[
        bool,
        typer.Option(
            "--every-class", help="Also classes that measured no better than their prompts."
        ),
    ] = False,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Score the whole catalogue with trained probes; nothing is decoded or embedded again.

    A class is scored by its probe where that measured better than the prompts, and stays
    zero-shot elsewhere. A probe of another encoder is refused.
    """
    from app.cli.index_run import print_report, run_index
    from app.labelling.training import choose
    from indexer.catalogue import Catalogue
    from indexer.request import Request
    from indexer.trained import TrainedProbes

    if not probes and not zero_shot:
        raise typer.BadParameter("name a task or a probe, or a task with --zero-shot")
    catalogue = Catalogue(data)
    tasks = settings_of(data).known_tasks()
    for task in zero_shot or []:
        if task not in tasks:
            raise ReelfindError(f"{task}: no such task; there are {', '.join(tasks)}")
    chosen = [choose(catalogue, each, every_class) for each in probes or []]
    kept = TrainedProbes(catalogue.probes_path)
    for identity, saved, classes in chosen:
        kept.use(saved.record.task, identity, classes)
    for task in zero_shot or []:
        kept.use(task, None)
    debug = bool(context.find_root().params.get("debug"))
    report = run_index(Request(rescore=True), data, debug=debug)
    if as_json or report.failed:
        print_report(report, data, as_json)
    else:
        for identity, saved, classes in chosen:
            of = f"{len(classes)} of {len(tasks[saved.record.task].classes)} classes"
            print(f"{saved.record.task}: probe {identity[:8]} scores {of}.")
        for task in zero_shot or []:
            print(f"{task}: scored by its prompts.")
        print(f"{len(report.titles):,} titles scored.")
    raise typer.Exit(int(bool(report.failed)))


def list_probes(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the trained probes, what they measured, and which of them score the catalogue."""
    from indexer.catalogue import Catalogue
    from indexer.trained import TrainedProbes

    catalogue = Catalogue(data)
    probes = TrainedProbes(catalogue.probes_path)
    using = {each.probe_id: each for each in probes.in_use().values()}
    everything = probes.all()
    if as_json:
        rows = [
            record_of(identity, saved)
            | {"scores": list(using[identity].classes) if identity in using else []}
            for identity, saved in everything
        ]
        print(json.dumps({"probes": rows}))
        return
    if not everything:
        print(f"{data}: no probes yet; `reelfind probes train` makes them from labels")
        return
    cells = []
    for identity, saved in everything:
        record = saved.record
        first = record.measures[0]
        measured = f"{first.name} {first.value:.3f} (chance {first.chance:.3f})"
        scores = f"{len(using[identity].classes)} classes" if identity in using else ""
        if record.encoder != catalogue.current_encoder:
            scores = "another encoder"
        cells.append(
            [
                *(record.task, identity[:8], record.made, f"{record.items:,}"),
                *(f"{record.titles:,}", f"{len(record.classes)}", measured, scores),
            ]
        )
    columns = ["task", "probe", "made", "items", "titles", "classes", "measured"]
    print_table([*columns, "in use"], cells, ["measured"])
    for identity, saved in everything:
        print(f"{saved.record.task} {identity[:8]} {_reads(saved)}")


def print_probe(identity: str, saved: "SavedProbe") -> None:
    """Print what a probe was trained on, what it reads, and how it measures, class by class."""
    from probes.evaluation.words import block_rows

    record = saved.record
    print(
        f"{record.task}: probe {identity[:8]}, {record.items:,} items of {record.titles:,} titles, "
        f"head {record.head}"
    )
    for each in record.measures:
        print(
            f"  {each.name} {each.value:.3f} (95 % {each.low:.3f} to {each.high:.3f}; "
            f"chance {each.chance:.3f})"
        )
    if record.blocks:
        print(f"  It {_reads(saved)}")
        print_table(["block", "alone", "adds", "95 %", ""], block_rows(record.blocks), ["block"])
    columns = ["class", "yes", "no", "titles", "quality", "chance", "prompts", "threshold"]
    print_table(columns, [_cells(each) for each in record.classes], ["class"])
    for name, lacks in record.left_out.items():
        print(f"  {name}: left out, too few labels ({lacks})")


def _reads(saved: "SavedProbe") -> str:
    """Return what a probe reads, with what each block adds to those before it."""
    from probes.blocks import context_words
    from probes.evaluation.records import signed

    adds = {each.name: f" ({signed(each.adds)})" for each in saved.record.blocks}
    names = saved.record.reads
    return f"reads {', '.join(name + adds.get(name, '') for name in names)}. {context_words(names)}"


def _cells(each: "ClassRecord") -> list[str]:
    optional = [
        "" if value is None else f"{value:.3f}" for value in (each.zero_shot, each.threshold)
    ]
    counts = [f"{count:,}" for count in (each.positives, each.negatives, each.titles)]
    return [each.name, *counts, f"{each.quality:.3f}", f"{each.chance:.3f}", *optional]


def record_of(identity: str, saved: "SavedProbe") -> dict[str, Any]:
    """Return a probe as JSON values."""
    return {"probe": identity, **asdict(saved.record)}
