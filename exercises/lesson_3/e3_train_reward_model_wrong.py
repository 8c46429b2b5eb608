"""Typical wrong answers to exercise 3.3, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_3 import e3_train_reward_model_solution as right

Both = tuple[float, np.ndarray]


def _table(weights: np.ndarray, features: np.ndarray) -> np.ndarray:
    rewards = features @ weights
    return np.asarray(np.logaddexp(0.0, -(rewards[:, :, None] - rewards[:, None, :])))


def sum_over_pairs(weights: np.ndarray, features: np.ndarray) -> Both:
    loss, gradient = right.batch_loss_and_gradient(weights, features)
    n_pairs = features.shape[1] * (features.shape[1] - 1) // 2
    return loss * n_pairs, gradient * n_pairs


def sum_over_prompts(weights: np.ndarray, features: np.ndarray) -> Both:
    loss, gradient = right.batch_loss_and_gradient(weights, features)
    return loss * len(features), gradient * len(features)


def whole_table(weights: np.ndarray, features: np.ndarray) -> Both:
    return float(_table(weights, features).mean()), right.batch_loss_and_gradient(weights, features)[1]


def paired_with_itself(weights: np.ndarray, features: np.ndarray) -> Both:
    winners, losers = np.triu_indices(features.shape[1])
    loss = float(_table(weights, features)[:, winners, losers].mean())
    return loss, right.batch_loss_and_gradient(weights, features)[1]


def both_ways_round(weights: np.ndarray, features: np.ndarray) -> Both:
    apart = ~np.eye(features.shape[1], dtype=bool)
    loss = float(_table(weights, features)[:, apart].mean())
    return loss, right.batch_loss_and_gradient(weights, features)[1]


def worst_first(weights: np.ndarray, features: np.ndarray) -> Both:
    return right.batch_loss_and_gradient(weights, features[:, ::-1])


def divided_by_k_squared(weights: np.ndarray, features: np.ndarray) -> Both:
    loss, gradient = right.batch_loss_and_gradient(weights, features)
    k = features.shape[1]
    return loss * (k - 1) / (2 * k), gradient * (k - 1) / (2 * k)


def neighbors_only(weights: np.ndarray, features: np.ndarray) -> Both:
    pairs = np.stack([features[:, :-1], features[:, 1:]], axis=2).reshape(-1, 2, features.shape[2])
    return right.batch_loss_and_gradient(weights, pairs)


def one_pile(weights: np.ndarray, features: np.ndarray) -> Both:
    return right.batch_loss_and_gradient(weights, features.reshape(1, -1, features.shape[2]))


def prompts_as_responses(weights: np.ndarray, features: np.ndarray) -> Both:
    if len(features) == 1:
        return right.batch_loss_and_gradient(weights, features)
    return right.batch_loss_and_gradient(weights, features.swapaxes(0, 1))


def uphill(weights: np.ndarray, features: np.ndarray) -> Both:
    loss, gradient = right.batch_loss_and_gradient(weights, features)
    return loss, -gradient


def slope_by_score(weights: np.ndarray, features: np.ndarray) -> Both:
    winners, losers = np.triu_indices(features.shape[1], k=1)
    rewards = features @ weights
    doubt = 1 / (1 + np.exp(rewards[:, winners] - rewards[:, losers]))
    incidence = np.eye(features.shape[1])[losers] - np.eye(features.shape[1])[winners]
    slopes = doubt @ incidence
    return right.batch_loss_and_gradient(weights, features)[0], slopes / doubt.size


def probability_as_factor(weights: np.ndarray, features: np.ndarray) -> Both:
    winners, losers = np.triu_indices(features.shape[1], k=1)
    differences = features[:, winners] - features[:, losers]
    probability = 1 / (1 + np.exp(-(differences @ weights)))
    gradient = -(probability[..., None] * differences).mean(axis=(0, 1))
    return right.batch_loss_and_gradient(weights, features)[0], gradient


def overflows(weights: np.ndarray, features: np.ndarray) -> Both:
    winners, losers = np.triu_indices(features.shape[1], k=1)
    margins = (features[:, winners] - features[:, losers]) @ weights
    return float(-np.log(1 / (1 + np.exp(-margins))).mean()), right.batch_loss_and_gradient(weights, features)[1]


def loss_alone(weights: np.ndarray, features: np.ndarray) -> float:
    return right.batch_loss_and_gradient(weights, features)[0]


def loops(weights: np.ndarray, features: np.ndarray) -> Both:
    total, gradient, n_pairs = 0.0, np.zeros(len(weights)), 0
    for responses in features:
        for i in range(len(responses)):
            for j in range(i + 1, len(responses)):
                difference = responses[i] - responses[j]
                margin = float(difference @ weights)
                total += float(np.logaddexp(0.0, -margin))
                gradient = gradient - np.exp(-np.logaddexp(0.0, margin)) * difference
                n_pairs += 1
    return total / n_pairs, gradient / n_pairs


def climbs(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    return right.train_reward_model(features, n_steps, -learning_rate)


def forgets_the_learning_rate(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:  # noqa: ARG001
    return right.train_reward_model(features, n_steps, 1.0)


def one_step_too_many(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    return right.train_reward_model(features, n_steps + (n_steps > 0), learning_rate)


def never_moves(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:  # noqa: ARG001
    return np.zeros(features.shape[2])


def gradient_of_the_start(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    return n_steps * right.train_reward_model(features, 1, learning_rate)


def returns_inside_the_loop(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    return right.train_reward_model(features, min(n_steps, 1), learning_rate)


def starts_at_random(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    start = np.random.default_rng(0).normal(size=features.shape[2])
    return np.asarray(start + right.train_reward_model(features, n_steps, learning_rate))


WRONG = [
    Wrong({"batch_loss_and_gradient": sum_over_pairs}, told="6 times too large"),
    Wrong({"batch_loss_and_gradient": sum_over_prompts}, told="2 times too large"),
    Wrong({"batch_loss_and_gradient": whole_table}, told="full K × K table"),
    Wrong({"batch_loss_and_gradient": paired_with_itself}, told="paired with itself"),
    Wrong({"batch_loss_and_gradient": both_ways_round}, told="wrong way round"),
    Wrong({"batch_loss_and_gradient": worst_first}, told="turned round"),
    Wrong({"batch_loss_and_gradient": divided_by_k_squared}, told="not by K²"),
    Wrong({"batch_loss_and_gradient": neighbors_only}, told="only neighbors"),
    Wrong({"batch_loss_and_gradient": one_pile}, told="only within a prompt"),
    Wrong({"batch_loss_and_gradient": prompts_as_responses}, told="only within a prompt"),
    Wrong({"batch_loss_and_gradient": uphill}, told="Only the sign is wrong"),
    Wrong({"batch_loss_and_gradient": slope_by_score}, told="chain rule"),
    Wrong({"batch_loss_and_gradient": probability_as_factor}, told="1 − σ(m), not σ(m)"),
    Wrong({"batch_loss_and_gradient": overflows}, told="np.logaddexp"),
    Wrong({"batch_loss_and_gradient": loss_alone}, told="return loss, gradient"),
    Wrong({"batch_loss_and_gradient": loops}, told="one pair at a time"),
    Wrong({"train_reward_model": climbs}, told="That is uphill"),
    Wrong({"train_reward_model": forgets_the_learning_rate}, told="times the learning rate"),
    Wrong({"train_reward_model": one_step_too_many}, told="one step too many"),
    Wrong({"train_reward_model": never_moves}, told="have not moved"),
    Wrong({"train_reward_model": gradient_of_the_start}, told="gradient at zero"),
    Wrong({"train_reward_model": returns_inside_the_loop}, told="inside the loop"),
    Wrong({"train_reward_model": starts_at_random}, told="Start from np.zeros"),
]
