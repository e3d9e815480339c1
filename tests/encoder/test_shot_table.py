from collections.abc import Callable

import pytest
import torch

from encoder.batches import TitleSequence
from encoder.sampling import Window
from encoder.shot_table import ShotTable

MakeTitle = Callable[..., TitleSequence]
CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "windows",
    [
        [Window(0, 0, 30)],
        [Window(1, 0, 1), Window(2, 3, 9), Window(0, 21, 9)],
        [Window(2, 0, 9), Window(0, 4, 9)],
    ],
)
def test_gathered_batches_are_those_laid_out_on_the_cpu(
    make_title: MakeTitle, windows: list[Window]
) -> None:
    titles = [make_title(f"film {i}", length, seed=i) for i, length in enumerate([30, 1, 12])]
    gathered = ShotTable(titles, CPU, resident=True).batch(windows)
    laid_out = ShotTable(titles, CPU, resident=False).batch(windows)
    assert torch.equal(gathered.fused, laid_out.fused)
    assert torch.equal(gathered.metadata, laid_out.metadata)
    if laid_out.valid is None:
        assert gathered.valid is None
    else:
        assert gathered.valid is not None
        assert torch.equal(gathered.valid, laid_out.valid)


def test_on_a_cpu_shots_are_not_copied(make_title: MakeTitle) -> None:
    assert ShotTable([make_title("film", 3)], CPU)._rows is None
