"""Training a reward model that is linear in given features, over all pairs of every ranking.

The loss is that of [`ranking_loss`][rlhf_textbook.reward_model.ranking_loss] at `features @ weights`. It is
convex in the weights: there are no false minima to end in. Rankings are worked through in blocks that fit the
processor's cache, so that the differences of all pairs never stand in memory at once.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray


@dataclass(frozen=True)
class LinearRewardModel:
    """What [`fit_linear_reward_model`][rlhf_textbook.linear_reward_model.fit_linear_reward_model] found.

    A response scores `features @ weights`; only differences within one prompt carry meaning.

    Attributes
    ----------
    weights
        Shape `(n_features,)`.
    loss
        Ranking loss at these weights, in nats, without the penalty.
    gradient_norm
        Euclidean norm of the gradient of loss and penalty; inf where a float cannot hold its square.
    n_iterations
        Steps taken on all rankings; those of Newton's warm start on samples are not counted.
    converged
        Whether this is a minimum: the gradient is within the tolerance, and Newton's steps no longer move
        any margin by more than 0.25.
    """

    weights: FloatArray
    loss: float
    gradient_norm: float
    n_iterations: int
    converged: bool


@dataclass(frozen=True)
class _Point:
    """The objective around some weights."""

    weights: FloatArray
    loss: float
    penalty: float
    gradient: FloatArray
    hessian: FloatArray | None  # None where it was not asked for
    largest_move: float  # of any margin, by the step that led here; infinite where that was not asked for

    @property
    def objective(self) -> float:
        return self.loss + self.penalty

    @property
    def gradient_norm(self) -> float:
        return float(np.linalg.norm(self.gradient))

    def newton_step(self) -> FloatArray:
        """Solve `hessian · step = gradient`; where features repeat each other, by the shortest such step."""
        # In units in which every feature bends the loss alike, so that a small unit is not taken for no effect.
        assert self.hessian is not None
        units = np.sqrt(np.diag(self.hessian))
        units[units == 0] = 1
        scaled = np.linalg.lstsq(self.hessian / np.outer(units, units), self.gradient / units, rcond=1e-12)[0]
        return (scaled / units).astype(np.float64)

    def largest_curvature(self) -> float:
        assert self.hessian is not None
        return float(np.linalg.eigvalsh(self.hessian)[-1])

    def is_better_than(self, other: "_Point") -> bool:
        """Tell by the objective or, where rounding hides its change, by the gradient; an overflow is never better."""
        if not abs(self.objective - other.objective) <= 1e-12 * other.objective:
            return self.objective < other.objective
        return self.gradient_norm < other.gradient_norm


class _Rankings:
    """The objective of given rankings, worked out block by block.

    A block is turned to `(n_features, K, prompts)`: with prompts last, every operation runs along contiguous
    memory. Its differences are at most 2^16 numbers, half a megabyte: enough for numpy's overhead per call not
    to count, and not too much for the second-level cache. All blocks share the same work arrays, because to ask
    the system for fresh memory would take as long as the arithmetic.
    """

    def __init__(self, features: FloatArray, l2: float) -> None:
        n_prompts, k, n_features = features.shape
        winners, losers = np.triu_indices(k, k=1)
        # Turns a ranking's K values into the differences of its pairs, loser minus winner.
        self.incidence = np.eye(k)[losers] - np.eye(k)[winners]
        self.features, self.l2 = features, l2
        self.size = min(n_prompts, max(1, 2**16 // (n_features * len(winners))))
        self.items = np.empty(n_features * k * self.size)
        self.differences = np.empty(n_features * len(winners) * self.size)
        self.scaled = np.empty_like(self.differences)
        self.by_pair = np.empty((4, len(winners) * self.size))

    def blocks(self, features: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Features of a block's responses, `(n_features, K · prompts)`, and all their differences."""
        n_prompts, _, n_features = features.shape
        for start in range(0, n_prompts, self.size):
            part = features[start : start + self.size].T
            items = self.items[: part.size].reshape(part.shape)
            items[...] = part
            shape = (n_features, len(self.incidence), part.shape[2])
            differences = self.differences[: math.prod(shape)].reshape(shape)
            np.matmul(self.incidence, items, out=differences)
            yield items.reshape(n_features, -1), differences.reshape(n_features, -1)

    def at(
        self, weights: FloatArray, step: FloatArray | None = None, *, stride: int = 1, with_hessian: bool = True
    ) -> _Point:
        """Evaluate the objective, of all rankings or one in `stride`, at weights to which `step` has led."""
        features = self.features[::stride]
        n_prompts, k, n_features = features.shape
        n_pairs = n_prompts * len(self.incidence)
        loss, largest_move = 0.0, math.inf if step is None else 0.0
        gradient, hessian = np.zeros(n_features), np.zeros((n_features, n_features))
        for items, differences in self.blocks(features):
            shortfall, odds, right, wrong = self.by_pair[:, : differences.shape[1]]
            scores = (weights @ items).reshape(k, -1)  # every response once, not once a pair
            # By how much the loser of each pair outscores the winner; exp(710) is more than a float can hold.
            np.matmul(self.incidence, scores, out=shortfall.reshape(len(self.incidence), -1))
            np.minimum(shortfall, 700.0, out=odds)
            loss += float(np.subtract(shortfall, odds, out=shortfall).sum())
            np.exp(odds, out=odds)  # odds of the labeler's choice being the wrong one
            loss += float(np.log1p(odds, out=right).sum())
            np.divide(1, np.add(odds, 1, out=right), out=right)  # probability of the labeler's choice
            np.multiply(odds, right, out=wrong)  # and of the other one: the slope of the loss by the shortfall
            gradient += differences @ wrong
            if step is not None:
                largest_move = max(largest_move, float(np.abs(np.matmul(step, differences, out=odds), out=odds).max()))
            if with_hessian:
                curvature = np.multiply(wrong, right, out=wrong)
                scaled = self.scaled[: differences.size].reshape(differences.shape)
                hessian += np.multiply(differences, curvature, out=scaled) @ differences.T
        is_too_large = np.isfinite(loss) and not (np.isfinite(gradient).all() and np.isfinite(hessian).all())
        if is_too_large or np.isinf(hessian).any():
            given = f"up to {np.abs(self.features).max():g}"
            raise checks.error("features", "values small enough to be squared", given)
        return _Point(
            weights,
            loss / n_pairs,
            self.l2 / 2 * float(weights @ weights),
            gradient / n_pairs + self.l2 * weights,
            hessian / n_pairs + self.l2 * np.eye(n_features) if with_hessian else None,
            largest_move,
        )


