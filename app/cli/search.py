"""``reelfind search``: find clips or shots from the command line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.options import DEFAULT_DATA, DataOption, JsonOption, settings_of
from app.cli.search_options import request_of, takes_search
from app.cli.terminal import print_table
from app.search.request import SearchRequest
from indexer.errors import InUseError
from probes.tasks import ZERO_SHOT

if TYPE_CHECKING:
    from app.records import Hit, SearchResponse


@takes_search
def search(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False, **looked_for: Any) -> None:
    """Find clips by words, filters or both; without words, the most clip-worthy come first.

    Scores are zero-shot guesses until probes are trained on labels (`reelfind probes`).
    """
    response = run_search(data, request_of(looked_for))
    if as_json:
        print(response.model_dump_json())
    else:
        print_response(response)


def run_search(data: Path, request: SearchRequest) -> "SearchResponse":
    """Search here, or let the server that owns the index do it."""
    from app.running import ask_server
    from app.runtime import Runtime

    runtime = Runtime(data, settings_of(data))
    try:
        return runtime.search(request)
    except InUseError:
        answer = ask_server(data, lambda client: client.search(request))
        if answer is None:
            raise
        return answer
    finally:
        runtime.close()


def print_response(response: "SearchResponse") -> None:
    """Print hits as a table, with what stands behind their scores, and what is left out."""
    if response.notice:
        print(response.notice, file=sys.stderr)
    for each in response.preferences:
        what = f"{each.filter} {' or '.join(each.values)}"
        print(f'Preferred: {what}, for “{each.said}” (--as-words "{each.said}" drops it).')
    if not response.hits:
        print("No matches. Try different words or remove filters.")
        if response.cut:
            print(f"{_weak(response.cut)} hidden; --tail keep shows them.")
        return
    rows = [
        [
            str(place),
            hit.title,
            hit.timecode_in,
            hit.timecode_out,
            f"{hit.score:.2f}",
            f"{hit.worthiness_percentile:.0%}",
            ", ".join(hit.tones),
            _reason(hit),
        ]
        for place, hit in enumerate(response.hits, start=1)
    ]
    columns = ["#", "title", "in", "out", "score", "worth", "tones", "why"]
    print_table(columns, rows, ["title", "tones", "why"])
    print(f"{_scored_by(response.hits)}    {response.took_ms:.0f} ms")
    if response.cut:
        print(f"{_weak(response.cut)} hidden; --tail keep shows them.")
    if response.next_cursor:
        print(f"More: --cursor {response.next_cursor}")


def _weak(count: int) -> str:
    """Return "1 weak match" or "27 weak matches"."""
    return f"{count} weak match{'' if count == 1 else 'es'}"


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
    found = next((why for why in hit.why if why.line), None)
    if found is None:
        return routes
    return f"{routes}: {'on screen ' if found.line_from == 'screen' else ''}“{found.line}”"
