"""Checks of project part 3."""

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import TRUE_WEIGHTS, rank_responses, ranking_accuracy, sample_responses

OBJECTIVES = (3,)

WEIGHTS = np.array([2.0, -1.0])
WINNERS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 3.0]])
LOSERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.5], [1.0, 2.0]])


def test_accuracy_of_four_comparisons(answer: Answer) -> None:
    expect(answer.accuracy, WEIGHTS, WINNERS, LOSERS).equals(
        0.75,
        in_words="three of four: the margins are 2, −3, 0.5 and 1",
        hint="Print the margins; how many of them are positive?",
        mistakes=[
            Mistake(0.25, "Those are the mistakes. Right is a comparison in which the winner scores higher."),
            Mistake(3, "That is their number; return the share."),
            Mistake(75.0, "Return a share between 0 and 1; the % comes in printing."),
            Mistake(0.5, "A positive margin counts 1, a negative 0: (sign + 1) / 2 rather than the sign."),
            Mistake(
                float((1 / (1 + np.exp(-((WINNERS - LOSERS) @ WEIGHTS)))).mean()),
                "That is the mean probability. Accuracy asks only which of the two scores higher.",
            ),
        ],
    )


def test_accuracy_does_not_depend_on_the_scale(answer: Answer) -> None:
    expect(answer.accuracy, 1000 * WEIGHTS, WINNERS, LOSERS).equals(
        0.75,
        in_words="the same with weights a thousand times as long",
        hint="Only the signs of the margins may enter.",
    )


def test_a_tie_counts_half(answer: Answer) -> None:
    expect(answer.accuracy, np.zeros(2), WINNERS, LOSERS).equals(
        0.5,
        in_words="one half for a reward model that has no opinion",
        hint="Where the margin is 0 the model would guess: count such a pair half. np.sign(0) is 0.",
        mistakes=[
            Mistake(0.0, "Ties are counted as wrong. Who guesses is right half of the time."),
            Mistake(1.0, "Ties are counted as right. Who guesses is right half of the time."),
        ],
    )


def test_accuracy_on_the_test_set(answer: Answer) -> None:
    rng = np.random.default_rng(0)
    responses = sample_responses(500, 2, rng=rng)
    rankings = rank_responses(responses.true_scores, rng=rng)
    ranked = np.take_along_axis(responses.features, rankings[:, :, None], axis=1)
    expect(answer.accuracy, TRUE_WEIGHTS, ranked[:, 0], ranked[:, 1]).equals(
        ranking_accuracy(ranked @ TRUE_WEIGHTS),
        in_words="the accuracy of the true weights on 500 comparisons of 5 features",
        hint="Does your code depend on there being four comparisons, or two features?",
    )


def test_ceiling_of_one_pair(answer: Answer) -> None:
    sure = 1 / (1 + np.exp(-2.0))
    expect(answer.noise_ceiling, np.array([0.7]), np.array([0.5]), 0.1).equals(
        sure,
        in_words="σ(2): the better response is preferred that often, at a difference of 0.2 and a temperature of 0.1",
        hint="Difference over temperature, then σ.",
        mistakes=[
            Mistake(1 / (1 + np.exp(-0.2)), "Where does the temperature come in? Divide by it."),
            Mistake(1 / (1 + np.exp(-0.02)), "Divide by the temperature, don't multiply."),
            Mistake(1 - sure, "That is how often the labeler prefers the worse one."),
            Mistake(sure**2 + (1 - sure) ** 2, "That is how often two labelers agree. Here one of the two never errs."),
            Mistake(2.0, "That is the log-odds; σ makes a probability of it."),
            Mistake(1.0, "The labeler errs now and then, even if you know the scores."),
        ],
    )


def test_ceiling_does_not_ask_which_stands_first(answer: Answer) -> None:
    sure = 1 / (1 + np.exp(-2.0))
    expect(answer.noise_ceiling, np.array([0.5]), np.array([0.7]), 0.1).equals(
        sure,
        in_words="σ(2) again where the second of the two is the better one",
        hint="Who knows the scores names the better one, wherever it stands. What about the sign of the difference?",
        mistakes=[
            Mistake(1 - sure, "That is below one half: the opposite guess is better. Take the size of the difference.")
        ],
    )


def test_ceiling_over_several_pairs(answer: Answer) -> None:
    scores, other = np.array([0.7, 0.5, 0.4]), np.array([0.5, 0.7, 0.4])
    one_by_one = [max(p, 1 - p) for p in (1 / (1 + np.exp(-d / 0.2)) for d in scores - other)]
    expect(answer.noise_ceiling, scores, other, 0.2).equals(
        np.mean(one_by_one),
        in_words="the mean of σ(1), σ(1) and σ(0): each pair has its own ceiling",
        hint="First the better guess of each pair, then the mean over pairs.",
        mistakes=[
            Mistake(0.5, "For each pair by itself, the better guess; only then the mean."),
            Mistake(
                1 / (1 + np.exp(-np.abs(scores - other).mean() / 0.2)),
                "You average the differences first. Average the probabilities, one for each pair.",
            ),
            Mistake(np.array(one_by_one), "One number: the mean over the pairs."),
            Mistake(max(one_by_one), "That is the easiest pair's; take the mean over pairs."),
        ],
    )


def test_ceiling_of_labelers_with_hardly_any_noise(answer: Answer) -> None:
    scores, other = np.array([0.9, 0.1]), np.array([0.1, 0.9])
    expect(answer.noise_ceiling, scores, other, 1e-4).satisfies(
        lambda share: np.isclose(share, 1.0),
        in_words="1, and no overflow, at a temperature of 0.0001",
        hint="exp(8000) is ∞, and ∞/∞ is NaN. 1 / (1 + exp(−z)) with z ≥ 0 never overflows.",
    )


def test_cosine_of_two_vectors(answer: Answer) -> None:
    a, b = np.array([3.0, 4.0]), np.array([4.0, 3.0])
    expect(answer.cosine, a, b).equals(
        0.96,
        in_words="24 / (5 · 5)",
        hint="Dot product, divided by the length of the one and by that of the other; a length is a root.",
        mistakes=[
            Mistake(24.0, "That is the dot product. Divide by both lengths."),
            Mistake(24 / 5, "Divide by both lengths, not by one."),
            Mistake(24 / 625, "Those are squared lengths: take the root."),
            Mistake(24 / 49, "A length is the root of the sum of squares, not the sum: np.linalg.norm."),
            Mistake(np.arccos(0.96), "That is the angle; its cosine is asked for."),
            Mistake(np.array([12.0, 12.0]) / 25, "Add up the products: `a @ b`."),
        ],
    )


def test_cosine_looks_at_directions_only(answer: Answer) -> None:
    expect(answer.cosine, TRUE_WEIGHTS / 0.06, TRUE_WEIGHTS).equals(
        1.0,
        in_words="1 for the true weights, divided by the temperature: another length, the same direction",
        hint="Divide by both lengths.",
    )
    expect(answer.cosine, -2 * TRUE_WEIGHTS, TRUE_WEIGHTS).equals(
        -1.0,
        in_words="−1 for the opposite direction",
        hint="The cosine is negative where the angle is more than a right one.",
        mistakes=[Mistake(1.0, "The cosine has a sign. Is there an absolute value in yours?")],
    )