def _gradient_descent(
    point: _Point, rankings: _Rankings, tolerance: float, max_iterations: int, learning_rate: float
) -> tuple[_Point, int]:
    for n_iterations in range(max_iterations):
        if point.gradient_norm <= tolerance:
            return point, n_iterations
        point = rankings.at(point.weights - learning_rate * point.gradient, with_hessian=False)
        if not np.isfinite(point.objective):
            raise checks.error("learning_rate", "a rate at which the weights stay finite", f"{learning_rate:g}")
    return point, max_iterations


def _newton(point: _Point, rankings: _Rankings, tolerance: float, max_iterations: int) -> tuple[_Point, int]:
    for n_iterations in range(max_iterations):
        if point.gradient_norm <= tolerance:
            return point, n_iterations
        if point.hessian is None:
            point = rankings.at(point.weights)
        step = point.newton_step()
        # Newton's decrement, the root of gᵀ H⁻¹ g, is about the share of the error that this step will leave.
        decrement = math.sqrt(max(0.0, float(point.gradient @ step)))
        is_last = point.gradient_norm * decrement <= tolerance
        for _ in range(40):
            ahead = rankings.at(point.weights - step, step, with_hessian=not is_last)
            if ahead.is_better_than(point):
                break
            step /= 2  # the parabola that Newton's step trusts holds only nearby
        else:
            return point, n_iterations  # rounding leaves nothing to gain
        point = ahead
    return point, max_iterations


