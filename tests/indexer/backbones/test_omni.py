"""The thinker of Qwen2.5-Omni: the real loading code on a tiny model of the same architecture.

Tests import ``transformers`` when they run: it takes seconds, in every process of the tests.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from app.overview.models import fetch_models, list_models
from app.search.request import SearchRequest
from app.search.searcher import Searcher
from indexer.backbones.base import ShotContent
from indexer.backbones.frames import whole
from indexer.backbones.hub import model_folder
from indexer.backbones.hub_models import QWEN_OMNI_7B
from indexer.backbones.registry import describe
from indexer.catalogue import Catalogue
from indexer.decoding import open_audio
from indexer.errors import ReelfindError
from indexer.features.export import export_features
from indexer.features.feature_set import import_table
from indexer.indexing import Indexer
from indexer.library import IndexedTitle, Library
from indexer.listener import Silence
from indexer.models import Models
from indexer.opening import open_index
from indexer.pooling import unit
from indexer.request import Request
from indexer.settings import Settings, load_settings

if TYPE_CHECKING:
    from indexer.backbones.omni import Omni

DOCS = Path(__file__).parents[3] / "docs"
WORDS = "a dragon over the snow"


def test_the_documents_say_what_an_hour_of_film_costs() -> None:
    """Before all others, which make frames smaller."""
    from bench.omni import table

    assert table() in (DOCS / "scale.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of models with a tiny Qwen2.5-Omni, which profile omni takes here."""
    from tests.indexer.backbones.tiny_omni import save_omni, take_tiny

    folder = tmp_path_factory.mktemp("models")
    save_omni(folder / QWEN_OMNI_7B.name)
    with pytest.MonkeyPatch.context() as patch:
        take_tiny(patch)
        yield folder


@pytest.fixture(scope="module")
def omni_models(weights: Path) -> Models:
    return Models(Settings(profile="omni", models=weights))


@pytest.fixture(scope="module")
def omni(omni_models: Models) -> "Omni":
    found: Any = omni_models.backbones.omni
    assert {id(omni_models.backbones.text), id(omni_models.backbones.video)} == {id(found)}
    return cast("Omni", found)


def shot(seed: int, frames: int = 0, samples: int = 0, text: str = "") -> ShotContent:
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, 256, (frames, 252, 448, 3), dtype=np.uint8)
    return ShotContent(tuple(pictures), (rng.normal(size=samples) * 3000).astype(np.int16), text)


def test_a_shot_is_read_as_the_model_does(omni: "Omni", weights: Path) -> None:
    from transformers import (
        AutoTokenizer,
        Qwen2_5OmniThinkerForConditionalGeneration,
        WhisperFeatureExtractor,
    )
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    folder, given = weights / QWEN_OMNI_7B.name, shot(1, frames=2, samples=16_000, text="Hello.")
    model = Qwen2_5OmniThinkerForConditionalGeneration.from_pretrained(folder).train(False)

    def last_state(text: str, **inputs: torch.Tensor) -> np.ndarray[Any, Any]:
        asked = (
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
            f"{text}\nSummary of the above in one word:<|im_end|>\n<|im_start|>assistant\n"
        )
        tokens = AutoTokenizer.from_pretrained(folder)(asked, return_tensors="pt")
        with torch.no_grad():
            found = model(**tokens, **inputs, output_hidden_states=True).hidden_states[-1]
        return unit(found[:, -1].numpy())

    frames = [Image.fromarray(whole(frame, 112 * 56, 28, 56)) for frame in given.frames]
    pictures = Qwen2VLImageProcessorPil.from_pretrained(folder)(frames, return_tensors="pt")
    cells = pictures["image_grid_thw"].prod(-1) // 4
    mel = WhisperFeatureExtractor.from_pretrained(folder)(
        [given.sound / 32768], sampling_rate=16_000, return_attention_mask=True, return_tensors="pt"
    )
    seen = "".join(f"<|vision_start|>{'<|image|>' * int(n)}<|vision_end|>" for n in cells)
    heard = f"<|audio_start|>{'<|audio|>' * 25}<|audio_end|>"  # One second.
    whole_shot = last_state(
        f"{seen}{heard}Hello.",
        input_features=mel.input_features,
        feature_attention_mask=mel.attention_mask,
        **pictures,
    )
    from indexer.backbones.sentences import UNRELATED

    centre = np.concatenate([last_state(text) for text in UNRELATED]).mean(axis=0)
    np.testing.assert_allclose(omni.embed_shots([given]), unit(whole_shot - centre), atol=2e-4)
    np.testing.assert_allclose(
        omni.embed_query([WORDS]), unit(last_state(WORDS) - centre), atol=2e-4
    )


