"""P.4 Best of n.

Draw n responses to a prompt, show the one that the reward model likes best: no training, and yet a
better policy. Measure what it is worth to people, how often it wins, and then get the expectation
for any n from one pool of responses. Run this file to see your numbers.

Project, part 4. Check with: python make.py check P.4
"""

import numpy as np

from rlhf_textbook import fit_linear_reward_model, rank_responses, sample_responses


def best_of_n(features: np.ndarray, true_scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what the chosen response of each prompt is worth to people, shape (n_prompts,).

    `features` has shape (n_prompts, n, n_features) and `true_scores`, what people think of the same
    responses, (n_prompts, n). Of each prompt the response with the highest score features · weights
    is chosen; the choice does not know the true scores.
    """
    raise NotImplementedError("(features @ weights).argmax(axis=1) says which response of each prompt is chosen")


def win_rate(chosen: np.ndarray, baseline: np.ndarray) -> tuple[float, float, float]:
    """Return the share of prompts on which `chosen` beats `baseline`, and Wilson's 95 % interval.

    Both have shape (n_prompts,): true scores of two responses to each prompt. A tie counts half. The
    result is (p, low, high), all from 0 to 1. With m prompts and z = 1.96 the interval is c ± h,

        c = (p + z² / 2m) / (1 + z² / m)
        h = z / (1 + z² / m) · √(p (1 − p) / m + z² / 4m²)
    """
    raise NotImplementedError("np.mean of a comparison is a share; then the two formulas as they stand")


def expected_best_of_n(proxy: np.ndarray, true_scores: np.ndarray, n_samples: int) -> float:
    """Return the unbiased estimate of what best-of-n is worth, from M responses, M ≥ n.

    `proxy` and `true_scores`, shape (M,), are the reward model's and people's scores of the same
    responses; no two proxies are equal. The estimate is the mean, over all subsets of `n_samples` of
    the M responses, of the true score of the one with the highest proxy. M may be 3000 and n 1000.
    """
    raise NotImplementedError("sort by proxy. In what share of the subsets is the response at place i on top?")


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    data = sample_responses(200, 4, rng=rng)
    rankings = rank_responses(data.true_scores, rng=rng)
    trained = fit_linear_reward_model(np.take_along_axis(data.features, rankings[:, :, None], axis=1)).weights

    baseline = sample_responses(100, 1, rng=rng).true_scores[:, 0]
    candidates = sample_responses(100, 16, rng=rng)
    best = best_of_n(candidates.features, candidates.true_scores, trained)
    print(f"one response: {baseline.mean():.3f}, best of 16: {best.mean():.3f}")
    print("win rate {:.1%}, 95 % interval {:.1%} to {:.1%}".format(*win_rate(best, baseline)))
    pool, worth = candidates.features.reshape(-1, 5), candidates.true_scores.ravel()
    for n in (1, 4, 16, 64):
        print(f"best of {n}, from all 1600 responses: {expected_best_of_n(pool @ trained, worth, n):.3f}")
