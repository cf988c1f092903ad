"""Each clause with the others held still: a logistic regression with a ridge, by Newton's method.

The ridge is the one of a normal prior of standard deviation 1 on the log odds per standard
deviation of a column. It keeps a clause that only winners have from growing without end, and two
clauses that always come together from pulling apart; of thousands of cases it is not felt. The
intervals are those of the posterior by Laplace's method, so they shrink a little towards nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]
Vector = NDArray[np.float64]

RIDGE = 1.0
CHUNK = 20_000
"""Rows held in double precision at once."""

MOST_STEPS = 60
FARTHEST = 500.0
"""Log odds beyond which a chance is 0 or 1, and its exponential no number."""

CLOSE = 1e-9


@dataclass(frozen=True)
class Learned:
    """Log odds: of nobody's column (`intercept`), and for one more of each column, with their
    standard errors; a column that never varies weighs nothing and has the error of the prior."""

    intercept: float
    weights: Vector
    errors: Vector

    def predicted(self, columns: Matrix) -> Vector:
        """The chance of each row."""
        parts = [_chance(self.intercept + part @ self.weights) for part in _parts(columns)]
        return np.concatenate(parts) if parts else np.empty(0)


def learn(columns: Matrix, yes: NDArray[np.bool_]) -> Learned:
    """What a regression learns of rows and whether each came to the outcome."""
    middle, spread = _scales(columns)
    width = columns.shape[1] + 1
    prior = np.full(width, RIDGE)
    prior[0] = 0.0
    found = np.zeros(width)
    share = (yes.sum() + 0.5) / (len(yes) + 1)
    found[0] = np.log(share / (1 - share))
    cost, slope, curve = _at(found, columns, yes, middle, spread, prior)
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(curve, slope)
        if float(slope @ step) < CLOSE:
            break
        size = 1.0
        while True:
            tried = found - size * step
            next_cost, next_slope, next_curve = _at(tried, columns, yes, middle, spread, prior)
            if next_cost <= cost or size < 1e-4:
                break
            size /= 2
        found, cost, slope, curve = tried, next_cost, next_slope, next_curve
    errors = np.sqrt(np.diag(np.linalg.inv(curve)))[1:] / spread
    weights = found[1:] / spread
    return Learned(float(found[0] - middle @ weights), weights, errors)


def _at(
    found: Vector,
    columns: Matrix,
    yes: NDArray[np.bool_],
    middle: Vector,
    spread: Vector,
    prior: Vector,
) -> tuple[float, Vector, Matrix]:
    """What these weights cost, with its slope and curvature."""
    cost = float(prior @ found**2) / 2
    slope, curve = prior * found, np.diag(prior)
    first = 0
    for part in _parts(columns):
        rows = np.empty((len(part), len(found)))
        rows[:, 0] = 1.0
        rows[:, 1:] = (part - middle) / spread
        said = yes[first : first + len(part)].astype(np.float64)
        first += len(part)
        line = rows @ found
        cost += float(np.sum(np.log1p(np.exp(-np.abs(line))) + np.maximum(line, 0) - said * line))
        chance = _chance(line)
        slope = slope + rows.T @ (chance - said)
        curve = curve + (rows * (chance * (1 - chance))[:, None]).T @ rows
    return cost, slope, curve


def _scales(columns: Matrix) -> tuple[Vector, Vector]:
    """Mean and standard deviation of each column; 1 where it never varies."""
    total = np.zeros(columns.shape[1])
    squares = np.zeros(columns.shape[1])
    for part in _parts(columns):
        total += part.sum(axis=0)
    middle = total / max(len(columns), 1)
    for part in _parts(columns):
        squares += ((part - middle) ** 2).sum(axis=0)
    spread = np.sqrt(squares / max(len(columns), 1))
    return middle, np.where(spread > CLOSE, spread, 1.0)


def _parts(columns: Matrix) -> Iterator[Vector]:
    for first in range(0, len(columns), CHUNK):
        yield columns[first : first + CHUNK].astype(np.float64)


def _chance(line: Vector) -> Vector:
    return 1 / (1 + np.exp(-np.clip(line, -FARTHEST, FARTHEST)))
