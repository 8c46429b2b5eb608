"""Typical wrong answers to exercise 4.5, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_4 import e5_two_bills_solution as right


def scores_only_the_best(n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    return n_samples * generation_cost + scoring_cost


def scoring_is_free(n_samples: int, generation_cost: float, scoring_cost: float) -> float:  # noqa: ARG001
    return n_samples * generation_cost


def generates_once(n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    return generation_cost + n_samples * scoring_cost


def scores_a_single_response(n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    return n_samples * (generation_cost + scoring_cost)


def prices_of_the_example(n_samples: int, generation_cost: float, scoring_cost: float) -> float:  # noqa: ARG001
    return n_samples * 1.1 if n_samples > 1 else generation_cost


def columns_swapped(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    return right.total_costs(n_answers, training_cost, n_samples, generation_cost, scoring_cost)[:, ::-1]


def rows_instead_of_columns(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    return right.total_costs(n_answers, training_cost, n_samples, generation_cost, scoring_cost).T


def training_paid_at_every_answer(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    bills = right.total_costs(n_answers, 0.0, n_samples, generation_cost, scoring_cost)
    return bills + np.outer(n_answers, [0.0, training_cost])


def scores_the_trained_policy(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    bills = right.total_costs(n_answers, training_cost, n_samples, generation_cost, scoring_cost)
    return bills + np.outer(n_answers, [0.0, scoring_cost])


def answers_for_nothing(
    n_answers: np.ndarray, training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> np.ndarray:
    bills = right.total_costs(n_answers, training_cost, n_samples, generation_cost, scoring_cost)
    return np.stack([bills[:, 0], np.full(len(n_answers), training_cost)], axis=1)


def training_forgotten(
    n_answers: np.ndarray,
    training_cost: float,  # noqa: ARG001
    n_samples: int,
    generation_cost: float,
    scoring_cost: float,
) -> np.ndarray:
    return right.total_costs(n_answers, 0.0, n_samples, generation_cost, scoring_cost)


def divided_by_the_whole_cost(
    training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> float:
    return training_cost / right.inference_cost(n_samples, generation_cost, scoring_cost)


def divided_by_n(
    training_cost: float,
    n_samples: int,
    generation_cost: float,  # noqa: ARG001
    scoring_cost: float,  # noqa: ARG001
) -> float:
    return training_cost / n_samples


def saves_the_scoring_of_one_response(
    training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float
) -> float:
    return training_cost / ((n_samples - 1) * (generation_cost + scoring_cost))


def times_instead_of_over(training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    return training_cost**2 / right.break_even_answers(training_cost, n_samples, generation_cost, scoring_cost)


def rounded_to_thousands(training_cost: float, n_samples: int, generation_cost: float, scoring_cost: float) -> float:
    return round(right.break_even_answers(training_cost, n_samples, generation_cost, scoring_cost), -2)


WRONG = [
    Wrong({"inference_cost": scores_only_the_best}, told="Only one score is paid for"),
    Wrong({"inference_cost": scoring_is_free}, told="The scores are missing"),
    Wrong({"inference_cost": generates_once}, told="Only one response is paid for"),
    Wrong({"inference_cost": scores_a_single_response}, told="nothing to choose"),
    Wrong({"inference_cost": prices_of_the_example}, told="from the arguments"),
    Wrong({"total_costs": columns_swapped}, told="columns are swapped"),
    Wrong({"total_costs": rows_instead_of_columns}, told="The shape is (2, 3), not (3, 2)"),
    Wrong({"total_costs": training_paid_at_every_answer}, told="paid once"),
    Wrong({"total_costs": scores_the_trained_policy}, told="nothing is scored"),
    Wrong({"total_costs": answers_for_nothing}, told="answers of the trained policy"),
    Wrong({"total_costs": training_forgotten}, told="Where is the training"),
    Wrong({"break_even_answers": divided_by_the_whole_cost}, told="isn't free either"),
    Wrong({"break_even_answers": divided_by_n}, told="in units of cost"),
    Wrong({"break_even_answers": saves_the_scoring_of_one_response}, told="all n scores"),
    Wrong({"break_even_answers": times_instead_of_over}, told="multiplied"),
    Wrong({"break_even_answers": rounded_to_thousands}, told="round only what you print"),
]
