"""Typical wrong answers to exercise 5.6, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_5 import e6_best_policy_solution as right


def normalized(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()


def softmax(logits: np.ndarray) -> np.ndarray:
    return normalized(np.exp(logits - logits.max()))


def multiplied_by_beta(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return softmax(np.log(ref_probs) + rewards * kl_coef)


def sft_model_forgotten(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:  # noqa: ARG001
    return softmax(rewards / kl_coef)


def no_log_of_the_sft_model(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return softmax(ref_probs + rewards / kl_coef)


def not_normalized(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return ref_probs * np.exp(rewards / kl_coef)


def away_from_reward(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return softmax(np.log(ref_probs) - rewards / kl_coef)


def log_ratio_divided_too(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return softmax((np.log(ref_probs) + rewards) / kl_coef)


def always_the_best_response(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:  # noqa: ARG001
    return np.eye(len(rewards))[rewards.argmax()]


def weights_without_exp(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return normalized(ref_probs * rewards / kl_coef)


def standardized_rewards(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return right.best_policy(ref_probs, (rewards - rewards.mean()) / rewards.std(), kl_coef)


def overflows(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return normalized(ref_probs * np.exp(rewards / kl_coef))


def table(ref_probs: np.ndarray, trained_on: np.ndarray, kl_coefs: np.ndarray) -> list[np.ndarray]:
    return [right.best_policy(ref_probs, trained_on, kl_coef) for kl_coef in kl_coefs]


def trained_on_people(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    nats = right.sweep(ref_probs, human, human, kl_coefs)[:, 2]
    return np.array([[p @ proxy, p @ human, kl] for p, kl in zip(table(ref_probs, human, kl_coefs), nats, strict=True)])


def kl_turned_round(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    policies = table(ref_probs, proxy, kl_coefs)
    return np.array([[p @ proxy, p @ human, ref_probs @ np.log(ref_probs / p)] for p in policies])


def columns_in_another_order(
    ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray
) -> np.ndarray:
    return right.sweep(ref_probs, proxy, human, kl_coefs)[:, [1, 0, 2]]


def penalty_in_the_first_column(
    ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray
) -> np.ndarray:
    rows = right.sweep(ref_probs, proxy, human, kl_coefs)
    return np.column_stack([rows[:, 0] - kl_coefs * rows[:, 2], rows[:, 1:]])


def kl_times_beta(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    return right.sweep(ref_probs, proxy, human, kl_coefs) * np.stack([1 + 0 * kl_coefs, 1 + 0 * kl_coefs, kl_coefs], 1)


def a_column_for_each_beta(
    ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray
) -> np.ndarray:
    return right.sweep(ref_probs, proxy, human, kl_coefs).T


def judged_by_the_proxy(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> float:
    return float(kl_coefs[right.sweep(ref_probs, proxy, human, kl_coefs)[:, 0].argmax()])


def verdict_instead_of_beta(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> float:
    return float(right.sweep(ref_probs, proxy, human, kl_coefs)[:, 1].max())


def position_instead_of_beta(
    ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray
) -> float:
    return float(right.sweep(ref_probs, proxy, human, kl_coefs)[:, 1].argmax())


WRONG = [
    Wrong({"best_policy": multiplied_by_beta}, told="divided by β"),
    Wrong({"best_policy": sft_model_forgotten}, told="SFT model has no say"),
    Wrong({"best_policy": no_log_of_the_sft_model}, told="log(ref_probs)"),
    Wrong({"best_policy": not_normalized}, told="divide the weights by their sum"),
    Wrong({"best_policy": away_from_reward}, told="avoids reward"),
    Wrong({"best_policy": log_ratio_divided_too}, told="Only the reward is divided"),
    Wrong({"best_policy": always_the_best_response}, told="no penalty at all"),
    Wrong({"best_policy": weights_without_exp}, told="exponential"),
    Wrong({"best_policy": standardized_rewards}, told="standardize"),
    Wrong({"best_policy": overflows}, told="Subtract the largest"),
    Wrong({"sweep": trained_on_people}, told="Training sees only the proxy"),
    Wrong({"sweep": kl_turned_round}, told="other way round"),
    Wrong({"sweep": columns_in_another_order}, told="proxy first"),
    Wrong({"sweep": penalty_in_the_first_column}, told="without the penalty"),
    Wrong({"sweep": kl_times_beta}, told="KL itself"),
    Wrong({"sweep": a_column_for_each_beta}, told="a row for each β"),
    Wrong({"best_coefficient": judged_by_the_proxy}, told="looks best to the proxy"),
    Wrong({"best_coefficient": verdict_instead_of_beta}, told="verdict itself"),
    Wrong({"best_coefficient": position_instead_of_beta}, told="position"),
]
