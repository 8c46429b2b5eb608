"""Checks of project part 5."""

import math
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import best_of_n_kl, exact_kl, expected_best_of_n, reweighted_policy, sample_responses, softmax

OBJECTIVES = (5,)

PROXY = np.array([1.0, 3.0, 2.0, 5.0, 2.5])
TRUE = np.array([0.5, 0.7, 0.4, 0.0, 0.6])


def by_subsets(proxy: np.ndarray, values: np.ndarray, n: int) -> float:
    """Go through every subset of n responses, and average what its favorite has."""
    tops = [max(subset, key=lambda i: proxy[i]) for subset in combinations(range(len(proxy)), n)]
    return float(np.mean([values[i] for i in tops]))


def test_curve_of_five_responses(answer: Answer) -> None:
    n = np.array([1, 2, 4])
    kl = np.array([math.log(k) - (k - 1) / k for k in (1, 2, 4)])
    proxy = np.array([by_subsets(PROXY, PROXY, k) for k in (1, 2, 4)])
    true = np.array([by_subsets(PROXY, TRUE, k) for k in (1, 2, 4)])
    best = np.array([by_subsets(TRUE, TRUE, k) for k in (1, 2, 4)])
    by_truth = np.array([by_subsets(TRUE, PROXY, k) for k in (1, 2, 4)])
    expect(answer.overoptimization_curve, PROXY, TRUE, n).equals(
        np.stack([kl, proxy, true], axis=1),
        in_words="a row for n = 1, 2 and 4: KL, proxy, true score",
        hint="Compare column by column with the docstring: which of the three is off?",
        mistakes=[
            Mistake(np.stack([kl, proxy, best], axis=1), "Your last column chooses by true scores. The proxy chooses."),
            Mistake(
                np.stack([kl, by_truth, true], axis=1), "In your second column the true scores choose. Mind the order."
            ),
            Mistake(np.stack([kl, true, proxy], axis=1), "Proxy first, then the true score."),
            Mistake(np.stack([proxy, true, kl], axis=1), "The KL comes first."),
            Mistake(np.stack([np.log(n), proxy, true], axis=1), "The KL is log n − (n − 1) / n; log n is too much."),
            Mistake(
                np.stack([kl / math.log(2) - (1 / math.log(2) - 1) * -(n - 1) / n, proxy, true], axis=1),
                "Your KL has a logarithm to base 2; nats need the natural one.",
            ),
            Mistake(np.stack([kl, proxy, true]), "Make it a row for each n: yours has a column for each."),
            Mistake(np.stack([n, proxy, true], axis=1), "The first column is the KL, not n."),
            Mistake(np.stack([proxy, true], axis=1), "Where is the KL?"),
        ],
    )


def test_curve_of_the_blind_spot(answer: Answer) -> None:
    pool = sample_responses(1, 20_000, fabrication_rate=0.01, rng=np.random.default_rng(5))
    proxy, true = pool.features[0].sum(axis=1), pool.true_scores[0]
    n = 2 ** np.arange(11)
    right = [expected_best_of_n(proxy, scores, n_samples=n) for scores in (proxy, true)]
    expect(answer.overoptimization_curve, proxy, true, n).equals(
        np.column_stack([best_of_n_kl(n), *right]),
        in_words="for n = 1 to 1024 a proxy that rises to the end and a true score that turns back",
        hint="Are the n, the number of responses and the scores taken from the arguments?",
    )


def by_hand(proxy: np.ndarray, true: np.ndarray, beta: float) -> tuple[float, float, float]:
    weights = [math.exp(p / beta) for p in proxy]
    weights = [w / sum(weights) for w in weights]
    kl = sum(w * math.log(w / (1 / len(proxy))) for w in weights)
    return kl, float(np.dot(weights, proxy)), float(np.dot(weights, true))


def test_reweighting_five_responses(answer: Answer) -> None:
    beta = 2.0
    kl, proxy, true = by_hand(PROXY, TRUE, beta)
    w = softmax(PROXY / beta)
    uniform = np.full(5, 0.2)
    backwards = float(exact_kl(np.log(uniform), np.log(w)))
    raw = np.exp(PROXY / beta)
    shunned = by_hand(-PROXY, TRUE, beta)
    avoided = (shunned[0], -shunned[1], shunned[2])
    expect(answer.reweight, PROXY, TRUE, beta).equals(
        (kl, proxy, true),
        in_words="weights in proportion to exp(proxy / 2): their KL from 1/5 each, mean proxy, mean true score",
        hint="Do the weights add up to 1? Then check the three numbers one by one.",
        mistakes=[
            Mistake(by_hand(PROXY, TRUE, 1 / beta), "You multiply by β. A larger β means a weaker pull: proxy / β."),
            Mistake(by_hand(PROXY, TRUE, 1.0), "Has kl_coef any effect in yours?"),
            Mistake(
                (kl - math.log(5), proxy, true), "Your KL is Σ w log w. Compare each weight with 1 / M, not with 1."
            ),
            Mistake((backwards, proxy, true), "The KL is the other way round: the new weights do the weighting."),
            Mistake((kl, proxy - beta * kl, true), "The second number is the mean proxy, without the penalty."),
            Mistake((beta * kl, proxy, true), "The first number is the KL itself, not β times it."),
            Mistake(
                (kl, proxy, by_hand(TRUE, TRUE, beta)[2]), "One policy, chosen by the proxy; people judge that one."
            ),
            Mistake((kl, PROXY.mean(), TRUE.mean()), "Your means weight all responses alike. Use the new weights."),
            Mistake((proxy, true, kl), "The order is KL, proxy, true score."),
            Mistake(
                (float((raw * np.log(raw * 5)).sum()), float(raw @ PROXY), float(raw @ TRUE)),
                "The weights must add up to 1: divide them by their sum.",
            ),
            Mistake(avoided, "Your policy avoids what the proxy likes. Check the sign."),
        ],
    )


