"""L2-regularised logistic regression for many classes at once, by preconditioned L-BFGS.

All columns (classes) descend together, so a step costs two wide matrix products. Each column has
its own curvature history, step length and end. Margins are linear in the weights, so finding a step
length needs no further product. The preconditioner is the diagonal of the Hessian, which is nearly
the Hessian itself where the features are principal axes. ``bench/heads.py`` compares this with
scikit-learn.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class SolverOptions:
    """When the solver stops, and what it keeps in memory."""

    tolerance: float = 3e-4
    """The root mean square of a column's margins (log-odds) may be off by this much."""
    history: int = 8
    """Steps that the curvature is estimated from."""
    max_steps: int = 300
    max_trials: int = 12
    """Step lengths that are tried in one step."""
    slope_left: float = 0.3
    """A step length is accepted when the slope along it has fallen to this share."""


DEFAULTS = SolverOptions()


class Design(Protocol):
    """A linear map from weights [d, columns] to margins [m, columns], and its adjoint."""

    def margins(self, weight: Tensor) -> Tensor:
        """Return [m, columns] for weights [d, columns]."""

    def adjoint(self, residual: Tensor) -> Tensor:
        """Return [d, columns] for residuals [m, columns]."""

    def energy(self) -> Tensor:
        """Return [d, 1] (or [d, columns]): the squared norm of each direction's margins over m."""

    def keep(self, columns: Tensor) -> "Design":
        """Return the map for some of the columns only."""


