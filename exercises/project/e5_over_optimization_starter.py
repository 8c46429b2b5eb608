"""P.5 Over-optimization, and a brake.

The harder a flawed score is followed, the further it and the truth come apart. Draw that curve for
best-of-n, then follow the score with a KL penalty instead, exactly, by giving each response another
weight. Then find the β that spends a given number of nats. Part 4's estimator comes from the
package; run this file to see a blind spot at work.

Project, part 5. Check with: python make.py check P.5
"""

import numpy as np

from rlhf_textbook import expected_best_of_n, fit_linear_reward_model, rank_responses, sample_responses


def overoptimization_curve(proxy: np.ndarray, true_scores: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
    """Return what becomes of best-of-n as n grows, shape (len(n_samples), 3).

    `proxy` and `true_scores`, shape (M,), are the reward model's and people's scores of M responses.
    The row of each n holds three numbers about best-of-n, which chooses by the proxy: its KL from
    the policy it draws from, log n − (n − 1) / n nats; the expected proxy score of the response that
    is shown; its expected true score. `expected_best_of_n(proxy, scores, n_samples=…)` is part 4's
    estimator.
    """
    raise NotImplementedError("three columns; the estimator gives two of them, for all n at once")


def reweight(proxy: np.ndarray, true_scores: np.ndarray, kl_coef: float) -> tuple[float, float, float]:
    """Return KL, mean proxy and mean true score of the best policy under a KL penalty.

    The policy maximizes E[proxy] − β KL from the policy π₀ that the M responses were drawn from; β is
    `kl_coef`, above 0. It is π₀ exp(proxy / β), normalized: on the sample, where π₀ gives each response
    1 / M, each has a weight in proportion to exp(proxy / β). The KL is in nats. Proxies in the
    thousands, or a β of 0.001, must not overflow.
    """
    raise NotImplementedError("weights that add up to 1; then KL = Σ w log(w / (1 / M)), and two weighted means")


def kl_coef_for(proxy: np.ndarray, kl_budget: float) -> float:
    """Return the β at which the policy of `reweight` is `kl_budget` nats from π₀, to within 0.001 nats.

    The larger β, the smaller the KL. The budget is above 0 and well below log M. Proxies may be in
    the thousandths or in the thousands: β is in the same unit.
    """
    raise NotImplementedError("try a β, look at the KL, halve the interval in which the right one lies")


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    data = sample_responses(200, 4, fabrication_rate=0.01, rng=rng)
    rankings = rank_responses(data.true_scores, rng=rng)
    trained = fit_linear_reward_model(np.take_along_axis(data.features, rankings[:, :, None], axis=1)).weights

    pool = sample_responses(1, 20_000, fabrication_rate=0.01, rng=rng)
    scores, worth = pool.features[0] @ trained, pool.true_scores[0]
    n_samples = 2 ** np.arange(11)
    made_up = expected_best_of_n(scores, pool.fabricated[0].astype(float), n_samples=n_samples)
    print("best of n: KL, reward model's score, true score, share of fabricated responses")
    for n, row, share in zip(n_samples, overoptimization_curve(scores, worth, n_samples), made_up, strict=True):
        print(f"{n:10}  {row[0]:4.2f}  {row[1]:5.2f}  {row[2]:.3f}  {share:5.1%}")
    for budget in (0.5, 1.0, 1.5, 2.0, 4.0):
        beta = kl_coef_for(scores, budget)
        print("β = {:.2f}: KL {:.2f}, score {:.2f}, true score {:.3f}".format(beta, *reweight(scores, worth, beta)))
