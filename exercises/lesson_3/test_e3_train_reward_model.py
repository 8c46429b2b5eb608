"""Checks of exercise 3.3."""

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import ranking_loss, ranking_loss_and_gradient

OBJECTIVES = (2, 4)

RAINBOW = np.array([1.8, 0.9, 0.3, -0.5])
LABELERS = np.array([2.0, 1.0, -1.0, 0.5])
"""What the labelers care about in the larger checks: the weights behind their rankings."""


class Watched(np.ndarray):
    """An array that counts how often somebody looks into it."""

    looks = 0

    def __getitem__(self, key):
        """Look something up, and count it."""
        Watched.looks += 1
        return super().__getitem__(key)


def two_prompts() -> tuple[np.ndarray, np.ndarray]:
    """Return weights of two features, and two prompts with three responses each."""
    return np.array([0.5, -1.0]), np.array([[[3.0, 1], [1, 0], [0, 1]], [[1.0, -1], [2, 2], [0, 0]]])


def rankings(n_prompts: int, n_responses: int, rng: np.random.Generator) -> np.ndarray:
    """Return the features of responses that labelers ranked with the noise of the Bradley–Terry model."""
    features = rng.normal(size=(n_prompts, n_responses, len(LABELERS)))
    opinions = features @ LABELERS + rng.gumbel(size=(n_prompts, n_responses))
    order = np.argsort(-opinions, axis=1)
    return np.take_along_axis(features, order[:, :, None], axis=1)


def by_loop(weights: np.ndarray, features: np.ndarray) -> tuple[float, np.ndarray]:
    """Return loss and gradient the slow way, a pair at a time."""
    losses, slopes = [], []
    for responses in features:
        for i in range(len(responses)):
            for j in range(i + 1, len(responses)):
                probability = 1 / (1 + np.exp(-(responses[i] - responses[j]) @ weights))
                losses.append(-np.log(probability))
                slopes.append(-(1 - probability) * (responses[i] - responses[j]))
    return float(np.mean(losses)), np.mean(slopes, axis=0)


def descend(features: np.ndarray, n_steps: int, learning_rate: float) -> np.ndarray:
    """Return the weights after gradient descent, the slow way."""
    weights = np.zeros(features.shape[2])
    for _ in range(n_steps):
        weights = weights - learning_rate * by_loop(weights, features)[1]
    return weights


def called(answer: Answer, weights: np.ndarray, features: np.ndarray) -> tuple[Result, Result]:
    """Return loss and gradient, to be judged one at a time."""
    both = expect(answer.batch_loss_and_gradient, weights, features)
    both.satisfies(
        lambda value: isinstance(value, tuple | list) and len(value) == 2,
        in_words="two values, the loss and its gradient",
        hint="The last line is `return loss, gradient`.",
    )
    loss, gradient = both.value
    return Result(f"{both.call}[0], the loss,", loss), Result(f"{both.call}[1], the gradient,", gradient)


def test_loss_of_one_prompt(answer: Answer) -> None:
    margins = RAINBOW[:, None] - RAINBOW
    table = np.log1p(np.exp(-margins))
    pairs = table[np.triu_indices(4, k=1)]
    loss, _ = called(answer, np.array([1.0]), RAINBOW.reshape(1, 4, 1))
    loss.equals(
        pairs.mean(),
        in_words="the loss of the rainbow ranking, 0.278, since one feature with weight 1 is the score itself",
        hint="Score the responses with features @ weights; the rest is ranking_loss of exercise 3.2.",
        mistakes=[
            Mistake(table.mean(), "You average the full K × K table. Which of its cells are winner minus loser?"),
            Mistake(
                table[np.triu_indices(4, k=0)].mean(), "Each response is also paired with itself: k=1 leaves that out."
            ),
            Mistake(
                table[~np.eye(4, dtype=bool)].mean(), "Each pair stands in it twice, and once the wrong way round."
            ),
            Mistake(
                table[np.tril_indices(4, k=-1)].mean(),
                "The margin is turned round: the best response stands first, so i < j means that i won.",
            ),
            Mistake(pairs.sum() / 16, "Divide by the number of pairs, C(K, 2), not by K²."),
            Mistake(
                np.diag(table, k=1).mean(), "You compare only neighbors. The best also beats the third and the fourth."
            ),
            Mistake(table[0, 3], "That is best against worst alone; the other five pairs count as much."),
        ],
    )


