"""``reelfind features``: embeddings in and out of Reelfind as parquet tables."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption
from app.cli.terminal import print_table

if TYPE_CHECKING:
    from indexer.features.feature_set import FeatureSet

app = typer.Typer(
    name="features",
    help="Bring embeddings of your own to train and evaluate on, or take the index's with you.",
    no_args_is_help=True,
)


@app.command("import")
def import_features(
    table: Annotated[
        Path, typer.Argument(help="Parquet: title_id, index, start, end, a list per modality.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder to make.")],
    titles: Annotated[
        Path | None,
        typer.Option(help="Parquet: title_id, name, metadata (a list), and what else is known."),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="A name for what made the embeddings. [default: the table's own, or the folder's]"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a folder of features from tables of shots and titles; no film is needed."""
    from indexer.features.feature_set import import_table

    summary = _summary(import_table(table, titles, out, profile), out)
    if as_json:
        print(json.dumps(summary))
        return
    print(
        f"Imported {summary['titles']:,} titles, {summary['shots']:,} shots "
        f"of profile {summary['profile']} into {out}"
    )
    cells = [
        [each["name"], str(each["width"]), f"{each['share']:.1%}"] for each in summary["modalities"]
    ]
    print_table(["modality", "width", "shots with it"], cells)
    known = summary["titles_with_metadata"]
    print(f"Metadata embeddings: {known:,} titles, {summary['metadata_width']} wide")
    for warning in summary["warnings"]:
        print(f"reelfind: {warning}", file=sys.stderr)
    print(f"Next: reelfind encoder train --features {out} --out RUN")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="The folder to make, with the tables.")],
    data: DataOption = DEFAULT_DATA,
    level: Annotated[
        Literal["shot", "title"],
        typer.Option(
            help="shot: each shot, to train an encoder on. title: each title as a whole, for a "
            "recommender."
        ),
    ] = "shot",
    as_json: JsonOption = False,
) -> None:
    """Write the index's embeddings as tables of shots and titles, or of titles as wholes."""
    from indexer.catalogue import Catalogue
    from indexer.features.export import export_features, export_titles

    write = export_titles if level == "title" else export_features
    count = write(Catalogue(data), folder)
    tables = [str(folder / "titles.parquet")]
    if level == "shot":
        tables.insert(0, str(folder / "shots.parquet"))
    if as_json:
        print(json.dumps({"titles": count, "tables": tables}))
        return
    print(f"Exported {count:,} titles: {', '.join(tables)}")


def _summary(found: "FeatureSet", out: Path) -> dict[str, Any]:
    shares = found.shares()
    return {
        "folder": str(out),
        "profile": found.profile,
        "titles": len(found.titles),
        "shots": len(found.shots),
        "modalities": [
            {"name": name, "width": width, "share": shares[name]}
            for name, width in found.modalities
        ],
        "metadata_width": found.metadata.shape[1],
        "titles_with_metadata": int(found.metadata.any(axis=1).sum()),
        "warnings": list(found.warnings),
    }
