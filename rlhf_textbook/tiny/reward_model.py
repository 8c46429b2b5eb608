"""Lesson 3 in the small: rankings by labelers, and a model that learns to score from them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.reward_model import ranking_accuracy, ranking_loss_and_gradient
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.labelers import quality, rank
from rlhf_textbook.tiny.language import PROMPT_LENGTH, SEQUENCE_LENGTH, response_tokens, token_array
from rlhf_textbook.tiny.model import Adam, Backward, Params, scores, with_scalar_head
from rlhf_textbook.tiny.sampling import sample


@dataclass(frozen=True)
class Comparisons:
    """Ranked responses to each prompt.

    Attributes
    ----------
    sequences
        Best first, shape `(n_prompts, K, 12)`.
    qualities
        Quality of each to its labeler, without the noise, shape `(n_prompts, K)`.
    labelers
        Who ranked each prompt's responses, shape `(n_prompts,)`.
    """

    sequences: IntArray
    qualities: FloatArray
    labelers: IntArray


def collect_comparisons(
    policy: Params,
    prompts: IntArray,
    labeler_weights: FloatArray,
    config: TinyConfig,
    rng: np.random.Generator,
) -> Comparisons:
    """Sample `n_ranked` responses to each prompt; one labeler, drawn at random, ranks them.

    Parameters
    ----------
    policy
        The language model that responds: the SFT model.
    prompts
        Shape `(n_prompts, 6)`.
    labeler_weights
        As [`hire_labelers`][rlhf_textbook.tiny.labelers.hire_labelers] gives them, shape `(n_labelers, 5)`.
    config
        `n_ranked` and `labeler_temperature`.
    rng
        Source of the responses, of who ranks, and of the noise.

    Returns
    -------
    Comparisons
        Best first.

    Raises
    ------
    ValueError
        If `prompts` has another shape or no row, or an entry is no token.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (reward modeling): K = 4 to 9 responses are ranked at once.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import TinyConfig
    from rlhf_textbook.tiny.labelers import hire_labelers
    from rlhf_textbook.tiny.language import all_prompts, render
    from rlhf_textbook.tiny.model import init_model
    from rlhf_textbook.tiny.reward_model import collect_comparisons

    rng = np.random.default_rng(0)
    policy, people = init_model(16, 32, rng), hire_labelers(8, 0.3, rng)
    config = TinyConfig(n_ranked=3)
    found = collect_comparisons(policy, all_prompts()[:100], people, config, rng)
    print(found.sequences.shape, "by labeler", found.labelers[0])
    for row, quality in zip(found.sequences[0], found.qualities[0], strict=True):
        print(render(row), quality.round(2))
    ```

    ```text title="Output"
    (100, 3, 12) by labeler 6
    <web> copy a a a > > E . 0.46
    <web> copy a a a > > a f sort count e -0.06
    <web> copy a a a > F c H count E <faq> -0.01
    ```
    """
    n, k = len(prompts), config.n_ranked
    sequences = sample(policy, np.repeat(prompts, k, axis=0), rng)
    labelers = rng.integers(len(labeler_weights), size=n)
    by_labeler = np.stack([quality(sequences, weights) for weights in labeler_weights]).reshape(-1, n, k)
    qualities = by_labeler[labelers, np.arange(n)]
    order = rank(qualities, config.labeler_temperature, rng)
    ranked = np.take_along_axis(sequences.reshape(n, k, SEQUENCE_LENGTH), order[..., None], axis=1)
    return Comparisons(ranked, np.take_along_axis(qualities, order, axis=1), labelers)


def reward(params: Params, sequences: IntArray) -> tuple[FloatArray, Backward]:
    """Score of each response, read behind its last token, and the backward pass.

    The last token is the end mark, or the sixth of a response without one.

    Parameters
    ----------
    params
        A reward model.
    sequences
        Prompts with their responses, shape `(n, 12)`.

    Returns
    -------
    tuple[FloatArray, Backward]
        Scores, shape `(n,)`, and the function that takes the loss's derivative by them and returns the gradients by
        every parameter.
    """
    every, backward = scores(params, sequences, start=PROMPT_LENGTH)
    rows, last = np.arange(len(sequences)), response_tokens(sequences).sum(axis=1) - 1

    def backward_from_last(gradient: FloatArray) -> Params:
        by_score = np.zeros_like(every)
        by_score[rows, last] = gradient
        return backward(by_score)

    return every[rows, last], backward_from_last


def reward_model_loss(params: Params, ranked: IntArray) -> tuple[float, Params]:
    """Loss of equation 1 over all pairs of each prompt, and its gradients.

    `−(1 / C(K, 2)) Σ_{i<j} log σ(r_i − r_j)`, the mean over the prompts, in nats.

    Parameters
    ----------
    params
        A reward model.
    ranked
        Sequences, best first, shape `(n_prompts, K, 12)`.

    Returns
    -------
    tuple[float, Params]
        The loss, and its gradient by every parameter.

    References
    ----------
    Ouyang et al. 2022, equation 1.
    """
    n, k, _ = ranked.shape
    values, backward = reward(params, ranked.reshape(n * k, -1))
    loss, gradient = ranking_loss_and_gradient(values.reshape(n, k))
    return loss, backward(gradient.ravel())


def train_reward_model(
    sft: Params,
    ranked: IntArray,
    demonstrations: IntArray,
    config: TinyConfig,
    rng: np.random.Generator,
    *,
    after_epoch: Callable[[int, Params], None] | None = None,
) -> Params:
    """Train the SFT model's body with a scalar head on rankings; demonstrations then score 0 on average.

    All `C(K, 2)` pairs of a prompt are one element of a batch. The loss sees differences only and leaves the level
    free. The paper fixes it by a bias before RL (§3.5).

    Parameters
    ----------
    sft
        The SFT model; it is left as it is.
    ranked
        Sequences, best first, shape `(n_prompts, K, 12)`.
    demonstrations
        Prompts with their right responses, shape `(n, 12)`, at least one, for the level alone.
    config
        `rm_epochs`, `rm_batch`, `rm_weight_decay`, and `rm_lr`, which falls along a cosine.
    rng
        Source of the first weights of the head and of the order of the prompts, new in every epoch.
    after_epoch
        Called as `after_epoch(epoch, params)`, from 0; the parameters go on changing, so copy what is to be kept.

    Returns
    -------
    Params
        The reward model.

    Raises
    ------
    ValueError
        If there is no ranking.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (reward modeling), equation 1; lesson 3.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import TinyConfig
    from rlhf_textbook.tiny.language import all_prompts, demonstrations, off_task
    from rlhf_textbook.tiny.model import init_model
    from rlhf_textbook.tiny.reward_model import pair_accuracy, reward, train_reward_model

    rng = np.random.default_rng(0)
    sft, prompts = init_model(16, 32, rng), all_prompts()  # stands in for a trained one
    good, bad = demonstrations(prompts, rng), off_task(prompts, rng)
    ranked = np.stack([good, bad], axis=1)
    model = train_reward_model(sft, ranked[::8], good, TinyConfig(), rng)
    print(f"{pair_accuracy(model, ranked):.1%} of pairs in the right order")
    print(f"good {abs(reward(model, good)[0].mean()):.2f}")
    print(f"bad {reward(model, bad)[0].mean():.2f}")
    ```

    ```text title="Output"
    96.9% of pairs in the right order
    good 0.00
    bad -6.02
    ```
    """
    if len(ranked) < 1:
        raise checks.error("ranked", "at least one ranking", f"shape {ranked.shape}")
    examples = token_array("demonstrations", demonstrations, SEQUENCE_LENGTH)
    params = with_scalar_head(sft, checks.generator("rng", rng))
    optimizer = Adam(params, config.rm_lr, weight_decay=config.rm_weight_decay)
    n_batches = -(-len(ranked) // config.rm_batch)
    scales = iter(cosine_learning_rate(np.arange(n := config.rm_epochs * n_batches), n_steps=n, peak=1.0))
    for epoch in range(config.rm_epochs):
        for batch in np.array_split(rng.permutation(len(ranked)), n_batches):
            _, gradient = reward_model_loss(params, ranked[batch])
            optimizer.step(gradient, scale=next(scales))
        if after_epoch is not None:
            after_epoch(epoch, params)
    params["head_bias"] -= reward(params, examples)[0].mean()
    return params


def pair_accuracy(params: Params, ranked: IntArray) -> float:
    """Share of the pairs that the reward model orders as the labeler did.

    `ranked` has shape `(n_prompts, K, 12)`, best first. Two that score the same, as equal responses do, count half.
    """
    n, k, _ = ranked.shape
    return ranking_accuracy(reward(params, ranked.reshape(n * k, -1))[0].reshape(n, k))


def accuracy_ceiling(qualities: FloatArray) -> float:
    """How often the labeler's true quality orders a pair as the noisy ranking did; a tie counts half.

    `qualities` has shape `(n_prompts, K)`, in the order of the ranking, as `Comparisons` has them. What remains to 1
    is the labeler's noise, which no reward model can foresee.
    """
    return ranking_accuracy(qualities)
