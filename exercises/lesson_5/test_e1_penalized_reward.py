"""Checks of exercise 5.1."""

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import ppo_ptx_objective

OBJECTIVES = (3, 4)

SCORES = np.array([1.5, 2.0])
LOG_RATIOS = np.array([2.4, 12.0])


def by_loop(scores: np.ndarray, log_ratios: np.ndarray, kl_coefs: np.ndarray) -> list[int]:
    best = []
    for beta in kl_coefs:
        rewards = [score - beta * nats for score, nats in zip(scores, log_ratios, strict=True)]
        best.append(rewards.index(max(rewards)))
    return best


def test_first_response_of_apply(answer: Answer) -> None:
    # One token with a log-ratio of 2.4 nats, in the package's objective.
    expected = ppo_ptx_objective(1.5, [-0.5], [-2.9], kl_coef=0.05).total
    expect(answer.penalized_reward, 1.5, 2.4, kl_coef=0.05).equals(
        expected,
        in_words="a score of 1.5, less 2.4 nats at 0.05 each",
        hint="How much do 2.4 nats cost if one costs 0.05? The score loses that much.",
        mistakes=[
            Mistake(2 * 1.5 - expected, "Your response gets a bonus for straying from the SFT model. Which sign?"),
            Mistake(1.5 - 2.4, "What became of kl_coef? A nat costs 0.05 points here, not a whole one."),
            Mistake(0.05 * (1.5 - 2.4), "You have also multiplied the score by kl_coef. Only the nats have a price."),
            Mistake(1.5 - 2.4 / 0.05, "The cost is the price times the nats, not the nats divided by the price."),
            Mistake(1.5 - 0.05 * np.exp(2.4), "log_ratio is in nats already: no exp needed."),
            Mistake(1.4, "Don't round: 1.38 and 1.40 would look alike."),
            Mistake(1.5 - expected, "That is the penalty alone. What is left of the score after paying it?"),
        ],
    )


def test_a_response_that_the_sft_model_likes_better(answer: Answer) -> None:
    expect(answer.penalized_reward, 0.8, -1.5, kl_coef=0.1).equals(
        ppo_ptx_objective(0.8, [-2.0], [-0.5], kl_coef=0.1).total,
        in_words="more than the score where the log-ratio is negative",
        hint="The same formula as for a positive log-ratio, whatever the sign.",
        mistakes=[
            Mistake(0.8, "You cut off at 0. One response's log-ratio may be negative, and then it earns a little."),
            Mistake(0.65, "You took an absolute value. A negative log-ratio earns a little; it does not cost."),
        ],
    )


def test_the_two_responses_of_apply_trade_places(answer: Answer) -> None:
    # score = reward + β · log-ratio, twice: two equations for the common reward and for β.
    _, beta = np.linalg.solve([[1, 2.4], [1, 12.0]], SCORES)
    expect(answer.flip_coefficient, SCORES, LOG_RATIOS).equals(
        beta,
        in_words="the β at which the second response's lead in score is just used up by its extra nats",
        hint="How far apart are the scores? How many nats more does the second one pay for?",
        mistakes=[
            Mistake(1 / beta, "Your fraction is upside down: a β is points of score per nat, not nats per point."),
            Mistake(2.0 / 12 - 1.5 / 2.4, "You divided for each response by itself. Subtract first, then divide once."),
            Mistake(3.5 / 14.4, "You added where the two responses should be compared by their differences."),
            Mistake(2.0 / 12, "There the second one's reward reaches 0. Asked for is where it meets the first one's."),
            Mistake(-beta, "Take both differences in the same order: second minus first, above and below the line."),
            Mistake(
                0.5 / 12, "The first response pays too. How many nats does the second one pay for beyond the first's?"
            ),
        ],
    )


def test_the_order_of_the_two_does_not_matter(answer: Answer) -> None:
    _, beta = np.linalg.solve([[1, 40.0], [1, 5.0]], [3.0, 1.0])
    expect(answer.flip_coefficient, np.array([3.0, 1.0]), np.array([40.0, 5.0])).equals(
        beta,
        in_words="the same rule where the first response is the one that strays",
        hint="Does your formula depend on which of the two comes first, or on the numbers of Apply?",
    )


def test_a_response_that_is_ahead_in_both_respects(answer: Answer) -> None:
    expect(answer.flip_coefficient, np.array([2.0, 1.0]), np.array([3.0, 8.0])).equals(
        -0.2,
        in_words="a negative β where the first response scores higher and strays less",
        hint="The lines of the two meet left of β = 0. Put your β into both penalized rewards: are they equal?",
        mistakes=[
            Mistake(0.2, "At β = 0.2 the first is ahead, 1.4 to −0.6. Do you take absolute values of the differences?")
        ],
    )


def test_best_of_three_at_four_prices(answer: Answer) -> None:
    scores, log_ratios = np.array([1.5, 2.0, 0.9]), np.array([2.4, 12.0, -1.0])
    kl_coefs = np.array([0.0, 0.05, 0.1, 1.0])
    lines = [[score - beta * nats for score, nats in zip(scores, log_ratios, strict=True)] for beta in kl_coefs]
    right = by_loop(scores, log_ratios, kl_coefs)
    expect(answer.best_responses, scores, log_ratios, kl_coefs).equals(
        right,
        in_words="one position for each of the four β: the response with the highest score − β · log-ratio",
        hint="Print the table of penalized rewards, a row for each β, and look for the best of each row.",
        mistakes=[
            Mistake(
                [[row[k] for row in lines].index(max(row[k] for row in lines)) for k in range(3)],
                "You found for each response the best β. Turn it round: for each β the best response (the other axis).",
            ),
            Mistake([row.index(min(row)) for row in lines], "Those are the worst responses, not the best."),
            Mistake([max(row) for row in lines], "Say which response wins, not how much it gets: argmax, not max."),
            Mistake([right[0]] * 4, "You use the same β in every row. Each entry of kl_coefs has a row of its own."),
            Mistake(
                int(np.argmax(lines)),
                "One position for each β, please: argmax without axis looks through the whole table.",
            ),
            Mistake([best + 1 for best in right], "Positions are counted from 0."),
        ],
    )


def test_best_of_other_numbers_of_responses(answer: Answer) -> None:
    rng = np.random.default_rng(5)
    for n_responses, n_coefs in [(5, 5), (6, 1), (1, 3)]:
        scores, log_ratios = rng.normal(size=n_responses).round(1), rng.normal(8, 5, size=n_responses).round()
        kl_coefs = np.linspace(0.0, 0.2, n_coefs)
        expect(answer.best_responses, scores, log_ratios, kl_coefs).equals(
            by_loop(scores, log_ratios, kl_coefs),
            in_words=f"the winner at each of {n_coefs} β, among {n_responses} responses",
            hint="Does your code depend on there being three responses and four β?",
        )
