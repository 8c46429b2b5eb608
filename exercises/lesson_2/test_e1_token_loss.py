"""Checks of exercise 2.1."""

import math

from exercises.checking import Answer, Mistake, expect

OBJECTIVES = (2,)


def slope(probability: float, step: float = 1e-4) -> float:
    """Change of the loss when the token's logit moves a little, against all the others taken together."""
    logit = math.log(probability / (1 - probability))  # with the others at 0
    above, below = (math.log1p(math.exp(-(logit + h))) for h in (step, -step))
    return (above - below) / (2 * step)


def test_bonjour_before_training(answer: Answer) -> None:
    p = 0.08
    others = "Look at the token that the labeler wrote, not at the probability of all the other tokens."
    expect(answer.token_loss, p).equals(
        math.log(1 / p),
        in_words="the negative natural log of 0.08: 2.526 nats",
        hint="A logarithm turns the probability into nats.",
        mistakes=[
            Mistake(math.log(p), "The log of a number below 1 is negative; a loss is not negative."),
            Mistake(p, "That is the probability itself. The less likely the token, the greater its loss."),
            Mistake(1 - p, others),
            Mistake(math.log(1 / (1 - p)), others),
        ],
    )


def test_loss_of_a_certain_token_and_of_a_guess(answer: Answer) -> None:
    expect(answer.token_loss, 1.0).equals(
        0.0, in_words="no loss where the model was certain and right", hint="What is log 1?"
    )
    expect(answer.token_loss, 1 / 50_257).equals(
        math.log(50_257),
        in_words="log 50,257 = 10.82 nats for a guess among all tokens of GPT-3's vocabulary",
        hint="No rounding and no upper limit: small probabilities have large losses.",
    )


def test_gain_of_bonjour(answer: Answer) -> None:
    before, after = 0.08, 0.35
    expect(answer.gain, before, after).equals(
        math.log(after / before),
        in_words="the loss before, 2.526, minus the loss after, 1.050",
        hint="Compute both losses first.",
        mistakes=[
            Mistake(math.log(before / after), "A gain is positive if the loss has fallen: before minus after."),
            Mistake(after - before, "That is by how much the probability has grown. The gain is counted in nats."),
            Mistake(-math.log(after - before), "Not the log of a difference: first the two losses, then subtract."),
            Mistake(math.log(after - before), "Not the log of a difference: first the two losses, then subtract."),
            Mistake(after / before, "It is that many times as likely. How many nats is this?"),
            Mistake(
                math.log(before) / math.log(after), "You divide the losses; by how much one has fallen is a difference."
            ),
        ],
    )


def test_gain_of_a_token_that_training_made_less_likely(answer: Answer) -> None:
    expect(answer.gain, 0.5, 0.25).equals(
        -math.log(2),
        in_words="−log 2, since half the probability is lost",
        hint="Where the loss rises, there is a negative gain.",
        mistakes=[Mistake(math.log(2), "Here the loss rises, so there is a negative gain. Is there an abs() in it?")],
    )


def test_slope_of_a_likely_and_of_an_unlikely_token(answer: Answer) -> None:
    for p in (0.15, 0.02):
        expect(answer.logit_slope, p).equals(
            slope(p),
            in_words=f"−{1 - p:.2f}: what is missing to 1, with a minus",
            hint="Move the logit a little and see how the loss changes: (loss(z + h) − loss(z − h)) / 2h.",
            tolerance=1e-5,
            mistakes=[
                Mistake(1 - p, "Raising the token's logit lowers its loss. Which sign has the slope?"),
                Mistake(-1 / p, "That is the derivative by the probability. The logit comes one step earlier."),
                Mistake(p, "That is the slope by the logit of a wrong token. The right one has something taken off."),
                Mistake(p * (1 - p), "That is the slope of the probability; the loss is its negative log."),
                Mistake(-p * (1 - p), "That is the slope of the probability; the loss is its negative log."),
            ],
        )
