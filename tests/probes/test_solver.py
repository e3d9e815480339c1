import numpy as np
import pytest
import torch
from scipy.optimize import minimize  # type: ignore[import-untyped]

from probes.designs import RowDesign
from probes.solver import Problem, Solution, SolverOptions, solve

EXACT = SolverOptions(tolerance=1e-8)


def problem(columns: int = 4, has_bias: bool = True) -> Problem:
    """Soft targets and uneven masses, features on uneven scales and correlated."""
    torch.manual_seed(0)
    rows = torch.randn(200, 6, dtype=torch.float64) @ torch.randn(6, 6, dtype=torch.float64)
    target = torch.rand(200, columns, dtype=torch.float64).round(decimals=1)
    mass = torch.rand(200, columns, dtype=torch.float64)
    return Problem(RowDesign(rows), target, mass, has_bias)


def loss(of: Problem, weight: torch.Tensor, bias: torch.Tensor, strength: float) -> torch.Tensor:
    margins = of.design.margins(weight) + bias
    entropy = of.mass * (torch.nn.functional.softplus(margins) - of.target * margins)
    return entropy.sum(0) + strength / 2 * (weight**2).sum(0)


def nothing(columns: int) -> Solution:
    zeros = torch.zeros(6, columns, dtype=torch.float64)
    return Solution(zeros, zeros[0])


@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("strength", [0.0, 1.0, 100.0])
def test_the_minimum_is_scipys(strength: float, has_bias: bool) -> None:
    of = problem(has_bias=has_bias)
    found = solve(of, strength, nothing(4), SolverOptions(tolerance=1e-7))
    losses = loss(of, found.weight, found.bias, strength)
    for column in range(4):
        one = Problem(of.design, of.target[:, [column]], of.mass[:, [column]], has_bias)

        def value(theta, one=one):  # type: ignore[no-untyped-def]
            theta = torch.tensor(theta)
            return float(loss(one, theta[:6, None], theta[6:] * float(has_bias), strength))

        least = minimize(value, np.zeros(7), method="BFGS", options={"gtol": 1e-6})
        assert float(losses[column]) == pytest.approx(least.fun, rel=1e-7)


def test_columns_do_not_see_each_other() -> None:
    of = problem()
    together = solve(of, 1.0, nothing(4), EXACT)
    for column in range(4):
        one = Problem(of.design, of.target[:, [column]], of.mass[:, [column]], True)
        alone = solve(one, 1.0, nothing(1), EXACT)
        found = together.weight[:, column].numpy()
        assert found == pytest.approx(alone.weight[:, 0].numpy(), abs=1e-6)


def test_a_start_at_the_minimum_stays_there() -> None:
    of = problem()
    there = solve(of, 1.0, nothing(4), EXACT)
    again = solve(of, 1.0, there, SolverOptions(tolerance=1e-6))
    assert torch.equal(again.weight, there.weight)


def test_a_far_start_comes_back() -> None:
    of = problem()
    far = Solution(torch.full((6, 4), 50.0, dtype=torch.float64), torch.zeros(4).double())
    found, expected = solve(of, 1.0, far, EXACT), solve(of, 1.0, nothing(4), EXACT)
    assert found.weight.numpy() == pytest.approx(expected.weight.numpy(), abs=1e-6)
