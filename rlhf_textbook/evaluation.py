"""Reading results: win rates, quality gaps, and what a scaling law says."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray
from rlhf_textbook.numerics import sigmoid

KAPLAN_EXPONENT = 0.076
"""`α_N` of `L(N) = (N_c / N)^α_N` (Kaplan et al. 2020, arXiv 2001.08361, section 1.2)."""


def quality_gap(win_rate: ArrayLike) -> FloatArray:
    """Difference in quality that a win rate stands for.

    `Δq = log(p / (1 − p))`, the inverse of `p = σ(Δq)`: the Bradley–Terry model read backwards.

    Parameters
    ----------
    win_rate
        Share of comparisons won, strictly between 0 and 1, any shape.

    Returns
    -------
    FloatArray
        Same shape, in nats (log-odds); 0 at a win rate of 50 %.

    Raises
    ------
    ValueError
        If a win rate is 0, 1 or outside: no finite gap gives it.

    References
    ----------
    Bradley and Terry 1952.

    Examples
    --------
    ```python
    from rlhf_textbook import quality_gap

    print(quality_gap(0.85).round(4))
    ```

    ```text title="Output"
    1.7346
    ```
    """
    p = checks.open_probabilities("win_rate", win_rate)
    return np.log(p) - np.log1p(-p)


def expected_win_rate(quality_gap: ArrayLike) -> FloatArray:
    """Win rate that a difference in quality predicts.

    `p = σ(Δq)`

    Parameters
    ----------
    quality_gap
        `q_a − q_b`, any shape; ±inf allowed.

    Returns
    -------
    FloatArray
        Same shape, in [0, 1].

    Raises
    ------
    ValueError
        If `quality_gap` is empty or holds NaN.

    References
    ----------
    Bradley and Terry 1952.

    Examples
    --------
    ```python
    from rlhf_textbook import expected_win_rate

    print(expected_win_rate([0.0, 1.7346]).round(3))
    ```

    ```text title="Output"
    [0.5  0.85]
    ```
    """
    return sigmoid(checks.float_array("quality_gap", quality_gap, allow_infinite=True))


@dataclass(frozen=True)
class WinRateInterval:
    """A measured win rate and the values that the measurement does not rule out.

    Attributes
    ----------
    estimate
        Share of comparisons won.
    low
        Lower end of the interval.
    high
        Upper end of the interval.
    confidence
        Confidence of the interval, as it was asked for.
    """

    estimate: float
    low: float
    high: float
    confidence: float


def win_rate_interval(wins: float, n_comparisons: int, *, confidence: float = 0.95) -> WinRateInterval:
    """Win rate from counted comparisons, with Wilson's interval.

    `center = (p + z²/2n) / (1 + z²/n)` and
    `half-width = z / (1 + z²/n) · √(p(1 − p)/n + z²/4n²)`, where `p = wins/n` and `z` is the normal
    quantile of the confidence.

    Unlike `p ± z√(p(1 − p)/n)` it stays inside [0, 1] and keeps its coverage near the ends. It takes the
    comparisons as independent; several by one labeler or on one prompt are not quite.

    Parameters
    ----------
    wins
        Comparisons won, in `[0, n_comparisons]`; count a tie as half a win.
    n_comparisons
        Comparisons made, at least 1.
    confidence
        Strictly between 0 and 1.

    Returns
    -------
    WinRateInterval
        `estimate`, `low`, `high`, `confidence`.

    Raises
    ------
    ValueError
        If a count is out of range, or `confidence` is not strictly between 0 and 1.

    References
    ----------
    Wilson 1927.

    Examples
    --------
    ```python
    from rlhf_textbook import win_rate_interval

    interval = win_rate_interval(85, 100)
    print(f"{interval.estimate:.2f} [{interval.low:.3f}, {interval.high:.3f}]")
    ```

    ```text title="Output"
    0.85 [0.767, 0.907]
    ```
    """
    n = checks.whole_number("n_comparisons", n_comparisons, low=1)
    won = checks.number("wins", wins, low=0, high=n)
    level = checks.number("confidence", confidence, low=0, high=1, low_open=True, high_open=True)
    z = -NormalDist().inv_cdf((1 - level) / 2)  # (1 + level) / 2 could round to 1, where there is no quantile
    p = won / n
    shrink = 1 + z * z / n
    center = (p + z * z / (2 * n)) / shrink
    half_width = z / shrink * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    # Rounding may carry an end past 0, 1 or the estimate by 1e-17.
    low, high = min(max(center - half_width, 0.0), p), max(min(center + half_width, 1.0), p)
    return WinRateInterval(p, low, high, level)


def scaling_loss_ratio(size_ratio: ArrayLike, *, exponent: float = KAPLAN_EXPONENT) -> FloatArray:
    """Factor by which the predicted loss changes when a model grows.

    `L(kN) / L(N) = k^(−α)`, from `L(N) = (N_c / N)^α`.

    Parameters
    ----------
    size_ratio
        `k`, parameters after over parameters before, positive, any shape.
    exponent
        `α`, positive; 0.076 for parameters.

    Returns
    -------
    FloatArray
        Same shape; below 1 where the model grows, inf beyond the range of a float.

    Raises
    ------
    ValueError
        If a ratio or the exponent is not positive and finite.

    References
    ----------
    Kaplan et al. 2020 (arXiv 2001.08361), equation 1.1.

    Examples
    --------
    ```python
    from rlhf_textbook import scaling_loss_ratio

    print(scaling_loss_ratio(175 / 1.3).round(3))
    ```

    ```text title="Output"
    0.689
    ```
    """
    return _power("size_ratio", size_ratio, -checks.number("exponent", exponent, low=0, low_open=True))


def scaling_size_ratio(loss_ratio: ArrayLike, *, exponent: float = KAPLAN_EXPONENT) -> FloatArray:
    """Factor by which a model must grow for the predicted loss to change by a given factor.

    `k = (L_after / L_before)^(−1/α)`, the inverse of
    [`scaling_loss_ratio`][rlhf_textbook.evaluation.scaling_loss_ratio].

    Parameters
    ----------
    loss_ratio
        Loss after over loss before, positive, any shape; below 1 for a better model.
    exponent
        `α`, positive; 0.076 for parameters.

    Returns
    -------
    FloatArray
        Same shape; inf beyond the range of a float.

    Raises
    ------
    ValueError
        If a ratio or the exponent is not positive and finite.

    References
    ----------
    Kaplan et al. 2020 (arXiv 2001.08361), equation 1.1, solved for N.

    Examples
    --------
    ```python
    from rlhf_textbook import scaling_size_ratio

    print(f"{scaling_size_ratio(0.5):,.0f}")  # half the loss
    ```

    ```text title="Output"
    9,139
    ```
    """
    return _power("loss_ratio", loss_ratio, -1 / checks.number("exponent", exponent, low=0, low_open=True))


def _power(name: str, base: ArrayLike, exponent: float) -> FloatArray:
    ratios = checks.float_array(name, base)
    if (ratios <= 0).any():
        raise checks.error(name, "positive ratios", f"{ratios.min():g}")
    logs = np.log(ratios)
    with np.errstate(over="ignore", under="ignore"):
        # 1 stays 1 at any exponent, also at one that is infinite in floating point.
        return np.exp(np.multiply(exponent, logs, out=np.zeros_like(logs), where=logs != 0))
