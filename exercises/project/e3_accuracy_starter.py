"""P.3 Measure the reward model.

Three numbers answer that: the accuracy on new comparisons, the best accuracy that anyone could have
on labels so noisy, and the angle between what was learned and what the labelers care about. Trained
weights and a test set are given; run this file to see the three.

Project, part 3. Check with: python make.py check P.3
"""

import numpy as np

from rlhf_textbook import LABELER_TEMPERATURE, TRUE_WEIGHTS, fit_linear_reward_model, rank_responses, sample_responses


def accuracy(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    """Return the share of comparisons in which the winner scores higher, from 0 to 1.

    `winners` and `losers` have shape (n_pairs, n_features); the score is features · weights. A pair
    with equal scores counts half: whoever has no opinion would guess.
    """
    raise NotImplementedError("the margins again; np.sign tells right, wrong and undecided apart")


def noise_ceiling(scores: np.ndarray, other_scores: np.ndarray, temperature: float) -> float:
    """Return the accuracy that one can expect who knows all true scores, from 0 to 1.

    Comparison c is between two responses worth scores[c] and other_scores[c]; the labeler prefers
    the first with probability σ((scores[c] − other_scores[c]) / temperature). No reward model can
    expect more than this on labels so drawn. Temperatures near 0 must not overflow.
    """
    raise NotImplementedError("of one pair: with which probability is the better guess right? Then the mean over pairs")


def cosine(weights: np.ndarray, other_weights: np.ndarray) -> float:
    """Return the cosine of the angle between two vectors of weights, from −1 to 1."""
    raise NotImplementedError("the dot product, divided by both lengths")


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    responses = sample_responses(200, 4, rng=rng)
    rankings = rank_responses(responses.true_scores, rng=rng)
    trained = fit_linear_reward_model(np.take_along_axis(responses.features, rankings[:, :, None], axis=1)).weights

    test = sample_responses(500, 2, rng=rng)
    rankings = rank_responses(test.true_scores, rng=rng)
    ranked = np.take_along_axis(test.features, rankings[:, :, None], axis=1)
    ceiling = noise_ceiling(test.true_scores[:, 0], test.true_scores[:, 1], LABELER_TEMPERATURE)
    print(f"accuracy on 500 new comparisons: {accuracy(trained, ranked[:, 0], ranked[:, 1]):.1%}")
    print(f"the most one could expect there: {ceiling:.1%}")
    print(f"cosine with the true weights:    {cosine(trained, TRUE_WEIGHTS):.4f}")
