"""Checks of project part 4."""

from itertools import combinations

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import TRUE_WEIGHTS, expected_best_of_n, sample_responses

OBJECTIVES = (4,)

FEATURES = np.array([[[0.2, 0.9], [0.8, 0.1], [0.5, 0.6]], [[0.3, 0.3], [0.1, 0.2], [0.4, 0.9]]])
WORTH = np.array([[0.5, 0.4, 0.7], [0.35, 0.9, 0.2]])
WEIGHTS = np.array([2.0, 1.0])

PROXY = np.array([0.3, 0.9, 0.5, 0.1, 0.7, 0.6])
TRUE = np.array([0.4, 0.2, 0.8, 0.3, 0.5, 0.9])


def test_the_reward_model_chooses(answer: Answer) -> None:
    expect(answer.best_of_n, FEATURES, WORTH, WEIGHTS).equals(
        [0.4, 0.2],
        in_words="0.4 and 0.2: the reward model scores 1.3, 1.7, 1.6 on the first prompt and 0.9, 0.4, 1.7 on the next",
        hint="Which response of each prompt has the highest score? What is that one worth in true_scores?",
        mistakes=[
            Mistake(
                WORTH.max(axis=1), "Those are the best true scores. The choice sees the reward model's scores only."
            ),
            Mistake([1.7, 1.7], "Those are the reward model's scores of the chosen. What are they worth to people?"),
            Mistake([1, 2], "Those are the positions of the chosen. Return their true scores."),
            Mistake([0.5, 0.9], "You choose what the reward model likes least."),
            Mistake(
                WORTH[:, [1, 2]], "true_scores[:, chosen] takes every column for every prompt; pair rows and columns."
            ),
            Mistake(0.3, "Return one number for each prompt; the mean can be taken later."),
            Mistake([0.4], "That is the first prompt alone."),
            Mistake([0.4, 0.9], "Choose for each prompt anew: one position for all prompts is not enough."),
        ],
    )


def test_choice_among_16(answer: Answer) -> None:
    responses = sample_responses(100, 16, rng=np.random.default_rng(4))
    found = expect(answer.best_of_n, responses.features, responses.true_scores, TRUE_WEIGHTS)
    found.equals(
        [max(row) for row in responses.true_scores.tolist()],
        in_words="with the true weights for a reward model, the best true score of each of 100 prompts",
        hint="Does your code depend on the number of prompts, of responses, or of features?",
    )


def wilson(p: float, m: int) -> tuple[float, float, float]:
    """Solve (p − q)² = z² q (1 − q) / m for q: where the observed rate would just be surprising."""
    z = 1.96
    low, high = sorted(np.roots([1 + z * z / m, -(2 * p + z * z / m), p * p]).real)
    return p, float(low), float(high)


def test_win_rate_of_eight_prompts(answer: Answer) -> None:
    chosen = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.7, 0.8, 0.2])
    baseline = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    p, m, z = 6.5 / 8, 8, 1.96
    _, low, high = wilson(p, m)
    wald = z * np.sqrt(p * (1 - p) / m)
    tilt, root = 1 + z * z / m, np.sqrt(p * (1 - p) / m + z * z / (4 * m * m))
    expect(answer.win_rate, chosen, baseline).equals(
        (p, low, high),
        in_words="six wins, one tie and one loss: 6.5 / 8, and Wilson's interval around it",
        hint="Check p first, then c and h one by one.",
        mistakes=[
            Mistake(wilson(6 / 8, m), "A tie counts half a win; yours counts it as a loss."),
            Mistake(wilson(7 / 8, m), "A tie counts half a win; yours counts it as a win."),
            Mistake(wilson(1.5 / 8, m), "That is how often the baseline wins."),
            Mistake(
                (p, p - wald, p + wald),
                "That is p ± 1.96 √(p(1 − p)/m), which can leave [0, 1]; Wilson's is asked for.",
            ),
            Mistake((100 * p, 100 * low, 100 * high), "Those are percentages; return shares between 0 and 1."),
            Mistake((low, p, high), "The order is p, low, high."),
            Mistake((p, (low + high) / 2, (high - low) / 2), "Those are c and h. Return c − h and c + h."),
            Mistake(
                (p, p - z * root / tilt, p + z * root / tilt),
                "The interval is around c, which lies nearer to ½ than p.",
            ),
            Mistake(
                (p, (low + high) / 2 - z * root, (low + high) / 2 + z * root),
                "In h, too, there is the division by 1 + z²/m.",
            ),
            Mistake(p, "Return three numbers: p, low and high."),
        ],
    )


