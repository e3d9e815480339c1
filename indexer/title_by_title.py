"""One step over many titles: what goes wrong with one is noted, and the others go on."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from indexer.characters import one_line
from indexer.errors import ReelfindError, disk_error
from indexer.listener import StoppedError
from indexer.pipeline import StageTime
from indexer.report import TitleResult
from indexer.stages.work import TitleWork

Results = dict[Path, TitleResult]
"""What became of each title, by the path of its film."""

Step = Callable[[TitleWork], list[StageTime]]
"""Brings a title on, and returns what its stages took."""


def run_each(
    works: Sequence[TitleWork], jobs: int, results: Results, step: Step, debug: bool
) -> list[TitleWork]:
    """Run a step on every title, note times and failures, and return those that went well.

    Args:
        works: the titles.
        jobs: how many are worked on at once.
        results: what became of each so far; what becomes of it now is noted there.
        step: that is run.
        debug: let unexpected errors through.

    Raises:
        StoppedError: the listener wants no more of it.
    """

    def one(work: TitleWork) -> TitleResult:
        path, name = work.title.media.path, work.title.metadata.name
        before = results.get(path, TitleResult(path, name, work.title.title_id))
        began = time.monotonic()
        try:
            times = step(work)
        except StoppedError:
            raise
        except Exception as error:
            if debug and not isinstance(error, ReelfindError):
                raise
            return replace(before, error=cause_of(error, path))
        worked = before.worked + time.monotonic() - began
        return replace(before, worked=worked, times=(*before.times, *times))

    if jobs == 1:
        done = [one(work) for work in works]
    else:
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            done = list(pool.map(one, works))
    results.update({result.path: result for result in done})
    return [work for work, result in zip(works, done, strict=True) if result.error is None]


def cause_of(error: Exception, path: Path) -> str:
    """Return in one line why the title of a file failed, also where nobody expected it."""
    if isinstance(error, ReelfindError):
        return str(error)
    if told := disk_error(error):
        return f"{path}: not indexed: {told}"
    cause = str(error) or "no message"
    return one_line(
        f"{path}: something unexpected ({type(error).__name__}: {cause}); run again with --debug "
        "for the details, and report it"
    )
