"""P.1 Comparison data from noisy rankings.

Labelers see the responses to a prompt and put them in order, not quite reliably. Draw such
rankings, read the comparisons off them, and count how often two labelers agree. The responses come
from the package; run this file to see what your labelers say about them.

Project, part 1. Check with: python make.py check P.1
"""

import numpy as np

from rlhf_textbook import LABELER_TEMPERATURE, sample_responses


def rank_with_noise(scores: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    """Return one labeler's ranking of the responses of each prompt, shape (n_prompts, K).

    `scores`, of that shape, is what the responses are worth. A row of the result holds the positions
    of the K responses, best first: [2, 0, 1] puts the third response first. The labeler sorts by
    score plus noise; the noise of each response is a draw of its own from the standard Gumbel
    distribution, times the temperature. At temperature 0 the order is that of the scores.
    """
    raise NotImplementedError("rng.gumbel(size=…) draws the noise; np.argsort sorts each row, smallest first")


def comparison_pairs(features: np.ndarray, rankings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of the winners and of the losers of all comparisons.

    `features` has shape (n_prompts, K, n_features), the responses in the order in which they were
    drawn; `rankings`, shape (n_prompts, K), is as `rank_with_noise` returns it. Both results have
    shape (n_prompts * K * (K - 1) / 2, n_features): row c of the first won against row c of the
    second. Which comparison stands in which row does not matter.
    """
    raise NotImplementedError("put the responses of each prompt in ranked order; np.take_along_axis can do it at once")


def agreement(rankings: np.ndarray, other_rankings: np.ndarray) -> float:
    """Return the share of all pairs, over all prompts, that two labelers put in the same order.

    Both are of shape (n_prompts, K), positions, best first.
    """
    raise NotImplementedError("which place does each response have? Then go through the pairs of responses")


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    responses = sample_responses(200, 4, rng=rng)
    one, other = (rank_with_noise(responses.true_scores, LABELER_TEMPERATURE, rng) for _ in range(2))
    winners, losers = comparison_pairs(responses.features, one)
    print(f"{len(winners)} comparisons; a second labeler agrees with {agreement(one, other):.1%} of them")
