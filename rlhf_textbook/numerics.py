"""The four functions under every formula of the book, stable at any input.

They stay exact where the textbook formula overflows: a margin of ±10,000 or of
±infinity gives the limit, not NaN and not a warning.
"""

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook._checks import FloatArray, axis_of, error, float_array


def log_sigmoid(x: ArrayLike) -> FloatArray:
    """Natural logarithm of the logistic function.

    `log σ(x) = −log(1 + exp(−x))`, computed with `logaddexp` so that nothing overflows.

    Parameters
    ----------
    x
        Any shape; ±inf allowed.

    Returns
    -------
    FloatArray
        Same shape, in nats, at most 0.

    Raises
    ------
    ValueError
        If `x` is empty or holds NaN.

    Examples
    --------
    ```python
    from rlhf_textbook import log_sigmoid

    print(log_sigmoid([-10_000.0, 0.0, 2.3]).round(4))
    ```

    ```text title="Output"
    [-1.000e+04 -6.931e-01 -9.550e-02]
    ```
    """
    return -np.logaddexp(0.0, -float_array("x", x, allow_infinite=True))


def sigmoid(x: ArrayLike) -> FloatArray:
    """Logistic function: a difference of scores, read as a probability.

    `σ(x) = 1 / (1 + exp(−x))`, computed as `exp(log σ(x))`.

    Parameters
    ----------
    x
        Any shape; ±inf allowed.

    Returns
    -------
    FloatArray
        Same shape, in [0, 1].

    Raises
    ------
    ValueError
        If `x` is empty or holds NaN.

    Examples
    --------
    ```python
    from rlhf_textbook import sigmoid

    print(sigmoid([0.0, 0.6, 2.3]).round(3))
    ```

    ```text title="Output"
    [0.5   0.646 0.909]
    ```
    """
    return np.exp(log_sigmoid(x))


def log_softmax(logits: ArrayLike, *, axis: int = -1) -> FloatArray:
    """Logarithm of the softmax: scores of all tokens, made into log-probabilities.

    `log softmax(z)_i = z_i − log Σ_j exp(z_j)`, with the largest score taken out first.

    Parameters
    ----------
    logits
        Shape `(..., vocabulary)` for the default axis; finite, or −inf for a token that is ruled out.
    axis
        The axis over which probabilities sum to 1.

    Returns
    -------
    FloatArray
        Same shape, in nats.

    Raises
    ------
    ValueError
        If `logits` is empty, a scalar, holds NaN or +inf, or rules out every token of a row.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import log_softmax

    print(np.exp(log_softmax([2.0, 1.0, -np.inf])).round(3))
    ```

    ```text title="Output"
    [0.731 0.269 0.   ]
    ```
    """
    z = float_array("logits", logits, min_ndim=1, allow_infinite=True)
    along = axis_of("logits", z, axis)
    largest = z.max(axis=along, keepdims=True)
    if np.isinf(largest).any():
        raise error("logits", "a finite largest value in every row", largest[np.isinf(largest)][0])
    with np.errstate(over="ignore"):  # a score too far below the largest for a float is as good as ruled out
        shifted = z - largest
    return shifted - np.log(np.exp(shifted).sum(axis=along, keepdims=True))


def softmax(logits: ArrayLike, *, axis: int = -1) -> FloatArray:
    """Softmax: scores of all tokens, made into probabilities.

    `softmax(z)_i = exp(z_i) / Σ_j exp(z_j)`. Parameters, shapes and errors are those of
    [`log_softmax`][rlhf_textbook.numerics.log_softmax].

    Examples
    --------
    ```python
    from rlhf_textbook import softmax

    print(softmax([2.0, 1.0, 0.0]).round(3))
    ```

    ```text title="Output"
    [0.665 0.245 0.09 ]
    ```
    """
    return np.exp(log_softmax(logits, axis=axis))
