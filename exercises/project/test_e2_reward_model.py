"""Checks of project part 2."""

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import pairwise_loss, rank_responses, sample_responses

OBJECTIVES = (2,)

WEIGHTS = np.array([0.5, -1.0])
WINNERS = np.array([[3.0, 1.0], [0.0, 1.0], [2.0, 0.0]])
LOSERS = np.array([[1.0, 0.5], [1.0, -1.0], [0.0, 0.5]])
SMALL = 1e-5  # as exact as a slope taken by differences


def losses(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    return np.asarray(pairwise_loss(winners @ weights, losers @ weights))


def slope(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    """Return the gradient, the slow way: a pair at a time, by its definition."""
    return np.mean([-d / (1 + np.exp(d @ weights)) for d in winners - losers], axis=0)


def bend(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    """Return the Hessian by central differences of the slope."""
    steps = 1e-5 * np.eye(len(weights))
    return np.array([(slope(weights + h, winners, losers) - slope(weights - h, winners, losers)) / 2e-5 for h in steps])


def descend(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray, rate: float, n: int) -> np.ndarray:
    for _ in range(n):
        weights = weights - rate * slope(weights, winners, losers)
    return weights


def comparisons(n_prompts: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return winners and losers of the project's world."""
    rng = np.random.default_rng(seed)
    responses = sample_responses(n_prompts, 4, rng=rng)
    rankings = rank_responses(responses.true_scores, rng=rng)
    ranked = np.take_along_axis(responses.features, rankings[:, :, None], axis=1)
    i, j = np.triu_indices(4, k=1)
    return ranked[:, i].reshape(-1, 5), ranked[:, j].reshape(-1, 5)


def two_values(came: Result, *names: str) -> list[Result]:
    """Return the two values that came, to be judged one at a time."""
    came.satisfies(
        lambda value: isinstance(value, tuple | list) and len(value) == 2,
        in_words=f"two values, the {names[0]} and the {names[1]}",
        hint=f"The last line is `return {names[0]}, {names[1]}`.",
    )
    return [Result(f"{came.call}[{i}], the {name},", came.value[i]) for i, name in enumerate(names)]


def loss_and_gradient(answer: Answer, *arguments: np.ndarray) -> list[Result]:
    return two_values(expect(answer.loss_and_gradient, *arguments), "loss", "gradient")


def train(answer: Answer, *arguments: object) -> list[Result]:
    return two_values(expect(answer.train, *arguments), "weights", "losses")


def test_loss_of_an_ignorant_reward_model(answer: Answer) -> None:
    loss, _ = loss_and_gradient(answer, np.zeros(2), WINNERS, LOSERS)
    loss.equals(
        np.log(2),
        in_words="log 2 = 0.693 nats for weights of zero, whatever the comparisons: every margin is 0",
        hint="σ(0) is one half. Then the negative log, then the mean.",
        mistakes=[Mistake(0.5, "That is σ(0), the probability; the loss is its negative log.")],
    )


def test_loss_of_three_comparisons(answer: Answer) -> None:
    loss, _ = loss_and_gradient(answer, WEIGHTS, WINNERS, LOSERS)
    loss.equals(
        losses(WEIGHTS, WINNERS, LOSERS).mean(),
        in_words="the mean of −log σ(m) for the margins 0.5, −2.5 and 1.5",
        hint="Print the margins first: score of the winner minus score of the loser.",
        mistakes=[
            Mistake(losses(WEIGHTS, LOSERS, WINNERS).mean(), "The margin is turned round: winner minus loser."),
            Mistake(losses(WEIGHTS, WINNERS, LOSERS).sum() / 6, "Divide by the number of comparisons, once."),
        ],
    )


def test_loss_of_a_comparison_that_is_badly_wrong(answer: Answer) -> None:
    loss, _ = loss_and_gradient(answer, np.array([2000.0]), np.array([[0.0]]), np.array([[1.0]]))
    loss.satisfies(
        lambda value: np.isclose(value, 2000.0),
        in_words="2000 nats for a margin of −2000, not an overflow",
        hint="exp(2000) does not fit in a float. np.logaddexp(0, −m) is −log σ(m), without it.",
    )


def test_gradient(answer: Answer) -> None:
    doubt = 1 / (1 + np.exp((WINNERS - LOSERS) @ WEIGHTS))
    terms = doubt[:, None] * (WINNERS - LOSERS)
    _, gradient = loss_and_gradient(answer, WEIGHTS, WINNERS, LOSERS)
    gradient.equals(
        slope(WEIGHTS, WINNERS, LOSERS),
        in_words="the mean over comparisons of −(1 − σ(m)) times the difference of the features",
        hint="Compare with a finite difference: (loss(w + h) − loss(w − h)) / 2h for one weight at a time.",
        mistakes=[
            Mistake(
                -((1 - doubt)[:, None] * (WINNERS - LOSERS)).mean(axis=0),
                "The factor is 1 − σ(m), not σ(m): pairs that are right already pull little.",
            ),
            Mistake(-doubt, "That is the slope by each margin. The chain rule: times the difference of features."),
            Mistake(
                -doubt.mean(), "That is the slope by the margin. The chain rule: times the difference of features."
            ),
            Mistake(-terms, "That is a gradient for each comparison. Take the mean over comparisons, axis 0."),
            Mistake(-terms.mean(), "One number for each weight: take the mean over comparisons only, axis 0."),
            Mistake(-(doubt[:, None] * WINNERS).mean(axis=0), "The loser moves the margin, too: winners − losers."),
            Mistake(-(WINNERS - LOSERS).mean(axis=0), "Each comparison is weighted by its 1 − σ(m)."),
        ],
    )


def test_gradient_of_all_features(answer: Answer) -> None:
    winners, losers = comparisons(20, seed=0)
    weights = np.array([3.0, -1.0, 0.5, 2.0, 0.0])
    loss, gradient = loss_and_gradient(answer, weights, winners, losers)
    loss.equals(
        losses(weights, winners, losers).mean(),
        in_words="the loss of 120 comparisons of 5 features",
        hint="Does your code depend on there being three comparisons, or two features?",
    )
    gradient.equals(
        slope(weights, winners, losers),
        in_words="the gradient for 120 comparisons of 5 features",
        hint="Does your code depend on there being three comparisons, or two features?",
    )


def test_gradient_of_comparisons_far_apart(answer: Answer) -> None:
    weights, ends = np.array([2000.0]), np.array([[0.0], [1.0]])
    _, gradient = loss_and_gradient(answer, weights, ends, ends[::-1])
    gradient.satisfies(
        lambda value: np.allclose(value, 0.5),
        in_words="0.5, and no NaN, for margins of −2000 and 2000: the first pulls with all its force, 1, the other not",
        hint="1 − σ(m) is 1 / (1 + exp(m)), and nothing but 0 where exp(m) is ∞; ∞/∞ would be NaN.",
    )


def test_no_epoch_and_one(answer: Answer) -> None:
    weights, history = train(answer, WINNERS, LOSERS, WEIGHTS, 0.5, 0)
    weights.equals(WEIGHTS, in_words="the initial weights where no epoch is trained", hint="Start from them.")
    history.equals([], in_words="no losses where no epoch is trained", hint="Note one loss in each epoch.")

    g = slope(WEIGHTS, WINNERS, LOSERS)
    weights, history = train(answer, WINNERS, LOSERS, WEIGHTS, 0.5, 1)
    weights.equals(
        WEIGHTS - 0.5 * g,
        in_words="one step against the gradient, as long as the learning rate times it",
        hint="weights − learning_rate · gradient",
        mistakes=[
            Mistake(WEIGHTS + 0.5 * g, "That is uphill. A step that lowers the loss goes against the gradient."),
            Mistake(WEIGHTS - g, "Where does the learning rate come in?"),
            Mistake(descend(0 * WEIGHTS, WINNERS, LOSERS, 0.5, 1), "You start from zero. Start from initial_weights."),
            Mistake(WEIGHTS, "The weights have not moved. Is the new value assigned?"),
            Mistake(descend(WEIGHTS, WINNERS, LOSERS, 0.5, 2), "That is one step too many."),
        ],
    )
    history.equals(
        [losses(WEIGHTS, WINNERS, LOSERS).mean()],
        in_words="the loss at the initial weights, alone",
        hint="First the loss, then the step.",
        mistakes=[
            Mistake(
                [losses(WEIGHTS - 0.5 * g, WINNERS, LOSERS).mean()],
                "That is the loss after the step. losses[0] belongs to the initial weights.",
            ),
            Mistake(losses(WEIGHTS, WINNERS, LOSERS).mean(), "Return a list of losses, one for each epoch."),
        ],
    )


def test_several_epochs(answer: Answer) -> None:
    g = slope(WEIGHTS, WINNERS, LOSERS)
    weights, history = train(answer, WINNERS, LOSERS, WEIGHTS, 0.5, 6)
    weights.equals(
        descend(WEIGHTS, WINNERS, LOSERS, 0.5, 6),
        in_words="six steps, each by the gradient at the weights that the step before has reached",
        hint="Compute the gradient anew in every epoch.",
        mistakes=[
            Mistake(WEIGHTS - 3 * g, "All six steps take the gradient of the start. Compute it anew in each."),
            Mistake(WEIGHTS - 0.5 * g, "That is the first step alone. Is the `return` inside the loop?"),
        ],
    )
    path = [losses(descend(WEIGHTS, WINNERS, LOSERS, 0.5, n), WINNERS, LOSERS).mean() for n in range(7)]
    history.equals(
        path[:6],
        in_words="six losses, the first at the initial weights, the last before the last step",
        hint="One loss an epoch, noted before the step.",
        mistakes=[
            Mistake(path[1:], "Those are the losses after the steps. losses[0] belongs to the initial weights."),
            Mistake(path, "One loss an epoch: the one after the last step is not asked for."),
            Mistake(path[-2], "Return all the losses, one for each epoch."),
        ],
    )


def test_fifty_epochs_of_the_project(answer: Answer) -> None:
    winners, losers = comparisons(200, seed=1)
    _, history = train(answer, winners, losers, np.zeros(5), 20.0, 50)
    best = losses(newton(winners, losers), winners, losers).mean()
    history.satisfies(
        lambda values: np.isclose(values[0], np.log(2)) and best <= values[-1] < best + 0.002,
        in_words=f"a loss that falls from log 2 to near the lowest there is, {best:.3f}, at a learning rate of 20",
        hint="Print every tenth loss. Is the gradient the mean over comparisons?",
    )


def newton(winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    weights = np.zeros(winners.shape[1])
    for _ in range(12):
        weights = weights - np.linalg.solve(bend(weights, winners, losers), slope(weights, winners, losers))
    return weights


def test_newton_step_with_one_feature(answer: Answer) -> None:
    winners, losers = np.array([[2.0], [1.0], [0.0]]), np.array([[0.0], [0.0], [1.0]])
    at = np.array([0.3])
    d = np.array([2.0, 1.0, -1.0])
    p = 1 / (1 + np.exp(-d * 0.3))
    g, h = -((1 - p) * d).mean(), (p * (1 - p) * d * d).mean()
    expect(answer.newton_step, at, winners, losers).equals(
        [0.3 - g / h],
        in_words="with one feature, the weight minus slope over bend: 0.3 − g / H",
        hint="Compute g and H for this case by hand, with d = 2, 1, −1, and compare.",
        mistakes=[
            Mistake([0.3 + g / h], "You step the wrong way: minus H⁻¹ g."),
            Mistake([-g / h], "That is the step. Return the weights after it."),
            Mistake([g / h], "That is H⁻¹ g. Return the weights after the step, w − H⁻¹ g."),
            Mistake([0.3 - g * h], "You multiply by H. The step is g divided by H: np.linalg.solve(H, g)."),
            Mistake([0.3 - g], "That is a step of gradient descent; H has no say in it."),
            Mistake([0.3 - g / (d * d).mean()], "In H each comparison is weighted by σ(m) (1 − σ(m))."),
            Mistake([0.3 - g / ((1 - p) * d * d).mean()], "The weight in H is σ(m) (1 − σ(m)), not 1 − σ(m)."),
            Mistake([0.3 - g / (3 * h)], "H is a sum over comparisons and g is a mean. Make both means."),
            Mistake([0.3 - 3 * g / h], "g is a sum over comparisons and H is a mean. Make both means."),
            Mistake(
                [0.3 - g / (d.mean() ** 2 * (p * (1 - p)).mean())],
                "You multiply means. H is a mean of products: each comparison has its own σ(m) (1 − σ(m)) d dᵀ.",
            ),
            Mistake([0.3 - g / (p * (1 - p) * d).mean()], "H has the difference of the features twice: d dᵀ."),
        ],
    )


def test_newton_step_with_two_features(answer: Answer) -> None:
    g, h = slope(WEIGHTS, WINNERS, LOSERS), bend(WEIGHTS, WINNERS, LOSERS)
    expect(answer.newton_step, WEIGHTS, WINNERS, LOSERS).equals(
        WEIGHTS - np.linalg.solve(h, g),
        in_words="w − H⁻¹ g, where H is a 2 × 2 matrix, to which every comparison adds a product d dᵀ",
        hint="Print your H. It has the shape (2, 2) and is symmetric.",
        mistakes=[
            Mistake(WEIGHTS - g / np.diag(h), "Only the diagonal of H is used. Features move together: solve(H, g)."),
            Mistake(WEIGHTS - np.linalg.solve(3 * h, g), "H is a sum over comparisons and g is a mean."),
            Mistake(
                WEIGHTS - (1 / h) @ g, "1 / H divides cell by cell. The inverse is another: np.linalg.solve(H, g)."
            ),
            Mistake(WEIGHTS - g / h.sum(), "H is a matrix, here 2 × 2; np.linalg.solve(H, g) gives the step."),
        ],
        tolerance=SMALL,
    )


def test_newton_arrives(answer: Answer) -> None:
    winners, losers = comparisons(200, seed=2)
    weights: np.ndarray = np.zeros(5)
    for _ in range(8):
        weights = np.asarray(expect(answer.newton_step, weights, winners, losers).value, dtype=float)
    steepness = float(np.linalg.norm(slope(weights, winners, losers)))
    Result("after 8 steps of newton_step, the length of the gradient", steepness).satisfies(
        lambda left: left < 1e-9,
        in_words="a gradient shorter than 1e-9 after 8 steps from zero, with 1200 comparisons",
        hint="Near the bottom each step should square the error. Are g and H taken at the weights that come in?",
    )
