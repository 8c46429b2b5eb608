"""What best-of-n is worth in the toy world, without sampling: order statistics over exact densities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rlhf_textbook import TRUE_WEIGHTS

_GAUSS = np.polynomial.legendre.leggauss(500)
NODES, NODE_WEIGHTS = (_GAUSS[0] + 1) / 2, _GAUSS[1] / 2  # Gauss–Legendre on [0, 1]
HARMONICS = np.arange(1, 150)
WAVES = np.exp(2j * np.pi * np.outer(NODES, HARMONICS))


def proxy_density(weights, densities, moments):
    """Density and distribution function at S · NODES of `Σ w_i x_i`, each x_i weighted by `x_i^moment`.

    The sum lives on [0, S], S = Σ w_i. On it the density is a Fourier series whose coefficients are products of
    the features' characteristic functions; they fall like k^−10, so that 150 of them give it to rounding.
    """
    total = weights.sum()
    coefficients = np.ones(HARMONICS.size, dtype=complex)
    mean = 1.0
    for weight, density, moment in zip(weights, densities, moments, strict=True):
        measure = NODE_WEIGHTS * density(NODES) * NODES**moment
        coefficients *= np.exp(-2j * np.pi * np.outer(HARMONICS * weight / total, NODES)) @ measure
        mean *= measure.sum()
    density = (mean + 2 * (WAVES @ coefficients).real) / total
    below = mean * NODES + 2 * ((WAVES - 1) @ (coefficients / (2j * np.pi * HARMONICS))).real
    return density, below


def honest(x):
    return 6 * x * (1 - x)  # Beta(2, 2)


def fabricated(x):
    return 30 * x**4 * (1 - x)  # Beta(5, 2)


def exact_best_of_n(
    weights: ArrayLike, n_samples: ArrayLike, *, gold_weights: ArrayLike = TRUE_WEIGHTS, fabrication_rate: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the expected proxy and gold score of the response with the largest proxy score among n.

    `E[g] = ∫ n F(t)^(n−1) E[g | t] f(t) dt`, `f` and `F` of the proxy score; fabricated responses have gold score 0.
    """
    w = np.asarray(weights, dtype=np.float64)
    gold = np.asarray(gold_weights)
    n = np.asarray(n_samples)[:, None]
    nobody = np.zeros(w.size)
    f, below = proxy_density(w, [honest] * w.size, nobody)
    f_fabricated, below_fabricated = proxy_density(w, [fabricated] * w.size, nobody)
    # E[x_i | t] f(t) is the density of the sum with x_i counted x_i times.
    gold_f = sum(g * proxy_density(w, [honest] * w.size, unit)[0] for g, unit in zip(gold, np.eye(w.size), strict=True))
    rate = fabrication_rate
    mixed, mixed_below = (1 - rate) * f + rate * f_fabricated, (1 - rate) * below + rate * below_fabricated
    first_of_n = n * np.clip(mixed_below, 0, 1) ** (n - 1) * NODE_WEIGHTS * w.sum()
    return first_of_n @ (w.sum() * NODES * mixed), first_of_n @ ((1 - rate) * gold_f)
