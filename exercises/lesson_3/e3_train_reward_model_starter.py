"""3.3 A whole batch at once, and a reward model learned from it.

Exercise 3.2 took one ranking. Training takes many, thousands of times over, so now all pairs of
all prompts go through numpy together, without a Python loop over pairs. The reward model is the
smallest there is: each response is described by a few numbers, its features, and its score is
their weighted sum, `rewards = features @ weights`.

Lesson 3, steps 2 and 3. Check with: python make.py check 3.3
"""

import numpy as np


def batch_loss_and_gradient(weights: np.ndarray, features: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss over all pairs of all prompts, in nats, and its derivative by each weight.

    `weights` has shape (n_features,). `features` has shape (n_prompts, K, n_features); the K
    responses of each prompt are listed best first, and only responses of one prompt are compared.
    The gradient has the shape of `weights`.
    """
    raise NotImplementedError("np.triu_indices(K, k=1) lists the pairs; features[:, winners] takes them in all prompts")


def train_reward_model(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    """Return the weights after `n_steps` steps of gradient descent, shape (n_features,).

    They start at zero. Each step uses the whole batch.
    """
    raise NotImplementedError("weights of zero, and a loop that moves them against the gradient")
