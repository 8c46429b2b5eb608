"""What the numbers of several seeds allow to say: intervals over seeds, and a verdict from an interval."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats  # type: ignore[import-untyped]

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import error

Verdict = Literal["holds", "does not hold", "undecided"]


@dataclass(frozen=True)
class Interval:
    """An estimate and the confidence interval around it."""

    estimate: float
    low: float
    high: float
    n: int
    """Number of seeds behind it."""

    def __str__(self) -> str:
        return show(self)


def mean_interval(values: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Mean over seeds with Student's t-interval, m ± t_{n−1} s / √n.

    Exact for normally distributed values, and good for others that are not far from
    symmetric. The spread it speaks of is that between seeds, and of nothing else.

    Parameters
    ----------
    values
        One number a seed, shape (n_seeds,), n_seeds at least 2.
    confidence
        Probability that an interval made in this way covers the true mean.
    """
    array = checks.float_array("values", values, min_ndim=1, max_ndim=1)
    confidence = checks.number("confidence", confidence, low=0, high=1, low_open=True, high_open=True)
    n = array.size
    if n < 2:
        raise error("values", "at least 2, one a seed", n)
    mean = float(array.mean())
    margin = float(stats.t.ppf((1 + confidence) / 2, n - 1) * array.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - margin, mean + margin, n)


def paired_difference(values: ArrayLike, baseline: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Mean of values − baseline, paired by seed, with its t-interval.

    Runs that share a seed share their luck (data, labelers, first weights): pairing takes
    that out of the comparison.

    Parameters
    ----------
    values, baseline
        One number a seed, in the same order of seeds, shape (n_seeds,).
    confidence
        Probability that an interval made in this way covers the true difference.
    """
    return mean_interval(_differences(values, baseline), confidence=confidence)


def sign_count(values: ArrayLike, baseline: ArrayLike = 0.0) -> tuple[int, int, float]:
    """In how many of n seeds is the value above the baseline: (k, n, p).

    p is the two-sided p-value of the sign test, the probability of a split at least as
    lopsided if either sign were equally likely; ties count for neither side and not in n.
    """
    array = checks.float_array("values", values, min_ndim=1, max_ndim=1)
    base = checks.float_array("baseline", baseline, max_ndim=1)
    differences = _differences(array, np.full_like(array, base) if base.ndim == 0 else base)
    k, n = int((differences > 0).sum()), int((differences != 0).sum())
    return k, n, float(stats.binomtest(k, n).pvalue) if n else 1.0


def bootstrap_interval(
    statistic: Callable[..., Any],
    *values: ArrayLike,
    rng: np.random.Generator,
    confidence: float = 0.95,
    n_resamples: int = 9999,
) -> Interval:
    """Bootstrap interval (BCa) over seeds for a statistic that has no formula: a median, a ratio of means.

    Parameters
    ----------
    statistic
        Called as `statistic(*arrays, axis=-1)`, and must reduce that axis, as `np.median` does.
    *values
        One or more arrays of one number a seed; seeds are drawn jointly, so pairs stay pairs.
    rng
        Source of randomness.
    confidence
        Probability that an interval made in this way covers the true value, roughly: with
        ten seeds it covers it somewhat less often.
    n_resamples
        Number of resamples.
    """
    if not values:
        raise error("values", "at least one array", "none")
    checks.generator("rng", rng)
    arrays = [checks.float_array("values", value, min_ndim=1, max_ndim=1) for value in values]
    for array in arrays[1:]:
        checks.same_shape("values", array, "the first", arrays[0])
    if arrays[0].size < 2:
        raise error("values", "at least 2, one a seed", arrays[0].size)
    confidence = checks.number("confidence", confidence, low=0, high=1, low_open=True, high_open=True)
    estimate = float(statistic(*arrays, axis=-1))
    resampled = stats.bootstrap(
        arrays,
        statistic,
        n_resamples=checks.whole_number("n_resamples", n_resamples, low=100),
        paired=True,
        vectorized=True,
        confidence_level=confidence,
        method="percentile" if all(np.ptp(array) == 0 for array in arrays) else "BCa",  # BCa divides by the spread
        random_state=rng,
    ).confidence_interval
    return Interval(estimate, float(resampled.low), float(resampled.high), arrays[0].size)


def _differences(values: ArrayLike, baseline: ArrayLike) -> checks.FloatArray:
    array = checks.float_array("values", values, min_ndim=1, max_ndim=1)
    base = checks.float_array("baseline", baseline, min_ndim=1, max_ndim=1)
    checks.same_shape("baseline", base, "values", array)
    return array - base


def verdict(interval: Interval, direction: Literal[">", "<"], bound: float = 0.0) -> Verdict:
    """Say whether the interval supports "the true value is above (or below) the bound".

    "holds" if the whole interval lies on that side, "does not hold" if the whole interval
    lies on the other, "undecided" if the bound is inside it.
    """
    if direction not in (">", "<"):
        raise error("direction", "'>' or '<'", repr(direction))
    bound = checks.number("bound", bound, low=-np.inf)
    above, below = interval.low > bound, interval.high < bound
    if above or below:
        return "holds" if above == (direction == ">") else "does not hold"
    return "undecided"


def show(interval: Interval, digits: int = 2) -> str:
    """Write an interval for a page, `0.42 ± 0.03`, or `0.42 (0.38 to 0.49)` where it is not symmetric."""
    digits = checks.whole_number("digits", digits, low=0)

    def rounded(value: float) -> str:
        return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")  # + 0.0 makes a zero of a -0.0

    below, above = interval.estimate - interval.low, interval.high - interval.estimate
    if abs(above - below) < 0.5 * 10.0**-digits:
        return f"{rounded(interval.estimate)} ± {rounded((above + below) / 2)}"
    return f"{rounded(interval.estimate)} ({rounded(interval.low)} to {rounded(interval.high)})"


def minus(text: str) -> str:
    """Write negative numbers in a line of a page with the sign that `show` writes: `-0.42` becomes `−0.42`."""
    return re.sub(r"(?<![\w-])-(?=[\d.])", "−", text)
