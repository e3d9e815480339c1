import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig
from encoder.model import new_encoder
from encoder.windows import embed_title
from probes.labels.matching import ShotRange
from probes.representations import (
    CLIP_ONLY,
    FUSED,
    FUSED_TITLE,
    IN_CONTEXT,
    TITLE_IN_CONTEXT,
    WITHOUT_GLOBAL,
    Representations,
    columns,
)

ENCODER = new_encoder(
    EncoderConfig(
        fused_dim=10,
        modalities=(("video", 6), ("text", 4)),
        metadata_dim=3,
        width=16,
        depth=1,
        heads=2,
        max_shots=32,
    ),
    seed=0,
)
with torch.no_grad():  # A new encoder does not read its metadata yet.
    for parameter in ENCODER.parameters():
        parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)) / 4)
ITEMS = [ShotRange("a", 2, 5), ShotRange("b", 0, 1), ShotRange("a", 0, 2)]


def title(name: str, shots: int, seed: int, word: float = 1.0) -> TitleSequence:
    rng = np.random.default_rng(seed)
    fused = rng.normal(size=(shots, 10)).astype(np.float32)
    fused[0, 6:] = 0
    metadata = np.array([word, 0, 0], np.float32)
    return TitleSequence(name, fused / np.linalg.norm(fused, axis=1, keepdims=True), metadata)


TITLES = {"a": title("a", 7, 1), "b": title("b", 3, 2), "unused": title("unused", 2, 3)}


def made(titles: dict[str, TitleSequence] = TITLES) -> dict[str, np.ndarray]:
    seen = Representations(ENCODER, titles, ITEMS)
    return {name: make() for name, make in seen.makers.items()}


def test_every_column_has_a_row_per_item() -> None:
    found = made()
    of_clips = ["video", "text", FUSED, CLIP_ONLY, WITHOUT_GLOBAL, IN_CONTEXT]
    assert list(found) == [*of_clips, FUSED_TITLE, TITLE_IN_CONTEXT]
    widths = [6, 4, 10, 16, 16, 16, 10, 16]
    assert [rows.shape for rows in found.values()] == [(3, width) for width in widths]
    assert all(rows.dtype == np.float32 for rows in found.values())


def test_a_modality_counts_alike_in_every_shot_that_has_it() -> None:
    found = made()
    own = TITLES["a"].fused[2:5, 6:]
    expected = (own / np.linalg.norm(own, axis=1, keepdims=True)).mean(axis=0)
    assert found["text"][0] == pytest.approx(expected, abs=1e-6)
    assert not found["text"][1].any()


def test_in_context_is_the_mean_of_states_over_the_whole_title() -> None:
    whole = embed_title(ENCODER, TITLES["a"].fused, TITLES["a"].metadata).states
    assert made()[IN_CONTEXT][0] == pytest.approx(whole[2:5].mean(axis=0), abs=1e-5)


def test_a_task_about_titles_reads_the_mean_of_the_whole_title() -> None:
    seen, found = Representations(ENCODER, TITLES, ITEMS), made()
    whole = embed_title(ENCODER, TITLES["a"].fused, TITLES["a"].metadata).states
    assert found[TITLE_IN_CONTEXT][0] == pytest.approx(whole.mean(axis=0), abs=1e-5)
    assert found[FUSED_TITLE][0] == pytest.approx(TITLES["a"].fused.mean(axis=0), abs=1e-6)
    for name in (FUSED_TITLE, TITLE_IN_CONTEXT):
        assert np.array_equal(found[name][0], found[name][2])
        assert name in columns("title", found)
        assert name not in columns("clip", found)
    assert np.array_equal(seen.read_by("title"), found[TITLE_IN_CONTEXT])
    assert np.array_equal(seen.read_by("clip"), found[IN_CONTEXT])


def test_each_column_sees_only_what_it_says() -> None:
    before = made()
    other_word = made({**TITLES, "a": title("a", 7, 1, word=-1.0)})
    fused = TITLES["a"].fused.copy()
    fused[6] = fused[5]
    other_neighbour = made({**TITLES, "a": TitleSequence("a", fused, TITLES["a"].metadata)})
    changed_by_word = {n for n in before if not np.array_equal(before[n], other_word[n])}
    changed_by_neighbour = {n for n in before if not np.array_equal(before[n], other_neighbour[n])}
    assert changed_by_word == {IN_CONTEXT, TITLE_IN_CONTEXT}
    of_titles = {FUSED_TITLE, TITLE_IN_CONTEXT}
    assert changed_by_neighbour == {IN_CONTEXT, WITHOUT_GLOBAL} | of_titles
