"""Typical wrong answers to exercise 4.4, and what each must be told."""

from collections.abc import Callable

import numpy as np

from exercises.checking import Wrong
from exercises.lesson_4 import e4_bandit_solution as right

Array = np.ndarray
Scorer = Callable[[Array], Array]


def pushes_of(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    rho = np.exp(right.log_softmax(logits)[drawn] - old)
    stopped = np.where(advantages > 0, rho > 1 + clip_range, rho < 1 - clip_range)
    return np.where(stopped, 0.0, rho * advantages) / len(drawn)


def without_the_probabilities(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    pushes = pushes_of(logits, drawn, old, advantages, clip_range)
    return np.bincount(drawn, weights=pushes, minlength=len(logits))


def drawn_response_only(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    pushes = pushes_of(logits, drawn, old, advantages, clip_range)
    weights = pushes * (1 - np.exp(right.log_softmax(logits)[drawn]))
    return np.bincount(drawn, weights=weights, minlength=len(logits))


def downhill(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return -right.logit_gradient(logits, drawn, old, advantages, clip_range)


def repeated_draws_lost(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    pushes = pushes_of(logits, drawn, old, advantages, clip_range)
    gradient = -pushes.sum() * np.exp(right.log_softmax(logits))
    gradient[drawn] += pushes
    return gradient


def sum_over_draws(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    return right.logit_gradient(logits, drawn, old, advantages, clip_range) * len(drawn)


def without_the_clip(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:  # noqa: ARG001
    return right.logit_gradient(logits, drawn, old, advantages, 1e9)


def without_the_ratio(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:  # noqa: ARG001
    return right.logit_gradient(logits, drawn, right.log_softmax(logits)[drawn], advantages, clip_range)


def logits_taken_for_log_probs(logits: Array, drawn: Array, old: Array, advantages: Array, clip_range: float) -> Array:
    rho = np.exp(logits[drawn] - old)
    stopped = np.where(advantages > 0, rho > 1 + clip_range, rho < 1 - clip_range)
    pushes = np.where(stopped, 0.0, rho * advantages) / len(drawn)
    return np.bincount(drawn, weights=pushes, minlength=len(logits)) - pushes.sum() * np.exp(logits)


def trainer(
    name: str,
    *,
    sign: int = 1,
    baseline: bool = True,
    whiten: bool = False,
    old: str = "batch",
    draws: str = "policy",
    new_batch_each_epoch: bool = False,
    restart: bool = False,
    one_epoch: bool = False,
    ignore_clip: bool = False,
    returns: str = "probabilities",
    own_generator: bool = False,
    first_number: int = 0,
) -> Callable[..., np.ndarray]:
    """Make the solution's training loop, with one of its parts done wrong."""

    def train_bandit(
        score: Scorer,
        n_responses: int,
        rng: np.random.Generator,
        *,
        n_batches: int,
        batch_size: int,
        n_epochs: int,
        learning_rate: float,
        clip_range: float,
    ) -> np.ndarray:
        rng = np.random.default_rng() if own_generator else rng
        logits: np.ndarray = np.zeros(n_responses)
        start = right.log_softmax(logits)

        def batch() -> tuple[np.ndarray, np.ndarray]:
            probabilities = np.exp(right.log_softmax(logits))
            drawn: np.ndarray
            if draws == "likeliest":
                drawn = np.full(batch_size, int(probabilities.argmax()))
            elif draws == "uniform":
                drawn = rng.integers(n_responses, size=batch_size)
            else:
                drawn = rng.choice(n_responses, size=batch_size, p=probabilities)
            scores = score(drawn + first_number)
            advantages = scores - scores.mean() if baseline else scores
            return drawn, advantages / scores.std() if whiten else advantages

        for _ in range(n_batches):
            logits = np.zeros(n_responses) if restart else logits
            drawn, advantages = batch()
            held = start if old == "first" else right.log_softmax(logits)
            for epoch in range(1 if one_epoch else n_epochs):
                if new_batch_each_epoch and epoch:
                    drawn, advantages = batch()
                if old == "epoch":
                    held = right.log_softmax(logits)
                clip = 0.2 if ignore_clip else clip_range
                step = right.logit_gradient(logits, drawn, held[drawn], advantages, clip)
                logits = logits + sign * learning_rate * step
        return logits if returns == "logits" else np.exp(right.log_softmax(logits))

    train_bandit.__name__ = name
    return train_bandit


WRONG = [
    Wrong({"logit_gradient": without_the_probabilities}, told="if one rises, the others fall"),
    Wrong({"logit_gradient": drawn_response_only}, told="What happens to the other two"),
    Wrong({"logit_gradient": downhill}, told="yours becomes less likely"),
    Wrong({"logit_gradient": repeated_draws_lost}, told="np.add.at"),
    Wrong({"logit_gradient": sum_over_draws}, told="3 times too large"),
    Wrong({"logit_gradient": without_the_clip}, told="Nothing is clipped"),
    Wrong({"logit_gradient": without_the_ratio}, told="the ratios are not 1"),
    Wrong({"logit_gradient": logits_taken_for_log_probs}, told="Softmax first"),
    Wrong({"train_bandit": trainer("returns_logits", returns="logits")}, told="Those are logits"),
    Wrong({"train_bandit": trainer("new_batch_each_epoch", new_batch_each_epoch=True)}, told="work on the same batch"),
    Wrong({"train_bandit": trainer("counts_from_one", first_number=1)}, told="Python counts from 0"),
    Wrong({"train_bandit": trainer("picks_the_likeliest", draws="likeliest")}, told="don't pick the likeliest"),
    Wrong({"train_bandit": trainer("descends", sign=-1)}, told="goes downhill"),
    Wrong({"train_bandit": trainer("without_a_baseline", baseline=False)}, told="no baseline were subtracted"),
    Wrong({"train_bandit": trainer("whitened", whiten=True)}, told="divided by their spread"),
    Wrong({"train_bandit": trainer("old_anew_each_epoch", old="epoch")}, told="taken anew at each epoch"),
    Wrong({"train_bandit": trainer("one_epoch", one_epoch=True)}, told="Only one step was taken"),
    Wrong({"train_bandit": trainer("ignores_clip_range", ignore_clip=True)}, told="still clips at 0.2"),
    Wrong({"train_bandit": trainer("old_of_the_first_batch", old="first")}, told="still those of the first policy"),
    Wrong({"train_bandit": trainer("starts_over", restart=True)}, told="starts again from equal logits"),
    Wrong({"train_bandit": trainer("draws_uniformly", draws="uniform")}, told="Which probabilities do you draw from"),
    Wrong({"train_bandit": trainer("own_generator", own_generator=True)}, told="handed in"),
]
