"""What a language model is trained to maximize, and what that rewards.

A model reads `x_1 … x_{t−1}` and gives a probability to every possible next token `x_t`.
Training raises the log-probability of the token that really came next, and nothing else.
"""

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray
from rlhf_textbook.numerics import log_softmax


def next_token_log_probs(logits: ArrayLike, tokens: ArrayLike) -> FloatArray:
    """Log-probability that the model gave to each token that really came.

    `log P(x_t | x_1 … x_{t−1}; θ) = log softmax(logits_t)[x_t]`

    Row `t` of `logits` must already be the model's answer to everything *before* token `t`;
    a transformer's raw output is shifted by one position first.

    Parameters
    ----------
    logits
        Scores of the whole vocabulary at each position, shape `(..., T, vocabulary)`.
    tokens
        Ids of the tokens that came, shape `(..., T)`, integers in `[0, vocabulary)`.

    Returns
    -------
    FloatArray
        Shape `(..., T)`, in nats, at most 0; −inf for a token that is ruled out.

    Raises
    ------
    ValueError
        If the shapes do not agree, an id lies outside the vocabulary, or `logits` holds NaN.

    References
    ----------
    Ouyang et al. 2022, section 1 (the language-modeling objective).

    Examples
    --------
    ```python
    from rlhf_textbook import next_token_log_probs

    logits = [[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]]  # two positions, three possible tokens
    print(next_token_log_probs(logits, [0, 2]).round(3))
    ```

    ```text title="Output"
    [-0.24  -1.551]
    ```
    """
    scores = checks.float_array("logits", logits, min_ndim=2, allow_infinite=True)
    ids = checks.int_array("tokens", tokens, min_ndim=1)
    if ids.shape != scores.shape[:-1]:
        expected = f"shape {scores.shape[:-1]} for logits of shape {scores.shape}"
        raise checks.error("tokens", expected, f"shape {ids.shape}")
    vocabulary = scores.shape[-1]
    outside = (ids < 0) | (ids >= vocabulary)
    if outside.any():
        raise checks.error("tokens", f"ids in [0, {vocabulary})", ids[outside][0])
    return np.take_along_axis(log_softmax(scores), ids[..., None], axis=-1)[..., 0]


def log_likelihood(log_probs: ArrayLike, *, mask: ArrayLike | None = None) -> FloatArray:
    """Log-likelihood of each sequence: the sum of its tokens' log-probabilities.

    `Σ_{t=1}^{T} log P(x_t | x_1 … x_{t−1}; θ)`

    Parameters
    ----------
    log_probs
        Log-probabilities of the tokens that came, shape `(..., T)`, in nats.
    mask
        Same shape; True where a token counts. Padding is False. None counts all.

    Returns
    -------
    FloatArray
        Shape `(...)`, in nats per sequence; −inf if a token that counts had probability 0, or beyond the range of a
        float.

    Raises
    ------
    ValueError
        If a log-probability is positive or NaN, or the mask has another shape.

    References
    ----------
    Ouyang et al. 2022, section 1; the sum is the chain rule of probability.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import log_likelihood

    print(log_likelihood(np.log([0.5, 0.25, 0.125])).round(4))  # log(1/64)
    ```

    ```text title="Output"
    -4.1589
    ```
    """
    values = checks.log_probs("log_probs", log_probs, min_ndim=1)
    kept = checks.mask_array("mask", mask, values.shape)
    with np.errstate(over="ignore"):
        return np.where(kept, values, 0.0).sum(axis=-1)


def perplexity(log_probs: ArrayLike, *, mask: ArrayLike | None = None) -> float:
    """Perplexity: among how many equally likely tokens the model seems to choose.

    `exp(−mean of log P(x_t | …))` over all tokens that count.

    Parameters
    ----------
    log_probs
        Log-probabilities of the tokens that came, any shape, in nats.
    mask
        Same shape; True where a token counts. None counts all.

    Returns
    -------
    float
        At least 1; inf if a token that counts had probability 0, or beyond the range of a float.

    Raises
    ------
    ValueError
        If a log-probability is positive or NaN, or the mask has another shape or keeps nothing.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import perplexity

    print(round(perplexity(np.log([0.1, 0.1, 0.1])), 6))
    ```

    ```text title="Output"
    10.0
    ```
    """
    values = checks.log_probs("log_probs", log_probs)
    kept = checks.mask_array("mask", mask, values.shape)
    with np.errstate(over="ignore"):
        return float(np.exp(-values[kept].mean()))
