from collections.abc import Callable

import numpy as np
import pytest
import torch

from probes.designs import PairDesign, RowDesign, ScoreDesign, title_pairs
from probes.solver import Design

DESIGNS: dict[str, tuple[Callable[[torch.Tensor], Design], int]] = {
    "rows": (RowDesign, 4),
    "pairs": (
        lambda rows: PairDesign(rows, torch.tensor([0, 3, 3, 5]), torch.tensor([1, 2, 0, 4])),
        4,
    ),
    "scores": (lambda rows: ScoreDesign(rows[:, :3]), 1),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_adjoint_is_the_transpose(name: str) -> None:
    torch.manual_seed(0)
    make, width = DESIGNS[name]
    design = make(torch.randn(6, 4))
    weight = torch.randn(width, 3)
    margins = design.margins(weight)
    residual = torch.randn_like(margins)
    there, back = (margins * residual).sum(0), (weight * design.adjoint(residual)).sum(0)
    assert there.numpy() == pytest.approx(back.numpy(), rel=1e-5)


@pytest.mark.parametrize("name", DESIGNS)
def test_columns_can_be_left_out(name: str) -> None:
    torch.manual_seed(1)
    make, width = DESIGNS[name]
    design = make(torch.randn(6, 4))
    weight, kept = torch.randn(width, 3), torch.tensor([True, False, True])
    some = design.keep(kept).margins(weight[:, kept])
    assert some.numpy() == pytest.approx(design.margins(weight)[:, kept].numpy(), rel=1e-5)


def test_pairs_are_those_of_one_title_that_differ() -> None:
    values = np.array([3.0, 1.0, 1.0, 9.0, np.nan, 4.0, 8.0])
    titles = np.array([0, 1, 0, 1, 0, 2, 0])
    pairs = title_pairs(values, titles, 1000)
    found = {(int(one), int(other)) for one, other in zip(pairs.better, pairs.worse, strict=True)}
    assert found == {(0, 2), (6, 0), (6, 2), (3, 1)}
    of_title = titles[pairs.better]
    assert pairs.mass[of_title == 0].sum() == pytest.approx(3)
    assert pairs.mass[of_title == 1].sum() == pytest.approx(2)


def test_a_long_title_gives_a_fixed_sample_of_its_pairs() -> None:
    values = np.random.default_rng(0).permutation(40).astype(float)
    titles = np.zeros(40, dtype=np.intp)
    pairs, again = title_pairs(values, titles, 50), title_pairs(values, titles, 50)
    assert len(pairs.mass) == 50
    assert (pairs.better == again.better).all()
    assert (values[pairs.better] > values[pairs.worse]).all()
    assert pairs.mass.sum() == pytest.approx(40)


def test_no_labels_no_pairs() -> None:
    pairs = title_pairs(np.full(3, np.nan), np.zeros(3, dtype=np.intp), 1000)
    assert len(pairs.mass) == len(pairs.better) == 0
