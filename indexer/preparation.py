"""Before indexing: finds the films, the stages that each still needs, and the time they take."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.characters import one_line
from indexer.discovery import discover
from indexer.earlier_versions import TitlesByPath, moved_to
from indexer.edits import edited
from indexer.encoder_in_use import load_current
from indexer.errors import ReelfindError, cause_of
from indexer.listener import Listener
from indexer.manifest import Manifest
from indexer.metadata import MetadataReader
from indexer.metadata_fields import within_bounds
from indexer.models import Models
from indexer.object_store import snapshot
from indexer.pipeline import BEFORE_ENCODER, WITH_ENCODER, missing_stages
from indexer.probe import probe
from indexer.records import Media, Title
from indexer.report import TitleResult
from indexer.request import Request
from indexer.seen import Seen, SeenFilms, Stamp, stamp_of
from indexer.settings import Settings
from indexer.sound import with_sound
from indexer.stages import points
from indexer.stages.work import FrozenEncoder, TitleWork
from indexer.timings import Timings
from indexer.trained import ProbeInUse, TrainedProbes, fitting
from indexer.unchanged import state_within

InUse = tuple[FrozenEncoder, Mapping[str, ProbeInUse]]
"""The encoder in use, and the trained probes that read it by the name of their task."""

TITLE_ID_LENGTH = 16
ENCODER_SHARE = 0.01
"""Seconds of fitting expected per second of film, for the estimate of a first run."""


@dataclass(frozen=True)
class Plan:
    """One file that would be indexed, the stages it needs and the seconds they should take."""

    path: Path
    name: str
    film_seconds: float
    stages: tuple[str, ...]
    seconds: float
    error: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """The films of a request, with the files that are not films and the paths that failed.

    ``edited`` are titles of the catalogue whose film is not read. ``whole`` are the ids of titles
    with all stages done, except that the store may lack their points.
    """

    works: tuple[TitleWork, ...]
    edited: tuple[TitleWork, ...]
    failures: tuple[TitleResult, ...]
    problems: tuple[str, ...]
    plans: tuple[Plan, ...]
    whole: frozenset[str] = frozenset()


class Preparation:
    """Probes the files of a request and plans what each of them needs."""

    def __init__(
        self, catalogue: Catalogue, settings: Settings, models: Models, debug: bool = False
    ) -> None:
        """Take the settings and networks of a run; ``debug`` does not catch unexpected errors."""
        self._seen = SeenFilms(catalogue.seen_path, settings)
        self._catalogue = catalogue
        self._settings = settings
        self._models = models
        self._debug = debug

    def prepare(self, request: Request, timings: Timings, listener: Listener) -> Prepared:
        """Probe every file and plan it; nothing is written.

        Raises:
            ReelfindError: the encoder in use cannot be read.
        """
        with snapshot():
            return self._prepare(request, timings, listener)

    def _prepare(self, request: Request, timings: Timings, listener: Listener) -> Prepared:
        found = discover(request.paths, request.roots)
        self._catalogue.shared.list_results(len(found.files))
        in_use = None if request.changes_encoder else self._in_use()
        known = TitlesByPath(self._catalogue.manifests() if found.files else ())
        works: dict[str, TitleWork] = {}
        whole: set[str] = set()
        failures = []
        plans = []
        reader = MetadataReader()
        files = deque(found.files)
        while files:
            path = files.popleft()
            try:
                work = self._probe(path, known, reader, request)
                plan = self._plan(work, request.force, in_use, timings)
                moved = [moved_to(old) for old in work.replaces]
            except Exception as error:
                if self._debug and not isinstance(error, ReelfindError):
                    raise
                name, cause = one_line(path.stem), cause_of(error, path)
                failures.append(TitleResult(path, name, error=cause))
                plans.append(Plan(path, name, 0.0, (), 0.0, cause))
                continue
            first = works.setdefault(work.title.title_id, work)
            if first is not work:
                listener.message(f"{path}: the same film as {first.title.media.path}; skipped")
                continue
            plans.append(plan)
            whole |= set() if plan.stages else {work.title.title_id}
            beside = [each for each in moved if each is not None and each not in found.files]
            files += discover(beside, request.roots).files
        for work in works.values():
            work.replaces = tuple(old for old in work.replaces if old.title.title_id not in works)
        if request.changes_encoder:
            plans += [self._plan_again(work, timings) for work in self.others(works.values())]
        again = [self._again(title_id) for title_id in request.edited]
        plans += [self._plan_again(work, timings) for work in again]
        return Prepared(
            tuple(works.values()),
            tuple(again),
            tuple(failures),
            found.problems,
            tuple(plans),
            frozenset(whole),
        )

    def remember(self, work: TitleWork) -> None:
        """Save what was read from the film of a completely indexed title."""
        if work.seen is not None:
            self._seen.keep(work.title.title_id, work.seen)

    def others(self, works: Collection[TitleWork]) -> list[TitleWork]:
        """Return the titles of the catalogue that are not in ``works``, as they were indexed.

        Those that ``works`` replace are left out.
        """
        here = {work.title.title_id for work in works}
        here |= {old.title.title_id for work in works for old in work.replaces}
        others, manifests = [], self._catalogue.manifests()
        self._catalogue.shared.list_results(len(manifests))
        for manifest in manifests:
            if manifest.title.title_id not in here:
                work = self._work(manifest.title, manifest.warnings)
                work.before = manifest
                work.keys.update(manifest.keys)
                others.append(work)
        return others

    def _again(self, title_id: str) -> TitleWork:
        """Return a title of the catalogue: its film as last read, its metadata as edited.

        Raises:
            ReelfindError: there is no such title.
        """
        manifest = self._catalogue.manifest(title_id)
        if manifest is None:
            raise ReelfindError(f"{title_id}: no such title; it may have been removed meanwhile")
        title = manifest.title
        metadata = edited(self._catalogue.folder(title_id), title.metadata)
        work = self._work(replace(title, metadata=metadata), manifest.warnings)
        work.before = manifest
        work.keys.update(manifest.keys)
        return work

    def _probe(
        self, path: Path, known: TitlesByPath, reader: MetadataReader, request: Request
    ) -> TitleWork:
        state, stamp = state_within(path, request.roots), stamp_of(path)
        at = known.at(path)
        media, seen = (None, None) if request.force else self._unchanged(path, stamp, at)
        if media is None:
            media = probe(path, self._settings.media.containers)
        title_id = media.content_hash[:TITLE_ID_LENGTH]
        replaces = tuple(old for old in at if old.title.title_id != title_id)
        found = reader.read(path, named=seen.named if seen else None)
        metadata, warnings = found.metadata, found.warnings
        for old in replaces:
            metadata = edited(self._catalogue.folder(old.title.title_id), metadata)
        if (metadata.audio_track or 0) > len(media.audio_tracks):
            warnings += (f"{path}: has no audio track {metadata.audio_track}; one is chosen",)
            metadata = replace(metadata, audio_track=None)
        metadata = edited(self._catalogue.folder(title_id), metadata)
        if request.audio_track is not None:
            metadata = replace(metadata, audio_track=request.audio_track)
        title = Title(title_id, with_sound(media, metadata), metadata)
        work = self._work(title, warnings)
        work.replaces = replaces
        work.state = state
        work.before = known.by_id(title_id)
        work.seen = seen or Seen(self._seen.by, stamp, found.named)
        return work

    def _unchanged(
        self, path: Path, stamp: Stamp | None, at: Iterable[Manifest]
    ) -> tuple[Media, Seen] | tuple[None, None]:
        """Return a film as last read, if the file is unchanged since."""
        for manifest in at:
            seen, media = self._seen.find(manifest.title.title_id), manifest.title.media
            same_name = media.path.name == path.name
            if seen is not None and stamp is not None and seen.film == stamp and same_name:
                return replace(media, path=path), seen
        return None, None

    def _work(self, title: Title, warnings: tuple[str, ...]) -> TitleWork:
        return TitleWork(
            title=replace(title, metadata=within_bounds(title.metadata)),
            warnings=warnings,
            settings=self._settings,
            folder=self._catalogue.folder(title.title_id),
            models=self._models,
            report=lambda _: None,
        )

    def _in_use(self) -> InUse | None:
        """Return the encoder in use and the trained probes that fit it; None without an encoder.

        Raises:
            ReelfindError: the encoder or a probe is damaged.
        """
        encoder = load_current(self._catalogue)
        if encoder is None:
            return None
        probes = TrainedProbes(self._catalogue.probes_path).in_use()
        return encoder, fitting(probes, encoder.checkpoint_id)[0]

    def _plan(self, work: TitleWork, force: bool, in_use: InUse | None, timings: Timings) -> Plan:
        length = work.title.media.duration
        missing = missing_stages(work, BEFORE_ENCODER, force)
        if missing or in_use is None or work.before is None:
            missing += [stage.name for stage in WITH_ENCODER]
        else:
            work.encoder, work.trained = in_use
            missing += _missing_in_context(work, force)
        seconds = timings.estimate(missing, length) + ENCODER_SHARE * length * (in_use is None)
        media = work.title.media
        name = work.title.metadata.name
        return Plan(media.path, name, length, tuple(missing), seconds, warnings=work.warnings)

    def _plan_again(self, work: TitleWork, timings: Timings) -> Plan:
        """Plan a title of the catalogue that another encoder embeds in context."""
        stages = tuple(stage.name for stage in WITH_ENCODER)
        media = work.title.media
        seconds = timings.estimate(stages, media.duration)
        return Plan(media.path, work.title.metadata.name, media.duration, stages, seconds)


def _missing_in_context(work: TitleWork, force: bool) -> list[str]:
    """Return which of the last stages have to run, without asking the store."""
    last = [stage for stage in WITH_ENCODER if stage.name != points.NAME]
    missing = missing_stages(work, last, force)
    return [*missing, points.NAME] if missing else []
