"""The tiny language model: one hidden layer that has read everything so far.

`h_t = tanh(b_t + Σ_{k ≤ t} E[x_k] W_k)` and `outputs_t = h_t U + c`: each token `x_k` has an embedding of 16 numbers
and each position its own matrix, so the hidden layer's input is a running sum. With as many outputs as tokens it is a
language model; with one it is a reward model or a value function. About 30,000 parameters, no attention, and the
backward pass is a dozen lines.

The functions that give log-probabilities or scores give a second function with them, which takes the loss's derivative
by that result and returns the gradients by every parameter: backpropagation, written by hand.
"""

from collections.abc import Callable

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.numerics import log_softmax
from rlhf_textbook.tiny.language import N_TOKENS, SEQUENCE_LENGTH

Params = dict[str, FloatArray]
"""A model: its parameters by name. A gradient has the same names and shapes."""
Backward = Callable[[FloatArray], Params]
"""Backward pass: takes the loss's derivative by a result, in its shape; returns the one by every parameter."""


def init_model(n_embedding: int, n_hidden: int, rng: np.random.Generator) -> Params:
    """Language model with random weights.

    Parameters
    ----------
    n_embedding
        Numbers that stand for a token, at least 1.
    n_hidden
        Units of the hidden layer, at least 1.
    rng
        Source of randomness.

    Returns
    -------
    Params
        `embedding` E, shape (27, n_embedding); `mixing` W, (12, n_embedding, n_hidden); `bias` b, (12, n_hidden);
        `head` U, (n_hidden, 27); `head_bias` c, (27,), which starts at 0.

    Raises
    ------
    ValueError
        If a size is not a whole number of at least 1, or `rng` is no numpy generator.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.model import init_model, n_parameters

    model = init_model(16, 128, np.random.default_rng(0))
    print(n_parameters(model), model["mixing"].shape)
    ```

    ```text title="Output"
    30027 (12, 16, 128)
    ```
    """
    n_embedding = checks.whole_number("n_embedding", n_embedding, low=1)
    n_hidden = checks.whole_number("n_hidden", n_hidden, low=1)
    checks.generator("rng", rng)
    return {
        "embedding": rng.normal(size=(N_TOKENS, n_embedding)),
        # A sum over up to 12 tokens should neither saturate the tanh nor leave it linear.
        "mixing": rng.normal(size=(SEQUENCE_LENGTH, n_embedding, n_hidden)) / np.sqrt(4 * n_embedding),
        "bias": rng.normal(size=(SEQUENCE_LENGTH, n_hidden)) * 0.3,
        "head": rng.normal(size=(n_hidden, N_TOKENS)) / np.sqrt(n_hidden),
        "head_bias": np.zeros(N_TOKENS),
    }


def with_scalar_head(params: Params, rng: np.random.Generator) -> Params:
    """Copy the body and give it one output in place of the vocabulary: the start of a reward model.

    The new `head` has shape (n_hidden, 1) and small weights, the new `head_bias` is 0.
    """
    n_hidden = len(params["head"])
    new = {"head": rng.normal(size=(n_hidden, 1)) * 0.1 / np.sqrt(n_hidden), "head_bias": np.zeros(1)}
    return {name: value.copy() for name, value in (params | new).items()}


def copy_model(params: Params) -> Params:
    """Copy a model, to train it further while the original stays as it is."""
    return {name: value.copy() for name, value in params.items()}


def n_parameters(params: Params) -> int:
    """How many numbers a model has learned."""
    return sum(value.size for value in params.values())


def token_table(params: Params) -> FloatArray:
    """Compute what each token adds to the hidden layer's input at each position: `E W_k`, shape (12, 27, n_hidden)."""
    return params["embedding"] @ params["mixing"]


def hidden_states(params: Params, tokens: IntArray, *, start: int = 0) -> FloatArray:
    """Hidden layer after each token from position `start` on, shape (T − start, n, n_hidden).

    Time comes first, so that what is computed together lies together in memory.
    """
    n, length = tokens.shape
    table, bias = token_table(params), params["bias"]
    hidden = np.empty((length - start, n, bias.shape[1]))
    total = np.zeros((n, bias.shape[1]))
    for t in range(length):
        total += table[t, tokens[:, t]]
        if t >= start:
            np.tanh(total + bias[t], out=hidden[t - start])
    return hidden


def _backward(params: Params, tokens: IntArray, hidden: FloatArray, by_output: FloatArray) -> Params:
    """Gradients by every parameter, given those by the outputs, shape (T − start, n, n_outputs)."""
    gradient = {name: np.zeros_like(value) for name, value in params.items()}
    flat = by_output.reshape(-1, by_output.shape[-1])
    gradient["head"] = hidden.reshape(len(flat), -1).T @ flat
    gradient["head_bias"] = flat.sum(axis=0)

    start = tokens.shape[1] - len(hidden)
    one_hot = np.eye(N_TOKENS)[tokens]
    by_total = np.zeros(hidden.shape[1:])  # token t is part of this sum and of every later one
    for t in reversed(range(tokens.shape[1])):
        if t >= start:
            h = hidden[t - start]
            by_input = by_output[t - start] @ params["head"].T
            by_input *= 1 - h * h
            gradient["bias"][t] = by_input.sum(axis=0)
            by_total += by_input
        by_table = one_hot[:, t].T @ by_total
        gradient["mixing"][t] = params["embedding"].T @ by_table
        gradient["embedding"] += by_table @ params["mixing"][t].T
    return gradient


