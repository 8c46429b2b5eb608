"""Checks of exercise 4.1."""

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2,)

# As many responses as prompts: here a baseline on the wrong axis raises no error.
SCORES = np.array([[2.3, 0.8], [-0.4, -1.2]])
BASELINES = np.array([1.7, -1.0])


def row_by_row(scores: np.ndarray, baselines: np.ndarray) -> list[list[float]]:
    return [[float(score - b) for score in row] for row, b in zip(scores, baselines, strict=True)]


def test_better_than_expected(answer: Answer) -> None:
    expect(answer.advantage, 2.3, 1.7).equals(
        0.6,
        in_words="how far the score 2.3 is above the baseline 1.7",
        hint="Score minus what was expected.",
        mistakes=[
            Mistake(-0.6, "The difference is the wrong way round: better than expected must come out positive."),
            Mistake(2.3 / 1.7, "An advantage is a difference, not a quotient: scores have no natural zero."),
            Mistake(0.6 / 1.7, "The difference is right, but it is not divided by anything."),
            Mistake(2.3 + 1.7, "You added the two. How far apart are they?"),
        ],
    )


def test_worse_than_expected_although_the_score_is_positive(answer: Answer) -> None:
    expect(answer.advantage, 0.8, 1.7).equals(
        -0.9,
        in_words="a negative number where the score 0.8 falls short of 1.7",
        hint="Take the difference as it comes, whatever its sign.",
        mistakes=[
            Mistake(0.9, "An advantage has a sign: it says in which direction to push."),
            Mistake(0.0, "An advantage is allowed to be negative: that is what makes a response less likely."),
        ],
    )


def test_two_prompts_with_two_responses_each(answer: Answer) -> None:
    expected = np.array(row_by_row(SCORES, BASELINES))
    expect(answer.batch_advantages, SCORES.copy(), BASELINES.copy()).equals(
        expected,
        in_words="first row minus the first baseline, second row minus the second",
        hint="Work out the first row by hand: both of its scores are compared with 1.7.",
        mistakes=[
            Mistake(-expected, "Better than expected must come out positive, as in `advantage`."),
            Mistake(
                SCORES - BASELINES,
                "The baselines ran down the columns; each belongs to a row. Give them the shape (n_prompts, 1).",
            ),
            Mistake(
                SCORES - SCORES.mean(axis=1, keepdims=True),
                "You used the mean of each row's scores. The expectation comes from outside: it is in `baselines`.",
            ),
            Mistake(
                SCORES - BASELINES.mean(),
                "You used the same baseline for every prompt; an easy prompt and a hard one promise different scores.",
            ),
            Mistake(
                (expected - expected.mean()) / expected.std(),
                "Leave out the mean and the standard deviation: some programs do that afterwards; here it isn't asked.",
            ),
        ],
    )


def test_other_numbers_of_prompts_and_responses(answer: Answer) -> None:
    rng = np.random.default_rng(4)
    for shape in [(3, 4), (1, 5), (6, 1)]:
        scores, baselines = rng.normal(size=shape).round(2), rng.normal(size=shape[0]).round(2)
        expect(answer.batch_advantages, scores.copy(), baselines.copy()).equals(
            np.array(row_by_row(scores, baselines)),
            in_words=f"shape {shape}: every row of scores minus its own baseline",
            hint="Does your code depend on how many prompts or responses the batch before had?",
        )


def test_which_responses_go_up(answer: Answer) -> None:
    expect(answer.directions, SCORES.copy(), BASELINES.copy()).equals(
        [[1, -1], [1, -1]],
        in_words="+1 for the better response of each prompt and −1 for the other",
        hint="Look at the sign of each advantage.",
        mistakes=[
            Mistake([[-1, 1], [-1, 1]], "A response that did better than expected: which way should it go?"),
            Mistake(
                [[1, 1], [-1, -1]],
                "That is the sign of the score itself. 0.8 falls short of 1.7, and −0.4 beats an expected −1.0.",
            ),
            Mistake([[1, 0], [1, 0]], "That is True and False, or 1 and 0. Asked for are +1 and −1."),
            Mistake(np.array(row_by_row(SCORES, BASELINES)), "Those are the advantages; only their signs are asked."),
        ],
    )


def test_exactly_as_expected(answer: Answer) -> None:
    expect(answer.directions, np.array([[1.5, 0.5, 2.5]]), np.array([1.5])).equals(
        [[0, -1, 1]],
        in_words="0 where a response scores exactly what was expected",
        hint="There are three cases, not two.",
        mistakes=[
            Mistake([[-1, -1, 1]], "Score equal to baseline: the advantage is 0, and there is no push at all."),
            Mistake([[np.nan, -1, 1]], "0 divided by 0 gave NaN. numpy has a function for the sign of a number."),
            Mistake([[1, -1, 1]], "Score equal to baseline: the advantage is 0, and there is no push at all."),
        ],
    )
