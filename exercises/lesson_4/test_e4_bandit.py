"""Checks of exercise 4.4."""

from functools import partial
from typing import Any

import numpy as np

from exercises.checking import Answer, Mistake, expect
from rlhf_textbook import clipped_surrogate, log_softmax

OBJECTIVES = (1, 2, 3)


class Score:
    """A noisy reward model that remembers what it was shown."""

    def __init__(self, means: list[float], noise: float) -> None:
        self.means, self.noise = np.array(means), noise
        self.rng = np.random.default_rng(99)
        self.drawn: list[int] = []
        self.scores: list[float] = []

    def __call__(self, drawn: Any) -> Any:
        """Score what is drawn, and note it."""
        numbers = np.asarray(drawn)
        within = np.clip(numbers.astype(int), 0, len(self.means) - 1)
        scores = self.means[within] + self.noise * self.rng.normal(size=numbers.shape)
        self.drawn += numbers.ravel().tolist()
        self.scores += np.ravel(scores).tolist()
        return scores

    def __repr__(self) -> str:
        return "score"


def replay(
    score: Score,
    *,
    batch_size: int,
    n_epochs: int,
    learning_rate: float,
    clip_range: float,
    baseline: bool = True,
    whiten: bool = False,
    old_of: str = "batch",
    restart: bool = False,
) -> np.ndarray:
    """Train on the batches that were drawn, response by response; the last options are typical slips."""
    n_responses = len(score.means)
    start = log_softmax(np.zeros(n_responses))
    logits = start.copy()
    for first in range(0, len(score.drawn), batch_size):
        drawn = score.drawn[first : first + batch_size]
        scores = np.array(score.scores[first : first + batch_size])
        advantages = scores - scores.mean() if baseline else scores
        if whiten:
            advantages = advantages / scores.std()
        logits = start.copy() if restart else logits
        old = {"first": start, "batch": log_softmax(logits)}.get(old_of)
        for _ in range(n_epochs):
            log_probs = log_softmax(logits)
            held = log_probs if old is None else old
            pushes = clipped_surrogate(log_probs[drawn], held[drawn], advantages, clip_range=clip_range).gradient
            for response, push in zip(drawn, pushes, strict=True):
                logits = logits + learning_rate * push * (np.eye(n_responses)[response] - np.exp(log_probs))
    return np.exp(log_softmax(logits))


def second_is_near(target: float, probabilities: Any) -> bool:
    return len(probabilities) == 2 and abs(probabilities[1] - target) < 0.02


def expects_more_than(limit: float, means: list[float], probabilities: Any) -> bool:
    return float(np.dot(probabilities, means)) > limit


def test_gradient_of_one_draw(answer: Answer) -> None:
    logits = np.log([0.4, 0.4, 0.2])
    expect(answer.logit_gradient, logits, np.array([0]), logits[:1].copy(), np.array([0.65]), 0.2).equals(
        [0.65 * (1 - 0.4), 0.65 * (0 - 0.4), 0.65 * (0 - 0.2)],
        in_words="0.65 · ([1, 0, 0] − probabilities): the drawn response up, the others down",
        hint="The gradient of log π(y) by the logits: 1 for y, 0 for the others, minus the probabilities.",
        mistakes=[
            Mistake([0.65, 0, 0], "The probabilities add up to 1: if one rises, the others fall. Where is − π(k)?"),
            Mistake([0.65 * 0.6, 0, 0], "The logit of the drawn response is right. What happens to the other two?"),
            Mistake([-0.39, 0.26, 0.13], "The drawn response was better than expected, and yours becomes less likely."),
        ],
    )


def test_gradient_of_a_response_drawn_twice(answer: Answer) -> None:
    logits = np.log([0.4, 0.4, 0.2])
    drawn, advantages = np.array([0, 0, 2]), np.array([0.5, 0.25, -1.0])
    total = advantages.sum() * np.array([0.4, 0.4, 0.2])
    expect(answer.logit_gradient, logits, drawn, logits[drawn], advantages, 0.2).equals(
        (np.array([0.75, 0, -1.0]) - total) / 3,
        in_words="the mean over three draws, two of them of response 0",
        hint="Work out the gradient of each draw, as before, and take their mean.",
        mistakes=[
            Mistake(
                (np.array([0.25, 0, -1.0]) - total) / 3,
                "One of the two draws of response 0 got lost: a[drawn] += … counts a repeated number only once. "
                "See np.add.at.",
            ),
        ],
    )


