"""Profiles, and the backbones they name.

Backbones are found through the entry-point group ``reelfind.backbones``, the built-in ones
like anyone's; each entry point is a ``BackboneSpec``.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import NamedTuple, cast

from indexer.backbones.base import (
    AudioBackbone,
    BackboneSpec,
    Modality,
    OmniBackbone,
    Profile,
    Runtime,
    TextBackbone,
    VideoBackbone,
)
from indexer.backbones.hub_models import WHISPER_BASE, HubModel
from indexer.errors import ReelfindError
from indexer.fused import worded_parts
from indexer.settings import Settings
from indexer.text.speech import ANY_LANGUAGE, ENGLISH, Speech

GROUP = "reelfind.backbones"

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("lite", "efficientnet-lite0", "whisper-tiny.en", "all-minilm-l6-v2"),
        Profile("base", "clip-ViT-B-32", "whisper-tiny.en", "all-minilm-l6-v2"),
        Profile("full", "clip-ViT-L-14", "wav2vec2-base", "all-mpnet-base-v2"),
        Profile("multilingual", "efficientnet-lite0-e5", "whisper-base", "multilingual-e5-small"),
        Profile(
            "omni",
            "qwen2.5-omni-7b-video",
            "whisper-tiny.en",
            "qwen2.5-omni-7b-text",
            "qwen2.5-omni-7b",
        ),
    )
}
"""The built-in profiles, from the quickest to the one that sees most, then that of many languages,
which sees as much as ``lite``, and that of a language model which reads a shot as a whole."""


class BackboneDescription(NamedTuple):
    """Identity of a backbone, recorded with its vectors; stored as a JSON array."""

    name: str
    version: str
    dimension: int


@dataclass(frozen=True)
class ProfileDescription:
    """Description of a profile's backbones, made without loading them.

    ``aligned`` is the width of the space in which pictures are searched by words. ``omni`` makes
    the fused embedding; without it, the other three are joined.
    """

    name: str
    video: BackboneDescription
    audio: BackboneDescription
    text: BackboneDescription
    aligned: int
    omni: BackboneDescription | None = None

    @property
    def modalities(self) -> Mapping[str, int]:
        """The parts of the fused embedding in order: name and width."""
        if self.omni is not None:
            return {"omni": self.omni.dimension}
        return self.alone

    @property
    def alone(self) -> Mapping[str, int]:
        """The modalities that are embedded by themselves: name and width."""
        return {
            "video": self.video.dimension,
            "audio": self.audio.dimension,
            "text": self.text.dimension,
        }

    @property
    def dimension(self) -> int:
        """Width of the fused embedding."""
        return sum(self.modalities.values())

    @property
    def speech(self) -> Speech:
        """What transcribes: the audio backbone if it knows how, else Whisper tiny.en."""
        return ANY_LANGUAGE if self.audio.name == WHISPER_BASE.name else ENGLISH

    @property
    def worded(self) -> tuple[slice, ...]:
        """The parts of the fused embedding that words can fill."""
        if self.omni is not None:
            return (slice(0, self.omni.dimension),)
        sizes = (self.video.dimension, self.audio.dimension, self.text.dimension)
        return worded_parts(*sizes, self.aligned)


class Backbones:
    """The backbones of a profile; each is loaded on first use, then kept.

    Thread-safe. Each of them raises ``ReelfindError`` when it is not registered
    or its weights are not available.
    """

    def __init__(self, profile: Profile, settings: Settings) -> None:
        self._profile = profile
        self._runtime = Runtime(
            settings.device, settings.models, self._load_text, settings.revisions
        )
        self._loaded: dict[str, object] = {}
        self._lock = threading.RLock()

    @property
    def video(self) -> VideoBackbone:
        """The video backbone."""
        return cast(VideoBackbone, self._load(self._profile.video, "video"))

    @property
    def audio(self) -> AudioBackbone:
        """The audio backbone."""
        return cast(AudioBackbone, self._load(self._profile.audio, "audio"))

    @property
    def text(self) -> TextBackbone:
        """The text backbone."""
        return self._load_text(self._profile.text)

    @property
    def omni(self) -> OmniBackbone | None:
        """What makes the fused embedding; None if the other three are joined."""
        name = self._profile.omni
        return None if name is None else cast(OmniBackbone, self._load(name, "omni"))

    def needs(self) -> tuple[str, ...]:
        """Return a line for each large backbone: the memory that its weights take when loaded."""
        specs = [find_backbone(name, use) for use, name in self._profile.backbones.items()]
        asked = dict.fromkeys(each.needs for each in specs if each.needs)  # Several run one model.
        return tuple(needs(self._runtime) for needs in asked)

    def _load_text(self, name: str) -> TextBackbone:
        return cast(TextBackbone, self._load(name, "text"))

    def _load(self, name: str, modality: Modality) -> object:
        with self._lock:
            if name not in self._loaded:
                spec = find_backbone(name, modality)
                backbone = spec.load(self._runtime)
                if backbone.dimension != spec.dimension:
                    raise ReelfindError(
                        f"{name}: its weights give {backbone.dimension} numbers and not "
                        f"{spec.dimension}, so they are another model's; remove that folder, or "
                        f"put the files of {name} there"
                    )
                self._loaded[name] = backbone
            return self._loaded[name]


def find_profile(settings: Settings) -> Profile:
    """Return the profile that the settings name: a built-in one or the user's own.

    Raises:
        ReelfindError: there is none of that name, or a user's profile takes a built-in name.
    """
    own = {name: Profile(name, **each.model_dump()) for name, each in settings.profiles.items()}
    taken = sorted(own.keys() & PROFILES.keys())
    if taken:
        raise ReelfindError(
            f"settings: profile {taken[0]!r} is built in; give yours another name in [profiles]"
        )
    known = {**PROFILES, **own}
    if settings.profile not in known:
        raise ReelfindError(
            f"settings: there is no profile {settings.profile!r}; choose one of "
            f"{', '.join(known)}, or define it under [profiles.{settings.profile}]"
        )
    return known[settings.profile]


def find_backbone(name: str, modality: Modality) -> BackboneSpec:
    """Return the registered backbone of that name; only the plug-in that has it is imported.

    Raises:
        ReelfindError: none or more than one is registered, or it is for another modality.
    """
    found = {point.value: point for point in entry_points(group=GROUP, name=name)}
    if not found:
        known = ", ".join(sorted(entry_points(group=GROUP).names))
        raise ReelfindError(
            f"settings: no {modality} backbone {name!r} is installed; installed are {known}"
        )
    if len(found) > 1:
        raise ReelfindError(
            f"settings: backbone {name!r} is registered twice ({' and '.join(sorted(found))}); "
            "uninstall one of the two packages"
        )
    spec = cast(BackboneSpec, next(iter(found.values())).load())
    if spec.modality != modality:
        raise ReelfindError(
            f"settings: backbone {name!r} is for {spec.modality}; name a {modality} backbone"
        )
    return spec


def describe(settings: Settings) -> ProfileDescription:
    """Return names, versions and dimensions of the profile's backbones; loads no weights.

    Raises:
        ReelfindError: the profile or one of its backbones is not there.
    """
    profile = find_profile(settings)
    video = find_backbone(profile.video, "video")
    return ProfileDescription(
        name=profile.name,
        video=_description(video, settings),
        audio=_description(find_backbone(profile.audio, "audio"), settings),
        text=_description(find_backbone(profile.text, "text"), settings),
        aligned=video.aligned,
        omni=None
        if profile.omni is None
        else _description(find_backbone(profile.omni, "omni"), settings),
    )


def load_profile(settings: Settings) -> Backbones:
    """Return the backbones of the profile in ``settings``, none of them loaded yet.

    Args:
        settings: ``profile``, ``profiles``, ``models`` and ``device`` are read.

    Raises:
        ReelfindError: there is no such profile.
    """
    return Backbones(find_profile(settings), settings)


def _description(spec: BackboneSpec, settings: Settings) -> BackboneDescription:
    """Describe a backbone; another revision of its weights counts as another backbone."""
    model = spec.model.name if isinstance(spec.model, HubModel) else spec.name
    revision = settings.revisions.get(model)
    version = f"{spec.version}@{revision}" if revision else spec.version
    return BackboneDescription(spec.name, version, spec.dimension)
