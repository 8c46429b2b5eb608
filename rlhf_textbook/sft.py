"""Supervised fine-tuning, the same loss as pretraining on other data.

Prompt and demonstration are one sequence; only the demonstration's tokens count.
"""

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import BoolArray, FloatArray


def response_mask(prompt_lengths: ArrayLike, sequence_lengths: ArrayLike) -> BoolArray:
    """Which positions of each padded sequence belong to the response.

    `m_t = 1` for `prompt_length ≤ t < sequence_length` (counting from 0), else 0.

    Parameters
    ----------
    prompt_lengths
        Tokens in each prompt, shape `(batch,)` or one integer; at least 0.
    sequence_lengths
        Tokens in each prompt *and* response, same shape; greater than the prompt's.

    Returns
    -------
    BoolArray
        Shape `(batch, longest sequence)`, or `(sequence length,)` for two integers.

    Raises
    ------
    ValueError
        If the shapes differ, a length is negative, or a response would be empty.

    Examples
    --------
    ```python
    from rlhf_textbook import response_mask

    print(response_mask([2, 3], [5, 4]).astype(int))
    ```

    ```text title="Output"
    [[0 0 1 1 1]
     [0 0 0 1 0]]
    ```
    """
    starts = checks.int_array("prompt_lengths", prompt_lengths, max_ndim=1)
    ends = checks.int_array("sequence_lengths", sequence_lengths, max_ndim=1)
    checks.same_shape("sequence_lengths", ends, "prompt_lengths", starts)
    if (starts < 0).any():
        raise checks.error("prompt_lengths", "lengths of at least 0", starts.min())
    if (ends <= starts).any():
        worst = int(np.argmax(ends <= starts))
        raise checks.error(
            "sequence_lengths",
            "more tokens than the prompt has",
            f"{ends.flat[worst]} for a prompt of {starts.flat[worst]}",
        )
    positions = np.arange(ends.max())
    return (starts[..., None] <= positions) & (positions < ends[..., None])


def sft_loss(log_probs: ArrayLike, mask: ArrayLike, *, reduction: str = "mean") -> float:
    """Negative log-likelihood of the demonstrations, the prompt left out.

    `L_SFT = −Σ_t m_t · log P(x_t | x_1 … x_{t−1}; θ)`, for `reduction="mean"` divided by `Σ_t m_t`.

    The mean is what trainers report; the sum is what the formula on paper usually shows.

    Parameters
    ----------
    log_probs
        Log-probabilities of the tokens that came, shape `(T,)` or `(batch, T)`, in nats.
    mask
        Same shape; True on response tokens (see [`response_mask`][rlhf_textbook.sft.response_mask]).
    reduction
        `"mean"` (nats per response token, over the whole batch) or `"sum"` (nats).

    Returns
    -------
    float
        At least 0; inf if a response token had probability 0, or the sum is beyond the range of a float.

    Raises
    ------
    ValueError
        If the shapes differ, the mask keeps nothing, or `reduction` is another word.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (supervised fine-tuning).

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import sft_loss

    log_probs = np.log([0.9, 0.8, 0.08, 0.5])  # two prompt tokens, two response tokens
    print(round(sft_loss(log_probs, [0, 0, 1, 1]), 4))
    ```

    ```text title="Output"
    1.6094
    ```
    """
    values = checks.log_probs("log_probs", log_probs, min_ndim=1, max_ndim=2)
    # Here, unlike elsewhere, a mask left out is a mistake: it would train the model to write prompts.
    kept = checks.mask_array("mask", mask, values.shape, required=True)
    checks.one_of("reduction", reduction, "mean", "sum")
    losses = -values[kept]
    with np.errstate(over="ignore"):
        return float(losses.mean() if reduction == "mean" else losses.sum())


def cosine_learning_rate(step: ArrayLike, *, n_steps: int, peak: float, final_fraction: float = 0.1) -> FloatArray:
    """Learning rate that falls from its peak along half a cosine.

    `η(s) = η_peak · (f + (1 − f) · (1 + cos(π s / S)) / 2)`

    Parameters
    ----------
    step
        Steps taken so far, in `[0, n_steps]`, any shape.
    n_steps
        Length of the schedule, `S`, at least 1.
    peak
        Learning rate at step 0, positive.
    final_fraction
        Share `f` of the peak that is left at the end, in [0, 1]; the paper decays to 0.1.

    Returns
    -------
    FloatArray
        Same shape as `step`.

    Raises
    ------
    ValueError
        If a step lies outside the schedule, or another argument outside its range.

    References
    ----------
    Ouyang et al. 2022, appendix C.1.

    Examples
    --------
    ```python
    from rlhf_textbook import cosine_learning_rate

    print(cosine_learning_rate([0, 50, 100], n_steps=100, peak=1.0).round(3))
    ```

    ```text title="Output"
    [1.   0.55 0.1 ]
    ```
    """
    steps = checks.float_array("step", step)
    total = checks.whole_number("n_steps", n_steps, low=1)
    top = checks.number("peak", peak, low=0, low_open=True)
    floor = checks.number("final_fraction", final_fraction, low=0, high=1)
    if (steps < 0).any() or (steps > total).any():
        raise checks.error("step", f"steps in [0, {total}]", f"{steps.min():g} to {steps.max():g}")
    return top * (floor + (1 - floor) * (1 + np.cos(np.pi * steps / total)) / 2)
