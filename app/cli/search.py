"""``reelfind search``: find clips or shots from the command line."""

import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer
from pydantic import ValidationError

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.tables import print_table
from app.search.request import Grouping, Level, Order, SearchRequest, SearchRoute, Tail
from indexer.errors import InUseError, ReelfindError
from probes.tasks import ZERO_SHOT

if TYPE_CHECKING:
    from app.records import Hit, SearchResponse

Texts = list[str] | None
Score = float | None
ROUTES = ", ".join(get_args(SearchRoute))


def search(
    words: Annotated[
        str, typer.Argument(help='What is seen or said, such as "snow and mountains".')
    ] = "",
    data: DataOption = DEFAULT_DATA,
    without: Annotated[str, typer.Option(help="Words that hits should be far from.")] = "",
    then: Annotated[str, typer.Option(help="Words that follow in the same title.")] = "",
    within: Annotated[float, typer.Option(help="Seconds between the words and --then.")] = 30.0,
    also: Annotated[str, typer.Option(help="Words that hold for the same clip or shot.")] = "",
    like: Annotated[Texts, typer.Option(help="Id of a clip, shot or title; repeatable.")] = None,
    unlike: Annotated[Texts, typer.Option(help="Id of what hits are not like; repeatable.")] = None,
    still: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A picture to be like.")
    ] = None,
    clip: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A film of up to 60 s to be like."),
    ] = None,
    good: Annotated[
        Texts, typer.Option(help="Id of a hit of this search that was right; repeatable.")
    ] = None,
    bad: Annotated[
        Texts, typer.Option(help="Id of a hit of this search that was wrong; repeatable.")
    ] = None,
    route: Annotated[
        Texts, typer.Option(help=f"Search by this route only: {ROUTES}; repeatable.")
    ] = None,
    tone: Annotated[Texts, typer.Option(help="Any of these tones; repeatable.")] = None,
    tone_all: Annotated[Texts, typer.Option(help="All of these tones; repeatable.")] = None,
    tone_none: Annotated[Texts, typer.Option(help="None of these tones; repeatable.")] = None,
    genre: Annotated[Texts, typer.Option(help="Any of these genres; repeatable.")] = None,
    genre_all: Annotated[Texts, typer.Option(help="All of these genres; repeatable.")] = None,
    genre_none: Annotated[Texts, typer.Option(help="None of these genres; repeatable.")] = None,
    min_worthiness: Annotated[
        Score, typer.Option(min=0, max=1, help="Least clip-worthiness.")
    ] = None,
    max_worthiness: Annotated[
        Score, typer.Option(min=0, max=1, help="Most clip-worthiness.")
    ] = None,
    min_popularity: Annotated[
        Score, typer.Option(min=0, max=1, help="Least popularity within the title.")
    ] = None,
    max_popularity: Annotated[
        Score, typer.Option(min=0, max=1, help="Most popularity within the title.")
    ] = None,
    min_duration: Annotated[Score, typer.Option(min=0, help="Least length in seconds.")] = None,
    max_duration: Annotated[Score, typer.Option(min=0, help="Most length in seconds.")] = None,
    min_start: Annotated[Score, typer.Option(min=0, help="Earliest start in seconds.")] = None,
    max_start: Annotated[Score, typer.Option(min=0, help="Latest start in seconds.")] = None,
    has_dialogue: Annotated[
        bool | None, typer.Option("--dialogue/--no-dialogue", help="Whether something is said.")
    ] = None,
    ad_category: Annotated[
        Texts, typer.Option(help="Any of these ad categories; repeatable.")
    ] = None,
    ad_category_all: Annotated[Texts, typer.Option(help="All of these; repeatable.")] = None,
    ad_category_none: Annotated[Texts, typer.Option(help="None of these; repeatable.")] = None,
    title: Annotated[
        Texts, typer.Option(help="Only in these titles (id or name); repeatable.")
    ] = None,
    title_none: Annotated[Texts, typer.Option(help="Not in these titles; repeatable.")] = None,
    series: Annotated[Texts, typer.Option(help="Only in these series; repeatable.")] = None,
    series_none: Annotated[Texts, typer.Option(help="Not in these series; repeatable.")] = None,
    season: Annotated[list[int] | None, typer.Option(help="Only these seasons.")] = None,
    language: Annotated[Texts, typer.Option(help="Only these languages; repeatable.")] = None,
    language_none: Annotated[Texts, typer.Option(help="Not these languages; repeatable.")] = None,
    where: Annotated[
        Texts, typer.Option(help="Condition on a task of your own: mood=dark, risk>=0.5.")
    ] = None,
    order: Annotated[Order, typer.Option(help="What comes first.")] = "relevance",
    tail: Annotated[Tail, typer.Option(help="Cut or keep what is hardly relevant.")] = "cut",
    group: Annotated[Grouping, typer.Option(help="Bring the hits of a title together.")] = "none",
    merge: Annotated[bool, typer.Option("--merge", help="Join hits that touch.")] = False,
    diverse: Annotated[bool, typer.Option("--diverse", help="Hits that differ first.")] = False,
    level: Annotated[Level, typer.Option(help="What to find.")] = "clip",
    limit: Annotated[int, typer.Option(min=1, max=200, help="The most hits.")] = 10,
    cursor: Annotated[
        str | None, typer.Option(help="Where the answer before ended: its next_cursor.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find clips by words, filters or both; without words, the most clip-worthy come first.

    Scores are zero-shot guesses until probes are trained on labels (`reelfind probes`).
    """
    response = run_search(data, request_of(locals()))
    if as_json:
        print(response.model_dump_json())
    else:
        print_response(response)


def request_of(given: dict[str, Any]) -> SearchRequest:
    """Return the search that the options of ``search`` say, by the names of its parameters.

    Raises:
        ReelfindError: they make no sense, and which.
    """
    fields = {name: given[name] for name in SearchRequest.model_fields if name in given}
    fields |= {
        "q": given["words"],
        "routes": given["route"],
        "still": _encoded(given["still"]),
        "clip": _encoded(given["clip"]),
    }
    try:
        return SearchRequest(**{name: each for name, each in fields.items() if each is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "--" + str(first["loc"][0]).replace("_", "-")
        raise ReelfindError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error


def _encoded(file: Path | None) -> str | None:
    return base64.b64encode(file.read_bytes()).decode() if file is not None else None


def run_search(data: Path, request: SearchRequest) -> "SearchResponse":
    """Search here, or let the server that owns the index do it."""
    from app.running import ask_server
    from app.runtime import Runtime

    runtime = Runtime(data, settings_of(data))
    try:
        return runtime.search(request)
    except InUseError:
        answer = ask_server(data, request)
        if answer is None:
            raise
        return answer
    finally:
        runtime.close()


def print_response(response: "SearchResponse") -> None:
    """Print hits as a table, with what stands behind their scores, and what is left out."""
    if response.notice:
        print(response.notice, file=sys.stderr)
    if not response.hits:
        print("No hits. Loosen the filters, or use other words.")
        return
    rows = [
        [
            str(place),
            hit.title,
            hit.timecode_in,
            hit.timecode_out,
            f"{hit.score:.2f}",
            f"{hit.clip_worthiness:.2f}",
            ", ".join(hit.tones),
            _reason(hit),
        ]
        for place, hit in enumerate(response.hits, start=1)
    ]
    columns = ["#", "title", "in", "out", "score", "worth", "tones", "why"]
    print_table(columns, rows, ["title", "tones", "why"])
    print(f"{_scored_by(response.hits)}    {response.took_ms:.0f} ms")
    if response.cut:
        print(f"{response.cut} hardly relevant left out; --tail keep shows them.")
    if response.next_cursor:
        print(f"More: --cursor {response.next_cursor}")


def _scored_by(hits: "list[Hit]") -> str:
    """Say which trained probe scores each task, and that the others are guesses."""
    found: dict[str, set[str]] = {}
    for hit in hits:
        for task, probe in hit.scored_by.items():
            found.setdefault(probe, set()).add(task)
    guessed = found.pop(ZERO_SHOT, set())
    parts = [f"{', '.join(sorted(tasks))}: probe {probe[:8]}" for probe, tasks in found.items()]
    if guessed:
        parts.append(f"{', '.join(sorted(guessed))}: {ZERO_SHOT}")
    return "; ".join(sorted(parts))


def _reason(hit: "Hit") -> str:
    routes = " + ".join(f"{why.route} #{why.rank}" for why in hit.why)
    line = next((why.line for why in hit.why if why.line), None)
    return f"{routes}: “{line}”" if line else routes
