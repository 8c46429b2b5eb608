"""Checks of exercise 2.2."""

import math

import numpy as np

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2,)

# The batch of the lesson: prompts of 3 and 2 tokens, sequences of 5 and 6.
BATCH = np.log([[0.30, 0.20, 0.40, 0.50, 0.25, 0.40], [0.10, 0.60, 0.90, 0.80, 0.70, 0.90]])
MASK = np.array([[0, 0, 0, 1, 1, 0], [0, 0, 1, 1, 1, 1]], dtype=bool)
SHORT = [0.50, 0.25]
LONG = [0.90, 0.80, 0.70, 0.90]
ZERO_TIMES_INFINITY = (
    "0 · ∞ is NaN: multiplying does not leave out what has probability 0. Select with the mask instead."
)


def nats(probabilities: list[float]) -> float:
    """Loss of several tokens, added up."""
    return -math.log(math.prod(probabilities))


def marked(prompts: list[int], lengths: list[int], *, width: int | None = None) -> np.ndarray:
    """Build the mask token by token."""
    rows = zip(prompts, lengths, strict=True)
    return np.array([[p <= t < length for t in range(width or max(lengths))] for p, length in rows])


def test_mask_of_one_demonstration(answer: Answer) -> None:
    expect(answer.response_mask, np.array([2]), np.array([5])).equals(
        marked([2], [5]),
        in_words="two False for the prompt, then three True for the response",
        hint="Positions count from 0: which of 0, 1, 2, 3, 4 are prompt?",
        mistakes=[
            Mistake(marked([0], [5]), "The prompt is still in it; from which position on does the response run?"),
            Mistake(marked([0], [2], width=5), "You marked the prompt in place of the response."),
            Mistake(marked([3], [5]), "You miss the first response token, whose position is the prompt's length."),
            Mistake(marked([2], [7]), "A sequence's length is that of the whole, prompt included."),
        ],
    )


def test_mask_of_a_padded_batch(answer: Answer) -> None:
    prompts, lengths = [3, 2, 1], [5, 6, 2]
    expect(answer.response_mask, np.array(prompts), np.array(lengths)).equals(
        marked(prompts, lengths),
        in_words="True from each prompt's end to the end of its sequence; False on the padding after it",
        hint="A token counts if it is not prompt *and* not padding.",
        mistakes=[
            Mistake(marked(prompts, [6, 6, 6]), "The shorter sequences end earlier; what follows is padding."),
            Mistake(
                marked(prompts, [6, 7, 3], width=6), "The shorter responses run one token too far, into the padding."
            ),
            Mistake(marked([3, 3, 3], lengths), "Each row has a prompt length of its own."),
        ],
    )


def test_loss_of_the_lessons_batch(answer: Answer) -> None:
    count, means = len(SHORT) + len(LONG), [nats(SHORT) / len(SHORT), nats(LONG) / len(LONG)]
    total = nats(SHORT) + nats(LONG)
    expect(answer.sft_loss, BATCH, MASK).equals(
        total / count,
        in_words="for the batch of the lesson, the mean of six response tokens' losses: 0.478 nats",
        hint="Print log_probs[mask] and count: it should be six numbers.",
        mistakes=[
            Mistake(-BATCH.mean(), "You average all twelve positions: the prompts and the padding count too."),
            Mistake(total / BATCH.size, "The right losses, but you divide by all positions. How many of them count?"),
            Mistake(
                sum(means) / 2, "That is the mean of the demonstrations' means. Here every token has the same weight."
            ),
            Mistake(-BATCH[~MASK].mean(), "The mask is turned round: True is what counts."),
            Mistake(total / 2, "You divide by the number of demonstrations, not of response tokens."),
        ],
    )


def test_loss_where_padding_holds_minus_infinity(answer: Answer) -> None:
    log_probs = np.array([[-3.0, -1.0, -math.inf], [-5.0, -2.0, -0.6]])
    mask = marked([1, 1], [2, 3])
    expect(answer.sft_loss, log_probs, mask).equals(
        (1.0 + 2.0 + 0.6) / 3,
        in_words="1.2, whatever the padding holds",
        hint="What does not count must not touch the sum.",
        mistakes=[Mistake(math.nan, ZERO_TIMES_INFINITY)],
    )


def test_equal_weight_for_each_demonstration(answer: Answer) -> None:
    means = [nats(SHORT) / len(SHORT), nats(LONG) / len(LONG)]
    columns = [-np.log([0.90]), -np.log([0.50, 0.80]), -np.log([0.25, 0.70]), -np.log([0.90])]
    expect(answer.mean_of_demonstrations, BATCH, MASK).equals(
        sum(means) / 2,
        in_words="for the batch of the lesson, the mean of 1.040 and 0.198, one number a demonstration",
        hint="First one number for each row, then the mean of the rows.",
        mistakes=[
            Mistake(
                (nats(SHORT) + nats(LONG)) / 6,
                "Every token has the same weight as in sft_loss. Average each row first.",
            ),
            Mistake(
                (nats(SHORT) + nats(LONG)) / 12,
                "You divide each row by its full length; divide by the number of its own response tokens.",
            ),
            Mistake(
                np.mean([c.mean() for c in columns]), "You average down the columns; a demonstration is a row, axis 1."
            ),
        ],
    )


def test_equal_weight_with_other_lengths(answer: Answer) -> None:
    log_probs = np.array([[-4.0, -1.0, -math.inf, -math.inf], [-5.0, -2.0, -0.5, -1.1], [-7.0, -9.0, -0.3, -0.5]])
    expect(answer.mean_of_demonstrations, log_probs, marked([1, 1, 2], [2, 4, 4])).equals(
        (1.0 + 1.2 + 0.4) / 3,
        in_words="(1 + 1.2 + 0.4) / 3 for responses of one, three and two tokens",
        hint="Divide each row's sum by mask.sum(axis=1).",
        mistakes=[Mistake(math.nan, ZERO_TIMES_INFINITY)],
    )
