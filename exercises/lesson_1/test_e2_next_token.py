"""Checks of exercise 1.2."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (1,)

NAN = math.nan
INF = math.inf


def row(logits: list[float]) -> list[float]:
    """Log-softmax of one row, number by number."""
    total = math.log(math.fsum(math.exp(z - max(logits)) for z in logits)) + max(logits)
    return [z - total for z in logits]


def picked(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Log-probability of each token, position by position."""
    picks = [
        [row(scores.tolist())[token] for scores, token in zip(text, came, strict=True)]
        for text, came in zip(logits, tokens, strict=True)
    ]
    return np.array(picks)


def test_three_scores(answer: Answer) -> None:
    z = np.array([2.0, 1.0, 0.5])
    expected = np.array(row(z.tolist()))
    no_exp = "The scores still have to go through the exponential; it is exp(z) that is divided by its sum."
    expect(answer.log_softmax, z).equals(
        expected,
        in_words="log(exp(z) / Σ exp(z)) of the three scores",
        hint="What do the exponentials of your three numbers add up to? It should be 1.",
        mistakes=[
            Mistake(np.exp(expected), "Close: those are the probabilities, the logarithm is left."),
            Mistake(np.log(z / z.sum()), no_exp),
            Mistake(z / z.sum(), no_exp),
            Mistake(z - np.log(z.sum()), no_exp),
        ],
    )


def test_each_row_by_itself(answer: Answer) -> None:
    z = np.array([[2.0, 1.0, 0.0], [0.0, 0.5, 0.0], [1.0, 1.5, 3.0]])
    sums, largest = np.exp(z).sum(axis=1), z.max(axis=1)
    column = "One number a row has to stay a column when you subtract or divide: keepdims=True in max and in sum."
    expect(answer.log_softmax, z).equals(
        np.array([row(scores) for scores in z.tolist()]),
        in_words="each row a distribution of its own: the exponentials of a row add up to 1",
        hint="Print np.exp(result).sum(axis=-1). It should be 1 for every row.",
        mistakes=[
            Mistake(z - np.log(np.exp(z).sum(axis=0)), "You add down the columns; the vocabulary is the last axis."),
            Mistake(z - np.log(sums.sum()), "You add over the whole table; each row has a sum of its own."),
            Mistake(z - np.log(sums), column),
            Mistake(z - largest - np.log(np.exp(z - largest).sum(axis=1, keepdims=True)), column),
            Mistake(z - largest - np.log(np.exp(z - largest).sum(axis=1)), column),
            Mistake(z - largest[:, None] - np.log(sums / np.exp(largest)), column),
        ],
    )


def test_any_number_of_axes(answer: Answer) -> None:
    z = np.random.default_rng(0).normal(size=(2, 2, 3)).round(1)
    expect(answer.log_softmax, z).equals(
        np.array([[row(scores) for scores in text] for text in z.tolist()]),
        in_words="a batch of shape (2, 2, 3), each row of three a distribution",
        hint="Let the axis be -1, the last, whatever the number of axes.",
    )


def test_large_scores(answer: Answer) -> None:
    overflow = "exp(1000) does not fit in a float. What changes if you take the largest score from all of them first?"
    expect(answer.log_softmax, np.array([1000.0, 999.0, 0.0])).equals(
        row([1000.0, 999.0, 0.0]),
        in_words="log-probabilities also where the scores are large",
        hint=overflow,
        mistakes=[
            Mistake([-INF, -INF, -INF], overflow),
            Mistake([NAN, NAN, -INF], overflow),
            Mistake([NAN, -INF, -INF], overflow),
            Mistake(
                [*row([1000.0, 999.0]), -INF],
                "The third probability is rounded to 0 and its log is −∞. log(a / b) is also log a − log b.",
            ),
        ],
    )


def test_rows_far_apart(answer: Answer) -> None:
    z = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])
    shared = "The largest score of the whole table is too much for the second row; each row needs its own."
    expect(answer.log_softmax, z).equals(
        np.array([row([1.0, 0.0])] * 2),
        in_words="the same log-probabilities in both rows, as the scores differ by 1 in both",
        hint="Only differences within a row matter. Do they survive your exponential?",
        mistakes=[Mistake([row([1.0, 0.0]), second], shared) for second in ([INF, INF], [NAN, NAN], [-INF, -INF])],
    )


