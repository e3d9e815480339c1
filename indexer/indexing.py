"""Indexing: from files to titles in the store, embedded in context by the catalogue's encoder.

Three steps. First each film is brought to fused embeddings, on its own. Then the encoder is
loaded or, when the catalogue has none, fitted to all of it. Last each title is embedded in
context, cut into clips, scored and written to the store. A title that fails is reported and
the others continue; finished results survive when the process is killed.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from indexer.allocation import give_back
from indexer.batches import Batches
from indexer.catalogue import Catalogue
from indexer.cores import shared_cores
from indexer.earlier_versions import EarlierVersions
from indexer.edits import edit
from indexer.encoder_in_use import load_current
from indexer.errors import ReelfindError
from indexer.executors.base import Executor
from indexer.executors.local import LocalExecutor
from indexer.executors.rounds import Results, Round, Rounds
from indexer.grids import Spans, grid_change
from indexer.listener import Listener
from indexer.models import Models
from indexer.opening import open_index
from indexer.pairs import ensure_pair, prepare_pair
from indexer.pipeline import AT_ONCE, BEFORE_ENCODER, STAGES, WITH_ENCODER
from indexer.preparation import ENCODER_SHARE, Preparation, Prepared
from indexer.report import IndexReport, TitleResult
from indexer.request import Request
from indexer.run_time import RunTime, stages_of
from indexer.settings import Settings
from indexer.stages import decode, embed, points
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.store.base import Store, collections_of, pair
from indexer.timings import Timings
from indexer.title_points import TitlePoints
from indexer.trained import ProbeInUse, TrainedProbes, fitting
from indexer.versions import pair_name
from indexer.wrapup import Facts, facts_of, write_manifest


class Indexer:
    """Indexes films into one data directory."""

    def __init__(
        self,
        catalogue: Catalogue,
        settings: Settings,
        listener: Listener,
        debug: bool = False,
        models: Models | None = None,
        store: Store | None = None,
        spans: Spans | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            catalogue: the data directory.
            settings: its settings.
            listener: receives the progress.
            debug: let unexpected errors through with their traceback.
            models: networks of the same profile that are loaded already.
            store: an open store, which stays open; by default, the one that the settings name.
            spans: shortlists and labels, converted when a title gets a new frame grid.
        """
        self._spans = spans
        self._transcribed: list[Path] = []
        self._catalogue = catalogue
        self._settings = settings
        self._listener = listener
        self._debug = debug
        self._models = models or Models(settings)
        self._store = store
        self._timings = Timings(catalogue.path / "timings.json")
        self._versions = EarlierVersions(catalogue)
        self._preparation = Preparation(catalogue, settings, self._models, debug)

    def plan(self, request: Request) -> Prepared:
        """Return what ``run`` would do, without doing it."""
        self._catalogue.check_profile(self._settings.profile)
        return self._preparation.prepare(request, self._timings, self._listener)

    def run(self, request: Request) -> IndexReport:
        """Index the films and return what was done.

        Raises:
            ReelfindError: the data directory or the store cannot be used; nothing was changed.
            StoppedError: the listener stopped the run.
        """
        clock = RunTime(self._timings, self._listener)
        self._catalogue.prepare(self._settings.profile)
        lock = self._catalogue.writer.take()
        try:
            with self._opened() as store:
                # Fail now if the server is down, not after an hour of analysis; if it goes down
                # later, the run waits for it.
                store.current()
                return self._run(request, store, clock)
        finally:
            lock.release()

    def _opened(self) -> AbstractContextManager[Store]:
        if self._store is not None:
            return nullcontext(self._store)
        return open_index(self._catalogue, self._settings, self._listener.message)

    def _run(self, request: Request, store: Store, clock: RunTime) -> IndexReport:
        prepared = self._preparation.prepare(request, self._timings, self._listener)
        clock.plan(prepared.plans)
        self._versions.finish(store, {work.title.title_id for work in prepared.works})
        results: Results = {failure.path: failure for failure in prepared.failures}
        # Recorded for every title of the request, even if it is the track in use already.
        whole = prepared.whole if request.audio_track is None else frozenset()
        to_do = [work for work in prepared.works if work.title.title_id not in whole]
        others = [work for work in prepared.works if work.title.title_id in whole]
        others += prepared.edited
        fitting = None
        with ExitStack() as held:
            executor = self._executor(prepared, request, store, held)
            rounds = Rounds(executor, self._listener, self._timings, request.force, self._debug)
            encoder = self._given_encoder(request)
            if encoder is None or self._replaces_index(encoder, store):
                first = Round(BEFORE_ENCODER, before=partial(self._note_track, request))
                others = [*rounds.run(to_do, first, results), *others]
                to_do = []
            if encoder is None:
                encoder, fitting = self._fit(others, request)
            problems = list(prepared.problems)
            if encoder is not None:
                problems += self._to_store(to_do, others, encoder, store, request, rounds, results)
        stages = stages_of(results.values(), fitting)
        quicker: tuple[str, ...] = ()
        if self._cluster(request) is None:
            clock.learn(stages)
            quicker = clock.advice(
                stages, results, self._transcribed, request.jobs, self._settings.profile
            )
        self._timings.save()
        asked = [
            *(w.title.media.path for w in prepared.works),
            *(f.path for f in prepared.failures),
        ]
        order = dict.fromkeys([*asked, *results])
        return IndexReport(
            tuple(results[path] for path in order),
            tuple(problems),
            encoder.checkpoint_id if encoder else None,
            fitting,
            clock.seconds,
            stages,
            quicker,
        )

    def _get_ready(
        self, prepared: Prepared, request: Request, store: Store, held: ExitStack
    ) -> None:
        """Load the networks and prepare the store while the first film is decoded."""
        if any(plan.stages for plan in prepared.plans):
            held.enter_context(shared_cores(AT_ONCE * request.jobs))
        if any(decode.NAME in plan.stages for plan in prepared.plans):
            fits = self._fits_encoder(request)
            held.enter_context(self._models.loaded_ahead(fits))
            if fits:
                prepare_pair(store, self._settings, self._models.description)

    def _executor(
        self, prepared: Prepared, request: Request, store: Store, held: ExitStack
    ) -> Executor:
        """Return what runs the stages; it is given back when ``held`` is closed."""
        address = self._cluster(request)
        if address is None:
            get_ready = partial(self._get_ready, prepared, request, store, held)
            return LocalExecutor(request.jobs, get_ready)
        try:
            from indexer.executors.ray import RayExecutor
        except ModuleNotFoundError as error:
            raise ReelfindError(
                f"cluster {address}: Ray is not installed here; run: pip install "
                "'reelfind[cluster]'"
            ) from error
        about = (address, self._catalogue, self._settings, self._listener, request.jobs)
        return held.enter_context(RayExecutor(*about, debug=self._debug))

    def _cluster(self, request: Request) -> str | None:
        """Return the address of the cluster that does the work; None: this machine does it."""
        if request.edited:  # That is quicker than processes start on other machines.
            return None
        return request.cluster or self._settings.cluster.address

    def _note_track(self, request: Request, work: TitleWork) -> None:
        if request.audio_track is not None:
            edit(work.folder, {"audio_track": request.audio_track})

    def _given_encoder(self, request: Request) -> FrozenEncoder | None:
        """Return the encoder that the request names or the catalogue has; None: fit one."""
        if request.encoder is not None:
            from indexer.encoding import adopt

            return adopt(request.encoder, self._catalogue, self._models.description)
        return None if request.refit else load_current(self._catalogue)

    def _replaces_index(self, encoder: FrozenEncoder, store: Store) -> bool:
        """Return whether search has to switch to other collections for this encoder."""
        name = pair_name(self._settings.profile, encoder.checkpoint_id)
        return store.current() not in (None, name)

    def _fit(
        self, fused: Sequence[TitleWork], request: Request
    ) -> tuple[FrozenEncoder | None, float | None]:
        """Fit an encoder to the whole catalogue; return it and the seconds that this took.

        Without any title that is fused, there is none.
        """
        refit = request.refit
        everything = [*fused, *self._with_vectors(self._preparation.others(fused))]
        if not everything:
            return None, None
        reason = "asked for" if refit else "this catalogue has none yet"
        count = f"{len(everything)} title{'' if len(everything) == 1 else 's'}"
        self._listener.message(
            f"fitting a new encoder to {count} ({reason}); it is kept until "
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

        from indexer.encoding import fit_to_catalogue

        encoder = fit_to_catalogue(everything, self._catalogue, progress)
        give_back()
        if not refit:  # Saved at once, so that no run after a kill fits another.
            self._catalogue.use_encoder(encoder.checkpoint_id)
        return encoder, time.monotonic() - began

    def _with_vectors(self, works: Sequence[TitleWork]) -> list[TitleWork]:
        """Return the titles that have fused embeddings, and report the others."""
        found = []
        for work in works:
            if work.folder.has(embed.FUSED, work.keys.get(embed.FUSED, "")):
                found.append(work)
            else:
                self._listener.message(
                    f"{work.title.metadata.name}: its embeddings are missing, so the encoder is "
                    "fitted without it; index its film again"
                )
        return found

    def _to_store(
        self,
        films: Sequence[TitleWork],
        fused: Sequence[TitleWork],
        encoder: FrozenEncoder,
        store: Store,
        request: Request,
        rounds: Rounds,
        results: Results,
    ) -> list[str]:
        """Write titles to the store and make them searchable; return an error message, if any.

        ``films`` go through all stages, and wait for no other title; ``fused`` have passed the
        first ones. If the encoder is not the one that search uses, the whole catalogue goes into a
        new pair of collections, and search switches over when the pair is complete. The same
        happens if search has no pair, as after the index was lost or moved to a server.
        """
        name = ensure_pair(store, self._settings, self._models.description, encoder)
        current = store.current()
        swapping = self._replaces_index(encoder, store)
        if not swapping:
            self._catalogue.use_encoder(encoder.checkpoint_id)
            store.set_current(name)
        everything = current != name or request.rescore
        rest = [*fused, *self._preparation.others([*films, *fused])] if everything else list(fused)
        trained = self._trained_for(encoder)
        titles = TitlePoints(self._catalogue, store, name)
        if not swapping:
            titles.fill()

        facts: dict[str, Facts] = {}

        def begin(work: TitleWork) -> None:
            work.encoder, work.target, work.trained = encoder, (store, name), trained

        def end(work: TitleWork) -> None:
            facts[work.title.title_id] = found = facts_of(work)
            if found.transcribed:
                self._transcribed.append(work.title.media.path)
            batches.add(work)

        def finish(work: TitleWork) -> None:
            self._finish(work, facts[work.title.title_id], titles)

        def flush(batch: Sequence[TitleWork]) -> None:
            unflushed = list(batch)

            def flush_and_finish(work: TitleWork) -> None:
                if unflushed:
                    points.flush(unflushed)
                    unflushed.clear()
                if not swapping:
                    finish(work)

            rounds.each(batch, flush_and_finish, results)
            titles.flush()

        def begin_film(work: TitleWork) -> None:
            self._note_track(request, work)
            begin(work)

        batches = Batches(flush)
        try:
            done = rounds.run(films, Round(STAGES, begin_film, end), results)
            done += rounds.run(rest, Round(WITH_ENCODER, begin, end), results)
        finally:
            batches.finish()
        done = [work for work in done if results[work.title.media.path].error is None]
        for work in done:
            path = work.title.media.path
            results[path] = _with_facts(results[path], facts[work.title.title_id])
        if not swapping:
            return self._maintained(store, name)
        if len(done) < len(rest):
            return [
                f"{self._catalogue.path}: search still reads the old index, since not every title "
                "could be embedded with the new encoder; correct the errors above and run again"
            ]
        problems = self._maintained(store, name)
        titles.fill()
        self._swap(store, name, encoder, lambda: rounds.each(done, finish, results))
        titles.flush()
        return problems

    def _maintained(self, store: Store, name: str) -> list[str]:
        """Optimize the store after many writes; return an error message, if any."""
        try:
            for collection in pair(name):
                store.maintain(
                    collection, lambda: self._listener.doing("all titles", "maintenance")
                )
        except ReelfindError as error:
            # Everything is written and searchable.
            return [str(error)]
        return []

    def _trained_for(self, encoder: FrozenEncoder) -> dict[str, ProbeInUse]:
        """Return the trained probes that fit this encoder, and report those that do not."""
        probes = TrainedProbes(self._catalogue.probes_path).in_use()
        trained, others = fitting(probes, encoder.checkpoint_id)
        if others:
            self._listener.message(
                f"{', '.join(others)}: the trained probes read another encoder, so scores are "
                "zero-shot; train them again with `reelfind probes train`"
            )
        return trained

    def _fits_encoder(self, request: Request) -> bool:
        """Return whether the run will fit an encoder, provided that some title can be fused."""
        fresh = self._catalogue.current_encoder is None
        return request.encoder is None and (request.refit or fresh)

    def _swap(
        self, store: Store, name: str, encoder: FrozenEncoder, finish: Callable[[], object]
    ) -> None:
        """Switch search to the new pair, ``finish`` its titles, then delete the old pair.

        The encoder is switched first: if the run is killed in between, the next one sees that
        search does not use the encoder's pair, and swaps again.
        """
        old = store.current()
        self._catalogue.use_encoder(encoder.checkpoint_id)
        store.set_current(name)
        finish()
        for collection in collections_of(old) if old else ():
            store.drop(collection)

    def _finish(self, work: TitleWork, facts: Facts, titles: TitlePoints) -> None:
        before = work.before or self._versions.last_known(work.title.title_id)
        change = grid_change(before, work) if before is not None else None
        if change is not None and self._spans is not None:
            # Before the manifest: converted spans record their grid, so they are converted once.
            self._spans.move(change)
        if write_manifest(self._catalogue, work, facts):
            titles.write(work.title.title_id)
        self._preparation.remember(work)
        work.folder.prune(work.keys)
        self._versions.forget(work.title.title_id)
        for old in work.replaces:
            self._versions.replace(old, work.title.title_id, work.store[0])
        if work.replaces:
            self._listener.message(
                f"{work.title.media.path}: a new version of the file; the earlier one is no longer "
                "in the index, and shortlist items and labels that were made on it are marked"
            )


def _with_facts(result: TitleResult, facts: Facts) -> TitleResult:
    return replace(
        result,
        shots=facts.shots,
        clips=facts.clips,
        seconds=facts.seconds,
        warnings=facts.warnings,
    )
