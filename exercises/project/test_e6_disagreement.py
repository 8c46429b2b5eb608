"""Checks of project part 6."""

from functools import cache
from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import (
    LABELER_TEMPERATURE,
    TRUE_WEIGHTS,
    fit_linear_reward_model,
    rank_responses,
    sample_responses,
    sigmoid,
)

OBJECTIVES = (6,)

SAFETY_FIRST = np.array([0.15, 0.15, 0.10, 0.10, 0.50])


def first_minus_last(rankings: np.ndarray) -> np.ndarray:
    """Train, as simply as can be: what the best response of a ranking has more of than the worst."""
    table = np.asarray(rankings, dtype=float)
    if table.ndim != 3:
        raise ValueError(f"train takes rankings of shape (n_rankings, K, n_features), this is {table.shape}")
    return (table[:, 0] - table[:, -1]).mean(axis=0)


first_minus_last.__name__ = "train"


def judged(n_labelers: int, n_prompts: int, n_responses: int, n_minority: int, seed: int) -> np.ndarray:
    """Let labelers rank responses, best first; the last ones put safety first."""
    rng = np.random.default_rng(seed)
    features = sample_responses(n_labelers * n_prompts, n_responses, rng=rng).features
    features = features.reshape(n_labelers, n_prompts, n_responses, 5)
    majority = n_labelers - n_minority
    tastes = np.array([TRUE_WEIGHTS] * majority + [SAFETY_FIRST] * n_minority)
    scores = np.einsum("lpkf,lf->lpk", features, tastes).reshape(-1, n_responses)
    order = rank_responses(scores, rng=rng).reshape(n_labelers, n_prompts, n_responses)
    return np.take_along_axis(features, order[..., None], axis=2)


def share_right(weights: np.ndarray, comparisons: np.ndarray) -> float:
    return sum(float(chosen @ weights > rejected @ weights) for chosen, rejected in comparisons) / len(comparisons)


def fold_by_fold(rankings: np.ndarray, comparisons: np.ndarray, *, slip: str = "") -> tuple[list[float], list[float]]:
    """Hold out each labeler in turn, labeler by labeler; the slips are typical mistakes."""
    inside, outside = [], []
    everyone = range(len(rankings))
    for held_out in everyone:
        others = [i for i in everyone if i != held_out]
        learned = {"all": list(everyone), "only": [held_out]}.get(slip, others)
        weights = first_minus_last(np.concatenate([rankings[i] for i in learned]))
        judges = list(everyone) if slip == "judges" else others
        inside.append(float(np.mean([share_right(weights, comparisons[i]) for i in judges])))
        outside.append(share_right(weights, comparisons[held_out]))
    return inside, outside


def test_three_labelers_each_held_out_once(answer: Answer) -> None:
    rankings, comparisons = judged(3, 12, 3, 1, seed=3), judged(3, 40, 2, 1, seed=4)
    inside, outside = fold_by_fold(rankings, comparisons)
    right = (np.mean(inside), np.mean(outside))

    def of(slip: str) -> tuple[Any, Any]:
        found = fold_by_fold(rankings, comparisons, slip=slip)
        return np.mean(found[0]), np.mean(found[1])

    expect(answer.held_out_accuracy, rankings, comparisons, first_minus_last).equals(
        right,
        in_words="three folds: train on two labelers, test on these two and on the third; the means over folds",
        hint="Print for each fold on whose rankings you train, and on whose comparisons you test.",
        mistakes=[
            Mistake(right[::-1], "The order is: labelers trained on, then held out."),
            Mistake(of("all"), "Your models have seen the held-out labeler's rankings too."),
            Mistake(of("only"), "You train on the held-out labeler alone. Train on all the others."),
            Mistake(of("judges"), "The first number is about the others only; yours includes the held-out labeler."),
            Mistake((100 * right[0], 100 * right[1]), "Those are percentages; return shares between 0 and 1."),
            Mistake((inside, outside), "Return the means over folds, two numbers."),
            Mistake((inside[-1], outside[-1]), "That is the last fold alone. Hold out each labeler in turn."),
            Mistake((inside[0], outside[0]), "That is the first fold alone. Is the `return` inside the loop?"),
            Mistake(right[1], "Return two numbers: the others, then the held-out labeler."),
        ],
    )


def newton(rankings: np.ndarray) -> np.ndarray:
    """Train as in part 2; the small penalty keeps the weights finite where all pairs can be ordered."""
    return fit_linear_reward_model(rankings, l2=1e-3).weights


newton.__name__ = "train"


