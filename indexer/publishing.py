"""Makes titles searchable: they pass the stages with the encoder and are written to the store.

If the encoder is not the one that search uses, the whole catalogue goes into a new pair of
collections, and search switches over when the pair is complete.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.backbones.registry import ProfileDescription
from indexer.batches import Batches
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersions
from indexer.edits import edit
from indexer.errors import ReelfindError
from indexer.executors.rounds import Results, Round, Rounds
from indexer.grids import Spans, grid_change
from indexer.listener import Listener
from indexer.pairs import ensure_pair
from indexer.pipeline import STAGES, WITH_ENCODER
from indexer.preparation import Preparation
from indexer.report import TitleResult
from indexer.request import Request
from indexer.settings import Settings
from indexer.sharing.records import TITLES
from indexer.stages import points
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.store.base import Store
from indexer.store.names import collections_of, pair
from indexer.title_points import TitlePoints
from indexer.trained import ProbeInUse, TrainedProbes, fitting
from indexer.versions import pair_name
from indexer.wrapup import Facts, facts_of, write_manifest


@dataclass(frozen=True)
class Publishing:
    """Makes the titles of one run searchable with an encoder.

    ``spans`` are shortlists and labels, converted when a title gets a new frame grid;
    ``transcribed`` collects the films whose words were recognised.
    """

    catalogue: Catalogue
    settings: Settings
    description: ProfileDescription
    listener: Listener
    preparation: Preparation
    versions: EarlierVersions
    spans: Spans | None
    store: Store
    encoder: FrozenEncoder
    rounds: Rounds
    results: Results
    transcribed: list[Path]

    def publish(
        self, films: Sequence[TitleWork], fused: Sequence[TitleWork], request: Request
    ) -> list[str]:
        """Write titles to the store and make them searchable; return an error message, if any.

        ``films`` go through all stages, and wait for no other title; ``fused`` have passed the
        first ones. If the encoder is not the one that search uses, the whole catalogue goes into a
        new pair of collections, and search switches over when the pair is complete. The same
        happens if search has no pair, as after the index was lost or moved to a server.
        """
        store, encoder, rounds, results = self.store, self.encoder, self.rounds, self.results
        name = ensure_pair(store, self.settings, self.description, encoder)
        current = store.current()
        swapping = replaces_index(self.settings, encoder, store)
        if not swapping:
            self.catalogue.use_encoder(encoder.checkpoint_id)
            store.set_current(name)
        everything = current != name or request.rescore
        rest = [*fused, *self.preparation.others([*films, *fused])] if everything else list(fused)
        trained = self._trained()
        titles = TitlePoints(self.catalogue, store, name)
        if not swapping:
            titles.fill()

        facts: dict[str, Facts] = {}

        def begin(work: TitleWork) -> None:
            work.encoder, work.target, work.trained = encoder, (store, name), trained

        def end(work: TitleWork) -> None:
            facts[work.title.title_id] = found = facts_of(work)
            if found.transcribed:
                self.transcribed.append(work.title.media.path)
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
            note_track(request, work)
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
            return self._maintained(name)
        if len(done) < len(rest):
            return [
                f"{self.catalogue.path}: search still reads the old index, since not every title "
                "could be embedded with the new encoder; correct the errors above and run again"
            ]
        problems = self._maintained(name)
        titles.fill()
        self._swap(name, lambda: rounds.each(done, finish, results))
        titles.flush()
        return problems

    def _maintained(self, name: str) -> list[str]:
        """Optimize the store after many writes; return an error message, if any."""
        try:
            for collection in pair(name):
                self.store.maintain(
                    collection, lambda: self.listener.doing("all titles", "maintenance")
                )
        except ReelfindError as error:
            # Everything is written and searchable.
            return [str(error)]
        return []

    def _trained(self) -> dict[str, ProbeInUse]:
        """Return the trained probes that fit the encoder, and report those that do not."""
        probes = TrainedProbes(self.catalogue.probes_path).in_use()
        trained, others = fitting(probes, self.encoder.checkpoint_id)
        if others:
            self.listener.message(
                f"{', '.join(others)}: the trained probes read another encoder, so scores are "
                "zero-shot; train them again with `reelfind probes train`"
            )
        return trained

    def _swap(self, name: str, finish: Callable[[], object]) -> None:
        """Switch search to the new pair, ``finish`` its titles, then delete the old pair.

        The encoder is switched first: if the run is killed in between, the next one sees that
        search does not use the encoder's pair, and swaps again.
        """
        old = self.store.current()
        self.catalogue.use_encoder(self.encoder.checkpoint_id)
        self.store.set_current(name)
        finish()
        for collection in collections_of(old) if old else ():
            self.store.drop(collection)

    def _finish(self, work: TitleWork, facts: Facts, titles: TitlePoints) -> None:
        before = work.before or self.versions.last_known(work.title.title_id)
        change = grid_change(before, work) if before is not None else None
        if change is not None and self.spans is not None:
            # Before the manifest: converted spans record their grid, so they are converted once.
            self.spans.move(change)
        work.folder.share(work.keys)
        if write_manifest(self.catalogue, work, facts):
            titles.write(work.title.title_id)
        self.preparation.remember(work)
        self.catalogue.shared.push(f"{TITLES}/{work.title.title_id}")
        work.folder.prune(work.keys)
        work.folder.free()
        self.versions.forget(work.title.title_id)
        for old in work.replaces:
            self.versions.replace(old, work.title.title_id, work.store[0])
        if work.replaces:
            self.listener.message(
                f"{work.title.media.path}: a new version of the file; the earlier one is no longer "
                "in the index, and shortlist items and labels that were made on it are marked"
            )


def replaces_index(settings: Settings, encoder: FrozenEncoder, store: Store) -> bool:
    """Return whether search has to switch to other collections for this encoder."""
    name = pair_name(settings.profile, encoder.checkpoint_id)
    return store.current() not in (None, name)


def note_track(request: Request, work: TitleWork) -> None:
    """Record the audio track that a request names for a title."""
    if request.audio_track is not None:
        edit(work.folder, {"audio_track": request.audio_track})


def _with_facts(result: TitleResult, facts: Facts) -> TitleResult:
    return replace(
        result,
        shots=facts.shots,
        clips=facts.clips,
        seconds=facts.seconds,
        warnings=facts.warnings,
    )
