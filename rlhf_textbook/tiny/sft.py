"""Lesson 2 in the small: imitate demonstrations, and learn from the response alone."""

from collections.abc import Callable

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import IntArray
from rlhf_textbook.sft import cosine_learning_rate
from rlhf_textbook.tiny.config import TinyConfig
from rlhf_textbook.tiny.language import PROMPT_LENGTH, response_tokens
from rlhf_textbook.tiny.model import Adam, Params, copy_model, log_probs


def sft_loss(params: Params, sequences: IntArray) -> tuple[float, Params]:
    """Mean loss a response token, and its gradients; the prompt is read but not learned.

    `−(1/N) Σ log p(y_t | x, y_<t)` over the `N` response tokens of the batch, end marks included, padding not; in nats.

    Parameters
    ----------
    params
        A language model.
    sequences
        Prompts with their responses, shape `(n, 12)`.

    Returns
    -------
    tuple[float, Params]
        The loss, and its gradient by every parameter.
    """
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
    """Train a copy of the base model on demonstrations, several times over.

    Parameters
    ----------
    base
        The language model to start from; it is left as it is.
    demonstrations
        Prompts with their right responses, shape `(n, 12)`, at least one.
    config
        `sft_epochs`, `sft_batch` and `sft_lr`, which falls along a cosine.
    rng
        Source of the order of the demonstrations, new in every epoch.
    after_epoch
        Called as `after_epoch(epoch, params)`, from 0; the parameters go on changing, so copy what is to be kept.

    Returns
    -------
    Params
        The SFT model.

    Raises
    ------
    ValueError
        If there are no demonstrations.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (supervised fine-tuning); lesson 2.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny import TinyConfig
    from rlhf_textbook.tiny.language import all_prompts, demonstrations
    from rlhf_textbook.tiny.model import init_model
    from rlhf_textbook.tiny.sft import fine_tune, sft_loss

    rng = np.random.default_rng(0)
    base = init_model(16, 32, rng)  # stands in for a pretrained one
    shown = demonstrations(all_prompts()[::5], rng)
    tuned = fine_tune(base, shown, TinyConfig(), rng)
    print(round(sft_loss(base, shown)[0], 2), round(sft_loss(tuned, shown)[0], 2))
    ```

    ```text title="Output"
    3.46 1.43
    ```
    """
    checks.generator("rng", rng)
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
