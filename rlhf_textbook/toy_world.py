"""Responses as five features, people who rank them, and a blind spot.

What a response looks like is its features, all that a reward model sees. What it is worth to people is
its true score, which only they see, and which their rankings tell with noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import BoolArray, FloatArray, IntArray
from rlhf_textbook.numerics import sigmoid

FEATURE_NAMES = ("helpful", "truthful", "concise", "relevant", "safe")
"""What the five features of a response stand for."""

TRUE_WEIGHTS = np.array([0.35, 0.25, 0.15, 0.15, 0.10])
"""What each feature is worth to people; the reward model has to find it out."""
TRUE_WEIGHTS.flags.writeable = False

LABELER_TEMPERATURE = 0.06
"""Noise of the labelers; at this value two labelers agree on 74.6 % of pairs (Ouyang et al. 2022, §3.4: 73 to 77 %)."""

_HONEST = (2.0, 2.0)  # parameters of the features' beta distribution
_FABRICATED = (5.0, 2.0)  # looks better than most honest responses, mean 0.71 against 0.5


@dataclass(frozen=True)
class Responses:
    """Responses to some prompts: what they look like, what they are worth, and which are made up.

    Attributes
    ----------
    features
        What a reward model sees, shape `(n_prompts, n_responses, 5)`, in [0, 1].
    true_scores
        What each response is worth to people, shape `(n_prompts, n_responses)`.
    fabricated
        Which responses are made up, the same shape.
    """

    features: FloatArray
    true_scores: FloatArray
    fabricated: BoolArray


def sample_responses(
    n_prompts: int, n_responses: int, *, fabrication_rate: float = 0.0, rng: np.random.Generator
) -> Responses:
    """Responses that a model writes to each prompt, with their true scores.

    `x_1 … x_5 ~ Beta(2, 2)` and `true score = Σ w_i x_i`, `w` being the true weights. With the fabrication
    rate as its probability a response is fabricated: it looks excellent, `x_i ~ Beta(5, 2)`, and is worth 0.

    No function of the features tells a fabricated response from an honest one that is as good as it looks: that is
    the blind spot of every linear reward model here.

    Parameters
    ----------
    n_prompts
        How many prompts, at least 1.
    n_responses
        How many responses to each prompt, at least 1.
    fabrication_rate
        Share of fabricated responses, in [0, 1]; 0.01 is the project's blind spot.
    rng
        Source of the randomness.

    Returns
    -------
    Responses
        `features` `(n_prompts, n_responses, 5)` in [0, 1], `true_scores` and `fabricated`
        `(n_prompts, n_responses)`.

    Raises
    ------
    ValueError
        If a count is below 1, the rate is outside [0, 1], or `rng` is no generator.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import sample_responses

    rng = np.random.default_rng(0)
    responses = sample_responses(1000, 4, fabrication_rate=0.01, rng=rng)
    print(responses.features.shape, responses.true_scores.shape)
    print(responses.fabricated.sum(), responses.true_scores[responses.fabricated].max())
    ```

    ```text title="Output"
    (1000, 4, 5) (1000, 4)
    35 0.0
    ```
    """
    shape = (
        checks.whole_number("n_prompts", n_prompts, low=1),
        checks.whole_number("n_responses", n_responses, low=1),
    )
    rate = checks.number("fabrication_rate", fabrication_rate, low=0, high=1)
    source = checks.generator("rng", rng)
    features = source.beta(*_HONEST, size=(*shape, TRUE_WEIGHTS.size))
    fabricated = source.random(shape) < rate
    features[fabricated] = source.beta(*_FABRICATED, size=(int(fabricated.sum()), TRUE_WEIGHTS.size))
    return Responses(features, np.where(fabricated, 0.0, features @ TRUE_WEIGHTS), fabricated)


def rank_responses(
    scores: ArrayLike, *, temperature: float = LABELER_TEMPERATURE, rng: np.random.Generator
) -> IntArray:
    """One labeler's ranking of the responses of each prompt, by the Plackett–Luce model.

    `order by u_i + τ g_i, g_i ~ Gumbel(0, 1)`, `u` being the scores and `τ` the temperature. So the first place
    goes to `i` with probability `softmax(u / τ)_i`, the next is drawn in the same way from the rest, and of any two
    responses `i` is above `j` with the Bradley–Terry probability `σ((u_i − u_j) / τ)`.

    Parameters
    ----------
    scores
        What each response is worth to this labeler, shape `(K,)` or `(n_prompts, K)`: the true scores, or the
        features times weights of the labeler's own.
    temperature
        Noise of the labeler, in the unit of the scores, at least 0; at 0 the order is that of the scores.
    rng
        Source of the randomness.

    Returns
    -------
    IntArray
        Shape of `scores`: the positions of the responses, best first. For the features in that order,
        `np.take_along_axis(features, rankings[:, :, None], axis=1)`.

    Raises
    ------
    ValueError
        If the scores have another shape or are not finite, the temperature is negative or too large for a float to hold
        the noise, or `rng` is no generator.

    References
    ----------
    Luce 1959; Plackett 1975; by Gumbel noise: Yellott 1977.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import rank_responses

    same_prompt_5_times = np.tile([0.4, 0.6, 0.5], (5, 1))
    print(rank_responses(same_prompt_5_times, rng=np.random.default_rng(0)))
    ```

    ```text title="Output"
    [[2 1 0]
     [0 1 2]
     [1 2 0]
     [2 1 0]
     [1 2 0]]
    ```
    """
    utilities = checks.float_array("scores", scores, min_ndim=1, max_ndim=2)
    noise = checks.number("temperature", temperature, low=0)
    gumbel = checks.generator("rng", rng).gumbel(size=utilities.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        noisy = utilities + noise * gumbel
    return np.argsort(-checks.no_overflow("temperature", "noise that a float can hold", noisy), axis=-1)


def labeler_agreement(scores: ArrayLike, other_scores: ArrayLike, *, temperature: float = LABELER_TEMPERATURE) -> float:
    """How often two labelers put two responses of a prompt in the same order.

    `mean over prompts and pairs i < j of p p′ + (1 − p)(1 − p′)`, `p = σ((u_i − u_j) / τ)`, and `p′` the same for
    the other labeler. Computed from the probabilities, not counted: it has no noise but that of the responses.

    Parameters
    ----------
    scores
        What the responses are worth to the one labeler, shape `(K,)` or `(n_prompts, K)`, `K` at least 2.
    other_scores
        What they are worth to the other, the same shape; `scores` again for two labelers of one taste.
    temperature
        Noise of both labelers, positive.

    Returns
    -------
    float
        In [0, 1]; 0.5 if the one tells nothing of the other.

    Raises
    ------
    ValueError
        If a shape is wrong or the shapes differ, a score is not finite, or the temperature is not positive.

    References
    ----------
    Ouyang et al. 2022, section 3.4: 72.6 ± 1.5 % among training labelers, 77.3 ± 1.3 % among held-out ones.

    Examples
    --------
    ```python
    from rlhf_textbook import labeler_agreement

    print(round(labeler_agreement([0.4, 0.6, 0.5], [0.4, 0.6, 0.5]), 3))
    ```

    ```text title="Output"
    0.8
    ```
    """
    utilities = checks.float_array("scores", scores, min_ndim=1, max_ndim=2)
    others = checks.float_array("other_scores", other_scores, min_ndim=1, max_ndim=2)
    checks.same_shape("other_scores", others, "scores", utilities)
    if utilities.shape[-1] < 2:
        raise checks.error("scores", "at least 2 responses to a prompt", f"shape {utilities.shape}")
    noise = checks.number("temperature", temperature, low=0, low_open=True)
    first, second = np.triu_indices(utilities.shape[-1], k=1)
    with np.errstate(over="ignore"):  # a difference too large for a float leaves no doubt about the order
        margins = (utilities[..., first] - utilities[..., second]) / noise
        other_margins = (others[..., first] - others[..., second]) / noise
    p, q = sigmoid(margins), sigmoid(other_margins)
    return float((p * q + (1 - p) * (1 - q)).mean())
