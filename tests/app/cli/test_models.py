"""``reelfind models`` lists the networks of a profile and fetches those of the hub."""

import json
from pathlib import Path

import huggingface_hub.constants
import pytest

from tests.app.cli.conftest import Reelfind


def test_networks_are_listed_and_a_missing_one_is_an_exit_code(
    reelfind: Reelfind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    data = ("--data", tmp_path / "data")
    ran = reelfind("models", *data)
    assert ran.code == 0
    assert "transnetv2" in ran.out
    ran = reelfind("models", *data, "--json")
    uses = [each["use"] for each in json.loads(ran.out)]
    assert uses == ["video", "audio", "text", "shots", "faces", "onscreen", "sound"]

    ran = reelfind("models", *data, "--profile", "full")
    assert ran.code == 1
    assert "wav2vec2-base: not on this machine; run `reelfind models fetch full`" in ran.err
    ran = reelfind("models", "fetch", "full", *data)
    assert ran.code == 1
    assert ran.err.startswith("reelfind: clip-ViT-L-14: not on this machine")
    ran = reelfind("models", "fetch", "lite", *data)
    assert (ran.code, ran.out) == (0, "Profile lite takes nothing from the model hub.\n")


def test_the_first_run_says_which_profile_sees_more(reelfind: Reelfind, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "broken.mp4").write_bytes(b"no film")
    ran = reelfind("index", tmp_path / "films", "--data", tmp_path / "data")
    (line,) = [line for line in ran.err.splitlines() if "models fetch base" in line]
    assert "any words" in line
    assert "610 MB" in line
