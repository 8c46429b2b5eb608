"""3.4 Shuffled or together: one epoch in two ways: a solution.

One training function serves both, so the runs differ only in which comparisons share an update,
and hence in how many updates there are.

What is compared. The check's responses have 5 features that decide how good they are and 1,000
that are random: more than there are responses, so that each can be learned by heart. Labels are
noisy. With K = 9 and a learning rate of 0.1, over 30 data sets, the gap between training and
validation loss was on average 0.04 nats together (0.00 to 0.09) and 0.44 shuffled (0.38 to 0.49).
Validation loss itself was 0.55 together and 0.70 shuffled.

What it does not prove. Shuffled, the model also makes 36 steps where together it makes one, and
that is all there is to it here. With steps of a 36th, the shuffled pile did as well as together.
36 epochs together, as many steps, overfitted too (gap 0.40). And with the learning rate that
suited each best, validation loss was the same to 0.001. The model is linear and the optimizer plain
gradient descent. Nothing is said about networks that learn their features, or about Adam.
"""

import numpy as np

Update = list[tuple[int, int, int]]
"""Comparisons that make one update together, each as (prompt, position of winner, position of loser)."""


def arrange_epoch(n_prompts: int, n_responses: int, shuffled: bool, rng: np.random.Generator) -> list[Update]:
    """Return the updates of one epoch, with every comparison of every prompt in one of them."""
    together = [
        [(prompt, i, j) for i in range(n_responses) for j in range(i + 1, n_responses)] for prompt in range(n_prompts)
    ]
    if not shuffled:
        return together
    pile = [pair for update in together for pair in update]
    return [[pile[place]] for place in rng.permutation(len(pile))]


def updates_per_response(epoch: list[Update], n_prompts: int, n_responses: int) -> np.ndarray:
    """Return how many updates of the epoch each response takes part in."""
    counts = np.zeros((n_prompts, n_responses), dtype=int)
    for update in epoch:
        for prompt, response in {(prompt, response) for prompt, *pair in update for response in pair}:
            counts[prompt, response] += 1
    return counts


def train_one_epoch(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    """Return the weights after one pass through the epoch, from weights of zero."""
    weights = np.zeros(features.shape[2])
    for update in epoch:
        prompts, winners, losers = np.array(update).T
        differences = features[prompts, winners] - features[prompts, losers]
        doubt = np.exp(-np.logaddexp(0.0, differences @ weights))  # 1 − σ(m)
        weights += learning_rate * (doubt @ differences) / len(update)
    return weights


def overfitting_gap(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: np.random.Generator
) -> float:
    """Train for one epoch, and return the validation loss minus the training loss."""
    epoch = arrange_epoch(training.shape[0], training.shape[1], shuffled, rng)
    weights = train_one_epoch(training, epoch, learning_rate)
    return _mean_loss(weights, validation) - _mean_loss(weights, training)


def _mean_loss(weights: np.ndarray, features: np.ndarray) -> float:
    winners, losers = np.triu_indices(features.shape[1], k=1)
    rewards = features @ weights
    return float(np.logaddexp(0.0, -(rewards[:, winners] - rewards[:, losers])).mean())