def test_gradient_of_one_prompt(answer: Answer) -> None:
    features = RAINBOW.reshape(1, 4, 1)
    by_score = ranking_loss_and_gradient(RAINBOW)[1]
    margins = (RAINBOW[:, None] - RAINBOW)[np.triu_indices(4, k=1)]
    swapped = -(margins / (1 + np.exp(-margins))).mean()
    _, gradient = called(answer, np.array([1.0]), features)
    hint_by_score = (
        "That is the slope by each score. The chain rule takes it to the weights: score i moves by features i."
    )
    gradient.equals(
        [by_score @ RAINBOW],
        in_words="one slope a weight: the mean over pairs of −(1 − σ(m)) times the difference of their features",
        hint="Compare with a finite difference: change one weight by ±0.00001 and see what the loss does.",
        mistakes=[
            Mistake(by_score, hint_by_score),
            Mistake(by_score[None], hint_by_score),
            Mistake(by_score[None, :, None], hint_by_score),
            Mistake([swapped], "A settled pair pulls weakly: the factor is 1 − σ(m), not σ(m)."),
        ],
    )


def test_two_prompts(answer: Answer) -> None:
    weights, features = two_prompts()
    expected_loss, expected_gradient = by_loop(weights, features)
    one_pile, piled_gradient = by_loop(weights, features.reshape(1, 6, 2))
    across, across_gradient = by_loop(weights, features.swapaxes(0, 1))
    mixed = "Responses of different prompts are compared. A labeler ranks only within a prompt."
    loss, gradient = called(answer, weights, features)
    loss.equals(
        expected_loss,
        in_words="the mean over the three pairs of each of the two prompts",
        hint="Print the shape of your margins: (n_prompts, n_pairs), here (2, 3)?",
        mistakes=[
            Mistake(one_pile, mixed),
            Mistake(across, mixed),
            Mistake(by_loop(weights, features[:1])[0], "That is the first prompt alone."),
        ],
    )
    gradient.equals(
        expected_gradient,
        in_words="one slope for each of the two weights, averaged over the pairs of both prompts",
        hint="Sum over prompts and pairs, keep the axis of the features, and divide once.",
        mistakes=[Mistake(piled_gradient, mixed), Mistake(across_gradient, mixed)],
    )


def test_a_larger_batch(answer: Answer) -> None:
    rng = np.random.default_rng(0)
    features, weights = rankings(50, 9, rng), rng.normal(size=4)
    expected_loss, by_score = ranking_loss_and_gradient(features @ weights)
    loss, gradient = called(answer, weights, features)
    loss.equals(
        expected_loss,
        in_words="the mean over 50 · 36 pairs",
        hint="Does a number of the small examples stand in your code, a 2, 3 or 4?",
    )
    gradient.equals(
        np.einsum("pk,pkf->f", by_score, features),
        in_words="one slope for each of the four weights",
        hint="Does a number of the small examples stand in your code, a 2, 3 or 4?",
    )


def test_pairs_far_apart(answer: Answer) -> None:
    loss, gradient = called(answer, np.array([1000.0]), np.array([[[-1.0], [1.0]]]))
    loss.equals(
        2000.0,
        in_words="about −m nats for a margin of m = −2000, not an overflow",
        hint="exp(2000) does not fit in a float. np.logaddexp(0, -m) computes log(1 + exp(-m)) without it.",
    )
    gradient.equals(
        [2.0],
        in_words="the full difference of features, since the model is certain and wrong",
        hint="1 − σ(−2000) is 1. Write it as 1 / (1 + exp(m)), or as np.exp(-np.logaddexp(0, m)).",
    )


