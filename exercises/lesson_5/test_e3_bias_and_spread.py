"""Checks of exercise 5.3."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import exact_kl

OBJECTIVES = (2,)

SFT = np.array([0.40, 0.30, 0.20, 0.10])
FAR = np.array([0.04, 0.08, 0.18, 0.70])
CLOSE = np.array([0.45, 0.30, 0.17, 0.08])
N_SAMPLES = 40_000


def test_kl_of_two_outcomes(answer: Answer) -> None:
    p, q = np.array([0.9, 0.1]), np.array([0.6, 0.4])
    ratios = np.log(p / q)
    expect(answer.exact_kl, p, q).equals(
        # Cross-entropy minus entropy.
        -(0.9 * np.log(0.6) + 0.1 * np.log(0.4)) + 0.9 * np.log(0.9) + 0.1 * np.log(0.1),
        in_words="log(0.9/0.6) and log(0.1/0.4), averaged as often as the policy meets them",
        hint="Work out the two log-ratios by hand. The policy meets the first nine times as often as the second.",
        mistakes=[
            Mistake(
                exact_kl(np.log(q), np.log(p)), "That is the divergence the other way round, KL(SFT model ‖ policy)."
            ),
            Mistake(q @ ratios, "Your weights are the SFT model's. Whose responses does the average run over?"),
            Mistake(ratios.sum(), "In yours, all outcomes count the same. Weight each log-ratio by its probability."),
            Mistake(ratios.mean(), "In yours, all outcomes count the same. Weight each log-ratio by its probability."),
            Mistake(p * ratios, "Those are the terms, one for each outcome. Their sum is the divergence."),
            Mistake(p @ np.abs(ratios), "One of the two terms is negative, and has to stay so: no absolute values."),
            Mistake(p @ ratios / 2, "A sum with weights that add up to 1 is already a mean: don't divide once more."),
        ],
    )


def test_kl_of_the_far_policy(answer: Answer) -> None:
    expect(answer.exact_kl, FAR, SFT).equals(
        exact_kl(np.log(FAR), np.log(SFT)),
        in_words="the same sum over four outcomes",
        hint="Does your code depend on there being two outcomes?",
    )


def test_kl_of_equal_distributions(answer: Answer) -> None:
    expect(answer.exact_kl, SFT, SFT).equals(
        0.0, in_words="0 nats where policy and SFT model are the same", hint="The logarithm of a ratio of 1 is 0."
    )


def test_what_the_policy_never_does_adds_nothing(answer: Answer) -> None:
    expect(answer.exact_kl, np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])).equals(
        np.log(2),
        in_words="log 2: the policy has given up the last outcome, and everything else is twice as likely",
        hint="An outcome of probability 0 adds 0 to the sum.",
        mistakes=[
            Mistake(np.nan, "NaN, from 0 · (−∞). An outcome of probability 0 adds nothing: leave it out of the sum."),
            Mistake(np.inf, "An outcome that the policy never shows adds 0, however unlike the two models are there."),
        ],
    )


# --- the experiment -----------------------------------------------------------------------------


def log_ratio_estimates(policy: np.ndarray) -> np.ndarray:
    d = np.log(policy / SFT)
    return np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])


def in_theory(policy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Bias and spread by a sum over the outcomes, and what chance may add to either: eight times its usual size."""
    k = log_ratio_estimates(policy)
    mean = k @ policy
    spread = np.sqrt((k - mean[:, None]) ** 2 @ policy)
    fourth = (k - mean[:, None]) ** 4 @ policy
    chance = spread / np.sqrt(N_SAMPLES)
    chance_of_spread = np.sqrt(fourth - spread**4) / (2 * spread * np.sqrt(N_SAMPLES))
    return mean - exact_kl(np.log(policy), np.log(SFT)), spread, 8 * chance, 8 * chance_of_spread


