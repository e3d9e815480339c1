from dataclasses import replace

import pytest
import torch

from encoder.config import EncoderConfig
from encoder.model import Attention, Encoder, new_encoder, rotate


def rows(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(*shape, generator=generator), dim=-1)


@pytest.fixture(params=["learned", "rotary"])
def encoder(config: EncoderConfig, request: pytest.FixtureRequest) -> Encoder:
    """Blocks start as the identity: give them weights, so that positions do mix."""
    encoder = new_encoder(replace(config, positions=request.param), seed=0)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for p in encoder.blocks.parameters():
            p.add_(0.2 * torch.randn(p.shape, generator=generator))
    return encoder


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_padding_changes_no_state_of_a_shot(
    encoder: Encoder, dtype: torch.dtype, tolerance: float
) -> None:
    encoder = encoder.to(dtype)
    fused, metadata = rows(1, 9, 24).to(dtype), rows(1, 6).to(dtype)
    alone = encoder.encode(fused, torch.ones(1, 9, dtype=torch.bool), metadata)
    rubbish = 100 * rows(1, 31, 24, seed=2).to(dtype)
    valid = torch.arange(40)[None] < 9
    padded = encoder.encode(torch.cat([fused, rubbish], dim=1), valid, metadata)
    torch.testing.assert_close(padded.shots[:, :9], alone.shots, rtol=0, atol=tolerance)
    torch.testing.assert_close(padded.cls, alone.cls, rtol=0, atol=tolerance)


def test_titles_of_a_batch_do_not_see_each_other(encoder: Encoder) -> None:
    fused, metadata = rows(3, 9, 24), rows(3, 6)
    valid = torch.arange(9) < torch.tensor([[9], [4], [1]])
    together = encoder.encode(fused, valid, metadata).shots
    for row, length in enumerate([9, 4, 1]):
        one = slice(row, row + 1)
        alone = encoder.encode(fused[one, :length], valid[one, :length], metadata[one]).shots
        torch.testing.assert_close(together[one, :length], alone, rtol=0, atol=1e-5)


def test_nothing_of_a_hidden_shot_is_left(encoder: Encoder) -> None:
    hidden = torch.tensor([[False, True, False, False, True]])
    valid, metadata = torch.ones(1, 5, dtype=torch.bool), rows(1, 6)
    one, other = rows(1, 5, 24), rows(1, 5, 24, seed=9)
    other = torch.where(hidden[..., None], other, one)
    states = [encoder.encode(fused, valid, metadata, hidden).shots for fused in (one, other)]
    assert torch.equal(*states)
    torch.testing.assert_close(
        encoder(one, valid, metadata, hidden), encoder.predict(states[0])[hidden]
    )
    seen = [encoder.encode(fused, valid, metadata, ~hidden).shots for fused in (one, other)]
    assert not torch.equal(*seen)


def test_a_shot_knows_its_title(encoder: Encoder) -> None:
    """Another shot, the order and the metadata all tell in the state of the first shot."""
    fused, valid, metadata = rows(1, 5, 24), torch.ones(1, 5, dtype=torch.bool), rows(1, 6)
    state = encoder.encode(fused, valid, metadata).shots[0, 0]
    swapped = encoder.encode(fused[:, [0, 2, 1, 3, 4]], valid, metadata).shots[0, 0]
    untitled = encoder.encode(fused, valid, torch.zeros_like(metadata)).shots[0, 0]
    shorter = encoder.encode(fused[:, :4], valid[:, :4], metadata).shots[0, 0]
    for changed in (swapped, untitled, shorter):
        assert (state - changed).abs().max() > 1e-3


def test_a_cosine_of_one_has_no_loss(encoder: Encoder) -> None:
    fused = rows(2, 5, 24)
    hidden = torch.ones(2, 5, dtype=torch.bool)
    assert encoder.loss(3 * fused, fused, hidden).item() == pytest.approx(0, abs=1e-6)
    assert encoder.loss(-fused, fused, hidden).item() == pytest.approx(2)


def test_the_loss_is_the_mean_over_hidden_shots_only(encoder: Encoder) -> None:
    fused, predicted = rows(2, 5, 24), rows(2, 5, 24, seed=3).requires_grad_()
    hidden = torch.tensor([[True, False, False, True, False], [False, False, True, False, False]])
    loss = encoder.loss(predicted, fused, hidden)
    pairs = [(0, 0), (0, 3), (1, 2)]
    expected = sum(1 - float(predicted[at].detach() @ fused[at]) for at in pairs) / 3
    assert loss.item() == pytest.approx(expected, abs=1e-6)
    loss.backward()  # type: ignore[no-untyped-call]
    assert predicted.grad is not None
    assert torch.equal(predicted.grad.abs().sum(dim=-1) > 0, hidden)


def test_the_loss_is_taken_in_float32_and_is_zero_when_nothing_is_hidden(encoder: Encoder) -> None:
    fused = rows(1, 5, 24)
    loss = encoder.loss(fused.bfloat16(), fused.bfloat16(), torch.ones(1, 5, dtype=torch.bool))
    assert loss.dtype == torch.float32
    assert encoder.loss(-fused, fused, torch.zeros(1, 5, dtype=torch.bool)).item() == 0


def test_embeddings_of_another_width_or_too_many_shots_are_refused(encoder: Encoder) -> None:
    valid = torch.ones(1, 513, dtype=torch.bool)
    with pytest.raises(ValueError, match="25 wide and the encoder's are 24"):
        encoder.encode(rows(1, 2, 25), valid[:, :2], rows(1, 6))
    with pytest.raises(ValueError, match="513 shots"):
        encoder.encode(rows(1, 513, 24), valid, rows(1, 6))


def test_new_weights_depend_on_the_seed_alone(config: EncoderConfig) -> None:
    before = torch.random.get_rng_state()
    tokens = [new_encoder(config, seed).mask_token for seed in (1, 1, 2)]
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(tokens[0], tokens[1])
    assert not torch.equal(tokens[0], tokens[2])


def test_rotation_leaves_only_the_distance(config: EncoderConfig) -> None:
    """A query and a key that are turned give the same product at any place, by distance."""
    angles = torch.arange(20)[:, None] * torch.tensor([1.0, 0.1, 0.01])
    query, key = rows(1, 1, 1, 6, seed=1), rows(1, 1, 1, 6, seed=2)
    q, k = (rotate(x.expand(1, 1, 20, 6), (angles.cos(), angles.sin()))[0, 0] for x in (query, key))
    scores = q @ k.T
    for distance in range(-5, 6):
        diagonal = scores.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal))
    assert scores[0].std() > 0.01


def test_with_rotary_positions_attention_starts_at_the_neighbours(config: EncoderConfig) -> None:
    encoder = new_encoder(replace(config, width=64, positions="rotary"), seed=0)
    attention = next(m for m in encoder.modules() if isinstance(m, Attention))
    angles = torch.arange(30)[:, None] * 1000.0 ** (-torch.arange(16) / 16)
    q, k = (
        rotate(bias.view(2, 1, 32).expand(2, 30, 32), (angles.cos(), angles.sin()))
        for bias in (attention.query.bias, attention.key.bias)
    )
    scores = (q @ k.mT)[:, 15].detach()
    assert (scores.argmax(dim=1) == 15).all()
    assert (scores[:, 13:18].mean(dim=1) > scores[:, :5].mean(dim=1)).all()
