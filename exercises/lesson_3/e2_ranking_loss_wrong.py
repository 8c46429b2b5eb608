"""Typical wrong answers to exercise 3.2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_3 import e2_ranking_loss_solution as right


def log_likelihood_instead(chosen_reward: float, rejected_reward: float) -> float:
    return -right.pair_loss(chosen_reward, rejected_reward)


def base_two(chosen_reward: float, rejected_reward: float) -> float:
    return right.pair_loss(chosen_reward, rejected_reward) / float(np.log(2))


def swapped(chosen_reward: float, rejected_reward: float) -> float:
    return right.pair_loss(rejected_reward, chosen_reward)


def rounded_first(chosen_reward: float, rejected_reward: float) -> float:
    return float(-np.log(np.round(1 / (1 + np.exp(rejected_reward - chosen_reward)), 3)))


def overflows(chosen_reward: float, rejected_reward: float) -> float:
    return float(-np.log(1 / (1 + np.exp(-(chosen_reward - rejected_reward)))))


def probability_instead(chosen_reward: float, rejected_reward: float) -> float:
    return float(np.exp(-right.pair_loss(chosen_reward, rejected_reward)))


def sum_of_pairs(rewards: np.ndarray) -> float:
    return right.ranking_loss(rewards) * len(rewards) * (len(rewards) - 1) / 2


def pairs_with_itself(rewards: np.ndarray) -> float:
    winners, losers = np.triu_indices(len(rewards), k=0)
    return float(np.logaddexp(0.0, -(rewards[winners] - rewards[losers])).mean())


def uphill(rewards: np.ndarray) -> np.ndarray:
    return -right.ranking_gradient(rewards)


def gradient_without_mean(rewards: np.ndarray) -> np.ndarray:
    return right.ranking_gradient(rewards) * len(rewards) * (len(rewards) - 1) / 2


def winners_only(rewards: np.ndarray) -> np.ndarray:
    winners, losers = np.triu_indices(len(rewards), k=1)
    gradient = np.zeros(len(rewards))
    np.subtract.at(gradient, winners, 1 / (1 + np.exp(rewards[winners] - rewards[losers])))
    return gradient / len(winners)


WRONG = [
    Wrong({"pair_loss": log_likelihood_instead}, told="Only the sign is wrong"),
    Wrong({"pair_loss": base_two}, told="base 2"),
    Wrong({"pair_loss": swapped}, told="the rejected score is subtracted from the chosen one"),
    Wrong({"pair_loss": rounded_first}, told="round only what you print"),
    Wrong({"pair_loss": probability_instead}, told="That is the probability"),
    Wrong({"pair_loss": overflows}, told="np.logaddexp"),
    Wrong({"ranking_loss": sum_of_pairs}, told="6 times too large"),
    Wrong({"ranking_loss": pairs_with_itself}, told="paired with itself"),
    Wrong({"ranking_gradient": uphill}, told="Only the sign is wrong"),
    Wrong({"ranking_gradient": gradient_without_mean}, told="6 times too large"),
    Wrong({"ranking_gradient": winners_only}, told="pushes both"),
]
