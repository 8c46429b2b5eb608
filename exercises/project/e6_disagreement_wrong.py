"""Typical wrong answers to project part 6, and what each must be told."""

import numpy as np

from exercises.checking import Wrong
from exercises.project import e6_disagreement_solution as right
from exercises.project.e6_disagreement_solution import Trainer, accuracy, joined

Two = tuple[float, float]


def order_swapped(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    return right.held_out_accuracy(rankings, comparisons, train)[::-1]


def nobody_held_out(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    share = accuracy(train(joined(rankings)), comparisons)
    return share, share


def trained_on_the_held_out(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    inside, outside = [], []
    for i, mine in enumerate(rankings):
        weights = train(mine)
        inside.append(accuracy(weights, np.delete(comparisons, i, axis=0)))
        outside.append(accuracy(weights, comparisons[i]))
    return float(np.mean(inside)), float(np.mean(outside))


def everyone_inside(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    models = [train(joined(np.delete(rankings, i, axis=0))) for i in range(len(rankings))]
    inside = float(np.mean([accuracy(weights, comparisons) for weights in models]))
    return inside, right.held_out_accuracy(rankings, comparisons, train)[1]


def percent(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    inside, outside = right.held_out_accuracy(rankings, comparisons, train)
    return 100 * inside, 100 * outside


def folds(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> list[Two]:
    models = [train(joined(np.delete(rankings, i, axis=0))) for i in range(len(rankings))]
    return [
        (accuracy(weights, np.delete(comparisons, i, axis=0)), accuracy(weights, comparisons[i]))
        for i, weights in enumerate(models)
    ]


def not_averaged(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> tuple[list[float], list[float]]:
    inside, outside = zip(*folds(rankings, comparisons, train), strict=True)
    return list(inside), list(outside)


def last_fold_only(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    return folds(rankings, comparisons, train)[-1]


def first_fold_only(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    return folds(rankings, comparisons, train)[0]


def outside_only(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> float:
    return right.held_out_accuracy(rankings, comparisons, train)[1]


def labelers_not_joined(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> Two:
    weights = train(np.delete(rankings, 0, axis=0))
    return accuracy(weights, comparisons), accuracy(weights, comparisons)


def rows_swapped(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    return right.one_and_each(rankings, comparisons, train)[::-1]


def a_row_for_each_labeler(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    return right.one_and_each(rankings, comparisons, train).T


def averaged(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    return right.one_and_each(rankings, comparisons, train).mean(axis=1)


def first_labelers_model(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    rows = right.one_and_each(rankings, comparisons, train)
    return np.array([rows[0], [accuracy(train(rankings[0]), own) for own in comparisons]])


def shared_twice(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    return right.one_and_each(rankings, comparisons, train)[[0, 0]]


def mean_of_the_models(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    own = np.array([train(mine) for mine in rankings])
    mean = (own / np.linalg.norm(own, axis=1, keepdims=True)).mean(axis=0)
    return np.array(
        [[accuracy(mean, theirs) for theirs in comparisons], right.one_and_each(rankings, comparisons, train)[1]]
    )


def everyones_comparisons(rankings: np.ndarray, comparisons: np.ndarray, train: Trainer) -> np.ndarray:
    rows = right.one_and_each(rankings, comparisons, train)
    return np.array([np.full(len(rankings), rows[0].mean()), rows[1]])


def one_row_for_all(rankings: np.ndarray, train: Trainer) -> np.ndarray:
    return train(joined(rankings))


def one_model_for_all(rankings: np.ndarray, train: Trainer) -> np.ndarray:
    return np.tile(train(joined(rankings)), (len(rankings), 1))


def a_model_for_each(rankings: np.ndarray, train: Trainer) -> np.ndarray:
    return np.array([train(mine) for mine in rankings])


def all_but_the_labeler(rankings: np.ndarray, train: Trainer) -> np.ndarray:
    return np.array([train(joined(np.delete(rankings, i, axis=0))) for i in range(len(rankings))])


WRONG = [
    Wrong({"held_out_accuracy": order_swapped}, told="labelers trained on, then held out"),
    Wrong({"held_out_accuracy": nobody_held_out}, told="have seen the held-out"),
    Wrong({"held_out_accuracy": trained_on_the_held_out}, told="Train on all the others"),
    Wrong({"held_out_accuracy": everyone_inside}, told="yours includes the held-out"),
    Wrong({"held_out_accuracy": percent}, told="Those are percentages"),
    Wrong({"held_out_accuracy": not_averaged}, told="Return the means over folds"),
    Wrong({"held_out_accuracy": last_fold_only}, told="last fold alone"),
    Wrong({"held_out_accuracy": first_fold_only}, told="first fold alone"),
    Wrong({"held_out_accuracy": outside_only}, told="Return two numbers"),
    Wrong({"held_out_accuracy": labelers_not_joined}, told="train takes rankings of shape"),
    Wrong({"one_and_each": rows_swapped}, told="The first row is the one model"),
    Wrong({"one_and_each": a_row_for_each_labeler}, told="Make it two rows"),
    Wrong({"one_and_each": averaged}, told="for each labeler, not the mean"),
    Wrong({"one_and_each": first_labelers_model}, told="one labeler's model, tested on everyone"),
    Wrong({"one_and_each": shared_twice}, told="Both rows use the model for all"),
    Wrong({"one_and_each": mean_of_the_models}, told="not the mean of the models"),
    Wrong({"one_and_each": everyones_comparisons}, told="on each labeler's comparisons apart"),
    Wrong({"serve_everyone": one_row_for_all}, told="a row for each labeler"),
    Wrong({"serve_everyone": one_model_for_all}, told="as good as one model for all"),
    Wrong({"serve_everyone": a_model_for_each}, told="learn from one another"),
    Wrong({"serve_everyone": all_but_the_labeler}, told="something between the two"),
]
