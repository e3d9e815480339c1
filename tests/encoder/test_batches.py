from collections.abc import Callable

import numpy as np
import pytest
import torch

from encoder.batches import (
    TitleSequence,
    collate,
    draw_dropped,
    drop_modalities,
    mean_direction,
    pack,
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
    assert batch.valid is not None
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
    assert batch.valid is None, "a row of zeros is no padding"
    assert batch.candidates.tolist() == [[True, False, True]]


@pytest.mark.parametrize("most", [1, 10, 50, 1000])
def test_items_are_packed_in_order_and_within_the_bound(most: int) -> None:
    lengths = sorted([3, 40, 1, 7, 12, 5, 5, 40])
    batches = list(pack(lengths, lambda length: length, most))
    assert [length for batch in batches for length in batch] == lengths
    for batch, following in zip(batches, [*batches[1:], None], strict=True):
        assert len(batch) == 1 or len(batch) * max(batch) <= most
        if following:
            assert (len(batch) + 1) * following[0] > most, "the next one would have fitted"
    assert list(pack([], len, 5)) == []


def test_the_mean_direction_counts_shots_not_titles(make_title: MakeTitle) -> None:
    titles = [make_title("a", 30), make_title("b", 2, seed=1)]
    mean = np.concatenate([title.fused for title in titles]).mean(axis=0)
    np.testing.assert_allclose(mean_direction(titles), mean / np.linalg.norm(mean), atol=1e-6)


def test_modality_dropout_zeroes_one_part_of_a_title_and_keeps_unit_rows(
    make_title: MakeTitle,
) -> None:
    fused = collate([make_title("a", 4)]).fused.expand(400, 4, 24)
    lost = draw_dropped(400, 3, 0.5, torch.Generator().manual_seed(0))
    dropped = drop_modalities(fused, (4, 8, 12), lost)
    torch.testing.assert_close(dropped.norm(dim=-1), torch.ones(400, 4))
    parts = (dropped[..., :4], dropped[..., 4:12], dropped[..., 12:])
    gone = torch.stack([(part == 0).all(dim=2).all(dim=1) for part in parts], dim=1)
    assert gone.sum(dim=1).tolist() == (lost >= 0).int().tolist()
    assert (gone.float().mean(dim=0) - 0.5 / 3).abs().max() < 0.06
    assert torch.equal(dropped[lost < 0], fused[lost < 0])