def test_log_prob_of_the_token_that_came(answer: Answer) -> None:
    logits = np.array([[[2.0, 0.0, 0.0], [0.0, 1.0, -1.0]]])
    tokens = np.array([[0, 2]])
    expected = picked(logits, tokens)
    table = np.array([[row(scores) for scores in text] for text in logits.tolist()])
    expect(answer.next_token_log_probs, logits, tokens).equals(
        expected,
        in_words="for one text of two tokens: token 0 in the first row, token 2 in the second",
        hint="log_softmax of each row, then the number at the token's place.",
        mistakes=[
            Mistake([[2.0, -1.0]], "Right places, but those are the scores. Log-probabilities are asked for."),
            Mistake(np.exp(expected), "Right places, but those are the probabilities. Their logs are asked for."),
            Mistake(table.max(axis=-1), "You picked the likeliest token of each row, not the one that came."),
            Mistake(
                table[..., tokens],
                "That looks up every token at every position. np.take_along_axis takes one each.",
            ),
            Mistake(
                table[:, :, [0, 2]], "That looks up every token at every position. np.take_along_axis takes one each."
            ),
            Mistake(
                expected[None], "Each text has picked its tokens from every text: np.take_along_axis keeps them apart."
            ),
            Mistake(
                expected[..., None], "The numbers are right; an axis of length 1 is left over at the end: [..., 0]."
            ),
            Mistake(expected.sum(axis=-1), "One number a token is asked for; they are not added up yet."),
            Mistake(expected.sum(), "One number a token is asked for; they are not added up yet."),
            Mistake(
                picked(logits[:, :-1], tokens[:, 1:]),
                "Nothing is shifted here: row t already is the answer to everything before token t.",
            ),
        ],
    )


def test_log_probs_of_a_batch(answer: Answer) -> None:
    logits = np.random.default_rng(1).integers(0, 4, size=(2, 3, 4)).astype(float)
    tokens = np.array([[3, 0, 1], [2, 2, 0]])
    expect(answer.next_token_log_probs, logits, tokens).equals(
        picked(logits, tokens),
        in_words="two texts of three tokens: row i of the result belongs to text i",
        hint="Compare with two plain loops, over the texts and over the positions.",
        mistakes=[
            Mistake(picked(logits[[0, 0]], tokens), "You read the scores of the first text for both."),
        ],
    )


def test_row_t_predicts_the_token_after_it(answer: Answer) -> None:
    tokens = np.array([[4, 1, 3, 0]])
    outputs = np.zeros((1, 4, 5))
    outputs[0, [0, 1, 2], [1, 3, 0]] = [3.0, 2.0, 1.0]  # sure, then less and less, of what comes next
    same_place = "You ask each row about the token that the model has just read. It should predict the one after it."
    no_row = (
        "Every row predicts the token after it: no row predicts the first token, and the last one has none to predict."
    )
    expect(answer.text_log_probs, outputs, tokens).equals(
        [[s - math.log(math.exp(s) + 4) for s in (3.0, 2.0, 1.0)]],
        in_words="three numbers for four tokens: row 0 for token 1, row 1 for token 2, row 2 for token 3",
        hint="Which row of outputs is the last that knows nothing of token 1?",
        mistakes=[
            Mistake(picked(outputs, tokens), no_row),
            Mistake(picked(outputs, np.roll(tokens, -1, axis=1)), no_row),
            Mistake(picked(outputs[:, :-1], tokens[:, :-1]), same_place),
            Mistake(picked(outputs[:, 1:], tokens[:, 1:]), same_place),
            Mistake(picked(outputs[:, 1:], tokens[:, :-1]), "Shifted, but backwards: row 1 comes after token 0."),
        ],
    )


def test_shift_in_a_batch(answer: Answer) -> None:
    outputs = np.random.default_rng(2).integers(0, 4, size=(2, 3, 4)).astype(float)
    tokens = np.array([[0, 3, 3], [1, 0, 2]])
    expect(answer.text_log_probs, outputs, tokens).equals(
        picked(outputs[:, :2], tokens[:, 1:]),
        in_words="two texts of three tokens: two numbers each",
        hint="The shift is along the positions, the second axis; the texts stay apart.",
    )