def _warm_start(rankings: _Rankings) -> FloatArray:
    """Newton's method on growing samples: near the minimum for the price of a third of a step on all rankings.

    Each step about squares the error, and so deserves a larger sample, until what remains is the error of the
    sample itself. Then two steps on all rankings mostly do.
    """
    n_prompts, _, n_features = rankings.features.shape
    weights: FloatArray = np.zeros(n_features)
    for stride in (256, 64, 16, 4):
        if n_prompts // stride >= 20 * n_features:
            weights = weights - rankings.at(weights, stride=stride).newton_step()
    return weights


def _is_minimum(point: _Point, rankings: _Rankings) -> bool:
    """Tell a minimum from a gradient that fades while the weights grow for ever.

    Without a minimum, each of Newton's steps moves some margin by about 1, however small the gradient.
    """
    if point.largest_move > 0.25:
        step = rankings.at(point.weights).newton_step()
        point = rankings.at(point.weights - step, step, with_hessian=False)
    return point.largest_move <= 0.25


def _ranked_features(features: ArrayLike) -> FloatArray:
    table = checks.float_array("features", features, min_ndim=3, max_ndim=3)
    if table.shape[1] < 2:
        raise checks.error("features", "at least 2 responses in a ranking", f"shape {table.shape}")
    return table


def _one_for_each_feature(name: str, weights: ArrayLike, features: FloatArray) -> FloatArray:
    values = checks.float_array(name, weights, min_ndim=1, max_ndim=1)
    if values.shape != features.shape[2:]:
        raise checks.error(name, f"one weight for each of {features.shape[2]} features", f"shape {values.shape}")
    return values.copy()


def linear_ranking_loss_and_gradient(weights: ArrayLike, features: ArrayLike) -> tuple[float, FloatArray]:
    """Ranking loss of a linear reward model, and its gradient by the weights.

    `loss = mean over prompts of 1/C(K,2) · Σ_{i<j} −log σ(w·x_i − w·x_j)`

    `∂loss/∂w = mean over prompts of 1/C(K,2) · Σ_{i<j} σ(w·x_j − w·x_i) · (x_j − x_i)`

    Parameters
    ----------
    weights
        `w`, shape `(n_features,)`, finite.
    features
        `x`, shape `(n_prompts, K, n_features)`, the best response of each prompt first, `K` at least 2.

    Returns
    -------
    loss : float
        In nats; [`ranking_loss`][rlhf_textbook.reward_model.ranking_loss] of `features @ weights`.
    gradient : FloatArray
        Shape `(n_features,)`.

    Raises
    ------
    ValueError
        If a shape is wrong, a value is NaN or infinite, or a score or a difference of features is too large for a
        float.

    References
    ----------
    Ouyang et al. 2022, equation 1.

    Examples
    --------
    ```python
    from rlhf_textbook import linear_ranking_loss_and_gradient

    # one prompt, three responses, best first
    features = [[[0.9, 0.2], [0.4, 0.6], [0.1, 0.3]]]
    loss, gradient = linear_ranking_loss_and_gradient([1.0, 0.5], features)
    print(round(loss, 4), gradient.round(4))
    ```

    ```text title="Output"
    0.4782 [-0.1954  0.0285]
    ```
    """
    table = _ranked_features(features)
    given = _one_for_each_feature("weights", weights, table)
    with np.errstate(over="ignore", invalid="ignore"):
        point = _Rankings(table, l2=0.0).at(given, with_hessian=False)
    if not np.isfinite(point.loss):
        raise checks.error("weights", "finite scores features @ weights", f"a loss of {point.loss}")
    return point.loss, point.gradient


