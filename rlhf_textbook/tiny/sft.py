"""Lesson 2 in the small: imitate demonstrations, and learn from the response alone."""

from collections.abc import Callable

import numpy as np

from rlhf_textbook._checks import IntArray
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import PROMPT_LENGTH, response_tokens
from rlhf_textbook.tiny.model import Adam, Params, copy_model, log_probs


def sft_loss(params: Params, sequences: IntArray) -> tuple[float, Params]:
    """Mean loss a response token, in nats, and its gradients; the prompt is read but not learned."""
    counted = response_tokens(sequences)
    log_p, backward = log_probs(params, sequences, start=PROMPT_LENGTH)
    weights = counted / counted.sum()
    return float(-(weights * log_p).sum()), backward(-weights)


def fine_tune(
    base: Params,
    demonstrations: IntArray,
    config: TinyConfig,
    rng: np.random.Generator,
    *,
    after_epoch: Callable[[int, Params], None] | None = None,
) -> Params:
    """Train the base model for `sft_epochs` on demonstrations; `after_epoch(epoch, params)` may look at each."""
    params = copy_model(base)
    optimizer = Adam(params, config.sft_lr)
    n_batches = -(-len(demonstrations) // config.sft_batch)
    scales = iter(cosine_learning_rate(np.arange(n := config.sft_epochs * n_batches), n_steps=n, peak=1.0))
    for epoch in range(config.sft_epochs):
        for batch in np.array_split(rng.permutation(len(demonstrations)), n_batches):
            _, gradient = sft_loss(params, demonstrations[batch])
            optimizer.step(gradient, scale=next(scales))
        if after_epoch is not None:
            after_epoch(epoch, params)
    return params