def test_win_rate_at_the_edge(answer: Answer) -> None:
    better = np.linspace(0.5, 0.9, 40)
    expect(answer.win_rate, better, better - 0.1).equals(
        wilson(1.0, 40),
        in_words="40 wins of 40: a rate of 1 and an interval from about 0.912 to 1, not from 1 to 1",
        hint="At p = 1 the first term under the root is 0. The second is not.",
        tolerance=1e-5,
    )


def by_subsets(proxy: np.ndarray, values: np.ndarray, n: int) -> float:
    """Go through every subset of n of the responses, and average what its favorite is worth."""
    tops = [max(subset, key=lambda i: proxy[i]) for subset in combinations(range(len(proxy)), n)]
    return float(np.mean([values[i] for i in tops]))


def with_replacement(proxy: np.ndarray, values: np.ndarray, n: int) -> float:
    shares = np.diff(np.linspace(0, 1, len(proxy) + 1) ** n)
    return float(shares @ values[np.argsort(proxy)])


def test_estimate_from_all_pairs(answer: Answer) -> None:
    split = PROXY.reshape(-1, 2).argmax(axis=1) + 2 * np.arange(3)
    expect(answer.expected_best_of_n, PROXY, TRUE, 2).equals(
        by_subsets(PROXY, TRUE, 2),
        in_words="the mean over the 15 pairs that can be made of 6 responses",
        hint="The response at place i, counted from the lowest proxy, is on top of i − 1 pairs. Of how many in all?",
        mistakes=[
            Mistake(
                by_subsets(TRUE, TRUE, 2),
                "You choose by true scores. The proxy chooses; the true score says what it is worth.",
            ),
            Mistake(
                by_subsets(PROXY, PROXY, 2), "That is the expected proxy score. What is the choice worth to people?"
            ),
            Mistake(by_subsets(-PROXY, TRUE, 2), "The highest proxy is chosen; yours takes the lowest."),
            Mistake(
                with_replacement(PROXY, TRUE, 2), "Yours may draw one response twice. A subset holds each at most once."
            ),
            Mistake(
                TRUE[split].mean(), "You split the responses into groups once. Average over all subsets: less noise."
            ),
            Mistake(TRUE[PROXY.argmax()], "That is the best of all M. Only n are drawn."),
            Mistake(by_subsets(PROXY, TRUE, 2) * 15, "The number of subsets, C(M, n), is missing."),
            Mistake(
                by_subsets(PROXY, TRUE, 3),
                "Off by one: that is the best of n + 1. Is a place counted from 0 or from 1?",
            ),
            Mistake(TRUE.mean(), "That is the best of one: the plain mean."),
        ],
    )


def test_estimate_for_every_n(answer: Answer) -> None:
    for n in (1, 3, 4, 6):
        expect(answer.expected_best_of_n, PROXY, TRUE, n).equals(
            by_subsets(PROXY, TRUE, n),
            in_words=f"the mean over all subsets of {n} of the 6 responses",
            hint="n = 1 gives the plain mean, n = M the true score of the highest proxy. Which of the two fails?",
        )


def test_estimate_from_a_large_pool(answer: Answer) -> None:
    rng = np.random.default_rng(7)
    proxy = rng.random(3000)
    worth = proxy + rng.normal(size=3000)
    expect(answer.expected_best_of_n, proxy, worth, 1000).equals(
        expected_best_of_n(proxy, worth, n_samples=1000),
        in_words="the same from 3000 responses with n = 1000, without overflow",
        hint="C(3000, 1000) has 828 digits, too many for a float. By which factor do two neighboring shares differ?",
    )
