from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from encoder.baselines import copy_nearest, interpolate
from encoder.batches import TitleSequence, collate, mean_direction
from encoder.chance import generator
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import FitReport, evaluate
from encoder.masking import draw_mask
from encoder.model import Encoder, new_encoder

MakeTitle = Callable[..., TitleSequence]
MODALITIES = (("video", 10), ("text", 14))


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def test_the_report_agrees_with_a_count_shot_by_shot(
    make_title: MakeTitle, config: EncoderConfig
) -> None:
    """Every figure of the report, by the plainest code there is."""
    title = mute(make_title("a", 40), range(0, 40, 3))
    mean, training = mean_direction([title]), TrainingConfig()
    encoder = new_encoder(replace(config, modalities=MODALITIES), seed=0)
    batch = collate([title])
    mask = draw_mask(batch.candidates, 0.2, generator(training.seed, "evaluation"))
    with torch.no_grad():
        predicted = encoder(batch.fused, batch.valid, batch.metadata, mask).numpy()
    hidden = mask[0].numpy()
    guesses = {
        "loss": predicted,
        "mean_loss": np.tile(mean, (8, 1)),
        "interpolated_loss": interpolate(title.fused, hidden),
        "nearest_loss": copy_nearest(title.fused, hidden),
    }
    losses: dict[str, list[float]] = {name: [] for name in guesses}
    cosines: dict[str, list[float]] = {"video": [], "text": []}
    ranks, spoken = [], []
    for row, shot in enumerate(np.flatnonzero(hidden)):
        truth = title.fused[shot]
        for name, guess in guesses.items():
            losses[name].append(1 - float(unit(guess[row]) @ unit(truth)))
        nearness = [float(unit(predicted[row]) @ unit(each)) for each in title.fused]
        ranks.append(1 + sum(n > nearness[shot] for i, n in enumerate(nearness) if i != shot))
        spoken.append(bool(truth[10:].any()))
        cosines["video"].append(float(unit(predicted[row][:10]) @ unit(truth[:10])))
        if spoken[-1]:
            cosines["text"].append(float(unit(predicted[row][10:]) @ unit(truth[10:])))
    report = evaluate(encoder, [title], mean, training)
    found = asdict(report.overall)
    assert found["shots"] == 8
    for name, values in losses.items():
        assert found[name] == pytest.approx(np.mean(values), abs=1e-5), name
    assert found["gain"] == pytest.approx(1 - found["loss"] / found["mean_loss"])
    assert found["top1"] == pytest.approx(np.mean([rank == 1 for rank in ranks]))
    assert found["mrr"] == pytest.approx(np.mean([1 / rank for rank in ranks]))
    assert found["chance_top1"] == pytest.approx(1 / 40)
    for name, values in cosines.items():
        assert report.modalities[name] == pytest.approx(np.mean(values), abs=1e-5), name
    assert report.with_text is not None
    assert report.without_text is not None
    assert 0 < report.with_text.shots == sum(spoken) < 8
    apart = [loss for loss, said in zip(losses["loss"], spoken, strict=True) if not said]
    assert report.without_text.loss == pytest.approx(np.mean(apart), abs=1e-5)


def mute(title: TitleSequence, shots: range) -> TitleSequence:
    fused = title.fused.copy()
    fused[shots, 10:] = 0
    fused /= np.linalg.norm(fused, axis=1, keepdims=True)
    return TitleSequence(title.title_id, fused, title.metadata)


def test_the_report_counts_what_was_hidden_and_does_not_depend_on_order(
    make_title: MakeTitle, config: EncoderConfig
) -> None:
    titles = [make_title(str(i), length, seed=i) for i, length in enumerate([10, 1, 600, 25])]
    encoder, mean = new_encoder(config, seed=0), mean_direction(titles)
    report = evaluate(encoder, titles, mean, TrainingConfig())
    assert report.overall.shots == 2 + 0 + 102 + 5
    assert report == evaluate(encoder, titles[::-1], mean, TrainingConfig())
    assert report.overall.interpolated_loss < report.overall.nearest_loss < report.overall.mean_loss
    assert report.with_text is None, "the modalities are not known"
    few = evaluate(encoder, titles, mean, TrainingConfig(), most=1)
    assert few.overall.shots < report.overall.shots


def test_a_perfect_encoder_is_always_first(make_title: MakeTitle, config: EncoderConfig) -> None:
    class Oracle(Encoder):
        def forward(
            self,
            fused: torch.Tensor,
            valid: torch.Tensor | None,
            metadata: torch.Tensor,
            hidden: torch.Tensor,
        ) -> torch.Tensor:
            return 3 * fused[hidden]

    titles = [make_title(str(i), 30, seed=i) for i in range(3)]
    report = evaluate(Oracle(config), titles, mean_direction(titles), TrainingConfig())
    assert report.overall.loss == pytest.approx(0, abs=1e-6)
    assert (report.overall.gain, report.overall.top1) == pytest.approx((1, 1), abs=1e-5)


def test_a_report_comes_back_from_its_record(make_title: MakeTitle, config: EncoderConfig) -> None:
    title = mute(make_title("a", 40), range(0, 40, 3))
    encoder = new_encoder(replace(config, modalities=MODALITIES), seed=0)
    report = evaluate(encoder, [title], mean_direction([title]), TrainingConfig())
    assert FitReport.from_record(asdict(report)) == report
