"""Checks of exercise 2.4."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2,)

# Two demonstrations: the prompt is 0 1, the responses are 2 1 and 2 2. Row 0 occurs in the prompt only.
LOGITS = np.array([[1.0, 0.0, 0.0], [2.0, 0.0, 1.0], [0.0, 0.0, 2.0]])
TOKENS = np.array([[0, 1, 2, 1], [0, 1, 2, 2]])
MASK = np.array([[0, 0, 1, 1], [0, 0, 1, 1]], dtype=bool)
PAIRS = [(1, 2), (2, 1), (1, 2), (2, 2)]
PROMPT_PAIRS = [(0, 1), (0, 1)]
Pairs = list[tuple[int, int]]


def probability(logits: np.ndarray, before: int, token: int) -> float:
    """Softmax of one row, at one token."""
    return math.exp(logits[before, token]) / math.fsum(math.exp(z) for z in logits[before])


def loss(logits: np.ndarray, pairs: Pairs) -> float:
    """Mean loss of these pairs, one after another."""
    return -math.fsum(math.log(probability(logits, a, b)) for a, b in pairs) / len(pairs)


def gradient(logits: np.ndarray, pairs: Pairs, *, hot: float = 1.0, soft: float = 1.0) -> np.ndarray:
    """Gradient of `loss`, entry by entry."""
    table = np.zeros(logits.shape)
    for before, after in pairs:
        for token in range(len(logits)):
            table[before, token] += soft * probability(logits, before, token) - hot * (token == after)
    return table / len(pairs)


def finite_differences(logits: np.ndarray, pairs: Pairs, step: float = 1e-5) -> np.ndarray:
    """Gradient of `loss` from its values alone."""
    table = np.zeros(logits.shape)
    for place in np.ndindex(*logits.shape):
        nudge = np.zeros(logits.shape)
        nudge[place] = step
        table[place] = (loss(logits + nudge, pairs) - loss(logits - nudge, pairs)) / (2 * step)
    return table


def descended(logits: np.ndarray, pairs: Pairs, rate: float, n_steps: int) -> np.ndarray:
    """Logits after gradient descent on these pairs."""
    for _ in range(n_steps):
        logits = logits - rate * gradient(logits, pairs)
    return logits


def test_loss_of_two_demonstrations(answer: Answer) -> None:
    early = [(2, 1), (2, 2)]
    expect(answer.sft_loss, LOGITS, TOKENS, MASK).equals(
        loss(LOGITS, PAIRS),
        in_words="the mean of −log P(2 | 1), −log P(1 | 2), −log P(2 | 1) and −log P(2 | 2)",
        hint="Write down the four pairs (token before, response token), then look up their log-probabilities.",
        mistakes=[
            Mistake(
                loss(LOGITS, PAIRS + PROMPT_PAIRS), "The prompt's tokens count too: you average six terms, not four."
            ),
            Mistake(loss(LOGITS, early), "The mask is one position off: it belongs to the token that is predicted."),
            Mistake(
                loss(LOGITS, [(b, b) for _, b in PAIRS]), "A token is predicted from the row of the token before it."
            ),
            Mistake(loss(LOGITS, PAIRS) / 2, "You divide by all eight positions; four of them are response tokens."),
            Mistake(loss(LOGITS.T, PAIRS), "A distribution is a row of the table: the token before is the row."),
            Mistake(
                loss(LOGITS, [(b, a) for a, b in PAIRS]), "Row and column are swapped: the token before is the row."
            ),
        ],
    )


def test_gradient_of_two_demonstrations(answer: Answer) -> None:
    soft, hot = gradient(LOGITS, PAIRS, hot=0), gradient(LOGITS, PAIRS, soft=0)
    right_ones = np.zeros((3, 3))
    for a, b in PAIRS:
        right_ones[a, b] += (probability(LOGITS, a, b) - 1) / 4
    table = np.array([[probability(LOGITS, a, b) for b in range(3)] for a in range(3)])
    rows_once, pairs_once, last_row = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
    rows_once[[1, 2]] = table[[1, 2]] / 4
    for a, b in set(PAIRS):
        pairs_once[a, b] = -1 / 4
    for a, b in PAIRS:
        last_row[a] = (table[a] - np.eye(3)[b]) / 4
    repeated = "Rows 1 and 2 predict two tokens each. With an index array, += counts a row once: np.add.at, or a loop."
    expect(answer.sft_gradient, LOGITS, TOKENS, MASK).equals(
        gradient(LOGITS, PAIRS),
        in_words="for each pair: the row's probabilities, minus 1 at the token that came, over 4",
        hint="Each row of a gradient by logits adds up to 0. Does yours? Compare with finite differences of sft_loss.",
        mistakes=[
            Mistake(
                gradient(LOGITS, PAIRS + PROMPT_PAIRS),
                "The prompt teaches too. Row 0 predicts prompt tokens only, so the first row must be 0.",
            ),
            Mistake(soft, "Those are the probabilities; the one-hot is missing, the 1 at the token that came."),
            Mistake(hot, "Only the tokens that came; the row's probabilities are missing."),
            Mistake(right_ones, "A softmax also depends on the logits of the other tokens in the row."),
            Mistake(rows_once + hot, repeated),
            Mistake(rows_once + pairs_once, repeated),
            Mistake(soft + pairs_once, repeated),
            Mistake(last_row, repeated),
            Mistake(table + hot, "A row's probabilities enter as often as it predicts a response token, row 0 never."),
        ],
    )


def test_gradient_of_a_padded_batch(answer: Answer) -> None:
    logits = np.random.default_rng(0).integers(-2, 3, size=(4, 4)).astype(float)
    tokens = np.array([[0, 3, 1, 1, 2], [3, 0, 2, 0, 0], [0, 0, 3, 2, 1]])
    mask = np.array([[0, 0, 1, 1, 1], [0, 1, 1, 0, 0], [0, 0, 0, 1, 1]], dtype=bool)
    pairs = [(3, 1), (1, 1), (1, 2), (3, 0), (0, 2), (3, 2), (2, 1)]
    expect(answer.sft_gradient, logits, tokens, mask).equals(
        finite_differences(logits, pairs),
        in_words="the slope of the loss by each logit, for responses of 3, 2 and 2 tokens",
        hint="How many tokens does the mask count? And does each row of mask start at a place of its own?",
        tolerance=1e-5,
    )


def test_one_step(answer: Answer) -> None:
    rate = 0.5
    step = rate * gradient(LOGITS, PAIRS)
    with_prompt = LOGITS - rate * gradient(LOGITS, PAIRS + PROMPT_PAIRS)
    expect(answer.fine_tune, LOGITS.copy(), TOKENS, MASK, rate, 1).equals(
        LOGITS - step,
        in_words="the logits minus 0.5 times the gradient",
        hint="One step: the gradient at the logits as they are, times learning_rate.",
        mistakes=[
            Mistake(LOGITS + step, "This climbs: the gradient points to where the loss rises."),
            Mistake(with_prompt, "You train on the prompt too: row 0 has moved."),
            Mistake(LOGITS - step / rate, "The size of the step is learning_rate times the gradient."),
            Mistake(step, "That is the change; the new logits are asked for."),
            Mistake(-step, "That is the change; the new logits are asked for."),
        ],
    )


def test_many_steps(answer: Answer) -> None:
    rate, n_steps = 0.5, 20
    expect(answer.fine_tune, LOGITS.copy(), TOKENS, MASK, rate, n_steps).equals(
        descended(LOGITS, PAIRS, rate, n_steps),
        in_words="twenty steps, each from where the last one ended",
        hint="Print sft_loss after every step: it should fall, quickly at first.",
        mistakes=[
            Mistake(
                descended(LOGITS, PAIRS, rate, 1),
                "That is what one step gives. A return inside the loop, or every step from the first logits?",
            ),
            Mistake(
                LOGITS - n_steps * rate * gradient(LOGITS, PAIRS),
                "The gradient changes as the logits do: compute it anew in every step.",
            ),
            Mistake(descended(LOGITS, PAIRS, rate, n_steps - 1), "That is one step too few."),
            Mistake(descended(LOGITS, PAIRS, rate, n_steps + 1), "That is one step too many."),
        ],
    )


def test_what_came_in_stays_as_it_was(answer: Answer) -> None:
    def logits_afterwards(logits: np.ndarray, n_steps: int) -> np.ndarray:
        answer.fine_tune(logits, TOKENS, MASK, 0.5, n_steps)
        return logits

    expect(logits_afterwards, LOGITS.copy(), 2).equals(
        LOGITS,
        in_words="the table that was passed to fine_tune, unchanged after the call",
        hint="logits -= … writes into the caller's table. Work on logits.copy(), or write logits = logits − ….",
    )


def test_no_step_changes_nothing(answer: Answer) -> None:
    expect(answer.fine_tune, LOGITS.copy(), TOKENS, MASK, 0.5, 0).equals(
        LOGITS, in_words="the same logits after 0 steps", hint="range(0) is empty: what do you return then?"
    )


def test_prompts_are_not_learned_and_good_text_keeps_a_loss(answer: Answer) -> None:
    def rows_and_loss(n_steps: int) -> list[float]:
        tuned = np.asarray(answer.fine_tune(LOGITS.copy(), TOKENS, MASK, 1.0, n_steps), dtype=float)
        return [*tuned[0].tolist(), loss(tuned, PAIRS)]

    floor = math.log(2) / 2
    expect(rows_and_loss, 1000).satisfies(
        lambda found: np.allclose(found[:3], LOGITS[0]) and floor < found[3] < floor + 0.01,
        in_words="row 0 [1, 0, 0] untouched, and a loss just above ½ log 2 = 0.347 after 1,000 steps",
        hint="After 2 come 1 and 2 equally often, which costs log 2; after 1 always 2. Nothing in row 0 counts.",
    )
