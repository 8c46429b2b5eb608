"""Checks of exercise 5.4."""

import math
from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import PPOPtxObjective, ppo_ptx_objective

OBJECTIVES = (3, 4)

PARIS_POLICY = np.array([[-0.15, -0.30, -0.05, -0.10, -0.08, -0.20, -0.03]])
PARIS_SFT = np.array([[-0.20, -0.45, -0.06, -0.12, -0.10, -0.80, -0.04]])
WHOLE = np.full((1, 7), fill_value=True)

# Two responses, the second with only one token; after it stands padding, with numbers that mean nothing.
SCORES = np.array([1.0, 0.4])
POLICY = np.array([[-0.2, -0.5, -0.1], [-1.2, -7.0, -7.0]])
SFT = np.array([[-0.9, -0.4, -0.3], [-1.0, -2.0, -9.0]])
MASK = np.array([[True, True, True], [True, False, False]])
PRETRAINING = np.array([-3.1, -2.7, -2.6])


def log_ratio_of(tokens: int, response: int) -> float:
    """Multiply the probabilities of a response's tokens, for each model, and compare."""
    new, old = (math.prod(math.exp(logs[response, t]) for t in range(tokens)) for logs in (POLICY, SFT))
    return math.log(new / old)


RATIOS = np.array([log_ratio_of(3, 0), log_ratio_of(1, 1)])


def test_log_ratio_of_the_paris_response(answer: Answer) -> None:
    new, old = (math.prod(np.exp(logs[0])) for logs in (PARIS_POLICY, PARIS_SFT))
    total = math.log(new / old)
    expect(answer.sequence_log_ratios, PARIS_POLICY, PARIS_SFT, WHOLE).equals(
        [total],
        in_words="0.86 nats for the response about Paris, as an array with one entry",
        hint="Log-probabilities of tokens add up to that of the response, for each model.",
        mistakes=[
            Mistake([total / 7], "That is the average over the tokens. Eq. 2 has the log-ratio of the whole response."),
            Mistake([new / old], "How many times more likely the policy finds it. The log-ratio is the log of that."),
            Mistake(
                [math.log(np.exp(PARIS_POLICY).sum() / np.exp(PARIS_SFT).sum())],
                "Probabilities of successive tokens multiply; they don't add up. So add the log-probabilities.",
            ),
            Mistake((PARIS_POLICY - PARIS_SFT)[0], "That is token by token. Sum along the tokens, axis 1."),
            Mistake(total, "The number is right. One number for each response, please, so an array of shape (1,)."),
        ],
    )


def test_log_ratios_of_a_batch(answer: Answer) -> None:
    kept = np.where(MASK, POLICY - SFT, 0.0)
    expect(answer.sequence_log_ratios, POLICY, SFT, MASK).equals(
        RATIOS,
        in_words="one log-ratio for each of two responses, with 3 tokens and with 1",
        hint="Sum each row, but only where mask is True.",
        mistakes=[
            Mistake((POLICY - SFT).sum(axis=1), "The padding is in your sums. Only tokens with mask True count."),
            Mistake(
                np.abs(kept).sum(axis=1),
                "No absolute values: a token or a whole response may have a negative log-ratio.",
            ),
            Mistake(kept.sum(axis=0), "You sum over the batch; sum along the tokens, axis 1."),
            Mistake(kept.sum(), "One number for each response, not one for the whole batch."),
        ],
    )


def paris_terms(answer: Answer, ptx_coef: float) -> tuple[Result, PPOPtxObjective]:
    arguments = np.array([2.1]), PARIS_POLICY, PARIS_SFT, WHOLE, np.array([-3.2])
    result = expect(answer.objective_terms, *arguments, kl_coef=0.02, ptx_coef=ptx_coef)
    result.satisfies(
        lambda terms: np.shape(terms) == (4,),
        in_words="four numbers: reward, KL penalty, pretraining term, objective",
        hint="return reward, penalty, pretraining, total, each of them a single number.",
    )
    return result, ppo_ptx_objective(
        arguments[0], PARIS_POLICY, PARIS_SFT, arguments[4], kl_coef=0.02, ptx_coef=ptx_coef
    )


