"""Indexing: paths to titles in the store, every title in the context of its catalogue's encoder.

Three steps. First each film is brought to fused embeddings, on its own. Then the encoder is
loaded or, when the catalogue has none, fitted to all of it. Last each title is embedded in
context, cut into clips, scored and written to the store. A title that fails is reported and
the others go on; whatever was finished stays finished when the process is killed.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.discovery import discover
from indexer.encoding import fit_to_catalogue, load_current
from indexer.errors import ReelfindError
from indexer.listener import Listener
from indexer.metadata import read_metadata
from indexer.models import Models
from indexer.pipeline import (
    BEFORE_ENCODER,
    WITH_ENCODER,
    StageTime,
    missing_stages,
    run_stages,
)
from indexer.probe import probe
from indexer.records import Title
from indexer.report import IndexReport, TitleResult
from indexer.settings import Settings
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.store.base import Store, pair
from indexer.store.lock import DirectoryLock
from indexer.store.open import open_store
from indexer.store.schema import profile_schema
from indexer.timings import Timings
from indexer.wrapup import facts_of, write_manifest

TITLE_ID_LENGTH = 16
ENCODER_SHARE = 0.01
"""Seconds of fitting expected per second of film, for the estimate of a first run."""


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    ``force`` runs every stage again; ``refit`` trains a new encoder on the whole catalogue
    and embeds every title again with it; ``jobs`` titles are worked on at once.
    """

    paths: tuple[Path, ...]
    force: bool = False
    refit: bool = False
    jobs: int = 1


@dataclass(frozen=True)
class Plan:
    """One file that would be indexed, the stages it needs and the seconds they should take."""

    path: Path
    name: str
    film_seconds: float
    stages: tuple[str, ...]
    seconds: float
    error: str | None = None


