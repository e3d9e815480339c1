"""Profiles are found by name, backbones through their entry points."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.backbones.registry import PROFILES, describe, find_backbone, load_profile
from indexer.errors import ReelfindError
from indexer.pipeline_sections import ProfileSettings
from indexer.settings import Settings

GUIDE = Path(__file__).parents[3] / "docs" / "development" / "writing-a-backbone.md"
OWN = ProfileSettings(video="efficientnet-lite0", audio="loudness", text="all-minilm-l6-v2")


def install(folder: Path, module: str, name: str) -> None:
    """Lay out a package as pip would install it: a module, and metadata with an entry point."""
    example = GUIDE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    (folder / f"{module}.py").write_text(example)
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    points = f"[reelfind.backbones]\n{name} = {module}:LOUDNESS\n"
    (metadata / "entry_points.txt").write_text(points)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with an audio backbone ``loudness``."""
    install(tmp_path, "reelfind_loudness", "loudness")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("profile", PROFILES)
def test_a_built_in_profile_is_described(profile: str) -> None:
    description = describe(Settings(profile=profile))
    named = PROFILES[profile]
    assert description.video.name == named.video
    assert description.audio.name == named.audio
    assert description.text.name == named.text
    joined = (description.video, description.audio, description.text)
    parts = joined if description.omni is None else (description.omni,)
    assert description.dimension == sum(part.dimension for part in parts)
    assert (description.omni and description.omni.name) == named.omni


def test_full_is_as_wide_as_mediafm() -> None:
    assert describe(Settings(profile="full")).dimension == 2304


def test_a_description_of_a_backbone_is_a_json_value() -> None:
    video = describe(Settings()).video
    assert json.loads(json.dumps(video)) == ["efficientnet-lite0", video.version, 1280]


def test_describing_imports_no_network() -> None:
    code = (
        "import sys; from indexer.settings import Settings;"
        "from indexer.backbones.registry import describe, load_profile;"
        "[(describe(each), load_profile(each)) for each in (Settings(), Settings(profile='omni'))];"
        "print(sorted({'torch', 'onnxruntime', 'transformers', 'faster_whisper'}.intersection("
        "sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_what_backbones_say_before_loading_is_what_they_are() -> None:
    settings = Settings()
    description, backbones = describe(settings), load_profile(settings)
    assert backbones.video.dimension == description.video.dimension
    assert backbones.video.aligned_dimension == description.aligned
    assert backbones.audio.dimension == description.audio.dimension
    assert backbones.text.dimension == description.text.dimension


def test_a_backbone_is_loaded_once() -> None:
    backbones = load_profile(Settings())
    assert backbones.text is backbones.text


@pytest.mark.usefixtures("plugin")
def test_a_profile_of_one_s_own_with_the_backbone_of_the_guide() -> None:
    settings = Settings(profile="mine", profiles={"mine": OWN})
    assert describe(settings).audio == ("loudness", "1", 1)
    sound = np.full(32_000, -8192, np.int16)
    found = load_profile(settings).audio.embed_spans(sound, [(0.0, 1.0), (9.0, 10.0)])
    np.testing.assert_array_equal(found, [[0.25], [0.0]])


def test_a_name_registered_by_two_packages_is_refused(plugin: Path) -> None:
    install(plugin, "other_loudness", "loudness")
    with pytest.raises(ReelfindError, match=r"registered twice .other_loudness.*uninstall one"):
        find_backbone("loudness", "audio")


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(ReelfindError, match="no profile 'best'; choose one of lite, base, full,"):
        describe(Settings(profile="best"))


def test_a_built_in_profile_cannot_be_redefined() -> None:
    with pytest.raises(ReelfindError, match="profile 'lite' is built in"):
        describe(Settings(profiles={"lite": OWN}))


def test_a_backbone_that_is_not_installed_names_those_that_are() -> None:
    with pytest.raises(ReelfindError, match=r"no audio backbone 'loudness'.*wav2vec2-base"):
        describe(Settings(profile="mine", profiles={"mine": OWN}))


def test_a_backbone_of_another_modality_is_refused() -> None:
    with pytest.raises(ReelfindError, match="'wav2vec2-base' is for audio; name a video"):
        find_backbone("wav2vec2-base", "video")
