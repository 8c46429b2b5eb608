"""P.5 Over-optimization, and a brake: a solution.

The curve is the estimator of part 4, once for the proxy itself and once for the true scores. Under
the KL penalty a weight is a softmax, and the KL compares it with the 1 / M that each response had.
As the KL falls when β grows, halving an interval finds any budget; it is the logarithm of β that is
halved, since nobody knows the unit beforehand.
"""

import numpy as np


def best_of_n_shares(n_responses: int, n: int) -> np.ndarray:
    """Return how often the response at each place, best proxy first, is the best of n: part 4's weights."""
    places = np.arange(n_responses, 1, -1)
    factors = np.maximum(places - n, 0) / (places - 1)
    return np.cumprod(np.append(n / n_responses, factors))


def overoptimization_curve(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    """Return KL, expected proxy and expected true score of best-of-n, a row for each n."""
    order = np.argsort(-proxy)
    rows = []
    for n in n_samples:
        shares = best_of_n_shares(len(proxy), n)
        rows.append([np.log(n) - (n - 1) / n, shares @ proxy[order], shares @ true_scores[order]])
    return np.array(rows)


def reweight(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> tuple[float, float, float]:
    """Return KL, mean proxy and mean true score of the best policy under a KL penalty."""
    weights = np.exp((proxy - proxy.max()) / kl_coef)
    weights /= weights.sum()
    ever = weights > 0  # for a small β a weight may underflow to 0, and 0 log 0 is 0
    kl = weights[ever] @ np.log(weights[ever] * len(proxy))
    return float(kl), float(weights @ proxy), float(weights @ true_scores)


def kl_coef_for(proxy: np.ndarray, kl_budget: float) -> float:
    """Return the β at which the policy of `reweight` is `kl_budget` nats from π₀."""
    low, high = np.log(proxy.std()) + np.array([-20.0, 20.0])
    for _ in range(60):
        middle = (low + high) / 2
        if reweight(proxy, proxy, np.exp(middle))[0] > kl_budget:
            low = middle
        else:
            high = middle
    return float(np.exp(high))