def test_what_a_shot_lacks_and_what_stands_beside_it_change_nothing(omni: "Omni") -> None:
    every = [
        shot(1, frames=2, samples=40_000, text=WORDS),
        shot(2, frames=1),
        shot(3, samples=300),  # Shorter than a token.
        shot(4, samples=31 * 16_000),  # Longer than what is heard.
        shot(5, text="<|im_end|> is no end of the question"),
        shot(6, frames=1, text=WORDS),
    ]
    together = omni.embed_shots([*every, ShotContent(sound=np.zeros(99, np.int16), text=" ")])
    assert not together[-1].any()
    np.testing.assert_allclose(np.linalg.norm(together[:-1], axis=1), 1, rtol=1e-5)
    for row, each in enumerate(every):
        np.testing.assert_allclose(omni.embed_shots([each])[0], together[row], atol=1e-4)
    whole_shot = together[0]
    for part in ({"frames": ()}, {"sound": np.zeros(0, np.int16)}, {"text": ""}):
        assert whole_shot @ omni.embed_shots([replace(every[0], **part)])[0] < 0.999
    assert omni.embed_texts([]).shape == (0, omni.dimension)


def test_batches_hold_what_may_be_read_at_once(weights: Path) -> None:
    from indexer.backbones.omni import batches
    from indexer.backbones.omni_memory import BATCH_TOKENS

    lengths = [*np.random.default_rng(0).integers(30, 3000, 200).tolist(), 2 * BATCH_TOKENS]
    found = list(batches(lengths))
    assert sorted(row for batch in found for row in batch) == list(range(201))
    sizes = [len(batch) * max(lengths[row] for row in batch) for batch in found]
    assert all(size <= BATCH_TOKENS for size in sizes[:-1])
    assert len(found[-1]) == 1
    assert len(found) < 60


def test_memory_is_counted_before_the_weights_are_read(omni_models: Models, omni: "Omni") -> None:
    from indexer.backbones.omni_memory import Place, check_room, memory, parameters

    own: Any = omni
    counted = parameters(own._config)
    assert counted == {
        name: sum(each.numel() for each in part.parameters())
        for name, part in own._model.named_children()
    }
    (line,) = omni_models.backbones.needs()
    assert line.startswith("qwen2.5-omni-7b takes 0.0 GB of the ")
    taken = memory(own._config, torch.float32)
    assert memory(own._config, torch.bfloat16) * 2 == taken > 4 * sum(counted.values())
    check_room(own._config, Place("auto", torch.float32, taken, "the GPU"))
    with pytest.raises(ReelfindError, match=r"the GPU has 0\.0 GB free; use a larger GPU"):
        check_room(own._config, Place("auto", torch.float32, taken - 1, "the GPU"))


def test_a_file_of_the_weights_that_is_missing_or_cut_short_is_named(
    weights: Path, tmp_path: Path
) -> None:
    settings = Settings(profile="omni", models=tmp_path)
    folder = tmp_path / QWEN_OMNI_7B.name
    shutil.copytree(weights / QWEN_OMNI_7B.name, folder)
    files = sorted(folder.glob("model-*.safetensors"))
    assert len(files) > 2
    assert list(fetch_models(settings)) == [QWEN_OMNI_7B]
    files[1].write_bytes(files[1].read_bytes()[:-1])
    listed = [each for each in list_models(settings) if each.name.startswith(QWEN_OMNI_7B.name)]
    assert [each.use for each in listed] == ["video", "text", "omni"]
    assert {(each.licence, each.origin) for each in listed} == {("Apache-2.0", str(folder))}
    assert {each.fault for each in listed} == {
        f"{files[1]}: not whole; delete it and fetch it again"
    }
    files[1].unlink()
    with pytest.raises(ReelfindError, match=f"{files[1].name} is missing; copy the files of Qwen/"):
        model_folder(QWEN_OMNI_7B, tmp_path)


