import pytest
import torch

from encoder.masking import draw_mask


def draw(lengths: list[int], ratio: float = 0.2, span: int = 1, seed: int = 0) -> torch.Tensor:
    candidates = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    generator = torch.Generator().manual_seed(seed)
    hidden = draw_mask(candidates, ratio, generator, span=span)
    assert not (hidden & ~candidates).any(), "padding is never hidden"
    return hidden


@pytest.mark.parametrize("span", [1, 4])
def test_a_fifth_is_hidden_at_least_one_and_never_all(span: int) -> None:
    lengths = [1, 2, 3, 10, 101, 512]
    assert draw(lengths, span=span).sum(dim=1).tolist() == [0, 1, 1, 2, 20, 102]
    assert draw(lengths, ratio=0.99, span=span).sum(dim=1).tolist() == [0, 1, 2, 9, 100, 507]


def test_every_shot_is_as_likely_to_be_hidden() -> None:
    for span in (1, 4):
        often = draw([40] * 5000, span=span).float().mean(dim=0)
        assert often.min() > 0.17
        assert often.max() < 0.23


def test_spans_hide_runs() -> None:
    def runs(hidden: torch.Tensor) -> int:
        return int((hidden[:, 1:] & ~hidden[:, :-1]).sum() + hidden[:, 0].sum())

    independent, spans = draw([500] * 20), draw([500] * 20, span=5)
    assert independent.sum() == spans.sum()
    assert runs(spans) <= spans.sum() / 4
    assert runs(independent) > independent.sum() * 0.7


def test_the_generator_decides() -> None:
    assert torch.equal(draw([50, 9], seed=1), draw([50, 9], seed=1))
    assert not torch.equal(draw([50, 9], seed=1), draw([50, 9], seed=2))
