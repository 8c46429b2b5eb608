"""Checks of exercise 3.4."""

from itertools import combinations

import numpy as np

from exercises.checking import Answer, Mistake, Result, expect
from rlhf_textbook import n_pairs, ranking_loss, ranking_loss_and_gradient

OBJECTIVES = (1, 3)

Pair = tuple[int, int, int]


def plain(epoch: object) -> list[list[Pair]]:
    """Return an epoch as lists of tuples of plain integers, from lists or arrays of any kind."""
    return [[(int(p), int(i), int(j)) for p, i, j in update] for update in epoch]  # type: ignore[attr-defined]


def all_pairs(n_prompts: int, n_responses: int) -> list[Pair]:
    """Return the comparisons of all prompts."""
    return [(p, i, j) for p in range(n_prompts) for i, j in combinations(range(n_responses), 2)]


def descend(features: np.ndarray, epoch: list[list[Pair]], learning_rate: float, *, slip: str = "") -> np.ndarray:
    """Return the weights after one epoch, by the plain rule, or by one with a slip."""
    weights = np.zeros(features.shape[2])
    for update in epoch:
        step = np.zeros_like(weights)
        for prompt, winner, loser in update:
            difference = features[prompt, winner] - features[prompt, loser]
            margin = 0.0 if slip == "always at zero" else difference @ weights
            step += difference / (1 + np.exp(-margin if slip == "probability" else margin)) / len(update)
        weights = weights + learning_rate * step
        if slip == "stops after one":
            break
    return weights


def rankings(n_prompts: int, n_responses: int, rng: np.random.Generator) -> np.ndarray:
    """Return features of responses, best first: 5 that matter to the labelers and 1,000 that do not."""
    useful = rng.normal(size=(n_prompts, n_responses, 5))
    private = rng.normal(scale=0.1, size=(n_prompts, n_responses, 1000))
    opinions = useful.sum(axis=2) / np.sqrt(5) + rng.gumbel(size=(n_prompts, n_responses))
    order = np.argsort(-opinions, axis=1)
    return np.take_along_axis(np.concatenate([useful, private], axis=2), order[:, :, None], axis=1)


def test_together(answer: Answer) -> None:
    epoch = expect(answer.arrange_epoch, 2, 3, False, np.random.default_rng(0))
    epoch.satisfies(
        lambda updates: len(updates) == 2,
        in_words="two updates, one for each prompt",
        hint="Without `shuffled`, the three pairs of a prompt go into one list, and that list is one update.",
    )
    epoch.satisfies(
        lambda updates: {len(pair) for update in updates for pair in update} == {3},
        in_words="each update a list of triples (prompt, winner, loser)",
        hint="An update is a list of comparisons, and a comparison is three numbers, the prompt first.",
    )
    first, second = all_pairs(2, 3)[:3], all_pairs(2, 3)[3:]
    epoch.satisfies(
        lambda updates: sorted(sorted(update) for update in plain(updates)) == [first, second],
        in_words="(0, 0, 1), (0, 0, 2), (0, 1, 2) in one update, and the same of prompt 1 in the other",
        hint="Each triple is prompt, winner, loser; the winner has the smaller position.",
    )


def test_shuffled(answer: Answer) -> None:
    epoch = expect(answer.arrange_epoch, 2, 3, True, np.random.default_rng(0))
    epoch.satisfies(
        lambda updates: len(updates) == 6,
        in_words="six updates, one for each comparison",
        hint="With `shuffled`, every comparison is a list of its own: [[(0, 0, 1)], [(1, 0, 2)], …]",
    )
    epoch.satisfies(
        lambda updates: [len(update) for update in plain(updates)] == [1] * 6,
        in_words="one triple (prompt, winner, loser) in each update",
        hint="An update is a list even where it holds one comparison: [(0, 0, 1)], not (0, 0, 1).",
    )
    epoch.satisfies(
        lambda updates: sorted(update[0] for update in plain(updates)) == all_pairs(2, 3),
        in_words="each comparison of each prompt once, winner first",
        hint="Shuffle the pile, or draw its places without putting any back: each must come exactly once.",
    )


