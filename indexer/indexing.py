"""Indexing: from files to titles in the store, embedded in context by the catalogue's encoder.

Where the catalogue has an encoder, each film goes through all stages on its own. Otherwise all
films are first brought to fused embeddings, and an encoder is fitted to them.
``indexer.publishing`` then makes titles searchable. A title that fails is reported and the others
continue; finished results survive when the process is killed.
"""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from pathlib import Path

from indexer.allocation import give_back
from indexer.catalogue import Catalogue
from indexer.cores import shared_cores
from indexer.earlier_versions import EarlierVersions
from indexer.encoder_in_use import load_current
from indexer.errors import ReelfindError
from indexer.executors.base import Executor
from indexer.executors.local import LocalExecutor
from indexer.executors.rounds import Results, Round, Rounds
from indexer.grids import Spans
from indexer.listener import Listener
from indexer.models import Models
from indexer.opening import open_index
from indexer.pairs import prepare_pair
from indexer.pipeline import AT_ONCE, BEFORE_ENCODER
from indexer.preparation import ENCODER_SHARE, Preparation, Prepared
from indexer.publishing import Publishing, note_track, replaces_index
from indexer.report import IndexReport
from indexer.request import Request
from indexer.run_time import RunTime, stages_of
from indexer.settings import Settings
from indexer.sharing.records import CATALOGUE, TITLES
from indexer.stages import decode, embed, who
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.store.base import Store
from indexer.timings import Timings


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
        if any(embed.FUSED in plan.stages for plan in prepared.plans):
            for line in self._models.backbones.needs():
                self._listener.message(line)
        if self._settings.who.enabled and any(who.NAME in each.stages for each in prepared.plans):
            _ = self._models.face_embedder  # Fails now, and not after an hour of analysis.
        self._versions.finish(store, {work.title.title_id for work in prepared.works})
        results: Results = {failure.path: failure for failure in prepared.failures}
        # Recorded for every title of the request, even if it is the track in use already.
        whole = prepared.whole if request.audio_track is None else frozenset()
        to_do = [work for work in prepared.works if work.title.title_id not in whole]
        others = [work for work in prepared.works if work.title.title_id in whole]
        others += prepared.edited
        fitting, transcribed = None, list[Path]()
        with ExitStack() as held:
            executor = self._executor(prepared, request, store, held)
            rounds = Rounds(executor, self._listener, self._timings, request.force, self._debug)
            encoder = self._given_encoder(request)
            if encoder is None or replaces_index(self._settings, encoder, store):
                first = Round(BEFORE_ENCODER, before=partial(note_track, request))
                others = [*rounds.run(to_do, first, results), *others]
                to_do = []
            if encoder is None:
                encoder, fitting = self._fit(others, request)
            problems = list(prepared.problems)
            if encoder is not None:
                self._catalogue.shared.push(CATALOGUE)
                publishing = Publishing(
                    self._catalogue,
                    self._settings,
                    self._models.description,
                    self._listener,
                    self._preparation,
                    self._versions,
                    self._spans,
                    store,
                    encoder,
                    rounds,
                    results,
                    transcribed,
                )
                problems += publishing.publish(to_do, others, request)
        problems += self._share()
        stages = stages_of(results.values(), fitting)
        quicker: tuple[str, ...] = ()
        if self._cluster(request) is None:
            clock.learn(stages)
            quicker = clock.advice(
                stages, results, transcribed, request.jobs, self._settings.profile
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

    def _share(self) -> list[str]:
        """Write what is not in the object store yet to it; return an error message, if any."""
        try:
            for where in (CATALOGUE, TITLES):
                self._catalogue.shared.push(where)
        except ReelfindError as error:
            return [str(error)]  # Everything is on this machine; the next run writes it.
        return []

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

    def _given_encoder(self, request: Request) -> FrozenEncoder | None:
        """Return the encoder that the request names or the catalogue has; None: fit one."""
        if request.encoder is not None:
            from indexer.encoding import adopt

            return adopt(request.encoder, self._catalogue, self._models.description)
        return None if request.refit else load_current(self._catalogue)

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

    def _fits_encoder(self, request: Request) -> bool:
        """Return whether the run will fit an encoder, provided that some title can be fused."""
        fresh = self._catalogue.current_encoder is None
        return request.encoder is None and (request.refit or fresh)