def fit_linear_reward_model(
    features: ArrayLike,
    *,
    method: str = "newton",
    l2: float = 0.0,
    tolerance: float = 1e-9,
    max_iterations: int = 1000,
    learning_rate: float | None = None,
    initial_weights: ArrayLike | None = None,
) -> LinearRewardModel:
    """Weights of a linear reward model that make the labelers' rankings most probable.

    `w* = argmin_w ranking_loss(features @ w) + l2/2 · ‖w‖²`

    Gradient descent: `w ← w − learning_rate · g`. Newton: `w ← w − H⁻¹ g`, halved until it improves, where
    `H = mean over pairs of σ(m) (1 − σ(m)) · (x_i − x_j)(x_i − x_j)ᵀ` with margins `m = w·x_i − w·x_j`.
    A step of Newton's costs about half as much again, and near the minimum each one squares the error.

    Some rankings have no best weights: where a change of the weights lowers no margin and raises some, going
    on in that direction is always better, as when a feature alone tells all winners. The weights returned
    are then large and `converged` is False. A penalty `l2` above 0 gives every data set a minimum.

    Parameters
    ----------
    features
        Shape `(n_prompts, K, n_features)`, the best response of each prompt first, `K` at least 2;
        `K = 2` for plain comparisons. Float64 is read where it lies; other types are converted first.
    method
        `"newton"` or `"gradient_descent"`.
    l2
        Strength of the penalty, at least 0.
    tolerance
        Euclidean norm of the gradient at which to stop, above 0.
    max_iterations
        Largest number of steps, at least 1.
    learning_rate
        Of gradient descent, above 0. None for one over the largest curvature that the objective has
        anywhere, with which every step lowers it.
    initial_weights
        Shape `(n_features,)`. None for zeros or, in a large data set, Newton's steps on samples of it.
        Newton takes zeros instead where these weights do worse.

    Returns
    -------
    LinearRewardModel
        Weights, loss, norm of the gradient, number of steps, and whether they converged.

    Raises
    ------
    ValueError
        If a shape is wrong, a value is NaN, infinite or too large to be squared, an argument lies outside
        its range, a learning rate is given to Newton's method, or gradient descent diverges.

    References
    ----------
    Ouyang et al. 2022, equation 1; Albert and Anderson 1984 on when there are best weights.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import fit_linear_reward_model

    rng = np.random.default_rng(0)
    features = rng.random((2000, 4, 3))  # 2000 prompts, 4 responses each, 3 features
    utilities = features @ [3.0, 2.0, 1.0] + rng.gumbel(size=(2000, 4))  # noisy labelers
    best_first = np.argsort(-utilities, axis=1)
    ranked = np.take_along_axis(features, best_first[:, :, None], axis=1)

    model = fit_linear_reward_model(ranked)
    print(model.weights.round(2), round(model.loss, 4), model.converged)
    ```

    ```text title="Output"
    [2.84 1.91 0.96] 0.5327 True
    ```
    """
    table = _ranked_features(features)
    checks.one_of("method", method, "newton", "gradient_descent")
    penalty = checks.number("l2", l2, low=0)
    enough = checks.number("tolerance", tolerance, low=0, low_open=True)
    limit = checks.whole_number("max_iterations", max_iterations, low=1)
    if learning_rate is not None:
        rate = checks.number("learning_rate", learning_rate, low=0, low_open=True)
        if method == "newton":
            raise checks.error("learning_rate", "None, since Newton's method sizes its own steps", f"{rate:g}")
    zeros = np.zeros(table.shape[2])
    given = None if initial_weights is None else _one_for_each_feature("initial_weights", initial_weights, table)
    rankings = _Rankings(table, penalty)

    with np.errstate(over="ignore", invalid="ignore"):
        if method == "newton":
            point = rankings.at(_warm_start(rankings) if given is None else given)
            if not point.objective <= np.log(2):  # worse than zeros: far out, where the loss is all but straight
                point = rankings.at(zeros)
            point, n_iterations = _newton(point, rankings, enough, limit)
        else:
            if learning_rate is None:
                # No pair bends more than at margin 0, where σ(1 − σ) is 1/4.
                rate = 1 / max(rankings.at(zeros).largest_curvature(), np.finfo(float).tiny)
            point = rankings.at(zeros if given is None else given, with_hessian=False)
            if not np.isfinite(point.objective):
                raise checks.error("initial_weights", "finite scores features @ initial_weights", "an overflow")
            point, n_iterations = _gradient_descent(point, rankings, enough, limit, rate)
        converged = point.gradient_norm <= enough and _is_minimum(point, rankings)
        return LinearRewardModel(point.weights, point.loss, point.gradient_norm, n_iterations, converged)