def test_gradient_after_the_policy_has_moved(answer: Answer) -> None:
    rng = np.random.default_rng(12)
    old, logits = log_softmax(rng.normal(size=4)), rng.normal(size=4) + 1.0
    drawn, advantages = rng.integers(4, size=30), rng.normal(size=30)

    def objective(at: np.ndarray, clip_range: float) -> float:
        step = clipped_surrogate(log_softmax(at)[drawn], old[drawn], advantages, clip_range=clip_range)
        return step.objective

    def slope(clip_range: float) -> list[float]:
        h = 1e-5 * np.eye(4)
        return [(objective(logits + h[k], clip_range) - objective(logits - h[k], clip_range)) / 2e-5 for k in range(4)]

    probabilities = np.exp(log_softmax(logits))
    unnormalized = np.exp(logits[drawn] - old[drawn])
    stopped = np.where(advantages > 0, unnormalized > 1.2, unnormalized < 0.8)
    without_softmax = np.where(stopped, 0.0, unnormalized * advantages) / 30
    expect(answer.logit_gradient, logits.copy(), drawn.copy(), old[drawn], advantages.copy(), 0.2).equals(
        slope(0.2),
        in_words="the slope of the clipped objective by each logit, for 30 draws, some of them beyond the clip",
        hint="Compare with a finite difference of clipped_objective, one logit at a time.",
        mistakes=[
            Mistake(slope(1e9), "Nothing is clipped: put the gradient of exercise 4.3 to use."),
            Mistake(
                advantages @ (np.eye(4)[drawn] - probabilities) / 30,
                "You push by the advantage alone. The policy has moved, so the ratios are not 1.",
            ),
            Mistake(
                without_softmax @ (np.eye(4)[drawn] - probabilities),
                "Logits are not log-probabilities: their exp need not add up to 1. Softmax first.",
            ),
            Mistake(
                without_softmax @ (np.eye(4)[drawn] - np.exp(logits)),
                "Logits are not log-probabilities: their exp need not add up to 1. Softmax first.",
            ),
        ],
    )


def test_a_policy_that_does_not_learn(answer: Answer) -> None:
    settings: dict[str, Any] = {"n_batches": 2, "batch_size": 8, "n_epochs": 1, "learning_rate": 0.0, "clip_range": 0.2}
    score = Score([0.0, 1.0, 0.5, 0.2], 0.0)
    expect(answer.train_bandit, score, 4, np.random.default_rng(0), **settings).equals(
        [0.25, 0.25, 0.25, 0.25],
        in_words="with a learning rate of 0, four responses as likely as at the start",
        hint="Where do you start, and what do you return?",
        mistakes=[
            Mistake([0, 0, 0, 0], "Those are logits. Asked for are the probabilities."),
            Mistake(np.log([0.25] * 4), "Those are log-probabilities. Asked for are the probabilities."),
            Mistake([1, 1, 1, 1], "Probabilities add up to 1. What does softmax divide by?"),
        ],
    )


def test_each_batch_is_drawn_once(answer: Answer) -> None:
    score = Score([0.0, 1.0, 0.5], 0.5)
    settings: dict[str, Any] = {
        "n_batches": 3,
        "batch_size": 16,
        "n_epochs": 5,
        "learning_rate": 0.1,
        "clip_range": 0.2,
    }
    result = expect(answer.train_bandit, score, 3, np.random.default_rng(0), **settings)
    seen = len(score.drawn)
    result.satisfies(
        lambda _: seen == 48,
        in_words="3 batches of 16 responses each, so 48 for `score`",
        hint=f"`score` was shown {seen}. "
        + (
            "All epochs work on the same batch: draw and score before the loop over epochs."
            if seen == 3 * 16 * 5
            else "Draw batch_size responses a batch, and hand all of them to `score`, once."
        ),
    )
    numbers = sorted(set(score.drawn))
    result.satisfies(
        lambda _: set(numbers) <= {0, 1, 2},
        in_words="responses numbered from 0 to 2",
        hint=f"`score` was shown the numbers {numbers}. Python counts from 0.",
    )
    result.satisfies(
        lambda _: len(set(score.drawn[:16])) > 1,
        in_words="16 random draws from three equally likely responses",
        hint="All 16 were the same. Draw at random (rng.choice takes probabilities as p=); don't pick the likeliest.",
    )


def test_one_batch_one_epoch(answer: Answer) -> None:
    score = Score([5.0, 6.0, 5.5], 0.5)
    settings: dict[str, Any] = {"batch_size": 16, "n_epochs": 1, "learning_rate": 0.5, "clip_range": 0.2}
    result = expect(answer.train_bandit, score, 3, np.random.default_rng(1), n_batches=1, **settings)
    right = replay(score, **settings)
    step = np.log(right)  # up to a constant that softmax does not see
    downhill = np.exp(log_softmax(-step))
    result.equals(
        right,
        in_words="one step uphill from equal logits, with the batch's mean score as the baseline",
        hint="Advantages, logit_gradient, logits + learning_rate · gradient; then probabilities. Print each of them.",
        mistakes=[
            Mistake(downhill, "The step goes downhill: what should the objective become, larger or smaller?"),
            Mistake(replay(score, **settings, baseline=False), "It moves as if no baseline were subtracted."),
            Mistake(replay(score, **settings, whiten=True), "It moves as if advantages were divided by their spread."),
            Mistake(
                np.full(3, 1 / 3),
                "The policy has not moved. Do new logits replace the old, and are the probabilities taken after that?",
            ),
            Mistake(replay(score, **{**settings, "learning_rate": 1.0}), "It moves as if the learning rate were 1."),
        ],
    )


