from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
import torch

from encoder.batches import TitleSequence, mean_direction
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import evaluate
from encoder.model import Encoder
from encoder.sampling import Window
from encoder.training import Step, Trainer, fit
from encoder.windows import embed_title

MakeTitle = Callable[..., TitleSequence]

SHORT = TrainingConfig(steps=12, batch_shots=64, learning_rate=5e-3)


@pytest.fixture
def titles(make_title: MakeTitle) -> list[TitleSequence]:
    return [make_title(f"film {i}", length, seed=i) for i, length in enumerate([30, 1, 45, 12])]


def weights(encoder: Encoder) -> dict[str, torch.Tensor]:
    return encoder.state_dict()


def assert_same_bits(one: Encoder, other: Encoder) -> None:
    for name, tensor in weights(one).items():
        assert torch.equal(tensor, weights(other)[name]), name


def test_fitting_twice_gives_the_same_bits(
    titles: list[TitleSequence], config: EncoderConfig
) -> None:
    first = fit(titles, config, SHORT)
    torch.rand(3)
    assert_same_bits(first, fit(titles, config, SHORT))
    reseeded = fit(titles, config, replace(SHORT, seed=1))
    assert not torch.equal(first.project_in.weight, reseeded.project_in.weight)


def test_the_order_of_the_titles_does_not_matter(
    titles: list[TitleSequence], config: EncoderConfig
) -> None:
    assert_same_bits(fit(titles, config, SHORT), fit(titles[::-1], config, SHORT))


def test_global_chance_is_left_alone(titles: list[TitleSequence], config: EncoderConfig) -> None:
    before = torch.random.get_rng_state()
    fit(titles, config, SHORT)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_progress_is_told_after_every_step(
    titles: list[TitleSequence], config: EncoderConfig
) -> None:
    steps: list[Step] = []
    fit(titles, config, SHORT, steps.append)
    assert [step.number for step in steps] == list(range(1, 13))
    assert all(step.steps == 12 and 0 <= step.loss < 2 for step in steps)


@pytest.mark.parametrize(
    ("positions", "muon", "span", "start"),
    [
        ("learned", True, 1, "noise"),
        ("learned", False, 1, "noise"),
        ("rotary", True, 1, "noise"),
        ("rotary", True, 3, "noise"),
        ("rotary", True, 1, "linear"),
        ("rotary", False, 3, "linear"),
    ],
)
def test_context_beats_the_mean_on_titles_never_seen(
    config: EncoderConfig,
    positions: Literal["learned", "rotary"],
    muon: bool,
    span: int,
    start: Literal["noise", "linear"],
) -> None:
    """Shots that wander in a space that all titles share are told from their neighbours."""
    films = [shared_space(f"film {i}", seed=i) for i in range(40)]
    training = TrainingConfig(
        steps=200, batch_shots=512, learning_rate=1e-2, muon=muon, mask_span=span, start=start
    )
    encoder = fit(films[:32], replace(config, positions=positions), training)
    report = evaluate(encoder, films[32:], mean_direction(films[:32]), training)
    assert report.overall.loss < 0.5 * report.overall.mean_loss
    assert report.overall.top1 > 2 * report.overall.chance_top1


def shared_space(title_id: str, seed: int) -> TitleSequence:
    basis = np.random.default_rng(99).standard_normal((4, 24))
    rng = np.random.default_rng(seed)
    steps = np.arange(40)[:, None] / 6
    rows = np.sin(steps * rng.uniform(0.5, 1.5, 4) + rng.uniform(0, 6, 4)) @ basis
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return TitleSequence(title_id, rows.astype(np.float32), np.zeros(6, np.float32))


@pytest.mark.parametrize("lengths", [[1], [2], [1, 1], [1, 3]])
def test_the_smallest_catalogues_are_fitted(
    make_title: MakeTitle, config: EncoderConfig, lengths: list[int]
) -> None:
    titles = [make_title(str(i), length, seed=i) for i, length in enumerate(lengths)]
    encoder = fit(titles, config, SHORT)
    assert all(torch.isfinite(tensor).all() for tensor in weights(encoder).values())
    report = evaluate(encoder, titles, mean_direction(titles), SHORT)
    assert report.overall.shots == sum(length > 1 for length in lengths)
    assert np.isfinite([report.overall.loss, report.overall.gain, report.overall.mrr]).all()


def test_a_catalogue_without_any_modality_is_fitted(config: EncoderConfig) -> None:
    black = TitleSequence("black", np.zeros((4, 24), np.float32), np.zeros(6, np.float32))
    encoder = fit([black], config, SHORT)
    assert np.isfinite(embed_title(encoder, black.fused).states).all()


def test_a_title_longer_than_the_sequence_is_fitted(
    make_title: MakeTitle, config: EncoderConfig
) -> None:
    fit([make_title("long", 70)], replace(config, max_shots=16), SHORT)


def test_modality_dropout_changes_the_training(
    titles: list[TitleSequence], config: EncoderConfig
) -> None:
    config = replace(config, modalities=(("video", 8), ("text", 16)))
    plain = fit(titles, config, SHORT)
    dropped = fit(titles, config, replace(SHORT, modality_dropout=0.5))
    assert not torch.equal(plain.project_in.weight, dropped.project_in.weight)


def test_what_cannot_be_fitted_is_refused_by_name(
    make_title: MakeTitle, config: EncoderConfig
) -> None:
    title = make_title("Sintel", 5)
    with pytest.raises(ValueError, match="no titles"):
        fit([], config, SHORT)
    with pytest.raises(ValueError, match="Sintel: given twice"):
        fit([title, make_title("A", 2), title], config, SHORT)
    with pytest.raises(ValueError, match=r"Sintel: .*another profile"):
        fit([title], replace(config, fused_dim=25), SHORT)
    with pytest.raises(ValueError, match="linear start needs rotary"):
        fit([title], config, replace(SHORT, start="linear"))
    with pytest.raises(ValueError, match="modality dropout"):
        fit([title], config, replace(SHORT, modality_dropout=0.1))


def test_a_batch_in_parts_is_the_batch(
    titles: list[TitleSequence], config: EncoderConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gradients() -> tuple[float, list[torch.Tensor]]:
        trainer = Trainer(titles, config, SHORT)
        windows = [Window(i, 0, length) for i, length in ((1, 1), (3, 12), (0, 30), (2, 45))]
        loss = trainer.loss(windows)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item(), [p.grad for p in trainer.encoder.parameters() if p.grad is not None]

    loss, found = gradients()
    monkeypatch.setattr("encoder.training.alike", lambda lengths: [slice(None)])
    whole, expected = gradients()
    assert loss == pytest.approx(whole, abs=1e-6)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
