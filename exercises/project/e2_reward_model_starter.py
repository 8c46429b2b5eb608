"""P.2 Train the reward model.

The reward model is linear: a response with features f scores weights · f. Compute the loss of the
comparisons and its gradient, follow the gradient down, and then get there in a few of Newton's steps.
The comparisons are given; run this file to see how training goes.

Project, part 2. Check with: python make.py check P.2
"""

import numpy as np

from rlhf_textbook import rank_responses, sample_responses


def loss_and_gradient(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss of the comparisons, in nats, and its derivative by each weight.

    `weights` has shape (n_features,); `winners` and `losers`, shape (n_pairs, n_features), are the
    features of the two responses of each comparison. The loss of one is −log σ(m), m being the
    winner's score minus the loser's. The gradient has the shape of `weights`.
    """
    raise NotImplementedError("margins = (winners − losers) @ weights; np.logaddexp(0, −m) is −log σ(m)")


def train(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> tuple[np.ndarray, list[float]]:
    """Return the weights after `n_epochs` steps of gradient descent, and the loss of each epoch.

    An epoch is one step on all comparisons. Its loss is the one at the weights with which it begins,
    so that losses[0] is the loss of `initial_weights`.
    """
    raise NotImplementedError("a loop: loss and gradient, note the loss, take the step")


def newton_step(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    """Return the weights after one step of Newton's method, w − H⁻¹ g.

    H, shape (n_features, n_features), is the mean over comparisons of σ(m) (1 − σ(m)) d dᵀ, where d
    is the winner's features minus the loser's and m the margin.
    """
    raise NotImplementedError("(differences * slopes[:, None]).T @ differences sums up H; np.linalg.solve(H, g)")


if __name__ == "__main__":
    rng = np.random.default_rng(42)
    responses = sample_responses(200, 4, rng=rng)
    rankings = rank_responses(responses.true_scores, rng=rng)
    ranked = np.take_along_axis(responses.features, rankings[:, :, None], axis=1)
    first, second = np.triu_indices(4, k=1)
    winners, losers = ranked[:, first].reshape(-1, 5), ranked[:, second].reshape(-1, 5)

    weights = rng.normal(size=5) * 0.1
    for learning_rate in (0.1, 20.0):
        trained, losses = train(winners, losers, weights, learning_rate, n_epochs=50)
        print(f"learning rate {learning_rate:g}, epochs 0, 10, … 40:", np.round(losses[::10], 4))
        print("    direction of the weights:", np.round(trained / trained.sum(), 3))
    for _ in range(8):
        weights = newton_step(weights, winners, losers)
    print("Newton, 8 steps:", round(loss_and_gradient(weights, winners, losers)[0], 4))
