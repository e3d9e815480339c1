"""Options that several commands share, declared once, and what they open."""

import re
from pathlib import Path
from typing import Annotated

import typer

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.sections import ADDRESS
from indexer.settings import Settings, load_settings

DEFAULT_DATA = Path("reelfind-data")

DataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="REELFIND_DATA",
        help="The data directory: index, stills and settings (reelfind.toml).",
    ),
]
Texts = list[str] | None
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        help="Backbones to embed with: lite (no downloads), base (CLIP pictures), full "
        "(MediaFM's, on a GPU), or one of your settings. [default: the index's own, or lite]"
    ),
]
TitleArgument = Annotated[
    str, typer.Argument(help="A title's id (or the start of it), name or file name.")
]


def check_cluster(address: str | None) -> None:
    """Check the value of ``--cluster``.

    Raises:
        ReelfindError: it is no address of a cluster.
    """
    if address is not None and not re.fullmatch(ADDRESS, address):
        raise ReelfindError(
            f"--cluster {address}: is neither `auto` nor host:port of a Ray cluster's head; for "
            "another machine's cluster, use `ray job submit`"
        )


def settings_of(data: Path, profile: str | None = None) -> Settings:
    """Return the settings of a data directory, with its own profile unless one is asked for."""
    own = load_settings(data, profile=profile)
    recorded = Catalogue(data).profile
    if profile is None and recorded is not None and own.profile != recorded:
        return load_settings(data, profile=recorded)
    return own
