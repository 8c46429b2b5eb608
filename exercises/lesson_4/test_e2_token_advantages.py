"""Checks of exercise 4.2."""

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import generalized_advantages

OBJECTIVES = (2,)

# Two responses of three tokens; the scores 1.85 and 0.4 come with the last token.
REWARDS = np.array([[0.0, 0.0, 1.85], [0.0, 0.0, 0.4]])
VALUES = np.array([[1.2, 1.4, 1.7], [0.9, 0.6, 0.5]])


def delta(rewards: np.ndarray, values: np.ndarray, discount: float) -> np.ndarray:
    """Follow the definition, one token after another."""
    n, length = rewards.shape
    result = np.empty((n, length))
    for i in range(n):
        for t in range(length):
            after = values[i, t + 1] if t + 1 < length else 0.0
            result[i, t] = rewards[i, t] + discount * after - values[i, t]
    return result


def summed(deltas: np.ndarray, factor: float) -> np.ndarray:
    """Sum as the definition does, A_t = Σ (γλ)^l δ_{t+l}, without the shortcut of the solution."""
    length = deltas.shape[1]
    return np.array(
        [[sum(factor**ahead * row[t + ahead] for ahead in range(length - t)) for t in range(length)] for row in deltas]
    )


def test_surprises_without_a_discount(answer: Answer) -> None:
    after = np.array([[1.4, 1.7, 0.0], [0.6, 0.5, 0.0]])
    before = np.array([[0.0, 1.2, 1.4], [0.0, 0.9, 0.6]])
    expect(answer.surprises, REWARDS.copy(), VALUES.copy(), 1.0).equals(
        REWARDS + after - VALUES,
        in_words="reward + value after the token − value before it",
        hint="Row 1 by hand: what is expected before each token, and what after it? After the last: 0.",
        mistakes=[
            Mistake(REWARDS - VALUES, "You left out the value after the token, which is the value before the next."),
            Mistake(
                VALUES - after - REWARDS,
                "The order is turned round. A pleasant surprise is positive: what came, minus what was expected.",
            ),
            Mistake(
                REWARDS + before - VALUES,
                "You look one column too early: the value after token t stands in column t + 1, not t − 1.",
            ),
            Mistake(
                REWARDS + np.roll(VALUES, -1, axis=1) - VALUES,
                "After the last token, yours expects the first value of the same response. It should expect 0.",
            ),
            Mistake(
                REWARDS + np.roll(VALUES, -1) - VALUES,
                "After the last token, yours expects a value of another response. It should expect 0.",
            ),
            Mistake(
                REWARDS + np.concatenate([VALUES[:, 1:], VALUES[:, -1:]], axis=1) - VALUES,
                "After the last token, yours expects the last value once more. It should expect 0.",
            ),
            Mistake(
                (REWARDS + after - VALUES)[:, :-1],
                "The last token is missing. It has a surprise too, with 0 expected after it.",
            ),
            Mistake(
                REWARDS + VALUES[1:] - VALUES,
                "values[1:] leaves out the first row, a response; the first column is left out by values[:, 1:].",
            ),
        ],
    )


def test_surprises_with_a_discount(answer: Answer) -> None:
    rewards = np.array([[0.1, -0.2, 0.3, 1.0], [-0.1, 0.2, 0.0, -0.6]])
    values = np.array([[0.5, 0.8, 0.6, 1.1], [0.4, -0.3, -0.7, -0.2]])
    plain = delta(rewards, values, 1.0)
    after = plain - rewards + values
    expect(answer.surprises, rewards.copy(), values.copy(), 0.5).equals(
        delta(rewards, values, 0.5),
        in_words="with γ_disc = 0.5 the value after the token counts half",
        hint="Which of the three terms lies in the future? Only that one is discounted.",
        mistakes=[
            Mistake(plain, "`discount` has no effect: where does it enter?"),
            Mistake(0.5 * (rewards + after) - values, "You discounted the reward as well; it is paid at this token."),
            Mistake(rewards + after - 0.5 * values, "You discounted the value before the token instead of after it."),
            Mistake(0.5 * plain, "You discounted everything; only the value after the token lies in the future."),
        ],
    )