@dataclass(frozen=True)
class Solution:
    """Weights [d, columns] and biases [columns] (zeros if the problem has none)."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Problem:
    """Minimise sum(mass * (log(1 + exp(z)) - target * z)) + strength / 2 * |weight|^2.

    ``z`` are the design's margins plus the bias. ``target``: [m, columns] in 0..1. ``mass``:
    [m, columns], 0 where an entry does not count. The bias is free, or absent.
    """

    design: Design
    target: Tensor
    mass: Tensor
    has_bias: bool


def solve(
    problem: Problem, strength: float, start: Solution, options: SolverOptions = DEFAULTS
) -> Solution:
    """Return the minimum of each column.

    Args:
        problem: what to minimise; every column needs targets on both sides or strength > 0.
        strength: of the L2 term, in units of the summed loss: scikit-learn's 1 / C.
        start: where to begin, such as the solution of a neighbouring strength.
        options: the tolerance and the limits of the search.
    """
    theta = torch.cat([start.weight, start.bias[None]])
    found = theta.clone()
    columns = torch.arange(theta.shape[1])
    descent = _Descent(problem, strength, theta, options)
    for _ in range(options.max_steps):
        error = descent.error()
        active = error > options.tolerance
        found[:, columns] = descent.theta
        if not active.any():
            break
        if active.float().mean() < 0.75:
            columns = columns[active]
            descent = descent.keep(active)
        descent.step()
    return Solution(found[:-1], found[-1])


class _Descent:
    """The state of the columns that have not converged."""

    def __init__(
        self, problem: Problem, strength: float, theta: Tensor, options: SolverOptions
    ) -> None:
        self.problem = problem
        self.options = options
        self.theta = theta
        self.penalty = torch.full((theta.shape[0], 1), strength, dtype=theta.dtype)
        self.penalty[-1] = 0.0
        self.margins = self._map(theta)
        chance = torch.sigmoid(self.margins)
        self.total = problem.mass.sum(0).clamp_min(1e-12)
        self.curvature = (problem.mass * chance * (1 - chance)).sum(0).clamp_min(1e-12)
        energy = problem.design.energy().expand(-1, theta.shape[1])
        ones = torch.full_like(theta[:1], float(problem.has_bias))
        hessian = torch.cat([energy, ones]) * self.curvature + self.penalty
        self.metric = torch.where(hessian > 0, 1.0 / hessian.clamp_min(1e-30), 0.0)
        self.metric[-1] *= float(problem.has_bias)
        self.slopes = self._slopes(problem.mass * (chance - problem.target))
        self.history: list[tuple[Tensor, Tensor, Tensor]] = []

    def error(self) -> Tensor:
        """Return [columns]: the root mean square margin by which a Newton step would move."""
        decrement = (self.slopes**2 * self.metric).sum(0)
        return (decrement / self.curvature.clamp_min(1e-6 * self.total)).sqrt()

    def step(self) -> None:
        """Move every column along its L-BFGS direction by a length that flattens the slope."""
        direction = self._direction()
        along = self._map(direction)
        length, residual = self._length(direction, along)
        moved = direction * length
        self.theta = self.theta + moved
        self.margins = self.margins + along * length
        slopes = self._slopes(residual)
        change = slopes - self.slopes
        self.slopes = slopes
        product = (moved * change).sum(0)
        inverse = torch.where(product > 1e-30, 1.0 / product.clamp_min(1e-30), 0.0)
        self.history = [*self.history[-self.options.history + 1 :], (moved, change, inverse)]

    def keep(self, active: Tensor) -> "_Descent":
        """Return the state of some columns, with their history."""
        kept = object.__new__(_Descent)
        kept.problem = Problem(
            self.problem.design.keep(active),
            self.problem.target[:, active],
            self.problem.mass[:, active],
            self.problem.has_bias,
        )
        kept.options, kept.penalty = self.options, self.penalty
        kept.total, kept.curvature = self.total[active], self.curvature[active]
        kept.theta, kept.margins = self.theta[:, active], self.margins[:, active]
        kept.metric, kept.slopes = self.metric[:, active], self.slopes[:, active]
        kept.history = [
            (moved[:, active], change[:, active], inverse[active])
            for moved, change, inverse in self.history
        ]
        return kept

    def _map(self, theta: Tensor) -> Tensor:
        margins = self.problem.design.margins(theta[:-1])
        return margins + theta[-1] if self.problem.has_bias else margins

    def _slopes(self, residual: Tensor) -> Tensor:
        bias = residual.sum(0, keepdim=True) * float(self.problem.has_bias)
        gradient = torch.cat([self.problem.design.adjoint(residual), bias])
        return gradient + self.penalty * self.theta

    def _direction(self) -> Tensor:
        """Return the two-loop recursion's direction (Nocedal 1980), per column."""
        rest = -self.slopes
        shares = []
        for moved, change, inverse in reversed(self.history):
            share = inverse * (moved * rest).sum(0)
            rest = rest - share * change
            shares.append(share)
        rest = rest * self.metric * self._scale()
        for (moved, change, inverse), share in zip(self.history, reversed(shares), strict=True):
            rest = rest + moved * (share - inverse * (change * rest).sum(0))
        return rest

    def _scale(self) -> Tensor:
        if not self.history:
            return torch.ones_like(self.curvature)
        moved, change, _ = self.history[-1]
        bent = (change**2 * self.metric).sum(0)
        scale = (moved * change).sum(0) / bent.clamp_min(1e-30)
        return torch.where((bent > 0) & (scale > 0), scale, 1.0)

    def _length(self, direction: Tensor, along: Tensor) -> tuple[Tensor, Tensor]:
        """Find [columns] step lengths by safeguarded Newton steps on the convex slope.

        Returns the lengths and the residuals [m, columns] there.
        """
        mass, target = self.problem.mass, self.problem.target
        bend = (self.penalty * direction**2).sum(0)
        pull = (self.penalty * direction * self.theta).sum(0)
        least = self.options.tolerance**2 * self.curvature
        goal = self.options.slope_left * (self.slopes * direction).sum(0).abs().maximum(least)
        length = torch.ones_like(goal)
        low, high = torch.zeros_like(goal), torch.full_like(goal, torch.inf)
        for trial in range(self.options.max_trials):
            chance = torch.sigmoid(self.margins + along * length)
            residual = mass * (chance - target)
            slope = (residual * along).sum(0) + pull + length * bend
            done = slope.abs() <= goal
            if bool(done.all()) or trial == self.options.max_trials - 1:
                break
            low = torch.where(slope < 0, length, low)
            high = torch.where(slope > 0, length, high)
            curve = (mass * chance * (1 - chance) * along**2).sum(0) + bend
            newton = length - slope / curve.clamp_min(1e-30)
            middle = torch.where(high.isinf(), 4 * length, (low + high) / 2)
            inside = (newton > low) & (newton < torch.minimum(high, 4 * low + 4))
            length = torch.where(done, length, torch.where(inside, newton, middle))
        return length, residual
