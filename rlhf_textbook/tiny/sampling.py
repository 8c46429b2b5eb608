"""Writing responses, a whole batch at a time."""

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import IntArray
from rlhf_textbook.numerics import softmax
from rlhf_textbook.tiny.language import END, N_TOKENS, PROMPT_LENGTH, SEQUENCE_LENGTH, token_array
from rlhf_textbook.tiny.model import Params, token_table


def sample(params: Params, prompts: IntArray, rng: np.random.Generator, *, temperature: float = 1.0) -> IntArray:
    """Write a response to each prompt, token by token.

    `x_t ~ softmax((h_{t−1} U + c) / temperature)`, up to the end mark or six tokens.

    The hidden layer's input is a running sum, so a token costs one addition and one small matrix product, whatever
    came before it. A token is drawn by inverting its distribution function at a uniform number.

    Parameters
    ----------
    params
        A language model.
    prompts
        Shape `(n, 6)`, each in a row of its own; repeat a row for several responses.
    rng
        Source of randomness.
    temperature
        Above 0: below 1 likely tokens become likelier, above 1 the others do. The pipeline samples at 1.

    Returns
    -------
    IntArray
        Prompts with their responses, shape `(n, 12)`; behind its end mark a response is filled with end marks.

    Raises
    ------
    ValueError
        If `prompts` has another shape or no row, an entry is no token, or `temperature` is not a positive number,
        or one so small that a float cannot hold the model's outputs over it.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.language import all_prompts, render
    from rlhf_textbook.tiny.model import init_model
    from rlhf_textbook.tiny.sampling import sample

    untrained = init_model(16, 128, np.random.default_rng(0))
    for row in sample(untrained, all_prompts()[600:603], np.random.default_rng(1)):
        print(render(row))
    ```

    ```text title="Output"
    <web> reverse b d a > d G A <web> count rude
    <web> reverse b d b > H count c h C .
    <web> reverse b d c > copy d g f c d
    ```
    """
    prompts = token_array("prompts", prompts, PROMPT_LENGTH)
    heat = checks.number("temperature", temperature, low=0, low_open=True)
    checks.generator("rng", rng)
    if params["head"].shape[1] != N_TOKENS:
        raise checks.error("params", f"a model with {N_TOKENS} outputs, one a token", params["head"].shape[1])
    table = token_table(params)
    sequences = np.full((len(prompts), SEQUENCE_LENGTH), END)
    sequences[:, :PROMPT_LENGTH] = prompts
    total = table[np.arange(PROMPT_LENGTH), prompts].sum(axis=1)
    for t in range(PROMPT_LENGTH, SEQUENCE_LENGTH):
        logits = np.tanh(total + params["bias"][t - 1]) @ params["head"] + params["head_bias"]
        with np.errstate(over="ignore"):
            heated = checks.no_overflow("temperature", "one over which a float can hold the outputs", logits / heat)
        reached = softmax(heated).cumsum(axis=1)
        drawn = (reached[:, :-1] <= rng.random((len(prompts), 1))).sum(axis=1)
        sequences[:, t] = np.where(sequences[:, t - 1] == END, END, drawn)
        total += table[t, sequences[:, t]]
    return sequences
