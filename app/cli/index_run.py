"""Indexing with progress on a terminal, and its report."""

import json
import threading
from collections import deque
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import TaskProgressColumn

from app.cli.options import settings_of
from app.cli.progress import Bar
from app.cli.search import run_search
from app.cli.terminal import print_table, say_warnings, tell
from app.database.engine import Database
from app.database.turns import catalogue_of
from app.jobs.handover import index_through_server
from app.jobs.moving import MadeSpans
from app.jobs.words import STAGE_WORDS, clock
from app.people.taking_in import take_in
from app.saved.notifier import notify_webhooks
from indexer.advice import more_than
from indexer.catalogue import Catalogue
from indexer.characters import one_line
from indexer.errors import ReelfindError
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.report import IndexReport
from indexer.request import Request
from indexer.status import watched


def run_index(
    request: Request, data: Path, profile: str | None = None, debug: bool = False
) -> IndexReport:
    """Index with progress on the terminal, through the running server where there is one."""
    with TerminalListener(Console(stderr=True)) as terminal:
        report = index_through_server(data, request, profile, terminal)
        if report is not None:
            return report
        settings = settings_of(data, profile)
        with Database.of(data, settings) as database:
            catalogue, spans = catalogue_of(data, settings, database), MadeSpans(database)
            if not catalogue.title_ids() and (line := more_than(settings.profile)):
                terminal.message(line)
            with watched(catalogue, terminal) as listener:
                report = Indexer(catalogue, settings, listener, debug, spans=spans).run(request)
            take_in(catalogue, settings, database, terminal.message)
        # The films are indexed, whatever becomes of the messages.
        try:
            notify_webhooks(data, settings, partial(run_search, data), terminal.message)
        except ReelfindError as error:
            terminal.message(f"webhooks were not told: {error}")
        return report


def print_plan(request: Request, data: Path, profile: str | None, as_json: bool) -> bool:
    """Print what a run would do and how long it should take; return whether a path is no film."""
    prepared = Indexer(Catalogue(data), settings_of(data, profile), Silence()).plan(request)
    plans, problems = prepared.plans, prepared.problems
    failed = bool(problems) or any(plan.error for plan in plans)
    total = sum(plan.seconds for plan in plans)
    if as_json:
        rows = [_jsonable(asdict(plan)) for plan in plans]
        print(json.dumps({"titles": rows, "problems": problems, "seconds": round(total, 1)}))
        return failed
    rows = []
    for plan in plans:
        to_do = ", ".join(STAGE_WORDS[stage] for stage in plan.stages) or "nothing"
        if plan.error is None:
            rows.append([plan.name, clock(plan.film_seconds), clock(plan.seconds), to_do])
    print_table(["title", "length", "estimate", "to do"], rows, ["title", "to do"])
    say_warnings(plan.warnings for plan in plans)
    _print_problems(tuple(plan.error for plan in plans if plan.error))
    _print_problems(problems)
    print(f"About {clock(total)} of work; nothing was done.")
    return failed


def print_report(report: IndexReport, data: Path, as_json: bool = False) -> None:
    """Print what a run did: a table of times, warnings, and each error in a line."""
    if as_json:
        print(json.dumps(_jsonable(asdict(report) | {"failed": report.failed})))
        return
    done = [title for title in report.titles if title.error is None]
    if done and all(title.unchanged for title in done):
        print(f"Nothing to do: {_count(len(done), 'title')} already indexed.")
    elif done:
        _print_times(report)
    say_warnings(title.warnings for title in report.titles)
    errors = tuple(title.error for title in report.titles if title.error)
    _print_problems((*errors, *report.problems))
    if done:
        print(f'Search with: reelfind search "…" --data {data}    or: reelfind serve --data {data}')


def _print_times(report: IndexReport) -> None:
    done = [title for title in report.titles if title.error is None]
    rows = [
        [
            title.name,
            clock(title.seconds),
            str(title.shots),
            str(title.clips),
            "–" if title.unchanged else f"{title.worked:.1f}",
            "–" if title.unchanged else f"{title.seconds / title.worked:.1f}",
        ]
        for title in done
    ]
    columns = ["title", "length", "shots", "clips", "seconds", "× real time"]
    print_table(columns, rows, ["title"])
    spent = [
        [words, f"{report.stages[name]:.1f}"]
        for name, words in STAGE_WORDS.items()
        if report.stages.get(name)
    ]
    print_table(["stage", "seconds"], spent)
    if report.fitting is not None:
        print(f"Encoder {report.encoder} was fitted to this catalogue.")
    indexed = sum(title.seconds for title in done if not title.unchanged)
    print(
        f"{clock(indexed)} of film in {clock(report.seconds)}: "
        f"{indexed / report.seconds:.1f} × real time."
    )
    if report.quicker:
        print("Quicker next time: " + ";\n".join(report.quicker) + ".")


def _print_problems(problems: tuple[str, ...]) -> None:
    console = Console(stderr=True)
    for problem in problems:
        tell(console, problem, "red")


def _jsonable(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


RECENT = 3
"""Number of titles that alternate; none of them is named again each time."""


class TerminalListener(Bar):
    """Shows a bar on a terminal; elsewhere prints a line for each title and message."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, TaskProgressColumn())
        self._lock = threading.Lock()
        self._recent: deque[str] = deque(maxlen=RECENT)

    def planned(self, seconds: float) -> None:
        """Set the length of the bar."""
        self.progress.update(self.task, total=max(seconds, 1e-6))

    def doing(self, title: str, stage: str) -> None:
        """Name the title and what is done to it."""
        words = STAGE_WORDS.get(stage, stage)
        self.progress.update(self.task, description=one_line(f"{title}: {words}"))
        with self._lock:
            if not self.console.is_terminal and title not in self._recent:
                self._recent.append(title)
                tell(self.console, f"{title}: {words} …")

    def worked(self, seconds: float) -> None:
        """Advance the bar."""
        self.progress.advance(self.task, seconds)

    def message(self, message: str) -> None:
        """Print a message above the bar."""
        tell(self.console, message)