def test_labelers_who_disagree_are_harder_to_predict_unseen(answer: Answer) -> None:
    rankings, comparisons = judged(5, 100, 4, 2, seed=5), judged(5, 1000, 2, 2, seed=6)
    expect(answer.held_out_accuracy, rankings, comparisons, newton).satisfies(
        lambda found: len(found) == 2 and 0.75 < found[0] < 0.81 and 0.01 < found[0] - found[1] < 0.05,
        in_words="with two of five who put safety first, 75 to 81 % inside, and 1 to 5 points less outside",
        hint="Do you take the number of labelers, rankings and features from the arguments?",
    )


def test_one_model_and_three(answer: Answer) -> None:
    rankings, comparisons = judged(3, 5, 3, 1, seed=8), judged(3, 40, 2, 1, seed=9)
    models = [first_minus_last(mine) for mine in rankings]
    shared = first_minus_last(np.concatenate(list(rankings)))
    one = [share_right(shared, own) for own in comparisons]
    each = [share_right(weights, own) for weights, own in zip(models, comparisons, strict=True)]
    mean_model = [share_right(np.mean([m / np.linalg.norm(m) for m in models], axis=0), own) for own in comparisons]
    of_the_first = [share_right(models[0], own) for own in comparisons]
    expect(answer.one_and_each, rankings, comparisons, first_minus_last).equals(
        [one, each],
        in_words="two rows of three: the shared model on each labeler's comparisons, then each labeler's own model",
        hint="Compare row by row. On whose rankings is the model trained, on whose comparisons is it tested?",
        mistakes=[
            Mistake([each, one], "The first row is the one model for all."),
            Mistake(np.transpose([one, each]), "Make it two rows: yours has a row for each labeler."),
            Mistake([np.mean(one), np.mean(each)], "Return the accuracy for each labeler, not the mean."),
            Mistake([one, of_the_first], "Your second row is one labeler's model, tested on everyone."),
            Mistake([one, one], "Both rows use the model for all."),
            Mistake([mean_model, each], "One model trained on everyone's rankings is not the mean of the models."),
            Mistake(
                [[share_right(shared, np.concatenate(list(comparisons)))] * 3, each],
                "Test the shared model on each labeler's comparisons apart.",
            ),
        ],
    )


PAIRS = sample_responses(4000, 2, rng=np.random.default_rng(99)).features
N_WORLDS = 20


def expected_accuracy(weights: np.ndarray) -> float:
    """Mean over labelers of the exact probability that each agrees with the weights meant for them."""
    differences = PAIRS[:, 0] - PAIRS[:, 1]
    tastes = np.array([TRUE_WEIGHTS] * 7 + [SAFETY_FIRST] * 3)
    prefers_first = sigmoid(differences @ tastes.T / LABELER_TEMPERATURE)
    margins = differences @ np.asarray(weights, dtype=float).T
    agrees = np.where(margins > 0, prefers_first, np.where(margins < 0, 1 - prefers_first, 0.5))
    return float(agrees.mean())


@cache
def benchmarks() -> tuple[list[np.ndarray], float, float]:
    """Worlds of ten labelers with eight rankings each, and what one model and ten models reach on them."""
    worlds = [judged(10, 8, 4, 3, seed=100 + world) for world in range(N_WORLDS)]
    one = [expected_accuracy(np.tile(newton(world.reshape(-1, 4, 5)), (10, 1))) for world in worlds]
    each = [expected_accuracy(np.array([newton(mine) for mine in world])) for world in worlds]
    return worlds, float(np.mean(one)), float(np.mean(each))


def test_weights_for_each_labeler(answer: Answer) -> None:
    world = benchmarks()[0][0]
    expect(answer.serve_everyone, world, newton).satisfies(
        lambda weights: np.shape(weights) == (10, 5) and np.isfinite(np.asarray(weights, dtype=float)).all(),
        in_words="finite weights of shape (10, 5), a row for each labeler",
        hint="Return a row for each labeler, even where several rows are the same.",
    )


def test_everyone_is_served_better(answer: Answer) -> None:
    worlds, one, each = benchmarks()
    mine = float(np.mean([expected_accuracy(expect(answer.serve_everyone, world, newton).value) for world in worlds]))
    known = None
    if abs(mine - one) < 5e-4:
        known = "That is as good as one model for all. What have you learned about each labeler that it ignores?"
    elif abs(mine - each) < 5e-4:
        known = "That is as good as a model for each. What could labelers learn from one another?"
    Result("your mean accuracy", round(mine, 4)).satisfies(
        lambda accuracy: accuracy >= max(one, each) + 0.005,
        in_words=f"above {max(one, each) + 0.005:.1%} (one model for all: {one:.1%}, a model for each: {each:.1%})",
        hint=known or "Try something between the two: a compromise, a few similar labelers, or groups.",
    )
