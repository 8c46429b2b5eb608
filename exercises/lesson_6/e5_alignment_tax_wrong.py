"""Typical wrong answers to exercise 6.5, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_6 import e5_alignment_tax_solution as right


def gain_for_loss(gpt3: np.ndarray, aligned: np.ndarray) -> np.ndarray:
    return np.asarray(aligned) - gpt3


def relative_to_gpt3(gpt3: np.ndarray, aligned: np.ndarray) -> np.ndarray:
    return (np.asarray(gpt3) - aligned) / gpt3


def never_negative(gpt3: np.ndarray, aligned: np.ndarray) -> np.ndarray:
    return np.maximum(right.tax(gpt3, aligned), 0.0)


def ratio_of_scores(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return np.asarray(ppo_ptx) / gpt3


def what_is_still_missing(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return 1 - right.share_won_back(gpt3, ppo, ppo_ptx)


def points_won_back(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return np.asarray(ppo_ptx) - ppo


def over_the_score(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return (np.asarray(ppo_ptx) - ppo) / gpt3


def upside_down(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return 1 / right.share_won_back(gpt3, ppo, ppo_ptx)


def in_percent(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return 100 * right.share_won_back(gpt3, ppo, ppo_ptx)


def at_most_all(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return np.minimum(right.share_won_back(gpt3, ppo, ppo_ptx), 1.0)


def at_least_nothing(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return np.maximum(right.share_won_back(gpt3, ppo, ppo_ptx), 0.0)


def tax_or_not(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    return (np.asarray(ppo_ptx) - ppo) / (np.asarray(gpt3) - ppo)


def lost_after_sft(gpt3: np.ndarray, sft: np.ndarray, ppo: np.ndarray) -> np.ndarray:
    return 1 - right.share_lost_in_sft(gpt3, sft, ppo)


def over_the_tax_of_sft(gpt3: np.ndarray, sft: np.ndarray, ppo: np.ndarray) -> np.ndarray:
    return 1 / right.share_lost_in_sft(gpt3, sft, ppo)


def ratio_to_gpt3(gpt3: np.ndarray, sft: np.ndarray, ppo: np.ndarray) -> np.ndarray:  # noqa: ARG001
    return np.asarray(sft) / gpt3


def sft_tax_or_not(gpt3: np.ndarray, sft: np.ndarray, ppo: np.ndarray) -> np.ndarray:
    return (np.asarray(gpt3) - sft) / (np.asarray(gpt3) - ppo)


WRONG = [
    Wrong({"tax": gain_for_loss}, told="positive tax"),
    Wrong({"tax": relative_to_gpt3}, told="fraction of GPT-3's score"),
    Wrong({"tax": never_negative}, told="gained"),
    Wrong({"share_won_back": ratio_of_scores}, told="ratio of two scores"),
    Wrong({"share_won_back": what_is_still_missing}, told="still missing"),
    Wrong({"share_won_back": points_won_back}, told="points won back"),
    Wrong({"share_won_back": over_the_score}, told="divided by the score"),
    Wrong({"share_won_back": upside_down}, told="upside down"),
    Wrong({"share_won_back": in_percent}, told="in percent"),
    Wrong({"share_won_back": at_most_all}, told="more than repair"),
    Wrong({"share_won_back": at_least_nothing}, told="made it worse"),
    Wrong({"share_won_back": tax_or_not}, told="no tax"),
    Wrong({"share_lost_in_sft": lost_after_sft}, told="between SFT and PPO"),
    Wrong({"share_lost_in_sft": over_the_tax_of_sft}, told="upside down"),
    Wrong({"share_lost_in_sft": ratio_to_gpt3}, told="ratio of two scores"),
    Wrong({"share_lost_in_sft": sft_tax_or_not}, told="no tax"),
]