def test_what_all_responses_share_is_not_learned(answer: Answer) -> None:
    features = rankings(5, 4, np.random.default_rng(1))
    features[:, :, 0] = 5.0
    _, gradient = called(answer, LABELERS.copy(), features)
    Result(gradient.call, gradient.value[0]).equals(
        0.0,
        in_words="a slope of 0 for the first feature, which is 5 in every response",
        hint="It adds the same to all scores, and the loss sees only differences: the zero of the scale stays open.",
    )


def test_no_loop_over_pairs(answer: Answer) -> None:
    features = rankings(60, 9, np.random.default_rng(2)).view(Watched)
    n_pairs = len(features) * 9 * 8 // 2
    Watched.looks = 0
    called(answer, LABELERS.copy(), features)
    looked = "batch_loss_and_gradient(…) on 60 prompts of 9 responses, counting how often it looks into an array,"
    Result(looked, Watched.looks).satisfies(
        lambda looks: looks < n_pairs // 2,
        in_words=f"all {n_pairs} pairs in a few numpy operations",
        hint="The values are right; they come one pair at a time. Index with whole arrays: features[:, winners].",
    )


def test_no_step_and_one_step(answer: Answer) -> None:
    _, features = two_prompts()
    expect(answer.train_reward_model, features, 0, 0.5).equals(
        np.zeros(2),
        in_words="weights of zero before the first step",
        hint="Start from np.zeros(n_features); let the loop run n_steps times.",
    )
    slope = by_loop(np.zeros(2), features)[1]
    expect(answer.train_reward_model, features, 1, 0.5).equals(
        -0.5 * slope,
        in_words="one step against the gradient, learning_rate times its length",
        hint="weights − learning_rate · gradient",
        mistakes=[
            Mistake(0.5 * slope, "That is uphill. A step that lowers the loss goes against the gradient."),
            Mistake(-slope, "The step is the gradient times the learning rate, here 0.5."),
            Mistake(descend(features, 2, 0.5), "That is one step too many."),
            Mistake(np.zeros(2), "The weights have not moved. Is the new value assigned, and inside the loop?"),
        ],
    )


def test_several_steps(answer: Answer) -> None:
    _, features = two_prompts()
    first = by_loop(np.zeros(2), features)[1]
    expect(answer.train_reward_model, features, 7, 0.5).equals(
        descend(features, 7, 0.5),
        in_words="seven steps, each with the gradient at the weights that the step before has reached",
        hint="Compute the gradient anew in every step.",
        mistakes=[
            Mistake(
                -3.5 * first, "All seven steps use the gradient at zero. Compute it anew, at the weights of the moment."
            ),
            Mistake(-0.5 * first, "That is the first step alone. Is the `return` inside the loop?"),
            Mistake(descend(features, 6, 0.5), "That is one step too few."),
        ],
    )


def test_loss_goes_down(answer: Answer) -> None:
    features = rankings(200, 5, np.random.default_rng(3))
    losses = [
        ranking_loss(features @ np.asarray(expect(answer.train_reward_model, features, n_steps, 0.5).value))
        for n_steps in (1, 10, 100)
    ]
    Result("train_reward_model(…), judged by its loss after 1, 10 and 100 steps,", losses).satisfies(
        lambda values: np.all(np.diff([np.log(2), *values]) < 0),
        in_words="less than the log 2 = 0.693 nats of zero weights, and less after more steps",
        hint="Print the loss in every step. If it rises, the sign of the step is wrong.",
    )


def test_labelers_weights_are_recovered(answer: Answer) -> None:
    features = rankings(300, 6, np.random.default_rng(4))

    def cosine(weights: np.ndarray) -> float:
        return float(weights @ LABELERS / (np.linalg.norm(weights) * np.linalg.norm(LABELERS)))

    expect(answer.train_reward_model, features, 200, 0.5).satisfies(
        lambda weights: cosine(np.asarray(weights)) > 0.98,
        in_words="weights that point where the labelers' do, [2, 1, −1, 0.5], which the model has never seen",
        hint="Do all 200 steps run, on all 300 prompts?",
    )
