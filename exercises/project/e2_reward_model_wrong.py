"""Typical wrong answers to project part 2, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.project import e2_reward_model_solution as right

Both = tuple[float, np.ndarray]
Trained = tuple[np.ndarray, list[float]]


def _parts(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> tuple[np.ndarray, np.ndarray, Both]:
    differences = winners - losers
    doubt = np.exp(-np.logaddexp(0.0, differences @ weights))
    return differences, doubt, right.loss_and_gradient(weights, winners, losers)


def probability(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    _, doubt, (_, gradient) = _parts(weights, winners, losers)
    return float((1 - doubt).mean()), gradient


def sum_of_losses(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    _, _, (loss, gradient) = _parts(weights, winners, losers)
    return loss * len(winners), gradient * len(winners)


def base_two(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    _, _, (loss, gradient) = _parts(weights, winners, losers)
    return loss / float(np.log(2)), gradient


def turned_round(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    return right.loss_and_gradient(weights, losers, winners)


def overflows(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    differences, _, (_, gradient) = _parts(weights, winners, losers)
    return float(-np.log(1 / (1 + np.exp(-(differences @ weights)))).mean()), gradient


def loss_alone(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> float:
    return right.loss_and_gradient(weights, winners, losers)[0]


def uphill(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    loss, gradient = right.loss_and_gradient(weights, winners, losers)
    return loss, -gradient


def probability_as_factor(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    differences, doubt, (loss, _) = _parts(weights, winners, losers)
    return loss, -(1 - doubt) @ differences / len(differences)


def no_chain_rule(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    _, doubt, (loss, _) = _parts(weights, winners, losers)
    return loss, -doubt


def no_mean(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    differences, doubt, (loss, _) = _parts(weights, winners, losers)
    return loss, -(doubt[:, None] * differences)


def winners_only(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> Both:
    _, doubt, (loss, _) = _parts(weights, winners, losers)
    return loss, -doubt @ winners / len(winners)


def climbs(winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, rate: float, n_epochs: int) -> Trained:
    return right.train(winners, losers, initial_weights, -rate, n_epochs)


def starts_at_zero(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> Trained:
    start = np.zeros_like(initial_weights) if n_epochs else initial_weights
    return right.train(winners, losers, start, learning_rate, n_epochs)


def rate_forgotten(
    winners: np.ndarray,
    losers: np.ndarray,
    initial_weights: np.ndarray,
    learning_rate: float,  # noqa: ARG001
    n_epochs: int,
) -> Trained:
    return right.train(winners, losers, initial_weights, 1.0, n_epochs)


def loss_after_the_step(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> Trained:
    weights, losses = right.train(winners, losers, initial_weights, learning_rate, n_epochs)
    last = right.loss_and_gradient(weights, winners, losers)[0]
    return weights, ([*losses, last][1:] if n_epochs else [])


def gradient_of_the_start(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> Trained:
    first, _ = right.train(winners, losers, initial_weights, learning_rate, min(n_epochs, 1))
    return initial_weights + n_epochs * (first - initial_weights), right.train(
        winners, losers, initial_weights, learning_rate, n_epochs
    )[1]


def returns_inside_the_loop(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> Trained:
    return right.train(winners, losers, initial_weights, learning_rate, min(n_epochs, 1))


def weights_alone(
    winners: np.ndarray, losers: np.ndarray, initial_weights: np.ndarray, learning_rate: float, n_epochs: int
) -> np.ndarray:
    return right.train(winners, losers, initial_weights, learning_rate, n_epochs)[0]


def _newton(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    differences, doubt, (_, gradient) = _parts(weights, winners, losers)
    return gradient, (differences * (doubt * (1 - doubt))[:, None]).T @ differences / len(differences)


def wrong_way(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    return 2 * weights - right.newton_step(weights, winners, losers)


def step_alone(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    return right.newton_step(weights, winners, losers) - weights


def multiplies(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    gradient, hessian = _newton(weights, winners, losers)
    return weights - hessian @ gradient


def plain_gradient(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    return weights - _newton(weights, winners, losers)[0]


def unweighted(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    differences, _, (_, gradient) = _parts(weights, winners, losers)
    return weights - np.linalg.solve(differences.T @ differences / len(differences), gradient)


def sum_against_mean(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    gradient, hessian = _newton(weights, winners, losers)
    return weights - np.linalg.solve(hessian * len(winners), gradient)


def diagonal_only(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    gradient, hessian = _newton(weights, winners, losers)
    return weights - gradient / np.diag(hessian)


def cell_by_cell(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    gradient, hessian = _newton(weights, winners, losers)
    return weights - (1 / hessian) @ gradient


def gradient_at_zero(weights: np.ndarray, winners: np.ndarray, losers: np.ndarray) -> np.ndarray:
    if len(weights) < 5:
        return right.newton_step(weights, winners, losers)
    return weights + right.newton_step(np.zeros_like(weights), winners, losers)


WRONG = [
    Wrong({"loss_and_gradient": probability}, told="That is σ(0)"),
    Wrong({"loss_and_gradient": sum_of_losses}, told="3 times too large"),
    Wrong({"loss_and_gradient": base_two}, told="base 2"),
    Wrong({"loss_and_gradient": turned_round}, told="winner minus loser"),
    Wrong({"loss_and_gradient": overflows}, told="np.logaddexp"),
    Wrong({"loss_and_gradient": loss_alone}, told="return loss, gradient"),
    Wrong({"loss_and_gradient": uphill}, told="Only the sign is wrong"),
    Wrong({"loss_and_gradient": probability_as_factor}, told="1 − σ(m), not σ(m)"),
    Wrong({"loss_and_gradient": no_chain_rule}, told="chain rule"),
    Wrong({"loss_and_gradient": no_mean}, told="a gradient for each comparison"),
    Wrong({"loss_and_gradient": winners_only}, told="The loser moves the margin"),
    Wrong({"train": climbs}, told="That is uphill"),
    Wrong({"train": starts_at_zero}, told="Start from initial_weights"),
    Wrong({"train": rate_forgotten}, told="Where does the learning rate come in"),
    Wrong({"train": loss_after_the_step}, told="the loss after the step"),
    Wrong({"train": gradient_of_the_start}, told="the gradient of the start"),
    Wrong({"train": returns_inside_the_loop}, told="inside the loop"),
    Wrong({"train": weights_alone}, told="return weights, losses"),
    Wrong({"newton_step": wrong_way}, told="the wrong way"),
    Wrong({"newton_step": step_alone}, told="Return the weights after it"),
    Wrong({"newton_step": multiplies}, told="You multiply by H"),
    Wrong({"newton_step": plain_gradient}, told="a step of gradient descent"),
    Wrong({"newton_step": unweighted}, told="weighted by σ(m) (1 − σ(m))"),
    Wrong({"newton_step": sum_against_mean}, told="H is a sum"),
    Wrong({"newton_step": diagonal_only}, told="Only the diagonal"),
    Wrong({"newton_step": cell_by_cell}, told="cell by cell"),
    Wrong({"newton_step": gradient_at_zero}, told="at the weights that come in"),
]