def test_a_large_beta_leaves_everything_as_it_was(answer: Answer) -> None:
    expect(answer.reweight, PROXY, TRUE, 1e6).satisfies(
        lambda found: np.allclose(found, [0, PROXY.mean(), TRUE.mean()], atol=1e-4),
        in_words="at β = 1,000,000 a KL of 0 and the plain means",
        hint="For a large β, exp(proxy / β) is nearly 1 for every response. What is then the KL from 1 / M each?",
    )


def quietly(result: Result, hint: str) -> Result:
    try:
        lost = not np.isfinite(np.asarray(result.value, dtype=float)).all()
    except (TypeError, ValueError):
        lost = False
    result.satisfies(lambda _: not lost, in_words="finite numbers", hint=hint)
    return result


def test_a_small_beta_takes_the_highest_proxy(answer: Answer) -> None:
    result = expect(answer.reweight, PROXY, TRUE, 0.001)
    quietly(
        result,
        "exp(5000) is too large for a float. Subtract the largest proxy first. And a weight of 0 adds 0 to the KL.",
    )
    result.equals(
        (math.log(5), 5.0, 0.0),
        in_words="at β = 0.001 all weight on the highest proxy: KL log 5, proxy 5, true score 0",
        hint="Is anything clipped or rounded on the way?",
    )


def test_proxies_in_the_thousands(answer: Answer) -> None:
    result = expect(answer.reweight, PROXY + 5000, TRUE, 2.0)
    quietly(result, "exp(2500) is too large for a float, and only differences of proxies matter: subtract the largest.")
    kl, proxy, true = by_hand(PROXY, TRUE, 2.0)
    result.equals(
        (kl, proxy + 5000, true),
        in_words="the same policy when every proxy is 5000 higher",
        hint="A constant on all proxies is a factor of all weights. What happens to it in the normalization?",
    )


def kl_at(proxy: np.ndarray, beta: Any) -> float:
    return reweighted_policy(proxy, kl_coef=float(beta)).kl


def one_positive_number(beta: Any) -> bool:
    return np.ndim(beta) == 0 and float(beta) > 0


def within_2_milli_nats(budget: float, kl: float) -> bool:
    return abs(kl - budget) < 2e-3


def test_beta_for_a_budget(answer: Answer) -> None:
    proxy = np.random.default_rng(1).gamma(2.0, size=5000)
    for budget in (0.05, 0.5, 2.0):
        result = expect(answer.kl_coef_for, proxy, budget)
        result.satisfies(
            one_positive_number,
            in_words="one number above 0",
            hint="Return β, not the interval in which it lies, and not its logarithm.",
        )
        beta = float(result.value)
        known = None
        if math.isclose(beta, proxy.std() / math.sqrt(2 * budget), rel_tol=1e-6):
            known = "σ / √(2 KL) is right for a normal proxy only. Start from it, but look at the KL it really gives."
        elif abs(kl_at(proxy, 1 / beta) - budget) < 2e-3:
            known = "That is 1 / β."
        Result(f"the KL at β = {beta:.6g}", round(kl_at(proxy, beta), 4)).satisfies(
            partial(within_2_milli_nats, budget),
            in_words=f"a β at which the KL is {budget} nats",
            hint=known or "If the KL is above the budget, must β grow or shrink? Are there enough halvings?",
        )


def test_beta_in_any_unit(answer: Answer) -> None:
    proxy = np.random.default_rng(2).normal(size=5000)
    for unit in (1e-4, 1e4):
        result = expect(answer.kl_coef_for, proxy * unit, 1.0)
        result.satisfies(one_positive_number, in_words="one number above 0", hint="β is never 0 or below.")
        came = kl_at(proxy * unit, result.value)
        Result("the KL at your β", round(came, 4)).satisfies(
            partial(within_2_milli_nats, 1.0),
            in_words=f"a KL of 1 nat when the proxies are {unit:g} times as large",
            hint="Does your first interval hold the answer in this unit? Take its ends from the spread of the proxy.",
        )
