"""When the zero-shot probes are made, and how often the network that hears is loaded."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from indexer import whisper
from indexer.models import Models, ZeroShotProbes
from indexer.settings import Settings
from probes.probe import Matrix
from probes.tasks import known_tasks

CLASSES = [{"name": "a", "prompts": ["x"]}, {"name": "b", "prompts": ["y"]}]
TASKS = known_tasks(
    {
        "mood": {"kind": "multi-label", "classes": CLASSES},
        "later": {"kind": "binary", "classes": [{"name": "later"}]},
    }
)


class Words:
    """Counts how often prompts are embedded."""

    def __init__(self) -> None:
        self.calls = 0

    def embed(self, texts: Sequence[str]) -> Matrix:
        self.calls += "x" in texts
        return np.eye(8, dtype=np.float32)[[sum(map(ord, text)) % 8 for text in texts]]


def probes_with(words: Words) -> ZeroShotProbes:
    space = SimpleNamespace(embed_query=words.embed, embed_texts=words.embed)
    backbones = cast(Any, SimpleNamespace(video=space, text=space))
    return ZeroShotProbes(TASKS, lambda: backbones)


def test_every_task_with_prompts_has_a_probe() -> None:
    probes = probes_with(Words())
    assert set(probes) == set(TASKS) - {"later"}
    assert probes["mood"].classes == ("a", "b")
    with pytest.raises(KeyError):
        probes["later"]


def test_prompts_are_embedded_once_and_when_they_are_needed() -> None:
    words = Words()
    probes = probes_with(words)
    assert words.calls == 0
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: probes["mood"], range(8)))
    assert all(probe is made[0] for probe in made)
    assert words.calls == 2  # once in each space


@pytest.mark.parametrize("profile", ["lite", "full"])
def test_one_network_transcribes_and_embeds_and_no_other_backbone_is_loaded_for_it(
    profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audio backbone of profile full is another one, whose weights are not here."""
    loaded = []

    class Counted(whisper.Whisper):
        def __init__(self, folder: Path) -> None:
            loaded.append(self)
            super().__init__(folder)

    monkeypatch.setattr(whisper, "Whisper", Counted)
    audio = tmp_path / "audio.s16"
    audio.write_bytes(bytes(32_000))
    models = Models(Settings(profile=profile))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: models.transcribe(audio, lambda _: None), range(2)))
    if profile == "lite":
        models.backbones.audio.embed_spans(np.ones(16_000, np.int16), [(0.0, 1.0)])
    assert len(loaded) == 1
