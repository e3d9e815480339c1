from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
import torch

from encoder.batches import (
    TitleSequence,
    collate,
    drop_modalities,
    endless_batches,
    mean_direction,
)

MakeTitle = Callable[..., TitleSequence]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_with_the_title_and_the_shot(value: float) -> None:
    fused = np.zeros((5, 24), np.float32)
    fused[3, 7] = value
    with pytest.raises(ValueError, match=r"Sintel: NaN or infinity .* shot 3"):
        TitleSequence("Sintel", fused, np.zeros(6, np.float32))
    with pytest.raises(ValueError, match=r"Sintel: NaN or infinity in the metadata"):
        TitleSequence("Sintel", fused[:3], np.full(6, value, np.float32))


def test_a_title_without_shots_is_refused() -> None:
    with pytest.raises(ValueError, match="Sintel: fused"):
        TitleSequence("Sintel", np.zeros((0, 24), np.float32), np.zeros(6, np.float32))


def test_titles_are_padded_to_the_longest(make_title: MakeTitle) -> None:
    short, long = make_title("short", 2), make_title("long", 5)
    batch = collate([short, long])
    assert batch.valid.tolist() == [[True, True, False, False, False], [True] * 5]
    np.testing.assert_array_equal(batch.fused[0, :2].numpy(), short.fused)
    np.testing.assert_array_equal(batch.fused[1].numpy(), long.fused)
    assert not batch.fused[0, 2:].any()
    np.testing.assert_array_equal(batch.metadata[1].numpy(), long.metadata)


def test_titles_of_two_profiles_make_no_batch(make_title: MakeTitle) -> None:
    wide = TitleSequence("wide", np.ones((2, 30), np.float32), np.ones(6, np.float32))
    with pytest.raises(ValueError, match=r"wide: .*another profile"):
        collate([make_title("a", 3), wide])


def test_a_shot_without_any_modality_is_seen_but_never_hidden(make_title: MakeTitle) -> None:
    fused = make_title("a", 3).fused.copy()
    fused[1] = 0
    batch = collate([TitleSequence("a", fused, np.zeros(6, np.float32))])
    assert batch.valid.tolist() == [[True, True, True]]
    assert batch.candidates.tolist() == [[True, False, True]]


def test_batches_visit_every_title_and_keep_to_their_size(make_title: MakeTitle) -> None:
    titles = [make_title(str(i), length, seed=i) for i, length in enumerate([3, 40, 1, 7, 12, 5])]
    generator = torch.Generator().manual_seed(0)
    shots: list[int] = []
    for batch in endless_batches(titles, 512, 50, generator):
        assert batch.valid.numel() <= 50
        shots += batch.valid.sum(dim=1).tolist()
        if len(shots) >= 18:
            break
    for epoch in range(3):
        assert sorted(shots[6 * epoch : 6 * epoch + 6]) == [1, 3, 5, 7, 12, 40]


def test_a_long_title_gives_random_windows(make_title: MakeTitle) -> None:
    title = make_title("long", 100)
    batches = endless_batches([title], 10, 10, torch.Generator().manual_seed(0))
    starts = set()
    for batch in islice(batches, 60):
        window = batch.fused[0].numpy()
        start = int((title.fused == window[0]).all(axis=1).argmax())
        np.testing.assert_array_equal(window, title.fused[start : start + 10])
        starts.add(start)
    assert len(starts) > 30
    assert min(starts) < 10
    assert max(starts) > 80


def test_the_mean_direction_counts_shots_not_titles(make_title: MakeTitle) -> None:
    titles = [make_title("a", 30), make_title("b", 2, seed=1)]
    mean = np.concatenate([title.fused for title in titles]).mean(axis=0)
    np.testing.assert_allclose(mean_direction(titles), mean / np.linalg.norm(mean), atol=1e-6)


def test_modality_dropout_zeroes_one_part_of_a_title_and_keeps_unit_rows(
    make_title: MakeTitle,
) -> None:
    fused = collate([make_title("a", 4)]).fused.expand(400, 4, 24)
    generator = torch.Generator().manual_seed(0)
    dropped = drop_modalities(fused, (4, 8, 12), 0.5, generator)
    torch.testing.assert_close(dropped.norm(dim=-1), torch.ones(400, 4))
    parts = (dropped[..., :4], dropped[..., 4:12], dropped[..., 12:])
    gone = torch.stack([(part == 0).all(dim=2).all(dim=1) for part in parts], dim=1)
    assert gone.sum(dim=1).max() == 1
    assert (gone.float().mean(dim=0) - 0.5 / 3).abs().max() < 0.06
    untouched = ~gone.any(dim=1)
    assert torch.equal(dropped[untouched], fused[untouched])