def test_one_batch_many_epochs(answer: Answer) -> None:
    score = Score([0.0, 1.0, 0.5], 0.5)
    settings: dict[str, Any] = {"batch_size": 32, "n_epochs": 30, "learning_rate": 0.3, "clip_range": 0.1}
    result = expect(answer.train_bandit, score, 3, np.random.default_rng(2), n_batches=1, **settings)
    result.equals(
        replay(score, **settings),
        in_words="30 steps on one batch, with a clip range of 0.1",
        hint="Same batch, same advantages, same old log-probabilities; only the logits change between epochs.",
        mistakes=[
            Mistake(
                replay(score, **settings, old_of="epoch"),
                "The old log-probabilities are taken anew at each epoch: every ratio is 1, and the clip never acts.",
            ),
            Mistake(replay(score, **{**settings, "clip_range": 1e9}), "No push was ever clipped."),
            Mistake(replay(score, **{**settings, "clip_range": 0.2}), "It still clips at 0.2; `clip_range` is 0.1."),
            Mistake(replay(score, **{**settings, "n_epochs": 1}), "Only one step was taken, not one for each epoch."),
        ],
    )


def test_the_clip_holds_a_single_batch_back(answer: Answer) -> None:
    for clip_range in (0.2, 0.5):
        settings: dict[str, Any] = {"n_batches": 1, "batch_size": 64, "n_epochs": 200, "learning_rate": 0.1}
        farthest = 0.5 * (1 + clip_range)
        expect(
            answer.train_bandit, Score([0.0, 1.0], 0.0), 2, np.random.default_rng(3), **settings, clip_range=clip_range
        ).satisfies(
            partial(second_is_near, farthest),
            in_words=f"the better of two responses near 0.5 · (1 + {clip_range}) = {farthest:g}, however many epochs",
            hint="Print the ratios epoch by epoch: where do they stop, and where should they?",
        )


def test_several_batches(answer: Answer) -> None:
    score = Score([0.0, 1.0, 0.5], 0.3)
    settings: dict[str, Any] = {"batch_size": 16, "n_epochs": 10, "learning_rate": 0.3, "clip_range": 0.2}
    result = expect(answer.train_bandit, score, 3, np.random.default_rng(4), n_batches=6, **settings)
    result.equals(
        replay(score, **settings),
        in_words="six batches, each starting where the one before it ended, with all ratios at 1",
        hint="What belongs to one batch only, and what lives on?",
        mistakes=[
            Mistake(
                replay(score, **settings, old_of="first"),
                "The old log-probabilities are still those of the first policy; every batch is drawn by a new one.",
            ),
            Mistake(replay(score, **settings, restart=True), "Each batch starts again from equal logits."),
        ],
    )


def test_batches_are_drawn_by_the_current_policy(answer: Answer) -> None:
    score = Score([0.0, 1.0, 0.0], 0.0)
    settings: dict[str, Any] = {
        "n_batches": 30,
        "batch_size": 40,
        "n_epochs": 5,
        "learning_rate": 0.5,
        "clip_range": 0.2,
    }
    result = expect(answer.train_bandit, score, 3, np.random.default_rng(5), **settings)
    share = score.drawn[-200:].count(1) / 200
    result.satisfies(
        lambda _: share > 0.75,
        in_words="mostly draws of response 1, the best, in the last 5 of 30 batches",
        hint=f"It was {share:.0%} of them. Which probabilities do you draw from? The policy answers as it is now.",
    )


def test_the_best_response_wins(answer: Answer) -> None:
    means = [0.2, 0.6, 1.2, -0.4]
    settings: dict[str, Any] = {"batch_size": 64, "n_epochs": 4, "learning_rate": 0.5, "clip_range": 0.2}
    for seed in range(3):
        reached = 0.0
        for n_batches, at_least in [(1, 0.42), (5, 0.65), (20, 1.0)]:
            result = expect(
                answer.train_bandit, Score(means, 1.0), 4, np.random.default_rng(seed), n_batches=n_batches, **settings
            )
            result.satisfies(
                partial(expects_more_than, max(at_least, reached), means),
                in_words=f"an expected score above {at_least} after {n_batches} batches (0.4 before), and rising",
                hint="Print the expected score after each batch. Does it rise, and if it stops, when?",
            )
            reached = float(np.dot(result.value, means))
        result.satisfies(
            lambda p: int(np.argmax(p)) == 2 and p[2] > 0.7,
            in_words="more than 0.7 for response 2, which is the best on average although its scores are noisy",
            hint="Print the probabilities batch by batch: does one batch undo what another has learned?",
        )


def test_same_seed_same_result(answer: Answer) -> None:
    settings: dict[str, Any] = {
        "n_batches": 5,
        "batch_size": 16,
        "n_epochs": 3,
        "learning_rate": 0.3,
        "clip_range": 0.2,
    }
    arguments = ([0.0, 1.0, 0.5], 0.5)
    first = expect(answer.train_bandit, Score(*arguments), 3, np.random.default_rng(6), **settings).value
    expect(answer.train_bandit, Score(*arguments), 3, np.random.default_rng(6), **settings).equals(
        first,
        in_words="the same probabilities as before, from a generator with the same seed",
        hint="Draw with the generator that is handed in, `rng`, and with no other.",
    )
