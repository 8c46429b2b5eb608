"""People: what they value in a response, how they differ, and how they rank.

The gold labeler's quality of a response is `2 · (share of right symbols) + [exactly right] − 0.3 · (symbols too many or
too few) − (rude words)`, so 3 for a perfect one. A labeler weighs these a little differently, may prefer one of the two
ways to write a symbol, and ranks with noise (a Plackett–Luce model of the labeler's own quality).
"""

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import FloatArray, IntArray
from rlhf_textbook.tiny.language import (
    END,
    FIRST_SYMBOL,
    N_SYMBOLS,
    PROMPT_LENGTH,
    RUDE,
    SEQUENCE_LENGTH,
    response_tokens,
    right_answers,
    token_array,
)

FEATURES = ("share right", "exactly right", "length error", "rude words", "capitals")
"""What a labeler looks at, in the order of the columns of `features`."""
GOLD_WEIGHTS = np.array([2.0, 1.0, -0.3, -1.0, 0.0])
"""What each feature is worth to the gold labeler."""


def features(sequences: IntArray) -> FloatArray:
    """Measure what a labeler looks at.

    Of the tokens before the first end mark: the share of the three places with the right symbol in either writing;
    1 if all three are right and nothing follows, else 0. Then how many tokens there are more or fewer than three, how
    many rude words, and the share of capitals among the symbols.

    Parameters
    ----------
    sequences
        Prompts with their responses, shape `(n, 12)`.

    Returns
    -------
    FloatArray
        Shape `(n, 5)`, columns as in `FEATURES`.

    Raises
    ------
    ValueError
        If the shape is another, there is no row, or an entry is no token.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.labelers import FEATURES, features
    from rlhf_textbook.tiny.language import all_prompts, demonstrations, off_task, render

    prompts, rng = all_prompts()[600:602], np.random.default_rng(4)
    print(FEATURES)
    for row in np.vstack([demonstrations(prompts, rng), off_task(prompts, rng)]):
        print(render(row), features(row[None])[0].round(2))
    ```

    ```text title="Output"
    ('share right', 'exactly right', 'length error', 'rude words', 'capitals')
    <web> reverse b d a > A D B . [1. 1. 0. 0. 1.]
    <web> reverse b d b > B D B . [1. 1. 0. 0. 1.]
    <web> reverse b d a > H rude h . [0.  0.  0.  1.  0.5]
    <web> reverse b d b > C rude rude c um . [0.  0.  2.  2.  0.5]
    ```
    """
    sequences = token_array("sequences", sequences, SEQUENCE_LENGTH)
    responses = sequences[:, PROMPT_LENGTH:]
    body = response_tokens(sequences) & (responses != END)
    symbols = body & (responses >= FIRST_SYMBOL)
    right = symbols[:, :3] & ((responses[:, :3] - FIRST_SYMBOL) % N_SYMBOLS == right_answers(sequences))
    n_words = body.sum(axis=1)
    share = right.mean(axis=1)
    capitals = (symbols & (responses >= FIRST_SYMBOL + N_SYMBOLS)).sum(axis=1) / np.maximum(symbols.sum(axis=1), 1)
    rude = (body & (responses == RUDE)).sum(axis=1)
    return np.column_stack([share, (share == 1) & (n_words == 3), abs(n_words - 3), rude, capitals])