def test_terms_of_the_paris_response(answer: Answer) -> None:
    result, right = paris_terms(answer, ptx_coef=0.1)
    r, k, p = right.reward, right.kl_penalty, right.pretraining

    def terms(*values: float) -> Any:
        return list(values)

    result.equals(
        terms(r, k, p, right.total),
        in_words="reward 2.1, penalty 0.0172, pretraining −0.32, and the objective 1.7628",
        hint="Compare the four numbers one by one: the first that differs is the one to look at.",
        mistakes=[
            Mistake(
                terms(r, k, p, r + k + p), "Your objective rewards straying from the SFT model: subtract the penalty."
            ),
            Mistake(terms(r, k, p, r - k - p), "Yours rises as the model predicts text worse: it rewards forgetting."),
            Mistake(terms(r, k, p, r - k), "The terms are right, but in the objective the third term is missing."),
            Mistake(terms(r, k, p, -right.total), "That is a loss to minimize; the objective is maximized."),
            Mistake(terms(r, -k, p, right.total), "Give the penalty as an amount to subtract, so without the minus."),
            Mistake(
                terms(r, k, -p, right.total),
                "Give the pretraining term as it is added: a log-likelihood is at most 0, and γ does not change that.",
            ),
            Mistake(
                terms(r, right.kl, -3.2, right.total), "The objective is right. β and γ are part of the terms, too."
            ),
            Mistake(
                terms(r, 0.1 * right.kl, 0.02 * -3.2, r - 0.1 * right.kl - 0.02 * 3.2),
                "β and γ have changed places: kl_coef belongs to the log-ratio, ptx_coef to the pretraining text.",
            ),
            Mistake(
                terms(r, right.kl, -3.2, r - right.kl - 3.2), "β and γ have no effect. They are part of the terms."
            ),
            Mistake(
                terms(r, k / 7, p, r - k / 7 + p),
                "Your penalty is per token. β multiplies the log-ratio of the whole response.",
            ),
        ],
    )


def test_without_pretraining_it_is_plain_ppo(answer: Answer) -> None:
    result, right = paris_terms(answer, ptx_coef=0.0)
    result.equals(
        [right.reward, right.kl_penalty, 0.0, right.total],
        in_words="reward 2.1, penalty 0.0172, and nothing from pretraining where γ = 0",
        hint="Is ptx_coef used as it comes in, or is there a 0.1 in your code?",
    )


def test_terms_of_a_batch(answer: Answer) -> None:
    # The first two places of each row, so that the whole call fits into a message.
    policy, sft, mask = POLICY[:, :2], SFT[:, :2], MASK[:, :2]
    ratios = np.array([log_ratio_of(2, 0), log_ratio_of(1, 1)])
    beta, gamma = 0.05, 0.2
    reward, nats, text = sum(SCORES) / 2, sum(ratios) / 2, sum(PRETRAINING) / 3

    def terms(reward: float, nats: float, text: float) -> list[float]:
        return [reward, beta * nats, gamma * text, reward - beta * nats + gamma * text]

    padded = (policy - sft).sum() / 2
    expect(answer.objective_terms, SCORES, policy, sft, mask, PRETRAINING, kl_coef=beta, ptx_coef=gamma).equals(
        terms(reward, nats, text),
        in_words="means over two responses, with 2 tokens and with 1, and over three pretraining texts",
        hint="Which of the four differs? Each is a mean of its own, over the responses or over the texts.",
        mistakes=[
            Mistake(
                terms(2 * reward, 2 * nats, 3 * text),
                "Your terms are sums. An expectation is estimated by the mean over what was sampled.",
            ),
            Mistake(
                terms(reward, ratios.sum() / 3, text),
                "Your penalty is per token: sum within a response first, then average over the responses.",
            ),
            Mistake(terms(reward, padded, text), "Padding is in your penalty. Use sequence_log_ratios with the mask."),
            Mistake(terms(reward, 2 * nats, text), "Your penalty is the sum over the responses, your reward a mean."),
            Mistake(terms(reward, nats, 3 * text), "Your pretraining term is the sum over the texts, not the mean."),
        ],
    )