def test_the_pile_is_really_shuffled(answer: Answer) -> None:
    def neighbors_of_one_prompt(updates: object) -> float:
        prompts = np.array([update[0][0] for update in plain(updates)])
        return float(np.mean(prompts[1:] == prompts[:-1]))

    epoch = expect(answer.arrange_epoch, 40, 5, True, np.random.default_rng(1))
    epoch.satisfies(
        lambda updates: neighbors_of_one_prompt(updates) < 0.3,
        in_words="the comparisons of all 40 prompts mixed in one pile",
        hint="Most comparisons are followed by one of the same prompt. Collect all of them first, then shuffle.",
    )
    again = expect(answer.arrange_epoch, 40, 5, True, np.random.default_rng(1))
    again.satisfies(
        lambda updates: plain(updates) == plain(epoch.value),
        in_words="the same order again from a generator with the same seed",
        hint="Draw with the `rng` that comes in, not with np.random or the module random.",
    )
    other = expect(answer.arrange_epoch, 40, 5, True, np.random.default_rng(2))
    other.satisfies(
        lambda updates: plain(updates) != plain(epoch.value),
        in_words="another order from a generator with another seed",
        hint="Draw with the `rng` that comes in, not with one of your own.",
    )


def test_counting_updates(answer: Answer) -> None:
    together = [[(0, 0, 1), (0, 0, 2), (0, 1, 2)], [(1, 0, 1), (1, 0, 2), (1, 1, 2)]]
    expect(answer.updates_per_response, together, 2, 3).equals(
        np.ones((2, 3)),
        in_words="one update for each response, since the comparisons of its prompt are in one update",
        hint="For each update, which responses are in it?",
        mistakes=[
            Mistake(np.full((2, 3), 2), "You count comparisons. Two of them in one update are still one update."),
            Mistake(
                [[1, 2, 1], [1, 2, 1]],
                "The second response wins one comparison and loses another in the same update: that is one update.",
            ),
            Mistake([[1, 1, 0], [1, 1, 0]], "The loser of a comparison takes part in it, too."),
            Mistake([[2, 1, 0], [2, 1, 0]], "The loser of a comparison takes part in it, too."),
            Mistake([[0, 1, 1], [0, 1, 1]], "The winner of a comparison takes part in it, too."),
        ],
    )
    pile = [[(1, 0, 2)], [(0, 0, 1)], [(1, 1, 2)]]
    expect(answer.updates_per_response, pile, 2, 3).equals(
        [[1, 1, 0], [1, 1, 2]],
        in_words="one count for each response, of every update it is in; the loser of prompt 1 is in two",
        hint="Go through this pile by hand: who takes part in the first update, in the second, in the third?",
        mistakes=[
            Mistake([[1, 0, 0], [1, 1, 0]], "The loser of a comparison takes part in it, too."),
            Mistake([[1, 1, 0], [1, 1, 1]], "The third response of prompt 1 is in two updates, and each counts."),
        ],
    )


def test_updates_of_an_epoch(answer: Answer) -> None:
    for k in range(4, 10):
        for shuffled, updates in ((False, 1), (True, k - 1)):
            epoch = expect(answer.arrange_epoch, 3, k, shuffled, np.random.default_rng(k)).value
            counts = expect(answer.updates_per_response, epoch, 3, k)
            Result(f"updates_per_response(the {'shuffled ' * shuffled}epoch, 3, {k})", counts.value).equals(
                np.full((3, k), updates),
                in_words=f"{updates} update{'s' * (updates > 1)} for each of {k} responses",
                hint="Does a number of the small example stand in your code?",
            )


def test_one_comparison(answer: Answer) -> None:
    features = np.array([[[3.0, 1.0], [1.0, 2.0]]])
    expect(answer.train_one_epoch, features, [[(0, 0, 1)]], 0.2).equals(
        [0.2, -0.1],
        in_words="learning_rate · (1 − σ(0)) · (features of the winner − features of the loser)",
        hint="At zero weights the margin is 0, so 1 − σ is one half.",
        mistakes=[
            Mistake([-0.2, 0.1], "That step makes the loser score higher. Which way does descent go?"),
            Mistake([1.0, -0.5], "The step is the gradient times the learning rate, here 0.2."),
            Mistake([0.3, 0.1], "The loser is missing: the margin is the winner's score minus the loser's."),
            Mistake([0.4, -0.2], "The factor 1 − σ(margin) is missing; it is one half here."),
        ],
    )


