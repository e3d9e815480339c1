from collections.abc import Callable

import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence
from encoder.config import EncoderConfig, TrainingConfig
from encoder.model import Encoder
from encoder.training import fit
from encoder.windows import embed_title, embed_titles, window_bounds, window_starts

MakeTitle = Callable[..., TitleSequence]


@pytest.fixture
def encoder(config: EncoderConfig, make_title: MakeTitle) -> Encoder:
    training = TrainingConfig(steps=5, learning_rate=1e-2, batch_shots=64)
    return fit([make_title("a", 60)], config, training)


def plain(encoder: Encoder, title: TitleSequence) -> tuple[torch.Tensor, torch.Tensor]:
    valid = torch.ones(1, len(title), dtype=torch.bool)
    with torch.no_grad():
        fused, metadata = torch.tensor(title.fused)[None], torch.tensor(title.metadata)[None]
        states = encoder.encode(fused, valid, metadata).shots
        return states[0], torch.nn.functional.normalize(encoder.predict(states)[0], dim=-1)


@pytest.mark.parametrize("shots", [1, 2, 511, 512])
def test_a_title_that_fits_is_embedded_in_one_pass(
    encoder: Encoder, make_title: MakeTitle, shots: int
) -> None:
    title = make_title("a", shots)
    found = embed_title(encoder, title.fused, title.metadata)
    states, predicted = plain(encoder, title)
    np.testing.assert_array_equal(found.states, states.numpy())
    np.testing.assert_array_equal(found.predicted, predicted.numpy())


@pytest.mark.parametrize("shots", [513, 1300, 3000, 6000])
def test_each_shot_is_read_where_it_has_the_most_context(
    encoder: Encoder, make_title: MakeTitle, shots: int
) -> None:
    title = make_title("a", shots)
    found = embed_title(encoder, title.fused, title.metadata)
    assert found.states.dtype == found.predicted.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found.predicted, axis=1), 1, rtol=1e-5)
    starts = window_starts(shots, 512)
    windows = [plain(encoder, title.window(start, 512))[0].numpy() for start in starts]
    for shot in range(0, shots, 7):
        contexts = [context(shot, start, shots) for start in starts]
        best = [i for i, value in enumerate(contexts) if value >= max(contexts) - 1]
        assert any(
            np.allclose(found.states[shot], windows[i][shot - starts[i]], atol=1e-5) for i in best
        )


def context(shot: int, start: int, shots: int) -> float:
    """Shots around ``shot`` on its poorer side, where the title goes on beyond the window."""
    if not start <= shot < start + 512:
        return -1
    left = shot - start if start > 0 else np.inf
    right = start + 511 - shot if start + 512 < shots else np.inf
    return min(left, right)


@pytest.mark.parametrize("length", [1, 2, 3, 16, 512])
@pytest.mark.parametrize("shots", [1, 2, 5, 511, 512, 513, 700, 1300])
def test_windows_cover_every_shot_once(shots: int, length: int) -> None:
    starts = window_starts(shots, length)
    bounds = window_bounds(starts, shots, length)
    assert bounds[0] == 0
    assert bounds[-1] == shots
    for start, first, end in zip(starts, bounds[:-1], bounds[1:], strict=True):
        assert start <= first <= end <= start + length
        assert start + min(length, shots) <= shots


def test_embedding_twice_gives_the_same_bits_and_leaves_no_gradient(
    encoder: Encoder, make_title: MakeTitle
) -> None:
    fused = make_title("a", 700).fused
    once, again = embed_title(encoder, fused), embed_title(encoder, fused)
    np.testing.assert_array_equal(once.states, again.states)
    assert all(p.grad is None for p in encoder.parameters())


@pytest.mark.parametrize("at_once", [1, 600, 100_000])
def test_many_titles_get_what_each_gets_alone(
    encoder: Encoder, make_title: MakeTitle, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Batches, padding and the company of other titles change nothing but rounding."""
    lengths = [3, 700, 1, 512, 40, 1300, 2, 513]
    titles = [make_title(str(i), length, seed=i) for i, length in enumerate(lengths)]
    alone = [embed_title(encoder, title.fused, title.metadata) for title in titles]
    monkeypatch.setattr("encoder.windows.EMBEDDED_SHOTS", at_once)
    for one, found in zip(alone, embed_titles(encoder, titles), strict=True):
        np.testing.assert_allclose(found.states, one.states, atol=1e-5)
        np.testing.assert_allclose(found.predicted, one.predicted, atol=1e-5)


def test_no_titles_give_nothing(encoder: Encoder) -> None:
    assert embed_titles(encoder, []) == []


def test_no_metadata_is_metadata_of_zeros(encoder: Encoder, make_title: MakeTitle) -> None:
    title = make_title("a", 9)
    without = embed_title(encoder, title.fused).states
    zeros = embed_title(encoder, title.fused, np.zeros(6, np.float32)).states
    np.testing.assert_array_equal(without, zeros)
    assert not np.array_equal(without, embed_title(encoder, title.fused, title.metadata).states)


def test_a_bad_title_is_refused_by_name(encoder: Encoder, make_title: MakeTitle) -> None:
    fused = make_title("a", 9).fused.copy()
    with pytest.raises(ValueError, match="23 wide and the encoder's are 24"):
        embed_title(encoder, fused[:, 1:])
    fused[4] = np.nan
    with pytest.raises(ValueError, match=r"Sintel: NaN or infinity .* shot 4"):
        embed_title(encoder, fused, title_id="Sintel")
