"""Numeric answers that the page of lesson 2 asks for."""

from exercises.lesson_2.e1_token_loss_solution import gain, token_loss
from exercises.lesson_2.e3_judgments_solution import comparisons_per_demonstration, ranking_bits
from exercises.page_answers import NumericAnswer

ANSWERS = {
    "bonjour-before": NumericAnswer(
        value=token_loss(0.08),
        decimals=3,
        unit="nats",
        hints=(
            "The loss of one token is −log of its probability.",
            "The natural logarithm of 0.08, without its minus.",
        ),
        solution="−log 0.08.",
    ),
    "bonjour-after": NumericAnswer(
        value=token_loss(0.35),
        decimals=3,
        unit="nats",
        hints=("The same as before, with 0.35.", "A likelier token has a smaller loss."),
        solution="−log 0.35.",
    ),
    "bonjour-gain": NumericAnswer(
        value=gain(0.08, 0.35),
        decimals=3,
        unit="nats",
        hints=(
            "Subtract the loss after training from the loss before.",
            "It also is the log of the ratio 0.35 / 0.08; round at the end only.",
        ),
        solution="−log 0.08 + log 0.35 = log(0.35 / 0.08) = log 4.375.",
    ),
    "comparisons-per-demonstration": NumericAnswer(
        value=comparisons_per_demonstration(4, 5, 2),
        decimals=0,
        unit="comparisons",
        hints=(
            "How many rankings of 2 minutes fit into 5 minutes? Keep the half.",
            "Each ranking of 4 holds 6 comparisons.",
        ),
        solution="5 / 2 rankings of 4 · 3 / 2 = 6 comparisons each.",
    ),
    "bits-in-a-ranking": NumericAnswer(
        value=ranking_bits(4),
        decimals=2,
        unit="bits",
        hints=(
            "In how many orders can four responses stand?",
            "The logarithm of 24 to base 2, since bits are asked for.",
        ),
        solution="There are 4! = 24 orders, and log2 24 is less than the 6 bits of six independent comparisons.",
    ),
}
