"""Lesson 1 in the small: predict the next token of the internet."""

import numpy as np

from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import page_tokens, web_pages
from rlhf_textbook.tiny.model import Adam, Params, init_model, log_probs


def language_model_loss(params: Params, sequences: IntArray, weights: FloatArray) -> tuple[float, Params]:
    """Cross-entropy `−Σ w log p(x_t | x_<t)` of the tokens after the first, in nats, and its gradients.

    `weights` has shape (n, 11) and sums to 1 for a mean over tokens; 0 leaves a token out.
    """
    log_p, backward = log_probs(params, sequences)
    return float(-(weights * log_p).sum()), backward(-weights)


def web_loss(params: Params, pages: IntArray) -> tuple[float, Params]:
    """Mean loss a token of whole pages, in nats, and its gradients: what pretraining and PPO-ptx descend."""
    counted = page_tokens(pages)
    return language_model_loss(params, pages, counted / counted.sum())


def pretrain(config: TinyConfig, prompts: IntArray, rng: np.random.Generator) -> Params:
    """Train a base model: Adam on fresh pages at every step, the learning rate falling along a cosine."""
    params = init_model(config.n_embedding, config.n_hidden, rng)
    optimizer = Adam(params, config.pretraining_lr)
    schedule = cosine_learning_rate(np.arange(config.pretraining_steps), n_steps=config.pretraining_steps, peak=1.0)
    for scale in schedule:
        _, gradient = web_loss(params, web_pages(config.pretraining_batch, prompts, rng))
        optimizer.step(gradient, scale=scale)
    return params