def log_probs(params: Params, sequences: IntArray, *, start: int = 1) -> tuple[FloatArray, Backward]:
    """Log-probability of each token given those before it, and the backward pass.

    `log p(x_t | x_<t) = log softmax(h_{t−1} U + c)[x_t]`; the derivative of `log softmax(z)[x]` by `z` is
    `one-hot(x) − softmax(z)`.

    Parameters
    ----------
    params
        A language model.
    sequences
        Tokens, shape `(n, T)`, `T` at most 12; not checked.
    start
        First position whose log-probability is wanted, at least 1: before the first token there is nothing to read.

    Returns
    -------
    tuple[FloatArray, Backward]
        Log-probabilities in nats, shape `(n, T − start)`, and the function that takes the loss's derivative by them
        and returns the gradients by every parameter.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.language import all_prompts, demonstrations
    from rlhf_textbook.tiny.model import init_model, log_probs

    model = init_model(16, 128, np.random.default_rng(0))
    pages = demonstrations(all_prompts()[:2], np.random.default_rng(0))
    log_p, backward = log_probs(model, pages, start=6)
    gradients = backward(np.ones_like(log_p))  # of the sum
    print(log_p.shape, gradients["mixing"].shape)
    ```

    ```text title="Output"
    (2, 6) (12, 16, 128)
    ```
    """
    inputs, targets = sequences[:, :-1], sequences[:, start:].T
    hidden = hidden_states(params, inputs, start=start - 1)
    every = log_softmax(hidden @ params["head"] + params["head_bias"])
    chosen = (*np.indices(targets.shape), targets)

    def backward(gradient: FloatArray) -> Params:
        by_logits = np.exp(every)
        by_logits *= -gradient.T[..., None]
        by_logits[chosen] += gradient.T
        return _backward(params, inputs, hidden, by_logits)

    return every[chosen].T, backward


def scores(params: Params, tokens: IntArray, *, start: int = 0) -> tuple[FloatArray, Backward]:
    """Scalar output after each token, and the backward pass.

    Parameters
    ----------
    params
        A model with one output: a reward model or a value function.
    tokens
        Shape `(n, T)`, `T` at most 12; not checked.
    start
        First position after which the output is wanted.

    Returns
    -------
    tuple[FloatArray, Backward]
        Outputs, shape `(n, T − start)`, and the function that takes the loss's derivative by them and returns the
        gradients by every parameter.
    """
    hidden = hidden_states(params, tokens, start=start)
    outputs = hidden @ params["head"] + params["head_bias"]
    return outputs[..., 0].T, lambda gradient: _backward(params, tokens, hidden, gradient.T[..., None])


ADAM_EPSILON = 1e-3
"""Added to the size of a gradient before dividing by it; `Adam` says why it is large."""


class Adam:
    """Adam with decoupled weight decay; changes the parameters in place.

    `m ← 0.9 m + 0.1 g`, `v ← 0.999 v + 0.001 g²`, and at step `t`
    `x ← x − α (m̂ / (√v̂ + ε) + λ x)` with `m̂ = m / (1 − 0.9^t)`, `v̂ = v / (1 − 0.999^t)`.

    The usual `ε` is 1e-8. It lets a gradient that is 0 but for rounding errors take a step of full size, in a direction
    that differs from machine to machine, and a hundred updates of PPO later the same seed has written other responses.
    With 1e-3 rounding errors stay rounding errors, and the models learn as well.

    Parameters
    ----------
    params
        The model to train.
    learning_rate
        `α`.
    weight_decay
        `λ`, of every parameter.

    References
    ----------
    Kingma and Ba 2014 (arXiv 1412.6980), algorithm 1; Loshchilov and Hutter 2017 (arXiv 1711.05101) for the decay.
    """

    def __init__(self, params: Params, learning_rate: float, *, weight_decay: float = 0.0) -> None:
        self.params, self.learning_rate, self.weight_decay = params, learning_rate, weight_decay
        self.mean = {name: np.zeros_like(value) for name, value in params.items()}
        self.square = {name: np.zeros_like(value) for name, value in params.items()}
        self.steps = 0

    def step(self, gradient: Params, *, scale: float = 1.0) -> None:
        """One step against the gradient; `scale` multiplies the learning rate, for a schedule."""
        self.steps += 1
        rate = scale * self.learning_rate
        for name, value in self.params.items():
            g, mean, square = gradient[name], self.mean[name], self.square[name]
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            unbiased, size = mean / (1 - 0.9**self.steps), np.sqrt(square / (1 - 0.999**self.steps))
            value -= rate * (unbiased / (size + ADAM_EPSILON) + self.weight_decay * value)
