"""Lesson 1 in the small: predict the next token of the internet."""

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import page_tokens, web_pages
from rlhf_textbook.tiny.model import Adam, Params, init_model, log_probs


def language_model_loss(params: Params, sequences: IntArray, weights: FloatArray) -> tuple[float, Params]:
    """Cross-entropy of the tokens after the first, and its gradients.

    `−Σ w_t log p(x_t | x_<t)`, in nats.

    Parameters
    ----------
    params
        A language model.
    sequences
        Tokens, shape `(n, 12)`.
    weights
        Of each token after the first, shape `(n, 11)`; they sum to 1 for a mean over tokens, 0 leaves a token out.

    Returns
    -------
    tuple[float, Params]
        The loss, and its gradient by every parameter.
    """
    log_p, backward = log_probs(params, sequences)
    return float(-(weights * log_p).sum()), backward(-weights)


def web_loss(params: Params, pages: IntArray) -> tuple[float, Params]:
    """Mean loss a token of whole pages, in nats, and its gradients: what pretraining and PPO-ptx descend."""
    counted = page_tokens(pages)
    return language_model_loss(params, pages, counted / counted.sum())


def pretrain(config: TinyConfig, prompts: IntArray, rng: np.random.Generator) -> Params:
    """Train a base model: Adam on fresh pages at every step, the learning rate falling along a cosine.

    Parameters
    ----------
    config
        The sizes of the model, and `pretraining_steps`, `pretraining_batch` and `pretraining_lr`.
    prompts
        What the instructions on the pages are about, shape `(n_prompts, 6)`.
    rng
        Source of the first weights and of the pages.

    Returns
    -------
    Params
        A language model.

    References
    ----------
    Radford et al. 2018; lesson 1.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import TinyConfig
    from rlhf_textbook.tiny.language import all_prompts, web_pages
    from rlhf_textbook.tiny.pretraining import pretrain, web_loss

    prompts, rng = all_prompts(), np.random.default_rng(0)
    pages = web_pages(500, prompts, rng)
    for steps in (1, 100):
        config = TinyConfig(n_hidden=32, pretraining_steps=steps)
        print(steps, round(web_loss(pretrain(config, prompts, rng), pages)[0], 2))
    ```

    ```text title="Output"
    1 3.08
    100 1.64
    ```
    """
    params = init_model(config.n_embedding, config.n_hidden, checks.generator("rng", rng))
    optimizer = Adam(params, config.pretraining_lr)
    schedule = cosine_learning_rate(np.arange(config.pretraining_steps), n_steps=config.pretraining_steps, peak=1.0)
    for scale in schedule:
        _, gradient = web_loss(params, web_pages(config.pretraining_batch, prompts, rng))
        optimizer.step(gradient, scale=scale)
    return params
