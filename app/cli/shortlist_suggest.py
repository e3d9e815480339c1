"""``reelfind shortlist suggest``: a first trailer of a given length."""

from typing import Annotated

import typer

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, Texts, settings_of
from app.cli.search import run_search
from app.cli.shortlist_parts import AuthorOption, open_store, show_shortlist
from app.search.request import SearchRequest
from app.trailer.records import ArcName
from indexer.catalogue import Catalogue


def suggest(
    name: Annotated[str, typer.Argument(help="The name of the new shortlist.")],
    data: DataOption = DEFAULT_DATA,
    length: Annotated[float, typer.Option(min=1, max=600, help="Seconds, at most.")] = 60.0,
    arc: Annotated[ArcName, typer.Option(help="How intensity goes along it.")] = "rising",
    title: Annotated[Texts, typer.Option(help="Only these titles; repeatable.")] = None,
    series: Annotated[Texts, typer.Option(help="Only these series; repeatable.")] = None,
    genre: Annotated[Texts, typer.Option(help="Any of these genres; repeatable.")] = None,
    tone: Annotated[Texts, typer.Option(help="Any of these tones; repeatable.")] = None,
    tone_none: Annotated[Texts, typer.Option(help="None of these tones; repeatable.")] = None,
    min_worthiness: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least clip-worthiness.")
    ] = None,
    endings: Annotated[
        bool, typer.Option("--endings", help="Take from the last fifth of titles too.")
    ] = False,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a shortlist that is a first trailer, for a person to edit.

    Moments are chosen by clip-worthiness, variety of tone and the arc; no spoken line is cut
    into. The same catalogue gives the same trailer.
    """
    from app.trailer.gathering import gather
    from app.trailer.records import Brief
    from app.trailer.suggesting import items, suggest, tone_groups

    brief = Brief(length, arc, endings)
    request = SearchRequest(
        q="",
        title=title or [],
        series=series or [],
        genre=genre or [],
        tone=tone or [],
        tone_none=tone_none or [],
        min_worthiness=min_worthiness,
    )
    spans = gather(Catalogue(data), lambda each: run_search(data, each), request)
    groups = tone_groups(settings_of(data).known_tasks())
    found = suggest(spans, brief, groups)
    with open_store(data) as store:
        show_shortlist(data, store.create(name, length, items(found), author), as_json)
