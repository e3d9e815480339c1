"""``reelfind models``: the networks of a profile, and fetching those of the model hub."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, ProfileOption, settings_of
from app.cli.terminal import print_table, say
from indexer.settings import load_settings

app = typer.Typer(
    name="models",
    help="The networks of a profile: licence, size, where they come from, whether they are whole.",
    invoke_without_command=True,
)


@app.callback()
def models(
    context: typer.Context,
    data: DataOption = DEFAULT_DATA,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the networks of a profile. Exit code 1 if one is missing or not whole."""
    if context.invoked_subcommand is not None:
        return
    from app.overview.models import list_models

    listed = list_models(settings_of(data, profile))
    if as_json:
        print(json.dumps([asdict(each) for each in listed]))
    else:
        print_table(
            ["for", "model", "licence", "size", "from", "state"],
            [
                [m.use, m.name, m.licence, m.size, m.origin, "not ready" if m.fault else "ready"]
                for m in listed
            ],
            ["from"],
        )
        for each in listed:
            if each.fault:
                say(f"{each.name}: {each.fault}", problem=True)
    if any(each.fault for each in listed):
        raise typer.Exit(1)


@app.command()
def fetch(
    profile: Annotated[str, typer.Argument(help="base, full, or one of your settings.")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Download what a profile takes from the model hub, so that it runs without a connection."""
    from app.overview.models import fetch_models

    fetched = 0
    for model in fetch_models(load_settings(data, profile=profile)):
        fetched += 1
        say(f"{model.name} is here ({model.size}).")
    if not fetched:
        say(f"Profile {profile} takes nothing from the model hub.")
