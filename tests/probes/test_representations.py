import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig
from encoder.model import new_encoder
from encoder.windows import embed_title
from probes.blocks import (
    CLIP_ONLY,
    FUSED,
    FUSED_TITLE,
    IN_CONTEXT,
    NEIGHBOURS,
    PLACE,
    TITLE_FORM,
    TITLE_IN_CONTEXT,
    WITHOUT_GLOBAL,
    block_names,
    columns,
)
from probes.labels.matching import ShotRange
from probes.representations import Representations

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
    of_clips = [PLACE, "video", "text", FUSED, NEIGHBOURS, CLIP_ONLY, WITHOUT_GLOBAL, IN_CONTEXT]
    assert list(found) == [*of_clips, TITLE_FORM, FUSED_TITLE, TITLE_IN_CONTEXT]
    widths = [7, 6, 4, 10, 10, 16, 16, 16, 3, 10, 16]
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
    found = made()
    whole = embed_title(ENCODER, TITLES["a"].fused, TITLES["a"].metadata).states
    assert found[TITLE_IN_CONTEXT][0] == pytest.approx(whole.mean(axis=0), abs=1e-5)
    assert found[FUSED_TITLE][0] == pytest.approx(TITLES["a"].fused.mean(axis=0), abs=1e-6)
    names = block_names("title", ["video", "text"])
    assert names == (TITLE_FORM, FUSED_TITLE, TITLE_IN_CONTEXT)
    for name in names:
        assert np.array_equal(found[name][0], found[name][2])
        assert name in columns("title", found)
    assert {TITLE_FORM, TITLE_IN_CONTEXT}.isdisjoint(columns("clip", found))
    as_item = Representations(ENCODER, TITLES, [ShotRange("a", 0, 7)])
    assert as_item.in_context()[0] == pytest.approx(found[TITLE_IN_CONTEXT][0], abs=1e-5)


def test_a_task_about_clips_chooses_among_what_it_is_measured_on() -> None:
    names = block_names("clip", ["video", "text"])
    assert names == (PLACE, "video", "text", FUSED, NEIGHBOURS, FUSED_TITLE, IN_CONTEXT)
    assert set(names) <= set(columns("clip", made()))
    assert "text" not in block_names("clip", ["text"])  # It is the fused embedding.


def test_place_tells_where_an_item_lies_and_how_it_is_cut() -> None:
    ends = np.cumsum([1.0, 2.0, 3.0, 4.0, 2.0, 6.0, 2.0])
    times = {"a": np.stack([ends - [1, 2, 3, 4, 2, 6, 2], ends], axis=1), "b": None}
    first, alone, _ = Representations(ENCODER, TITLES, ITEMS, times).place()
    position = (3.0 + 12.0) / 2 / 20.0  # Shots 2 to 4 of 7 last from second 3 to 12 of 20.
    waves = np.cos(np.pi * position * np.array([1, 2, 3]))
    expected = [*waves, np.log(9.0), np.log(3), 1.0, np.log(20 / 7)]
    assert first == pytest.approx(expected, abs=1e-5)
    # Without times a shot counts as a second; the first shot of each title has no words.
    assert alone[3:] == pytest.approx([0.0, 0.0, 0.0, 0.0], abs=1e-5)
    assert made()[TITLE_FORM][0] == pytest.approx([np.log(7), np.log(7), 6 / 7], abs=1e-5)


def test_neighbours_are_the_other_shots_the_nearer_the_weightier() -> None:
    fused = TITLES["a"].fused.copy()
    fused[6] = 0  # Nothing is known of it.
    title_a = TitleSequence("a", fused, TITLES["a"].metadata)
    found = made({**TITLES, "a": title_a})[NEIGHBOURS]
    weights = np.exp(-np.array([2, 1, np.inf, np.inf, np.inf, 1, np.inf]) / 4)
    assert found[0] == pytest.approx(weights @ fused / weights.sum(), abs=1e-6)
    own = fused.copy()
    own[2:5] = own[0]
    changed = made({**TITLES, "a": TitleSequence("a", own, TITLES["a"].metadata)})[NEIGHBOURS]
    assert changed[0] == pytest.approx(found[0], abs=1e-6)


def test_states_that_are_known_are_not_computed_again() -> None:
    states = {"a": np.ones((7, 16), np.float32)}
    found = Representations(ENCODER, TITLES, ITEMS, {}, states).in_context()
    assert (found[[0, 2]] == 1).all()
    assert found[1] == pytest.approx(made()[IN_CONTEXT][1], abs=1e-6)


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
    assert changed_by_neighbour == {IN_CONTEXT, WITHOUT_GLOBAL, NEIGHBOURS} | of_titles
