"""Typical wrong answers to exercise 5.3, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_5.e3_bias_and_spread_solution import exact_kl


def other_direction(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return exact_kl(ref_probs, probs)


def weighted_by_the_sft_model(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return -exact_kl(ref_probs, probs)


def turned_round_inside(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return -exact_kl(probs, ref_probs)


def in_bits(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return exact_kl(probs, ref_probs) / float(np.log(2))


def without_weights(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return float(np.sum(np.log(probs / ref_probs)))


def plain_mean(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return float(np.mean(np.log(probs / ref_probs)))


def mean_of_weighted_terms(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return exact_kl(probs, ref_probs) / len(probs)


def zero_times_infinity(probs: np.ndarray, ref_probs: np.ndarray) -> float:
    return float(np.sum(probs * np.log(probs / ref_probs)))


def estimates(d: np.ndarray) -> np.ndarray:
    return np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])


def report(probs: np.ndarray, ref_probs: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    k = estimates(np.log(probs / ref_probs)[outcomes])
    return np.column_stack([k.mean(axis=1) - exact_kl(probs, ref_probs), k.std(axis=1)])


def samples_of_the_sft_model(
    probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator
) -> np.ndarray:
    return report(probs, ref_probs, rng.choice(len(probs), size=n_samples, p=ref_probs))


def all_outcomes_alike(
    probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator
) -> np.ndarray:
    return report(probs, ref_probs, rng.choice(len(probs), size=n_samples))


def rng_ignored(
    probs: np.ndarray,
    ref_probs: np.ndarray,
    n_samples: int,
    rng: np.random.Generator,  # noqa: ARG001
) -> np.ndarray:
    return report(probs, ref_probs, np.random.default_rng().choice(len(probs), size=n_samples, p=probs))


def mean_instead_of_bias(
    probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator
) -> np.ndarray:
    k = estimates(np.log(probs / ref_probs)[rng.choice(len(probs), size=n_samples, p=probs)])
    return np.column_stack([k.mean(axis=1), k.std(axis=1)])


def exact_minus_mean(probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    right = report(probs, ref_probs, rng.choice(len(probs), size=n_samples, p=probs))
    return right * [-1, 1]


def log_ratio_turned_round(
    probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator
) -> np.ndarray:
    k = estimates(np.log(ref_probs / probs)[rng.choice(len(probs), size=n_samples, p=probs)])
    return np.column_stack([k.mean(axis=1) - exact_kl(probs, ref_probs), k.std(axis=1)])


def held_against_k1(probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    k = estimates(np.log(probs / ref_probs)[rng.choice(len(probs), size=n_samples, p=probs)])
    return np.column_stack([k.mean(axis=1) - k[0].mean(), k.std(axis=1)])


def variance(probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    right = report(probs, ref_probs, rng.choice(len(probs), size=n_samples, p=probs))
    return right ** [1, 2]


def standard_error(probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    right = report(probs, ref_probs, rng.choice(len(probs), size=n_samples, p=probs))
    return right / [1, np.sqrt(n_samples)]


def turned_on_its_side(
    probs: np.ndarray, ref_probs: np.ndarray, n_samples: int, rng: np.random.Generator
) -> np.ndarray:
    return report(probs, ref_probs, rng.choice(len(probs), size=n_samples, p=probs)).T


WRONG = [
    Wrong({"exact_kl": other_direction}, told="other way round"),
    Wrong({"exact_kl": weighted_by_the_sft_model}, told="weights are the SFT model's"),
    Wrong({"exact_kl": turned_round_inside}, told="Only the sign is wrong"),
    Wrong({"exact_kl": in_bits}, told="base 2"),
    Wrong({"exact_kl": without_weights}, told="count the same"),
    Wrong({"exact_kl": plain_mean}, told="count the same"),
    Wrong({"exact_kl": mean_of_weighted_terms}, told="already a mean"),
    Wrong({"exact_kl": zero_times_infinity}, told="0 · (−∞)"),
    Wrong({"bias_and_spread": samples_of_the_sft_model}, told="Who writes the responses"),
    Wrong({"bias_and_spread": all_outcomes_alike}, told="equally often"),
    Wrong({"bias_and_spread": rng_ignored}, told="the rng that comes in"),
    Wrong({"bias_and_spread": mean_instead_of_bias}, told="the means themselves"),
    Wrong({"bias_and_spread": exact_minus_mean}, told="too large or too small"),
    Wrong({"bias_and_spread": log_ratio_turned_round}, told="d is the policy's log-probability minus"),
    Wrong({"bias_and_spread": held_against_k1}, told="itself an estimate"),
    Wrong({"bias_and_spread": variance}, told="a square root"),
    Wrong({"bias_and_spread": standard_error}, told="the spread of the mean"),
    Wrong({"bias_and_spread": turned_on_its_side}, told="a row for each estimate"),
]