def test_several_comparisons_in_one_update(answer: Answer) -> None:
    features = np.array([[[3.0, 1.0], [1.0, 2.0], [0.0, 0.0]]])
    epoch = [all_pairs(1, 3)]
    expect(answer.train_one_epoch, features, epoch, 0.2).equals(
        descend(features, epoch, 0.2),
        in_words="one step along the mean over the three comparisons",
        hint="All three margins belong to the weights before the step.",
        mistakes=[
            Mistake(
                descend(features, [[pair] for pair in epoch[0]], 0.2),
                "That makes a step for each comparison. One update is one step, with the mean of its gradients.",
            ),
            Mistake(
                descend(features, [[pair] for pair in epoch[0]], 0.2 / 3),
                "That makes a step for each comparison. All margins of an update belong to the same weights.",
            ),
        ],
    )


def test_one_update_after_another(answer: Answer) -> None:
    features = np.array([[[3.0, 1.0], [1.0, 2.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, -1.0], [-2.0, 0.0]]])
    epoch = [[(1, 0, 2)], [(0, 1, 2), (0, 0, 1)], [(1, 0, 1)], [(0, 0, 2)]]
    expect(answer.train_one_epoch, features, epoch, 0.5).equals(
        descend(features, epoch, 0.5),
        in_words="four steps in the order of the epoch, each at the weights that the one before has left",
        hint="Compute the margins anew for every update, from the prompt that its triples name.",
        mistakes=[
            Mistake(
                descend(features, epoch, 0.5, slip="always at zero"),
                "The margins stay 0. Compute them with the weights of the moment.",
            ),
            Mistake(
                descend(features, epoch, 0.5, slip="probability"),
                "A settled pair pulls weakly: the factor is 1 − σ(m), not σ(m).",
            ),
            Mistake(descend(features, epoch, 0.5, slip="stops after one"), "That is the first update alone."),
            Mistake(
                descend(features, [[(0, i, j) for _, i, j in update] for update in epoch], 0.5),
                "Each triple starts with its prompt; all of yours read prompt 0.",
            ),
        ],
    )


def test_gap_of_a_single_prompt(answer: Answer) -> None:
    training = np.array([[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]]])
    validation = np.array([[[0.5, 0.5], [0.0, -1.0], [1.0, 0.0]], [[0.0, 0.0], [1.0, 1.0], [0.0, 2.0]]])
    weights = -0.7 * ranking_loss_and_gradient([0.0, 0.0, 0.0])[1] @ training[0]
    seen, unseen = ranking_loss(training @ weights), ranking_loss(validation @ weights)
    expect(answer.overfitting_gap, training, validation, False, 0.7, np.random.default_rng(0)).equals(
        unseen - seen,
        in_words="loss on the two validation prompts minus loss on the training prompt, after one update",
        hint="Train on `training` alone. The same weights then score both; each loss is a mean over all pairs.",
        mistakes=[
            Mistake(seen - unseen, "Turned round: validation minus training, positive where the model overfits."),
            Mistake(unseen, "That is the validation loss. Subtract the training loss."),
            Mistake(seen, "That is the training loss. Subtract it from the validation loss."),
            Mistake(unseen - np.log(2), "The training loss, too, is that of the trained weights, not of zero weights."),
            Mistake(0.0, "Are both losses those of the same prompts?"),
        ],
    )


def test_together_shuffled_and_with_shorter_steps(answer: Answer) -> None:
    rng = np.random.default_rng(3)
    training, validation = rankings(60, 9, rng), rankings(100, 9, rng)
    pairs = int(n_pairs(9))

    def gap(shuffled: bool, learning_rate: float) -> Result:
        came = expect(answer.overfitting_gap, training, validation, shuffled, learning_rate, np.random.default_rng(4))
        return Result(f"overfitting_gap(…, shuffled={shuffled}, learning_rate={learning_rate:.4g})", came.value)

    together = gap(False, 0.1)
    together.satisfies(
        lambda nats: -0.1 < nats < 0.15,
        in_words="hardly a gap, below 0.15 nats, with the comparisons of each prompt together",
        hint="Is `shuffled` handed on to arrange_epoch? Is each loss the mean over all comparisons?",
    )
    gap(True, 0.1).satisfies(
        lambda nats: 0.25 < nats < 1,
        in_words=f"a gap above 0.25 nats from the shuffled pile, where together it was {float(together.value):.2f}",
        hint="Is `shuffled` handed on to arrange_epoch, and does each of its updates make a step?",
    )
    gap(True, 0.1 / pairs).satisfies(
        lambda nats: -0.1 < nats < 0.15,
        in_words=f"hardly a gap when the steps of the shuffled pile are {pairs} times shorter",
        hint="Is the learning rate handed on to train_one_epoch?",
    )