def near(column: int, target: np.ndarray, margin: np.ndarray) -> Callable[[Any], bool]:
    return lambda value: bool(np.all(np.abs(np.asarray(value, dtype=float)[:, column] - target) <= margin))


def not_near(column: int, slip: np.ndarray, margin: np.ndarray) -> Callable[[Any], bool]:
    is_slip = near(column, slip, margin)
    return lambda value: not is_slip(value)


def run(answer: Answer, policy: np.ndarray, seed: int) -> Result:
    result = expect(answer.bias_and_spread, policy, SFT, N_SAMPLES, np.random.default_rng(seed))
    result.satisfies(
        lambda value: np.shape(value) == (3, 2),
        in_words="shape (3, 2): a row for each estimate, in it bias and spread",
        hint="Make it a row for each estimate: np.column_stack([biases, spreads]) does that.",
    )
    return result


def test_bias_and_spread_far_from_the_sft_model(answer: Answer) -> None:
    bias, spread, margin, spread_margin = in_theory(FAR)
    k, kl = log_ratio_estimates(FAR), float(exact_kl(np.log(FAR), np.log(SFT)))
    d = -k[0]
    turned_round = np.stack([d, d**2 / 2, np.exp(-d) - 1 + d])
    result = run(answer, FAR, seed=7)
    words = "the mean of each estimate minus the exact KL: about 0, 0.356 and 0"
    result.satisfies(
        lambda value: np.asarray(value)[0, 0] != 0.0,
        in_words=words,
        hint="Did you compare with the mean of k1? That is itself an estimate; compare with exact_kl.",
    )
    slips = [
        (k @ SFT - kl, "You seem to sample with the SFT model's probabilities. Who writes the responses?"),
        (k.mean(axis=1) - kl, "You seem to draw all outcomes equally often: rng.choice needs the probabilities, p=…"),
        (k @ FAR, "Those are the means themselves. The bias is how far a mean is off."),
        (-bias, "Mean minus exact, so that the sign says whether the estimate is too large or too small."),
        (turned_round @ FAR - kl, "d is the policy's log-probability minus the SFT model's, not the other way round."),
    ]
    for slip, hint in slips:
        result.satisfies(not_near(0, slip, margin), in_words=words, hint=hint)
    result.satisfies(
        near(0, bias, margin),
        in_words=words,
        hint="Check in turn: are there n_samples outcomes, is d right, are k1 to k3 (exercise 5.2), is the mean?",
    )
    words = "the standard deviation of each estimate: about 1.30, 0.77 and 1.21"
    slips = [
        (spread**2, "Those are variances. The standard deviation is a square root away."),
        (spread / np.sqrt(N_SAMPLES), "That is the spread of the mean. Asked for is that of a single estimate."),
    ]
    for slip, hint in slips:
        result.satisfies(not_near(1, slip, 2 * slip * spread_margin / spread), in_words=words, hint=hint)
    result.satisfies(
        near(1, spread, spread_margin), in_words=words, hint="np.std over the samples, separately for each estimate."
    )


def test_bias_and_spread_close_to_the_sft_model(answer: Answer) -> None:
    bias, spread, margin, spread_margin = in_theory(CLOSE)
    run(answer, CLOSE, seed=8).satisfies(
        lambda value: near(0, bias, margin)(value) and near(1, spread, spread_margin)(value),
        in_words="no bias to speak of, and spreads of about 0.121, 0.0068 and 0.0073",
        hint="Does your code depend on the numbers of the far policy?",
    )


def test_the_same_seed_gives_the_same_numbers(answer: Answer) -> None:
    first, second = (run(answer, FAR, seed=9) for _ in range(2))
    second.satisfies(
        lambda value: np.array_equal(value, np.asarray(first.value)),
        in_words="the same result when it is called again with a generator of the same seed",
        hint="Draw with the rng that comes in, rng.choice(…), rather than with np.random or a generator of your own.",
    )