class Messages(Silence):
    """Remembers what a user is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def message(self, message: str) -> None:
        self.heard.append(message)


@pytest.fixture(scope="module")
def film(
    omni_models: Models, weights: Path, indexed_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, Catalogue, IndexedTitle]:
    """A short film, indexed with profile omni; what does not depend on it is lite's."""
    source = max(Library(Catalogue(indexed_once)).titles(), key=lambda each: len(each.shots))
    data = tmp_path_factory.mktemp("omni")
    title = data / "titles" / source.title_id
    title.mkdir(parents=True)
    for name, key in source.manifest.keys.items():
        folder = f"{name}-{key}"
        shutil.copytree(indexed_once / "titles" / source.title_id / folder, title / folder)
    (data / "reelfind.toml").write_text(f"profile = 'omni'\nmodels = '{weights}'\n")
    catalogue, settings = Catalogue(data), load_settings(data)
    messages = Messages()
    indexer = Indexer(catalogue, settings, messages, debug=True, models=omni_models)
    report = indexer.run(Request((source.manifest.title.media.path,)))
    assert not report.failed
    assert messages.heard[0].startswith("qwen2.5-omni-7b takes")
    (found,) = Library(catalogue).titles()
    return settings, catalogue, found


def test_a_film_is_indexed_by_what_is_seen_heard_and_said_in_each_shot(
    film: tuple[Settings, Catalogue, IndexedTitle], omni: "Omni"
) -> None:
    _, _, title = film
    fused, row = title.vectors("omni"), len(title.shots) // 2
    assert fused.shape == (len(title.shots), omni.dimension)
    (stills,) = title.catalogue.folder(title.title_id).path.glob("stills-*/stills.parquet")
    table = pl.read_parquet(stills).filter("embedded", pl.col("shot") == row).sort("frame")
    paths = [title.still(frame) for frame in table["frame"]]
    assert None not in paths
    frames = tuple(np.asarray(Image.open(path).convert("RGB")) for path in paths if path)
    (heard,) = title.catalogue.folder(title.title_id).path.glob("decode-*")
    samples = open_audio(heard)
    assert samples is not None
    rate = 16_000 / title.manifest.title.media.fps
    own = title.shots[row]
    start, end = int(own.start_frame * rate), int(own.end_frame * rate)
    text = title.texts[row]
    expected = omni.embed_shots([ShotContent(frames, np.asarray(samples[start:end]), text)])[0]
    np.testing.assert_allclose(fused[row], expected, atol=1e-4)
    assert fused[row - 1] @ expected < 0.999


def test_words_find_what_is_near_to_them_by_every_route(
    film: tuple[Settings, Catalogue, IndexedTitle], omni_models: Models, omni: "Omni"
) -> None:
    settings, catalogue, title = film
    line = max((each.text for each in title.lines), key=len)
    query = omni.embed_query([line])[0]
    nearest = {
        "picture": int((unit(title.vectors("video")) @ query).argmax()),
        "dialogue": int((title.vectors("text") @ query).argmax()),
    }
    with open_index(catalogue, settings) as store:
        # To random weights, words may look like random letters.
        searcher = Searcher(
            store, omni_models, settings.search.model_copy(update={"nonsense": 2.0})
        )
        for route, row in nearest.items():
            found = searcher.run(SearchRequest(q=line, routes=(route,), level="shot"))
            assert found.hits[0].start_frame == title.shots[row].start_frame
        found = searcher.run(SearchRequest(q=line, routes=("context",), level="shot"))
        assert found.hits
        assert found.hits[0].why[0].route == "context"


def test_its_vectors_do_not_mix_with_those_of_another_profile(
    film: tuple[Settings, Catalogue, IndexedTitle],
) -> None:
    _, catalogue, _ = film
    with pytest.raises(ReelfindError, match="profile 'omni'"):
        catalogue.check_profile("lite")
    again = load_settings(catalogue.path, revisions={QWEN_OMNI_7B.name: "v2"})
    description = describe(again)
    assert description.omni is not None
    assert {description.omni.version, description.video.version, description.text.version} == {
        "1@v2"
    }


def test_an_export_has_one_modality_and_can_be_imported(
    film: tuple[Settings, Catalogue, IndexedTitle], omni_models: Models, tmp_path: Path
) -> None:
    _, catalogue, title = film
    export_features(catalogue, tmp_path / "out", omni_models)
    found = import_table(tmp_path / "out" / "shots.parquet", None, tmp_path / "features")
    assert (found.profile, found.modalities) == (
        "omni",
        (("omni", title.vectors("omni").shape[1]),),
    )
    np.testing.assert_allclose(found.fused, title.vectors("omni"), atol=1e-6)
