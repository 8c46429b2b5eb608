"""Lesson 4, the alternative to PPO: draw n responses and keep the one that scores best."""

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray


def best_of_n_kl(n_samples: ArrayLike) -> FloatArray:
    """How far best-of-n sampling moves from the policy it draws from.

    `KL(best-of-n ‖ policy) ≤ log n − (n − 1) / n`, with equality when no response can be drawn twice and no two score
    the same, as for long responses and a fine score.

    Parameters
    ----------
    n_samples
        Responses drawn for each prompt, `n`, integers of at least 1, any shape.

    Returns
    -------
    FloatArray
        Same shape, in nats; the bound itself.

    Raises
    ------
    ValueError
        If `n_samples` holds anything but integers of at least 1.

    References
    ----------
    Stiennon et al. 2020, appendix G.3; Gao, Schulman and Hilton 2022 (arXiv 2210.10760); that it is a bound:
    Beirami et al. 2024 (arXiv 2401.01879).

    Examples
    --------
    ```python
    from rlhf_textbook import best_of_n_kl

    print(best_of_n_kl([1, 16, 1024]).round(3))
    ```

    ```text title="Output"
    [0.    1.835 5.932]
    ```
    """
    n = checks.int_array("n_samples", n_samples)
    if (n < 1).any():
        raise checks.error("n_samples", "integers of at least 1", n.min())
    return np.log(n) - (n - 1) / n


def inference_cost(n_samples: int, *, generation_cost: float = 1.0, scoring_cost: float = 0.1) -> float:
    """Cost of answering one prompt by best-of-n.

    `n · (generation + scoring)`; with `n = 1` there is nothing to choose and nothing is scored.

    Parameters
    ----------
    n_samples
        Responses drawn, at least 1.
    generation_cost, scoring_cost
        Cost of one response and of one score, in any one unit, at least 0.

    Returns
    -------
    float
        In that unit.

    Raises
    ------
    ValueError
        If `n_samples` is not an integer of at least 1, or a cost is negative.

    Examples
    --------
    ```python
    from rlhf_textbook import inference_cost

    print(round(inference_cost(16), 2), inference_cost(1))
    ```

    ```text title="Output"
    17.6 1.0
    ```
    """
    n = checks.whole_number("n_samples", n_samples, low=1)
    generation = checks.number("generation_cost", generation_cost, low=0)
    scoring = checks.number("scoring_cost", scoring_cost, low=0)
    return n * (generation + scoring) if n > 1 else generation


def break_even_prompts(
    training_cost: float, n_samples: int, *, generation_cost: float = 1.0, scoring_cost: float = 0.1
) -> float:
    """After how many prompts a trained policy has paid for its training.

    `training cost / (cost of best-of-n − cost of one response)`

    Parameters
    ----------
    training_cost
        What PPO costs once, in the unit of the other costs, at least 0.
    n_samples
        Responses that best-of-n would draw instead, at least 2.
    generation_cost, scoring_cost
        As for [`inference_cost`][rlhf_textbook.best_of_n.inference_cost]; not both 0.

    Returns
    -------
    float
        Number of prompts; below it best-of-n is the cheaper way.

    Raises
    ------
    ValueError
        If `n_samples` is below 2, a cost is negative, or drawing more samples costs nothing.

    Examples
    --------
    ```python
    from rlhf_textbook import break_even_prompts

    print(round(break_even_prompts(1_000_000, n_samples=16)))
    ```

    ```text title="Output"
    60241
    ```
    """
    paid_once = checks.number("training_cost", training_cost, low=0)
    n = checks.whole_number("n_samples", n_samples, low=2)
    costs = {"generation_cost": generation_cost, "scoring_cost": scoring_cost}
    saved = inference_cost(n, **costs) - inference_cost(1, **costs)
    if saved == 0:
        raise checks.error("generation_cost", "costs that are not both 0", "0 and 0")
    return paid_once / saved
