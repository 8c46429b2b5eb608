"""Writing responses, a whole batch at a time."""

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import IntArray
from rlhf_textbook.numerics import softmax
from rlhf_textbook.tiny.language import END, PROMPT_LENGTH, SEQUENCE_LENGTH, token_array
from rlhf_textbook.tiny.model import Params, token_table


def sample(params: Params, prompts: IntArray, rng: np.random.Generator, *, temperature: float = 1.0) -> IntArray:
    """Each prompt with a sampled response, shape (n, 12); behind its end mark a response is filled with end marks.

    The hidden layer's input is a running sum, so a token costs one addition and one small matrix product, whatever
    came before it. A token is drawn by inverting its distribution function at a uniform number.
    """
    prompts = token_array("prompts", prompts, PROMPT_LENGTH)
    heat = checks.number("temperature", temperature, low=0, low_open=True)
    table = token_table(params)
    sequences = np.full((len(prompts), SEQUENCE_LENGTH), END)
    sequences[:, :PROMPT_LENGTH] = prompts
    total = table[np.arange(PROMPT_LENGTH), prompts].sum(axis=1)
    for t in range(PROMPT_LENGTH, SEQUENCE_LENGTH):
        logits = np.tanh(total + params["bias"][t - 1]) @ params["head"] + params["head_bias"]
        reached = softmax(logits / heat).cumsum(axis=1)
        drawn = (reached[:, :-1] <= rng.random((len(prompts), 1))).sum(axis=1)
        sequences[:, t] = np.where(sequences[:, t - 1] == END, END, drawn)
        total += table[t, sequences[:, t]]
    return sequences
