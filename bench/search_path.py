"""How a search gets from its route to its hits: calls, rooms and returns, as the interpreter sees.

    python -m bench.search_path DATA [WORDS]

Follows one search through the functions of ``app/``. A *call* is a function that is entered for
the first time, a *room* is a file, and a *return* is a call into a file that was already left.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType

import app
from app.api.metrics import Metrics
from app.api.search import search
from app.runtime import Runtime
from app.search.request import SearchRequest
from indexer.settings import load_settings

ROOT = Path(app.__file__).parent
NO_NAMES = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>")


def follow(runtime: Runtime, request: SearchRequest) -> list[tuple[str, str]]:
    """Return the file and name of each function of ``app/``, in the order of first calls."""
    seen: dict[tuple[str, str], None] = {}
    metrics = Metrics(lambda: runtime)

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name not in NO_NAMES:
            file = Path(code.co_filename)
            if file.is_relative_to(ROOT):
                seen.setdefault((str(file.relative_to(ROOT)), code.co_qualname))

    sys.setprofile(note)
    try:
        search(request, runtime, metrics)
    finally:
        sys.setprofile(None)
    return list(seen)


def returns(calls: list[tuple[str, str]]) -> int:
    """Return how many calls lead into a file that was left before."""
    left: set[str] = set()
    count = 0
    for (before, _), (file, _) in pairwise(calls):
        if file != before:
            left.add(before)
            count += file in left
    return count


def main() -> None:
    """Read the arguments, search, and print the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("words", nargs="?", default="a person walking")
    arguments = parser.parse_args()
    runtime = Runtime(arguments.data, load_settings(arguments.data))
    request = SearchRequest(q=arguments.words)
    runtime.search(request)
    calls = follow(runtime, request)
    runtime.close()
    for file, name in calls:
        print(f"{file:36} {name}")
    rooms = len({file for file, _ in calls})
    print(f"{len(calls)} calls in {rooms} rooms, {returns(calls)} returns")


if __name__ == "__main__":
    main()
