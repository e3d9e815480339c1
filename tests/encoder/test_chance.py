import torch

from encoder.chance import generator


def draw(seed: int, use: str, number: int) -> float:
    return float(torch.rand((), generator=generator(seed, use, number)))  # type: ignore[arg-type]


def test_each_use_has_chance_of_its_own() -> None:
    draws = {
        (seed, use, number): draw(seed, use, number)
        for seed in (0, 1)
        for use in ("order", "mask", "dropout", "evaluation")
        for number in range(20)
    }
    assert len(set(draws.values())) == len(draws)
    assert all(draw(*key) == value for key, value in draws.items())
