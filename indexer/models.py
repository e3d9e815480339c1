"""The networks of one run, each loaded when it is first needed and then kept."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from indexer.backbones.registry import Backbones, ProfileDescription, describe, load_profile
from indexer.errors import ReelfindError
from indexer.settings import Settings
from indexer.shots.transnet import TransNet, load_transnet
from probes.probe import Probe
from probes.tasks import CLIP_WORTHINESS, GENRE, TONE, load_task
from probes.zero_shot import zero_shot_probe


@dataclass(frozen=True)
class ZeroShotProbes:
    """The probes that score before a user has labels."""

    tone: Probe
    genre: Probe
    clip_worthiness: Probe


class Models:
    """Backbones, shot network and zero-shot probes of one profile. Safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # A lock each: whoever needs one network must not wait for another to load.
        self._shots_lock = threading.Lock()
        self._probes_lock = threading.Lock()
        self._queries_lock = threading.Lock()
        self._ready_for_queries = False

    @cached_property
    def description(self) -> ProfileDescription:
        """Names, versions and dimensions of the backbones, without loading them."""
        return describe(self._settings)

    @cached_property
    def backbones(self) -> Backbones:
        """The three backbones of the profile; each loads when it is first used."""
        return load_profile(self._settings)

    @property
    def transnet(self) -> TransNet:
        """The network that settles uncertain shot boundaries."""
        with self._shots_lock:
            return self._transnet

    @property
    def zero_shot(self) -> ZeroShotProbes:
        """The probes whose weights come from prompts."""
        with self._probes_lock:
            return self._zero_shot

    def load_for_queries(self) -> None:
        """Load what words need; a first search would otherwise pay for it."""
        with self._queries_lock:
            if not self._ready_for_queries:
                self.backbones.video.embed_query(["a first query"])
                self.backbones.text.embed_texts(["a first query"])
                self._ready_for_queries = True

    def load_ahead(self) -> None:
        """Load everything in a thread of its own, while ffmpeg decodes the first film."""
        threading.Thread(target=self._load_all, name="load-ahead", daemon=True).start()

    def _load_all(self) -> None:
        # A stage that needs what fails here says so itself, and of which title.
        with suppress(ReelfindError):
            _ = (self.transnet, self.zero_shot, self.backbones.audio)

    @cached_property
    def _transnet(self) -> TransNet:
        return load_transnet()

    @cached_property
    def _zero_shot(self) -> ZeroShotProbes:
        picture = self.backbones.video.embed_query
        dialogue = self.backbones.text.embed_texts
        tone, genre, worthiness = (
            zero_shot_probe(load_task(name), picture, dialogue)
            for name in (TONE, GENRE, CLIP_WORTHINESS)
        )
        return ZeroShotProbes(tone, genre, worthiness)
