"""Typical wrong answers to exercise 3.4, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_3 import e4_shuffled_or_together_solution as right

Update = right.Update
Rng = np.random.Generator


def always_together(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:  # noqa: ARG001
    return right.arrange_epoch(n_prompts, n_responses, False, rng)


def always_one_by_one(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:  # noqa: ARG001
    return right.arrange_epoch(n_prompts, n_responses, True, rng)


def loser_first(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:
    epoch = right.arrange_epoch(n_prompts, n_responses, shuffled, rng)
    return [[(prompt, j, i) for prompt, i, j in update] for update in epoch]


def without_the_prompt(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[list[tuple[int, ...]]]:
    epoch = right.arrange_epoch(n_prompts, n_responses, shuffled, rng)
    return [[pair[1:] for pair in update] for update in epoch]


def bare_triples(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update] | Update:
    epoch = right.arrange_epoch(n_prompts, n_responses, shuffled, rng)
    return [update[0] for update in epoch] if shuffled else epoch


def drawn_with_replacement(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:
    epoch = right.arrange_epoch(n_prompts, n_responses, shuffled, rng)
    return [epoch[place] for place in rng.integers(len(epoch), size=len(epoch))] if shuffled else epoch


def prompt_after_prompt(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:
    together = right.arrange_epoch(n_prompts, n_responses, False, rng)
    if not shuffled:
        return together
    return [[pair] for place in rng.permutation(n_prompts) for pair in together[place]]


def generator_of_its_own(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:  # noqa: ARG001
    return right.arrange_epoch(n_prompts, n_responses, shuffled, np.random.default_rng(0))


def unseeded_generator(n_prompts: int, n_responses: int, shuffled: bool, rng: Rng) -> list[Update]:  # noqa: ARG001
    return right.arrange_epoch(n_prompts, n_responses, shuffled, np.random.default_rng())


def counts_comparisons(epoch: list[Update], n_prompts: int, n_responses: int) -> np.ndarray:
    counts = np.zeros((n_prompts, n_responses), dtype=int)
    for update in epoch:
        for prompt, winner, loser in update:
            counts[prompt, winner] += 1
            counts[prompt, loser] += 1
    return counts


def counts_winning_and_losing_apart(epoch: list[Update], n_prompts: int, n_responses: int) -> np.ndarray:
    counts = np.zeros((n_prompts, n_responses), dtype=int)
    for update in epoch:
        prompts, winners, losers = np.array(update).T
        counts[prompts, winners] += 1
        counts[prompts, losers] += 1
    return counts


def counts_wins(epoch: list[Update], n_prompts: int, n_responses: int) -> np.ndarray:
    counts = np.zeros((n_prompts, n_responses), dtype=int)
    for update in epoch:
        for prompt, winner, _ in update:
            counts[prompt, winner] += 1
    return counts


def notes_presence_only(epoch: list[Update], n_prompts: int, n_responses: int) -> np.ndarray:
    return np.minimum(right.updates_per_response(epoch, n_prompts, n_responses), 1)


def climbs(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    return right.train_one_epoch(features, epoch, -learning_rate)


def forgets_the_learning_rate(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:  # noqa: ARG001
    return right.train_one_epoch(features, epoch, 1.0)


def winner_alone(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    weights = np.zeros(features.shape[2])
    for update in epoch:
        for prompt, winner, _ in update:
            weights += learning_rate * features[prompt, winner] / (1 + np.exp(features[prompt, winner] @ weights))
    return weights


def without_the_doubt(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    weights = np.zeros(features.shape[2])
    for update in epoch:
        prompts, winners, losers = np.array(update).T
        weights += learning_rate * (features[prompts, winners] - features[prompts, losers]).mean(axis=0)
    return weights


def sum_in_an_update(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    weights = np.zeros(features.shape[2])
    for update in epoch:
        weights += right.train_one_epoch(features, [update], learning_rate * len(update))
    return weights


def a_step_for_each_comparison(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    return right.train_one_epoch(features, [[pair] for update in epoch for pair in update], learning_rate)


def margins_always_zero(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    steps = [right.train_one_epoch(features, [update], learning_rate) for update in epoch]
    return np.asarray(np.sum(steps, axis=0))


def probability_as_factor(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    weights = np.zeros(features.shape[2])
    for update in epoch:
        prompts, winners, losers = np.array(update).T
        differences = features[prompts, winners] - features[prompts, losers]
        weights += learning_rate * (1 / (1 + np.exp(-differences @ weights))) @ differences / len(update)
    return weights


def returns_inside_the_loop(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    return right.train_one_epoch(features, epoch[:1], learning_rate)


def first_prompt_only(features: np.ndarray, epoch: list[Update], learning_rate: float) -> np.ndarray:
    epoch = [[(0, i, j) for _, i, j in update] for update in epoch]
    return right.train_one_epoch(features, epoch, learning_rate)


def _losses(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng
) -> tuple[float, float]:
    epoch = right.arrange_epoch(training.shape[0], training.shape[1], shuffled, rng)
    weights = right.train_one_epoch(training, epoch, learning_rate)
    return right._mean_loss(weights, training), right._mean_loss(weights, validation)


def turned_round(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng
) -> float:  # fmt: skip
    return -right.overfitting_gap(training, validation, shuffled, learning_rate, rng)


def validation_loss_alone(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng
) -> float:  # fmt: skip
    return _losses(training, validation, shuffled, learning_rate, rng)[1]


def training_loss_before_training(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng
) -> float:
    return _losses(training, validation, shuffled, learning_rate, rng)[1] - float(np.log(2))


def training_data_twice(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng  # noqa: ARG001
) -> float:  # fmt: skip
    return right.overfitting_gap(training, training, shuffled, learning_rate, rng)


def trains_on_validation(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng
) -> float:  # fmt: skip
    return -right.overfitting_gap(validation, training, shuffled, learning_rate, rng)


def never_shuffled(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng  # noqa: ARG001
) -> float:  # fmt: skip
    return right.overfitting_gap(training, validation, False, learning_rate, rng)


def learning_rate_of_its_own(
    training: np.ndarray, validation: np.ndarray, shuffled: bool, learning_rate: float, rng: Rng
) -> float:
    return right.overfitting_gap(training, validation, shuffled, max(learning_rate, 0.1), rng)


WRONG = [
    Wrong({"arrange_epoch": always_together}, told="every comparison is a list of its own"),
    Wrong({"arrange_epoch": always_one_by_one}, told="that list is one update"),
    Wrong({"arrange_epoch": loser_first}, told="the winner has the smaller position"),
    Wrong({"arrange_epoch": without_the_prompt}, told="a comparison is three numbers"),
    Wrong({"arrange_epoch": bare_triples}, told="not (0, 0, 1)"),
    Wrong({"arrange_epoch": drawn_with_replacement}, told="without putting any back"),
    Wrong({"arrange_epoch": prompt_after_prompt}, told="then shuffle"),
    Wrong({"arrange_epoch": generator_of_its_own}, told="not with one of your own"),
    Wrong({"arrange_epoch": unseeded_generator}, told="not with np.random"),
    Wrong({"updates_per_response": counts_comparisons}, told="You count comparisons"),
    Wrong({"updates_per_response": counts_winning_and_losing_apart}, told="wins one comparison and loses another"),
    Wrong({"updates_per_response": counts_wins}, told="The loser of a comparison takes part"),
    Wrong({"updates_per_response": notes_presence_only}, told="in two updates, and each counts"),
    Wrong({"train_one_epoch": climbs}, told="Which way does descent go?"),
    Wrong({"train_one_epoch": forgets_the_learning_rate}, told="times the learning rate"),
    Wrong({"train_one_epoch": winner_alone}, told="The loser is missing"),
    Wrong({"train_one_epoch": without_the_doubt}, told="1 − σ(margin) is missing"),
    Wrong({"train_one_epoch": sum_in_an_update}, told="3 times too large"),
    Wrong({"train_one_epoch": a_step_for_each_comparison}, told="One update is one step"),
    Wrong({"train_one_epoch": margins_always_zero}, told="The margins stay 0"),
    Wrong({"train_one_epoch": probability_as_factor}, told="1 − σ(m), not σ(m)"),
    Wrong({"train_one_epoch": returns_inside_the_loop}, told="the first update alone"),
    Wrong({"train_one_epoch": first_prompt_only}, told="all of yours read prompt 0"),
    Wrong({"overfitting_gap": turned_round}, told="Turned round"),
    Wrong({"overfitting_gap": validation_loss_alone}, told="Subtract the training loss"),
    Wrong({"overfitting_gap": training_loss_before_training}, told="not of zero weights"),
    Wrong({"overfitting_gap": training_data_twice}, told="losses those of the same prompts"),
    Wrong({"overfitting_gap": trains_on_validation}, told="Train on `training` alone"),
    Wrong({"overfitting_gap": never_shuffled}, told="Is `shuffled` handed on"),
    Wrong({"overfitting_gap": learning_rate_of_its_own}, told="Is the learning rate handed on"),
]
