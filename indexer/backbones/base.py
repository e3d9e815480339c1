"""The interfaces of backbones: frozen networks, one per modality or one for all of a shot.

A backbone is announced by a ``BackboneSpec`` under the entry-point group
``reelfind.backbones``. A spec is cheap to read; its ``load`` reads the weights, so it is
called late and its result is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.backbones.hub_models import HubModel
from indexer.weights import PackagedModel

Vectors = NDArray[np.float32]
"""Embeddings as rows: shape [n, d], float32."""

Modality = Literal["video", "audio", "text", "omni"]
"""What a backbone embeds; ``omni`` is a shot's pictures, sound and dialogue read together."""

SAMPLE_RATE = 16_000
"""Samples per second of the mono sound that an audio backbone hears."""


@dataclass(frozen=True)
class FrameEmbeddings:
    """A video backbone's embeddings of ``n`` frames.

    ``features``: [n, d] float32, the video part of the fused embedding, not normalised.
    ``aligned``: [n, t] float32 unit rows in the space that ``embed_query`` maps words to; for
    a backbone trained on images with text it is ``features`` at unit norm.
    """

    features: Vectors
    aligned: Vectors


class VideoBackbone(Protocol):
    """Embeds frames, and words into a space that frames can be searched in."""

    @property
    def dimension(self) -> int:
        """Width of ``features``."""
        ...

    @property
    def aligned_dimension(self) -> int:
        """Width of ``aligned`` and of an embedded query."""
        ...

    def embed_frames(self, frames: Sequence[NDArray[np.uint8]]) -> FrameEmbeddings:
        """Embed RGB frames, each [height, width, 3] uint8, short side at least 224 pixels."""
        ...

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed words into the aligned space: [n, aligned_dimension], unit rows."""
        ...


class AudioBackbone(Protocol):
    """Embeds spans of sound."""

    @property
    def dimension(self) -> int:
        """Width of an embedding."""
        ...

    def embed_spans(
        self, samples: NDArray[np.int16], spans: Sequence[tuple[float, float]]
    ) -> Vectors:
        """Embed spans of a title's sound: [n, dimension], not normalised.

        Args:
            samples: [samples] int16, mono at 16 kHz, the whole title (may be a memory map).
            spans: (start, end) in seconds, in order of time. A span beyond the sound, or of
                pure digital silence, gets a row of zeros (the modality is missing there).
        """
        ...


class TextBackbone(Protocol):
    """Embeds sentences."""

    @property
    def dimension(self) -> int:
        """Width of an embedding."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: [n, dimension], unit rows; an empty text gets a row of zeros."""
        ...

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed queries that are compared with embedded texts: [n, dimension], unit rows."""
        ...


@dataclass(frozen=True, eq=False)
class ShotContent:
    """What there is of a shot; what is missing is empty.

    ``frames``: RGB, each [height, width, 3] uint8, in order of time. ``sound``: [samples] int16,
    mono at 16 kHz. ``text``: the dialogue.
    """

    frames: Sequence[NDArray[np.uint8]] = ()
    sound: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read: no frame, digital silence, no words."""
        return not (len(self.frames) or self.sound.any() or self.text.strip())


class OmniBackbone(Protocol):
    """Reads a shot's pictures, sound and dialogue together: one vector is the fused embedding."""

    @property
    def dimension(self) -> int:
        """Width of an embedding."""
        ...

    def embed_shots(self, shots: Sequence[ShotContent]) -> Vectors:
        """Embed shots: [n, dimension], unit rows; an empty shot gets a row of zeros."""
        ...

    def embed_query(self, texts: Sequence[str]) -> Vectors:
        """Embed words into the space of shots: [n, dimension], unit rows."""
        ...


Backbone = VideoBackbone | AudioBackbone | TextBackbone | OmniBackbone


@dataclass(frozen=True)
class Runtime:
    """Where and how a backbone loads its weights.

    ``device``: where to compute, as torch names it, or None for a GPU where there is one.
    ``models``: the user's folder of weights, ``<models>/<name of the model>``, if set.
    ``text``: returns a registered text backbone by name, shared by the whole profile.
    ``revisions``: commits or tags of the hub's models to use, by the model's name.
    """

    device: str | None
    models: Path | None
    text: Callable[[str], TextBackbone]
    revisions: Mapping[str, str] = field(default_factory=dict)

    def revision(self, name: str) -> str | None:
        """Return the revision of a model to use; None if the settings name none."""
        return self.revisions.get(name)


@dataclass(frozen=True)
class BackboneSpec:
    """Description of a backbone, known before its weights are loaded.

    ``version`` is raised when the same input gives vectors that differ by more than rounding (a
    cosine below 0.999). ``aligned`` is the width of a video backbone's aligned space, 0 for the
    other modalities. ``load`` reads the weights; it raises ``ReelfindError`` when they cannot be
    had. ``model`` says where they come from, and their licence; None if the plug-in alone knows.
    ``needs`` returns a line about the memory that large weights take, before they are loaded.
    """

    name: str
    modality: Modality
    version: str
    dimension: int
    load: Callable[[Runtime], Backbone]
    aligned: int = 0
    model: PackagedModel | HubModel | None = None
    needs: Callable[[Runtime], str] | None = None


@dataclass(frozen=True)
class Profile:
    """A named set of registered backbones. Vectors of two profiles never mix.

    With ``omni``, that backbone makes the fused embedding; else the other three are joined.
    """

    name: str
    video: str
    audio: str
    text: str
    omni: str | None = None

    @property
    def backbones(self) -> Mapping[Modality, str]:
        """The names by modality."""
        named: dict[Modality, str] = {
            "video": self.video,
            "audio": self.audio,
            "text": self.text,
        }
        return named if self.omni is None else {**named, "omni": self.omni}