class Indexer:
    """One run of indexing over one data directory."""

    def __init__(
        self,
        catalogue: Catalogue,
        settings: Settings,
        listener: Listener,
        debug: bool = False,
        models: Models | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            catalogue: the data directory.
            settings: its settings.
            listener: told how it goes.
            debug: let unexpected errors through with their traceback.
            models: networks that are loaded already, of the same profile.
        """
        self._catalogue = catalogue
        self._settings = settings
        self._listener = listener
        self._debug = debug
        self._models = models or Models(settings)
        self._timings = Timings(catalogue.path / "timings.json")

    def plan(self, request: Request) -> tuple[list[Plan], tuple[str, ...]]:
        """Return what ``run`` would do, without doing it, and the paths it could not look at."""
        works, failures, problems = self._prepare(request)
        encoder = None if request.refit else load_current(self._catalogue)
        plans = []
        for work in works:
            missing = missing_stages(work, BEFORE_ENCODER, request.force)
            work.encoder = encoder
            if missing or encoder is None or not self._catalogue.manifest(work.title.title_id):
                missing += [stage.name for stage in WITH_ENCODER]
            else:
                missing += self._missing_in_context(work, request.force)
            length = work.title.media.duration
            seconds = self._timings.estimate(missing, length)
            plans.append(
                Plan(
                    work.title.media.path,
                    work.title.metadata.name,
                    length,
                    tuple(missing),
                    seconds + (ENCODER_SHARE * length if encoder is None else 0.0),
                )
            )
        plans += [Plan(f.path, f.name, 0.0, (), 0.0, f.error) for f in failures]
        return plans, problems

    def run(self, request: Request) -> IndexReport:
        """Index the films and return what was done.

        Raises:
            ReelfindError: the data directory or the store cannot be used; nothing was changed.
        """
        began = time.monotonic()
        self._catalogue.prepare(self._settings.profile)
        lock = DirectoryLock(self._catalogue.path)
        try:
            with open_store(
                self._catalogue.store_path,
                self._settings.qdrant_url,
                self._settings.qdrant_api_key,
            ) as store:
                return self._run(request, store, began)
        finally:
            lock.release()

    def _run(self, request: Request, store: Store, began: float) -> IndexReport:
        works, failures, problems = self._prepare(request)
        self._announce(works, request)
        results = {f.path: f for f in failures}
        if any(missing_stages(work, BEFORE_ENCODER, request.force) for work in works):
            self._models.load_ahead()
        fused = self._each(works, request.jobs, results, self._to_fused(request.force))
        encoder, fitting, everything = self._choose_encoder(fused, request.refit)
        if encoder is not None:
            self._in_context(everything, encoder, store, request, results)
        self._timings.save()
        order = [work.title.media.path for work in works] + [f.path for f in failures]
        return IndexReport(
            tuple(results[path] for path in order),
            problems,
            encoder.checkpoint_id if encoder else None,
            fitting,
            time.monotonic() - began,
        )

    def _prepare(
        self, request: Request
    ) -> tuple[list[TitleWork], list[TitleResult], tuple[str, ...]]:
        """Probe every file: works for films, results for files that are none."""
        found = discover(request.paths)
        works: dict[str, TitleWork] = {}
        failures = []
        for path in found.files:
            try:
                work = self._work(path)
            except ReelfindError as error:
                failures.append(TitleResult(path, path.stem, error=str(error)))
                continue
            first = works.setdefault(work.title.title_id, work)
            if first is not work:
                self._listener.said(f"{path}: the same film as {first.title.media.path}; skipped")
        return list(works.values()), failures, found.problems

    def _work(self, path: Path) -> TitleWork:
        media = probe(path)
        title_id = media.content_hash[:TITLE_ID_LENGTH]
        return self._work_of(Title(title_id, media, read_metadata(path)))

    def _work_of(self, title: Title) -> TitleWork:
        return TitleWork(
            title=title,
            settings=self._settings,
            folder=self._catalogue.folder(title.title_id),
            models=self._models,
            report=lambda _: None,
        )

    def _announce(self, works: Sequence[TitleWork], request: Request) -> None:
        """Tell the listener how long the run should take."""
        new = load_current(self._catalogue) is None or request.refit
        total = 0.0
        for work in works:
            missing = missing_stages(work, BEFORE_ENCODER, request.force)
            if missing or new:
                missing += [stage.name for stage in WITH_ENCODER]
            length = work.title.media.duration
            total += self._timings.estimate(missing, length) + ENCODER_SHARE * length * new
        self._listener.planned(total)

    def _to_fused(self, force: bool) -> Callable[[TitleWork], list[StageTime]]:
        def run(work: TitleWork) -> list[StageTime]:
            return run_stages(work, BEFORE_ENCODER, force, self._listener, self._timings)

        return run

    def _each(
        self,
        works: Sequence[TitleWork],
        jobs: int,
        results: dict[Path, TitleResult],
        run: Callable[[TitleWork], list[StageTime]],
    ) -> list[TitleWork]:
        """Run ``run`` on every title, note times and failures, and return those that went well."""

        def one(work: TitleWork) -> TitleResult:
            path, name = work.title.media.path, work.title.metadata.name
            before = results.get(path, TitleResult(path, name, work.title.title_id))
            try:
                times = run(work)
            except ReelfindError as error:
                return replace(before, error=str(error))
            except Exception as error:
                if self._debug:
                    raise
                return replace(before, error=_unexpected(path, error))
            return replace(before, times=(*before.times, *times))

        if jobs == 1:
            done = [one(work) for work in works]
        else:
            with ThreadPoolExecutor(max_workers=jobs) as pool:
                done = list(pool.map(one, works))
        results.update({result.path: result for result in done})
        return [work for work, result in zip(works, done, strict=True) if result.error is None]

    def _choose_encoder(
        self, fused: Sequence[TitleWork], refit: bool
    ) -> tuple[FrozenEncoder | None, float | None, list[TitleWork]]:
        """Return the encoder, the seconds its fitting took (None: kept), and the titles to embed.

        A refit is for the whole catalogue: the titles that were not named now come along.
        """
        kept = None if refit else load_current(self._catalogue)
        if kept is not None or not (fused or refit):
            return kept, None, list(fused)
        everything = [*fused, *self._others(fused)]
        if not everything:
            return None, None, []
        reason = "asked for" if refit else "this catalogue has none yet"
        self._listener.said(
            f"fitting a new encoder to {len(everything)} titles ({reason}); it is kept until "
            "`reelfind index --refit` asks for another"
        )
        self._listener.doing("all titles", "encoder")
        began = time.monotonic()
        share = ENCODER_SHARE * sum(work.title.media.duration for work in fused)
        told = 0.0

        def progress(done: float) -> None:
            nonlocal told
            self._listener.worked((done - told) * share)
            told = done

        encoder = fit_to_catalogue(everything, self._catalogue, progress)
        if not refit:
            self._catalogue.use_encoder(encoder.checkpoint_id)
        return encoder, time.monotonic() - began, everything

    def _others(self, fused: Sequence[TitleWork]) -> list[TitleWork]:
        """Return the titles of the catalogue that are not in ``fused``, as they were indexed."""
        here = {work.title.title_id for work in fused}
        others = []
        for manifest in self._catalogue.manifests():
            if manifest.title.title_id not in here:
                work = self._work_of(manifest.title)
                work.keys.update(manifest.keys)
                others.append(work)
        return others

    def _in_context(
        self,
        works: Sequence[TitleWork],
        encoder: FrozenEncoder,
        store: Store,
        request: Request,
        results: dict[Path, TitleResult],
    ) -> None:
        """Bring fused titles into the store, and let search read them."""
        name = f"{self._settings.profile}-{encoder.checkpoint_id[:8]}"
        description = self._models.description
        schema = profile_schema(
            aligned=description.aligned,
            text=description.text.dimension,
            in_context=encoder.encoder.config.width,
            fused=encoder.encoder.config.fused_dim,
        )
        for collection in pair(name):
            store.ensure_schema(collection, schema)
        if store.current() is None:
            store.set_current(name)
        swapping = store.current() != name

        def run(work: TitleWork) -> list[StageTime]:
            work.encoder, work.target = encoder, (store, name)
            times = run_stages(work, WITH_ENCODER, request.force, self._listener, self._timings)
            if not swapping:
                self._finish(work)
            return times

        done = self._each(works, 1, results, run)
        if swapping and len(done) == len(works):
            self._swap(store, name, encoder, done)
        for work in done:
            path = work.title.media.path
            facts = facts_of(work)
            results[path] = replace(
                results[path],
                shots=facts.shots,
                clips=facts.clips,
                seconds=facts.seconds,
                warnings=facts.warnings,
            )

    def _swap(
        self, store: Store, name: str, encoder: FrozenEncoder, works: Sequence[TitleWork]
    ) -> None:
        """Let search read the new pair, then forget the old one."""
        old = store.current()
        store.set_current(name)
        self._catalogue.use_encoder(encoder.checkpoint_id)
        for work in works:
            self._finish(work)
        for collection in pair(old) if old else ():
            store.drop(collection)

    def _finish(self, work: TitleWork) -> None:
        write_manifest(self._catalogue, work)
        work.folder.prune(work.keys)

    def _missing_in_context(self, work: TitleWork, force: bool) -> list[str]:
        """Return which of the last stages have to run, as far as can be told with no store."""
        last = [stage for stage in WITH_ENCODER if stage.name != "points"]
        missing = missing_stages(work, last, force)
        return [*missing, "points"] if missing else []


def _unexpected(path: Path, error: Exception) -> str:
    cause = " ".join(str(error).split()) or "no message"
    return (
        f"{path}: something unexpected ({type(error).__name__}: {cause}); run again with --debug "
        "for the details, and report it"
    )