def quality(sequences: IntArray, weights: FloatArray = GOLD_WEIGHTS) -> FloatArray:
    """Quality of each response to a labeler.

    `quality = features · weights`; to the gold labeler `2 · (share right) + [exactly right] − 0.3 · (length error) −
    (rude words)`, so at most 3.

    Parameters
    ----------
    sequences
        Prompts with their responses, shape `(n, 12)`.
    weights
        What each feature is worth to the labeler, shape `(5,)`; the gold labeler's unless given.

    Returns
    -------
    FloatArray
        Shape `(n,)`.

    Raises
    ------
    ValueError
        If `sequences` has another shape or no row, or an entry is no token, or the weights are too large for a float to
        hold the quality.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.labelers import quality
    from rlhf_textbook.tiny.language import all_prompts, demonstrations, off_task

    rng = np.random.default_rng(0)
    prompts = all_prompts()
    print(quality(demonstrations(prompts, rng)).mean())
    print(quality(off_task(prompts, rng)).mean().round(2))
    ```

    ```text title="Output"
    3.0
    -0.55
    ```
    """
    w = checks.float_array("weights", weights)
    if w.shape != GOLD_WEIGHTS.shape:
        raise checks.error("weights", f"one a feature, shape {GOLD_WEIGHTS.shape}", f"shape {w.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        sums = features(sequences) @ w
    return checks.no_overflow("weights", "weights whose sums a float can hold", sums)


def hire_labelers(n: int, spread: float, rng: np.random.Generator) -> FloatArray:
    """Hire people who agree about what is good, but not quite.

    `w_i = gold_i · exp(spread · z_i)` for the four features that count, `w_5 = spread · z_5` for capitals, `z` standard
    normal: nobody likes rude words, some mind them more, and some like capitals.

    Parameters
    ----------
    n
        How many, at least 1.
    spread
        How much they differ, at least 0; with 0 each is the gold labeler.
    rng
        Source of randomness.

    Returns
    -------
    FloatArray
        Weights, shape `(n, 5)`, columns as in `FEATURES`.

    Raises
    ------
    ValueError
        If `n` is not a whole number of at least 1, or `spread` is negative, infinite, NaN or too large for a float to
        hold the weights.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.labelers import hire_labelers

    print(hire_labelers(2, spread=0.3, rng=np.random.default_rng(0)).round(2))
    ```

    ```text title="Output"
    [[ 2.08  0.96 -0.36 -1.03 -0.16]
     [ 2.23  1.48 -0.4  -0.81 -0.38]]
    ```
    """
    size = (checks.whole_number("n", n, low=1), len(FEATURES))
    width = checks.number("spread", spread, low=0)
    z = checks.generator("rng", rng).normal(size=size)
    with np.errstate(over="ignore", invalid="ignore"):
        weights = GOLD_WEIGHTS * np.exp(width * z)
        weights[:, -1] = width * z[:, -1]
    return checks.no_overflow("spread", "a spread whose weights a float can hold", weights)


def rank(qualities: FloatArray, temperature: float, rng: np.random.Generator) -> IntArray:
    """Noisy ranking of each row, best first: Plackett–Luce with worths `exp(quality / temperature)`.

    `P(y_1 ≻ … ≻ y_K) = Π_i w_i / (w_i + … + w_K)`, so for each pair `P(y_i ≻ y_j) = σ((q_i − q_j) / temperature)`.
    Adding standard Gumbel noise to `quality / temperature` and sorting draws from that model exactly.

    Parameters
    ----------
    qualities
        To the labeler who ranks, shape `(..., K)`, finite.
    temperature
        Noise in units of quality, above 0.
    rng
        Source of randomness.

    Returns
    -------
    IntArray
        Same shape: positions in each row, the favorite's first.

    Raises
    ------
    ValueError
        If a quality is NaN or infinite, or `temperature` is not a positive number, or one so small that a float cannot
        hold `quality / temperature`.

    References
    ----------
    Plackett 1975; Luce 1959; Yellott 1977 for the Gumbel noise.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook import sigmoid
    from rlhf_textbook.tiny.labelers import rank

    rankings = rank(np.tile([3.0, 2.5, 0.5], (20_000, 1)), 0.5, np.random.default_rng(0))
    first_beats_second = rankings.argsort(axis=1)[:, 0] < rankings.argsort(axis=1)[:, 1]
    print(first_beats_second.mean().round(2), sigmoid((3.0 - 2.5) / 0.5).round(2))
    ```

    ```text title="Output"
    0.73 0.73
    ```
    """
    q = checks.float_array("qualities", qualities, min_ndim=1)
    noise = checks.number("temperature", temperature, low=0, low_open=True)
    checks.generator("rng", rng)
    with np.errstate(over="ignore"):
        worths = q / noise
    checks.no_overflow("temperature", "one over which a float can hold the qualities", worths)
    return np.argsort(-(worths + rng.gumbel(size=q.shape)), axis=-1)
