"""The networks of one run, each loaded on first use and then kept."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from indexer.allocation import keep_large_blocks
from indexer.backbones.builtin import WHISPER_BASE, WHISPER_TINY_EN
from indexer.backbones.nonsense import Nonsense
from indexer.backbones.registry import Backbones, ProfileDescription, describe, load_profile
from indexer.errors import ReelfindError
from indexer.records import TimedText
from indexer.settings import Settings
from probes.probe import Probe
from probes.tasks import Task
from probes.zero_shot import zero_shot_probe

if TYPE_CHECKING:
    from indexer.backbones.whisper import WhisperStates
    from indexer.framing.detector import FaceDetector
    from indexer.onscreen.network import TextNetwork
    from indexer.shots.transnet import TransNet
    from indexer.soundtrack.networks import Networks as SoundNetworks
    from indexer.whisper import Whisper
    from indexer.who.embedder import Embedder


class ZeroShotProbes(Mapping[str, Probe]):
    """Zero-shot probes by task: they score classes without labels.

    Every task with prompts has one; its prompts are embedded on first use.
    """

    def __init__(self, tasks: Mapping[str, Task], backbones: Callable[[], Backbones]) -> None:
        self._tasks = {name: task for name, task in tasks.items() if task.prompted}
        self._backbones = backbones
        self._made: dict[str, Probe] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Probe:
        task = self._tasks[name]
        with self._lock:
            if name not in self._made:
                backbones = self._backbones()
                self._made[name] = zero_shot_probe(
                    task, backbones.video.embed_query, backbones.text.embed_texts
                )
            return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tasks)

    def __len__(self) -> int:
        return len(self._tasks)


class Models:
    """Backbones, networks for shots and faces, and zero-shot probes of one profile. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.zero_shot: Mapping[str, Probe] = ZeroShotProbes(
            settings.known_tasks(), lambda: self.backbones
        )
        """The probes whose weights come from prompts, by the name of their task."""
        # One lock per network, so that none has to wait for another to load.
        self._backbones_lock = threading.Lock()
        self._shots_lock = threading.Lock()
        self._faces_lock = threading.Lock()
        self._onscreen_lock = threading.Lock()
        self._who_lock = threading.Lock()
        self._queries_lock = threading.Lock()
        self._whisper_lock = threading.Lock()
        self._sound_lock = threading.Lock()
        self._ready_for_queries = False

    @cached_property
    def description(self) -> ProfileDescription:
        """Names, versions and dimensions of the backbones, without loading them."""
        return describe(self._settings)

    @property
    def backbones(self) -> Backbones:
        """The three backbones of the profile; each loads when it is first used."""
        with self._backbones_lock:
            return self._backbones

    @property
    def transnet(self) -> "TransNet":
        """The network that decides uncertain shot boundaries."""
        with self._shots_lock:
            return self._transnet

    @property
    def faces(self) -> "FaceDetector":
        """The network that finds faces."""
        with self._faces_lock:
            return self._faces

    @property
    def face_embedder(self) -> "Embedder":
        """The network that tells faces apart.

        Raises:
            ReelfindError: the extra `who` is missing.
        """
        with self._who_lock:
            return self._face_embedder

    @property
    def text_network(self) -> "TextNetwork":
        """The network that reads text on screen."""
        with self._onscreen_lock:
            return self._text_network

    @property
    def sound(self) -> "SoundNetworks":
        """The networks that find speech and music.

        Raises:
            ReelfindError: their weights are missing or not the recorded ones.
        """
        with self._sound_lock:
            return self._sound

    def transcribe(
        self, audio: Path, progress: Callable[[float], None], language: str | None = None
    ) -> TimedText:
        """Return the speech of a title; see ``transcription.transcribe``.

        Args:
            audio: file of its sound.
            progress: takes the part (0..1) that is done.
            language: what is spoken; None if that is unknown.

        Raises:
            ReelfindError: the network's weights are missing or not the recorded ones.
        """
        from indexer.text.transcription import transcribe

        with self._whisper_lock:
            network = self._whisper
        speech = self.description.speech
        return transcribe(network, speech, audio, progress, language)

    def load_for_queries(self) -> None:
        """Load the networks that text queries need, so that the first search does not have to."""
        with self._queries_lock:
            if not self._ready_for_queries:
                self.backbones.video.embed_query(["a first query"])
                _ = self._nonsense
                self._ready_for_queries = True

    @property
    def nonsense(self) -> Nonsense:
        """Tells random letters from words, in the space of ``backbones.text.embed_query``."""
        with self._queries_lock:
            return self._nonsense

    @contextmanager
    def loaded_ahead(self, fits: bool = False) -> Iterator[None]:
        """Load everything in a background thread, while ffmpeg decodes the first film.

        With ``fits``, also imports the modules for fitting an encoder. The block ends after the
        thread: a process that exits inside a network's native code aborts.
        """
        keep_large_blocks()
        loading = threading.Thread(
            target=self._load_all, args=(fits,), name="load-ahead", daemon=True
        )
        loading.start()
        try:
            yield
        except Exception:
            loading.join()
            raise
        loading.join()

    def _load_all(self, fits: bool) -> None:
        # A stage that needs the network fails with the same error, and names the title.
        with suppress(ReelfindError):
            if self._settings.shots.refine:
                _ = self.transnet
            _ = (dict(self.zero_shot), self.backbones.audio)
        if fits:
            from encoder.optimizers import import_ahead

            import_ahead()

    @cached_property
    def _nonsense(self) -> Nonsense:
        return Nonsense.of(self.backbones.text.embed_query)

    @cached_property
    def _backbones(self) -> Backbones:
        return load_profile(self._settings)

    @cached_property
    def _whisper(self) -> "Whisper":
        """The network that transcribes: shared with the audio backbone if that is Whisper."""
        if self.description.audio.name in (WHISPER_TINY_EN.name, WHISPER_BASE.name):
            return cast("WhisperStates", self.backbones.audio).network
        from indexer.whisper import load_network

        return load_network()

    @cached_property
    def _faces(self) -> "FaceDetector":
        from indexer.framing.detector import load_detector

        return load_detector()

    @cached_property
    def _face_embedder(self) -> "Embedder":
        from indexer.who.embedder import load_embedder

        return load_embedder()

    @cached_property
    def _text_network(self) -> "TextNetwork":
        from indexer.onscreen.network import TextNetwork

        return TextNetwork()

    @cached_property
    def _transnet(self) -> "TransNet":
        from indexer.shots.transnet import load_transnet

        return load_transnet()

    @cached_property
    def _sound(self) -> "SoundNetworks":
        from indexer.soundtrack.networks import load_networks

        return load_networks()
