"""Units of the last feed-forward layer that know the training's titles."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from encoder.batches import TitleSequence, collate
from encoder.config import EncoderConfig, TrainingConfig
from encoder.landmarks import SLOPE, start_landmarks
from encoder.model import Encoder, new_encoder
from encoder.start import start_linear
from encoder.training import Trainer

TRAINING = TrainingConfig(start="landmarks", steps=5)


@pytest.fixture
def config(config: EncoderConfig) -> EncoderConfig:
    return replace(config, positions="rotary", width=24)


def themes(count: int, seed: int) -> list[TitleSequence]:
    rng = np.random.default_rng(seed)
    titles = []
    for i in range(count):
        rows = rng.standard_normal(24) + 0.5 * rng.standard_normal((9, 24))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        titles.append(TitleSequence(f"{i:03}", rows.astype(np.float32), np.zeros(6, np.float32)))
    return titles


def started(config: EncoderConfig, titles: list[TitleSequence]) -> Encoder:
    encoder = new_encoder(config, seed=0)
    start_linear(encoder, titles, TRAINING)
    return encoder


def gathered(encoder: Encoder, titles: list[TitleSequence]) -> torch.Tensor:
    batch = collate(titles)
    with torch.inference_mode():
        return encoder.gather(batch.fused, batch.valid, batch.metadata)


def test_units_are_likenesses_to_titles(config: EncoderConfig) -> None:
    """Also of titles that were not in the training: each unit against the cosine it stands for."""
    train, test = themes(60, seed=0), themes(20, seed=1)
    encoder = started(config, train)
    start_landmarks(encoder, train, seed=0)
    middle = np.mean([title.fused.mean(axis=0) for title in train], axis=0)

    def directions(titles: list[TitleSequence]) -> np.ndarray:
        rows = np.stack([title.fused.mean(axis=0) for title in titles]) - middle
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    wanted = F.gelu(torch.from_numpy(SLOPE * directions(test) @ directions(train).T)).numpy()
    found = gathered(encoder, test)[:, :60].numpy()
    # Units stand in a drawn order: each is set beside the title that it is most like.
    alike = np.corrcoef(found.T, wanted.T)[:60, 60:]
    assert sorted(alike.argmax(axis=1)) == list(range(60))
    assert np.median(alike.max(axis=1)) > 0.9


def test_predictions_are_those_of_the_linear_start(config: EncoderConfig) -> None:
    titles = themes(40, seed=0)
    batch = collate(titles[:4])
    encoder = started(config, titles)
    with torch.inference_mode():
        before = encoder.encode(batch.fused, batch.valid, batch.metadata).shots
        start_landmarks(encoder, titles, seed=0)
        after = encoder.encode(batch.fused, batch.valid, batch.metadata).shots
    torch.testing.assert_close(after, before)


def test_fewer_titles_than_units_leave_the_others(config: EncoderConfig) -> None:
    titles = themes(7, seed=0)
    encoder = started(config, titles)
    block = encoder.blocks[-1]
    before = block.up.weight.detach().clone()  # type: ignore[union-attr, operator]
    start_landmarks(encoder, titles, seed=0)
    after = block.up.weight  # type: ignore[union-attr]
    changed = (after != before).any(dim=1)  # type: ignore[union-attr]
    assert changed.tolist() == [True] * 7 + [False] * (len(before) - 7)
    assert torch.isfinite(after).all()  # type: ignore[arg-type]


def test_what_is_gathered_is_what_the_last_layer_adds(config: EncoderConfig) -> None:
    titles = themes(5, seed=0)
    trainer = Trainer(titles, config, TRAINING)
    while trainer.step < TRAINING.steps:
        trainer.advance()
    encoder, batch = trainer.encoder, collate(titles)
    with torch.inference_mode():
        x, keep, rotation = encoder.enter(batch.fused, batch.valid, batch.metadata, None)
        for block in encoder.blocks[:-1]:
            x = block(x, keep, rotation)
        last = encoder.blocks[-1]
        added = last(x, keep, rotation) - last.attend(x, keep, rotation)  # type: ignore[operator]
        wanted = last.down(gathered(encoder, titles))  # type: ignore[operator]
    torch.testing.assert_close(added[:, 0], wanted)


def test_learned_positions_cannot_start_so(config: EncoderConfig) -> None:
    with pytest.raises(ValueError, match="start 'landmarks' needs rotary"):
        Trainer(themes(3, seed=0), replace(config, positions="learned"), TRAINING)
