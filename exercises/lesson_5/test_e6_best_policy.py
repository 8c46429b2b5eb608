"""Checks of exercise 5.6."""

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import exact_kl, softmax

OBJECTIVES = (1, 4)

# The lesson's example: short, thorough, vague, flattery.
SFT = np.array([0.4, 0.2, 0.3999, 0.0001])
HUMAN = np.array([0.6, 1.0, 0.0, -2.0])
PROXY = np.array([0.6, 1.0, 0.0, 3.0])


def optimum(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    return softmax(np.log(ref_probs) + rewards / kl_coef)


def without_overflow(result: Result) -> Result:
    result.satisfies(
        lambda policy: not np.isnan(np.asarray(policy, dtype=float)).any(),
        in_words="probabilities, and no NaN",
        hint="exp of thousands is ∞, and ∞/∞ is NaN. Subtract the largest exponent from all of them before exp.",
    )
    return result


def test_two_responses(answer: Answer) -> None:
    q, r, beta = np.array([0.8, 0.2]), np.array([1.0, 2.0]), 0.5
    # The odds of the second response are 1 to 4 for the SFT model, and exp(1 / 0.5) times that for the policy.
    odds = 0.25 * np.exp(1 / beta)
    result = expect(answer.best_policy, q, r, kl_coef=beta)
    result.satisfies(
        lambda policy: np.isclose(np.sum(policy), 1.0) and np.shape(policy) == (2,),
        in_words="two probabilities, which sum to 1",
        hint="Compute a weight for each response first, then divide the weights by their sum.",
    )
    result.equals(
        [1 / (1 + odds), odds / (1 + odds)],
        in_words="SFT probabilities times exp(r/β), divided by their sum",
        hint="Print the two weights π_SFT · exp(r/β) before you normalize: 0.8 · exp(2) and 0.2 · exp(4).",
        mistakes=[
            Mistake(
                optimum(q, r, 1 / beta),
                "You multiplied. The reward is divided by β: a cheap nat lets the policy go far.",
            ),
            Mistake(softmax(r / beta), "The SFT model has no say in yours: what it finds likely should stay likelier."),
            Mistake(softmax(q + r / beta), "In the exponent stands log(ref_probs), not ref_probs."),
            Mistake(optimum(q, r, 1.0), "Has kl_coef any effect in yours?"),
            Mistake(optimum(q, -r, beta), "Your policy avoids reward. Check the sign in the exponent."),
            Mistake(
                softmax((np.log(q) + r) / beta), "Only the reward is divided by β, not the SFT model's log-probability."
            ),
            Mistake(
                [0.0, 1.0], "That is the best policy with no penalty at all. With β = 0.5, some of the SFT model stays."
            ),
            Mistake(q * r / (q @ r), "What is missing is the exponential: the weights are π_SFT · exp(r/β)."),
            Mistake(optimum(q, np.array([-1.0, 1.0]), beta), "Do you standardize the rewards? Take them as they are."),
        ],
    )


def test_four_responses(answer: Answer) -> None:
    weights = [q * np.exp(r / 0.5) for q, r in zip(SFT, PROXY, strict=True)]
    low, high = PROXY.min(), PROXY.max()
    expect(answer.best_policy, SFT, PROXY, kl_coef=0.5).equals(
        np.array(weights) / sum(weights),
        in_words="the policy of the lesson's table at β = 0.5, with the flattery at 0.0124",
        hint="Does your code depend on there being two responses?",
        mistakes=[
            Mistake(
                optimum(SFT, (PROXY - low) / (high - low), 0.5), "Do you rescale the rewards? Take them as they are."
            )
        ],
    )


def test_a_constant_on_all_rewards_changes_nothing(answer: Answer) -> None:
    expect(answer.best_policy, SFT, PROXY + 5, kl_coef=0.5).equals(
        optimum(SFT, PROXY, 0.5),
        in_words="the same policy when every reward is 5 higher",
        hint="exp(5/β) is a factor of every weight. What happens to it in the normalization?",
    )


def test_a_factor_on_all_rewards_acts_like_a_smaller_beta(answer: Answer) -> None:
    expect(answer.best_policy, SFT, PROXY * 2, kl_coef=0.5).equals(
        optimum(SFT, PROXY, 0.25),
        in_words="with doubled rewards, the policy that half the β gives",
        hint="Only r/β should matter. Do you rescale the rewards on the way?",
    )


def test_a_large_beta_keeps_the_sft_model(answer: Answer) -> None:
    expect(answer.best_policy, SFT, PROXY, kl_coef=1e6).satisfies(
        lambda policy: np.allclose(policy, SFT, atol=1e-5),
        in_words="nearly the SFT model at β = 1,000,000",
        hint="For a large β, r/β is nearly 0 and exp(r/β) nearly 1.",
    )


def test_a_small_beta_takes_the_highest_reward(answer: Answer) -> None:
    without_overflow(expect(answer.best_policy, SFT, PROXY, kl_coef=0.001)).equals(
        [0.0, 0.0, 0.0, 1.0],
        in_words="all probability on the highest reward at β = 0.001, and no overflow",
        hint="The differences in r/β are in the thousands, far beyond log(ref_probs). Is anything clipped?",
    )


def test_rewards_in_the_thousands(answer: Answer) -> None:
    without_overflow(expect(answer.best_policy, SFT, PROXY + 5000, kl_coef=0.5)).equals(
        optimum(SFT, PROXY, 0.5),
        in_words="the same policy when every reward is 5000 higher, and no overflow",
        hint="Only differences of rewards matter, so the largest may be taken off before exp.",
        tolerance=1e-5,
    )


def rows(kl_coefs: np.ndarray, trained_on: np.ndarray) -> np.ndarray:
    found = []
    for beta in kl_coefs:
        policy = optimum(SFT, trained_on, beta)
        found.append([policy @ PROXY, policy @ HUMAN, exact_kl(np.log(policy), np.log(SFT))])
    return np.array(found)


def test_sweep_of_the_lesson(answer: Answer) -> None:
    kl_coefs = np.array([2.0, 0.5, 0.3, 0.2])
    right = rows(kl_coefs, PROXY)
    proxy, human, kl = right.T
    turned_round = [exact_kl(np.log(SFT), np.log(optimum(SFT, PROXY, beta))) for beta in kl_coefs]
    result = expect(answer.sweep, SFT, PROXY, HUMAN, kl_coefs)
    result.satisfies(
        lambda table: np.ndim(table) == 2,
        in_words="a table with three numbers for each β",
        hint="A mean over the responses is one number: probability times reward, summed.",
    )
    unweighted = np.stack([0 * kl + PROXY.mean(), 0 * kl + HUMAN.mean(), kl], axis=1)
    two_policies = np.stack([proxy, rows(kl_coefs, HUMAN)[:, 1], kl], axis=1)
    result.equals(
        right,
        in_words="for each β the row of the lesson's table: proxy, human, KL (at 0.5: 0.738, 0.676, 0.299)",
        hint="Compare column by column: which of the three is off?",
        mistakes=[
            Mistake(unweighted, "Your means weight all responses alike. Weight them by the policy's probabilities."),
            Mistake(
                two_policies, "There is one policy for each β, trained on the proxy; people judge that same policy."
            ),
            Mistake(right.T, "Make it a row for each β: yours has a column for each."),
            Mistake(
                rows(kl_coefs, HUMAN), "Your policy is trained on what people think. Training sees only the proxy."
            ),
            Mistake(
                np.stack([proxy, human, turned_round], axis=1),
                "The KL is the other way round: the weights are the policy's.",
            ),
            Mistake(np.stack([human, proxy, kl], axis=1), "The columns are in another order: proxy first, then human."),
            Mistake(
                np.stack([proxy - kl_coefs * kl, human, kl], axis=1),
                "The first column is the mean proxy, without the penalty.",
            ),
            Mistake(
                np.stack([proxy, human, kl_coefs * kl], axis=1), "The third column is the KL itself, not β times it."
            ),
        ],
    )


def test_sweep_from_far_above_the_turn_to_far_below(answer: Answer) -> None:
    kl_coefs = np.array([100.0, 1.0, 0.001])
    result = expect(answer.sweep, SFT, PROXY, HUMAN, kl_coefs)
    result.satisfies(
        lambda table: not np.isnan(np.asarray(table, dtype=float)).any(),
        in_words="three rows of numbers, also at β = 0.001, where the policy always flatters",
        hint="There is a NaN: a response whose probability has become 0 adds 0 to the KL; leave it out of the sum.",
    )
    result.satisfies(
        lambda table: np.allclose(np.asarray(table)[-1], [3.0, -2.0, np.log(10_000)]),
        in_words="at β = 0.001 a proxy of 3, a human verdict of −2, and a KL of log 10,000",
        hint="All probability is on the flattery, to which the SFT model gives 1 in 10,000.",
    )


def test_the_beta_that_serves_people_best(answer: Answer) -> None:
    kl_coefs = np.array([100, 2, 1, 0.5, 0.4, 0.3, 0.2, 0.1])
    table = rows(kl_coefs, PROXY)
    best = int(np.argmax(table[:, 1]))
    expect(answer.best_coefficient, SFT, PROXY, HUMAN, kl_coefs).equals(
        kl_coefs[best],
        in_words="the β in the lesson's table with the best human verdict",
        hint="Which column of sweep tells what people think of the policy?",
        mistakes=[
            Mistake(
                kl_coefs[np.argmax(table[:, 0])],
                "That looks best to the proxy, and it is the worst for people: the flattery.",
            ),
            Mistake(table[best, 1], "That is the verdict itself. Return the β in whose row it stands."),
            Mistake(best, "That is a position in kl_coefs. Return the β that stands there."),
            Mistake(
                kl_coefs[np.argmin(table[:, 2])], "That β hardly moves the policy. Which column should be largest?"
            ),
        ],
    )


def test_the_beta_that_serves_people_best_if_the_proxy_is_right(answer: Answer) -> None:
    kl_coefs = np.array([0.17, 1.0, 10.0])
    expect(answer.best_coefficient, SFT, HUMAN, HUMAN, kl_coefs).equals(
        0.17,
        in_words="the smallest β where the proxy judges as people do: nothing is left to guard against",
        hint="Does your function use the proxy, the verdicts and the β that come in, or the lesson's?",
    )