def test_lambda_0_leaves_the_surprises(answer: Answer) -> None:
    expect(answer.token_advantages, REWARDS.copy(), VALUES.copy(), 1.0, 0.0).equals(
        delta(REWARDS, VALUES, 1.0),
        in_words="with λ = 0, the surprises themselves",
        hint="With λ = 0 nothing that comes later counts. What is left of the sum?",
        mistakes=[
            Mistake(
                -delta(REWARDS, VALUES, 1.0),
                "The sign of an advantage decides the direction of the push: better than expected is positive.",
            ),
            Mistake(
                delta(REWARDS, VALUES, 1.0) * [1, 0, 0],
                "The power of γλ counts from the token itself: l in the sum, not t + l.",
            ),
            Mistake(delta(REWARDS, VALUES, 1.0) * [0, 1, 1], "The first token got nothing: where does your loop end?"),
        ],
    )


def test_lambda_1_compares_the_score_with_each_value(answer: Answer) -> None:
    deltas = delta(REWARDS, VALUES, 1.0)
    after = np.concatenate([deltas[:, 1:], np.zeros((2, 1))], axis=1)
    scores = np.array([[1.85], [0.4]])
    expect(answer.token_advantages, REWARDS.copy(), VALUES.copy(), 1.0, 1.0).equals(
        scores - VALUES,
        in_words="with λ = 1 and no discount, final score minus the value before each token",
        hint="The surprises of a token and of all later ones add up. Start at the last token.",
        mistakes=[
            Mistake(
                np.cumsum(deltas, axis=1),
                "Your sum runs from the first token to the last; a token is credited with what comes after it.",
            ),
            Mistake(deltas, "Those are only the surprises; λ has no effect."),
            Mistake(
                deltas + after,
                "You look one token ahead and stop: add the next token's advantage, not its surprise.",
            ),
            Mistake(
                (scores - VALUES)[:, :1] + np.zeros((1, 3)),
                "All tokens got the same advantage. Each has its own baseline: the value just before it.",
            ),
            Mistake(
                np.cumsum(deltas.ravel()[::-1])[::-1].reshape(2, 3),
                "Something of the second response got into the first: start anew at the end of each row.",
            ),
            Mistake(
                np.cumsum(deltas[::-1], axis=0)[::-1],
                "Your sum runs down the rows, over responses; it must run along the tokens of one response.",
            ),
        ],
    )


def test_lambda_and_discount_together(answer: Answer) -> None:
    rewards = np.array([[0.1, -0.2, 0.3, 1.0], [-0.1, 0.2, 0.0, -0.6]])
    values = np.array([[0.5, 0.8, 0.6, 1.1], [0.4, -0.3, -0.7, -0.2]])
    deltas = delta(rewards, values, 0.9)
    expect(answer.token_advantages, rewards.copy(), values.copy(), 0.9, 0.5).equals(
        summed(deltas, 0.9 * 0.5),
        in_words="each step into the future multiplies a surprise by γ_disc · λ = 0.9 · 0.5",
        hint="A_t = δ_t + γλ A_{t+1}: which γ and which λ did you use where?",
        mistakes=[
            Mistake(summed(deltas, 0.5), "A later surprise is weighted by λ alone; the discount applies to it too."),
            Mistake(summed(deltas, 0.9), "A later surprise is weighted by the discount alone; where is λ?"),
            Mistake(summed(deltas, 0.9 * 0.9 * 0.5), "The discount entered twice; there is one factor γλ a token."),
            Mistake(
                summed(delta(rewards, values, 1.0), 0.9 * 0.5),
                "The discount also belongs inside the surprises, on the value after the token.",
            ),
        ],
    )


def test_many_responses(answer: Answer) -> None:
    rng = np.random.default_rng(0)
    for shape in [(4, 1), (1, 6), (2, 8)]:
        rewards, values = rng.normal(size=shape), rng.normal(size=shape)
        expect(answer.token_advantages, rewards.copy(), values.copy(), 0.99, 0.95).equals(
            generalized_advantages(rewards, values, discount=0.99, gae_lambda=0.95),
            in_words=f"the same for {shape[0]} × {shape[1]} tokens",
            hint="Does your loop take its length from the arrays? With one token the advantage is reward − value.",
        )
