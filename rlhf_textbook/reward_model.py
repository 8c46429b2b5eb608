"""From rankings to a reward model, by the pairwise Bradley–Terry loss.

Throughout, the responses of one prompt are listed best first, as the labeler ranked them:
`rewards[0]` is the score of the favorite. Every pair `i < j` then says "i beat j".
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import BoolArray, FloatArray, IntArray
from rlhf_textbook.numerics import log_sigmoid, sigmoid


def n_pairs(n_responses: ArrayLike) -> IntArray:
    """How many comparisons one ranking holds.

    `C(K, 2) = K (K − 1) / 2`

    Parameters
    ----------
    n_responses
        Responses ranked, `K`, any shape, each at least 2.

    Returns
    -------
    IntArray
        Same shape.

    Raises
    ------
    ValueError
        If a ranking has fewer than two responses, or so many that an integer cannot count their pairs, or
        `n_responses` is not an integer.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (reward modeling).

    Examples
    --------
    ```python
    from rlhf_textbook import n_pairs

    print(n_pairs([4, 5, 9]))
    ```

    ```text title="Output"
    [ 6 10 36]
    ```
    """
    k = checks.int_array("n_responses", n_responses)
    if (k < 2).any():
        raise checks.error("n_responses", "at least 2 responses in a ranking", k.min())
    most = (1 + math.isqrt(1 + 8 * int(np.iinfo(np.intp).max))) // 2
    if (k > most).any():
        raise checks.error("n_responses", f"at most {most} responses, whose pairs an integer can count", k.max())
    return k // 2 * (k - 1 + k % 2)  # halved first: the product of k and k − 1 may be too large by a factor of 2


def ranking_pairs(ranks: ArrayLike) -> IntArray:
    """All comparisons that one ranking states, as (winner, loser) positions.

    `{(i, j) : rank_i < rank_j}`; responses that tie give no pair, so K distinct ranks give `C(K, 2)`.

    Parameters
    ----------
    ranks
        The labeler's rank of each response, shape `(K,)`, 1 is best, at least two responses.

    Returns
    -------
    IntArray
        Shape `(n_pairs, 2)`: positions in `ranks` of winner and loser.

    Raises
    ------
    ValueError
        If there are fewer than two ranks, or `ranks` is not a list of integers.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (reward modeling).

    Examples
    --------
    ```python
    from rlhf_textbook import ranking_pairs

    print(ranking_pairs([2, 1, 3]).tolist())  # the second response is the best
    ```

    ```text title="Output"
    [[0, 2], [1, 0], [1, 2]]
    ```
    """
    order = checks.int_array("ranks", ranks, min_ndim=1, max_ndim=1)
    if order.size < 2:
        raise checks.error("ranks", "at least 2 responses in a ranking", order.size)
    return np.argwhere(order[:, None] < order[None, :])


def _margins(chosen_rewards: ArrayLike, rejected_rewards: ArrayLike) -> FloatArray:
    chosen = checks.float_array("chosen_rewards", chosen_rewards, allow_infinite=True)
    rejected = checks.float_array("rejected_rewards", rejected_rewards, allow_infinite=True)
    checks.same_shape("rejected_rewards", rejected, "chosen_rewards", chosen)
    if (np.isinf(chosen) & (chosen == rejected)).any():
        raise checks.error("rejected_rewards", "a margin that is defined", "the same infinity as chosen_rewards")
    with np.errstate(over="ignore"):
        return chosen - rejected


def preference_probability(chosen_rewards: ArrayLike, rejected_rewards: ArrayLike) -> FloatArray:
    """Bradley–Terry probability that the chosen response is preferred.

    `P(y_w ≻ y_l) = σ(r_w − r_l)`

    Parameters
    ----------
    chosen_rewards
        Scores `r_w` of the chosen responses, any shape; ±inf allowed.
    rejected_rewards
        Scores `r_l` of the rejected ones, the same shape; ±inf allowed, but not where the chosen one scores the same.

    Returns
    -------
    FloatArray
        Same shape, in [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ, a score is NaN, or a margin is undefined (inf − inf).

    References
    ----------
    Bradley and Terry 1952; Ouyang et al. 2022, equation 1.

    Examples
    --------
    ```python
    from rlhf_textbook import preference_probability

    print(preference_probability(1.8, -0.5).round(4))
    ```

    ```text title="Output"
    0.9089
    ```
    """
    return sigmoid(_margins(chosen_rewards, rejected_rewards))


def pairwise_loss(chosen_rewards: ArrayLike, rejected_rewards: ArrayLike) -> FloatArray:
    """Loss of each comparison: surprise at the labeler's choice.

    `−log σ(r_w − r_l)`; its derivative by the margin is `−(1 − σ(r_w − r_l))`.

    Parameters
    ----------
    chosen_rewards
        Scores `r_w` of the chosen responses, any shape; ±inf allowed.
    rejected_rewards
        Scores `r_l` of the rejected ones, the same shape; ±inf allowed, but not where the chosen one scores the same.

    Returns
    -------
    FloatArray
        Same shape, in nats, at least 0; log 2 where the scores are equal, inf beyond the range of a float.

    Raises
    ------
    ValueError
        If the shapes differ, a score is NaN, or a margin is undefined (inf − inf).

    References
    ----------
    Ouyang et al. 2022, equation 1, before the average.

    Examples
    --------
    ```python
    from rlhf_textbook import pairwise_loss

    print(pairwise_loss([1.8, 0.9], [-0.5, 0.3]).round(4))
    ```

    ```text title="Output"
    [0.0955 0.4375]
    ```
    """
    return -log_sigmoid(_margins(chosen_rewards, rejected_rewards))


def pad_rankings(rankings: Sequence[ArrayLike]) -> tuple[FloatArray, IntArray]:
    """Rankings of different lengths as one rectangular array and their lengths.

    Parameters
    ----------
    rankings
        One list of scores for each prompt, best response first, each of at least two; ±inf allowed.

    Returns
    -------
    rewards : FloatArray
        Shape `(n_prompts, longest K)`, NaN where a ranking has no such response.
    n_responses : IntArray
        Shape `(n_prompts,)`, the `K` of each prompt.

    Raises
    ------
    ValueError
        If there is no ranking, or one has fewer than two responses or a NaN.

    Examples
    --------
    ```python
    from rlhf_textbook import pad_rankings

    rewards, n_responses = pad_rankings([[1.8, 0.9, 0.3, -0.5], [2.0, 1.0]])
    print(rewards)
    print(n_responses)
    ```

    ```text title="Output"
    [[ 1.8  0.9  0.3 -0.5]
     [ 2.   1.   nan  nan]]
    [4 2]
    ```
    """
    try:
        listed = list(rankings)
    except TypeError:
        raise checks.error("rankings", "one list of scores a prompt", type(rankings).__name__) from None
    rows = [
        checks.float_array(f"rankings[{i}]", ranking, min_ndim=1, max_ndim=1, allow_infinite=True)
        for i, ranking in enumerate(listed)
    ]
    if not rows:
        raise checks.error("rankings", "at least one ranking", "none")
    lengths = np.array([row.size for row in rows], dtype=np.intp)
    if (lengths < 2).any():
        raise checks.error(f"rankings[{np.argmin(lengths)}]", "at least 2 responses", lengths.min())
    padded = np.full((len(rows), int(lengths.max())), np.nan)
    for row, ranking in zip(padded, rows, strict=True):
        row[: ranking.size] = ranking
    return padded, lengths


def _pair_margins(
    rewards: ArrayLike, n_responses: ArrayLike | None
) -> tuple[FloatArray, BoolArray, IntArray, IntArray, int]:
    """Margins of all pairs `i < j` of every prompt, and which of them exist.

    Returns margins `(n_prompts, P)`, existing pairs `(n_prompts, P)`, winners `(P,)`, losers `(P,)`
    and the padded length `K` of a ranking.
    """
    ragged = ("one length for all rankings", "rows of different lengths; see pad_rankings")
    raw = checks.any_array("rewards", rewards, ragged=ragged)
    table = np.atleast_2d(checks.real_array("rewards", raw))
    if table.ndim > 2:
        raise checks.error("rewards", "shape (K,) or (n_prompts, K)", f"shape {raw.shape}")
    if table.size == 0:
        raise checks.error("rewards", "at least one value", f"an empty array of shape {raw.shape}")
    n_prompts, longest = table.shape
    if longest < 2:
        raise checks.error("rewards", "at least 2 responses in a ranking", f"shape {raw.shape}")
    if n_responses is None:
        lengths: IntArray = np.full(n_prompts, longest)
    else:
        lengths = np.atleast_1d(checks.int_array("n_responses", n_responses, max_ndim=1))
        if lengths.shape != (n_prompts,):
            raise checks.error("n_responses", f"one length for each of {n_prompts} prompts", f"shape {lengths.shape}")
        if (lengths > longest).any():
            raise checks.error("n_responses", f"at most {longest}, the width of rewards", lengths.max())
        n_pairs(lengths)  # refuses a ranking of fewer than two
    # What stands in the padding is not looked at: NaN is as good as anything there.
    listed = np.arange(longest) < lengths[:, None]
    scores = checks.float_array("rewards", np.where(listed, table, 0), allow_infinite=True)
    winners, losers = np.triu_indices(longest, k=1)
    exists = losers < lengths[:, None]
    chosen, rejected = scores[:, winners], scores[:, losers]
    if (exists & np.isinf(chosen) & (chosen == rejected)).any():
        raise checks.error("rewards", "margins that are defined", "the same infinity twice in one ranking")
    with np.errstate(over="ignore"):
        margins = np.subtract(chosen, rejected, out=np.zeros_like(chosen), where=exists)
    return margins, exists, winners, losers, longest


def ranking_loss_and_gradient(rewards: ArrayLike, *, n_responses: ArrayLike | None = None) -> tuple[float, FloatArray]:
    """Reward-model loss over all pairs of each ranking, and its gradient by every score.

    `loss = mean over prompts of 1/C(K,2) · Σ_{i<j} −log σ(r_i − r_j)`

    `∂loss/∂r_i = 1/n_prompts · 1/C(K,2) · (Σ_{j<i} σ(r_i − r_j) − Σ_{j>i} σ(r_j − r_i))`

    Each response is scored once: K forward passes for each prompt, whose pairs all stay in one
    batch element. The gradients of a ranking sum to 0: only differences of scores matter.

    Parameters
    ----------
    rewards
        Scores, best response first, shape `(K,)` or `(n_prompts, K)`, `K` at least 2 (the paper: 4 to 9).
    n_responses
        For rankings of different lengths, how many leading scores of each row count, shape
        `(n_prompts,)`; [`pad_rankings`][rlhf_textbook.reward_model.pad_rankings] makes both arrays.

    Returns
    -------
    loss : float
        In nats, at least 0; every prompt weighs the same, whatever its `K`. It is inf where a loser scores more than
        the winner by inf or by more than a float can hold.
    gradient : FloatArray
        Shape of `rewards`; 0 in the padding.

    Raises
    ------
    ValueError
        If a ranking has fewer than two responses, a score is NaN, or a margin is undefined (inf − inf).

    References
    ----------
    Ouyang et al. 2022, equation 1.

    Examples
    --------
    ```python
    from rlhf_textbook import ranking_loss_and_gradient

    loss, gradient = ranking_loss_and_gradient([1.8, 0.9, 0.3, -0.5])
    print(round(loss, 5), gradient.round(4))
    ```

    ```text title="Output"
    0.27785 [-0.0938 -0.0439  0.0378  0.0998]
    ```
    """
    margins, exists, winners, losers, longest = _pair_margins(rewards, n_responses)
    weights = exists / (exists.sum(axis=1, keepdims=True) * len(exists))
    losses = np.where(exists, -log_sigmoid(margins), 0.0)
    with np.errstate(over="ignore"):
        loss = float((weights * losses).sum())
    # Row p of the incidence matrix is +1 at the winner of pair p and −1 at its loser.
    incidence = np.eye(longest)[winners] - np.eye(longest)[losers]
    gradient = -(weights * sigmoid(-margins)) @ incidence
    return loss, gradient.reshape(np.shape(rewards))


def ranking_loss(rewards: ArrayLike, *, n_responses: ArrayLike | None = None) -> float:
    """Reward-model loss over all pairs of each ranking.

    `loss = mean over prompts of 1/C(K,2) · Σ_{i<j} −log σ(r_i − r_j)`. Parameters, shapes and
    errors are those of
    [`ranking_loss_and_gradient`][rlhf_textbook.reward_model.ranking_loss_and_gradient]. It is inf where that loss is.

    References
    ----------
    Ouyang et al. 2022, equation 1.

    Examples
    --------
    ```python
    from rlhf_textbook import ranking_loss

    print(round(ranking_loss([1.8, 0.9, 0.3, -0.5]), 3))
    ```

    ```text title="Output"
    0.278
    ```
    """
    return ranking_loss_and_gradient(rewards, n_responses=n_responses)[0]


def ranking_accuracy(rewards: ArrayLike, *, n_responses: ArrayLike | None = None) -> float:
    """Share of the labelers' comparisons that the scores order the same way.

    `mean over pairs i < j of [r_i > r_j] + [r_i = r_j] / 2`

    Parameters
    ----------
    rewards
        Scores, best response first, shape `(K,)` or `(n_prompts, K)`, `K` at least 2.
    n_responses
        For rankings of different lengths, how many leading scores of each row count, as for
        [`ranking_loss_and_gradient`][rlhf_textbook.reward_model.ranking_loss_and_gradient].

    Returns
    -------
    float
        In [0, 1]; a tie counts half, so that a constant reward model scores 0.5.

    Raises
    ------
    ValueError
        As for `ranking_loss_and_gradient`.

    Examples
    --------
    ```python
    from rlhf_textbook import ranking_accuracy

    # one pair of six the wrong way round
    print(round(ranking_accuracy([1.8, 0.3, 0.9, -0.5]), 3))
    ```

    ```text title="Output"
    0.833
    ```
    """
    margins, exists, *_ = _pair_margins(rewards, n_responses)
    return float(((np.sign(margins[exists]) + 1) / 2).mean())


def normalize_rewards(rewards: ArrayLike, demonstration_rewards: ArrayLike) -> FloatArray:
    """Shift scores so that the labelers' demonstrations score 0 on average.

    `r′ = r − mean(r_demonstrations)`

    The loss sees only differences, so it leaves the zero of the scale open; this bias fixes it
    before reinforcement learning begins. Differences, rankings and the loss do not change.

    Parameters
    ----------
    rewards
        Scores to shift, any shape, finite.
    demonstration_rewards
        The same reward model's scores of the labelers' demonstrations, any shape, finite.

    Returns
    -------
    FloatArray
        Shape of `rewards`.

    Raises
    ------
    ValueError
        If an array is empty or holds NaN or an infinity, or its values are too large for a float to hold the result.

    References
    ----------
    Ouyang et al. 2022, section 3.5 (reward modeling).

    Examples
    --------
    ```python
    from rlhf_textbook import normalize_rewards

    print(normalize_rewards([6.8, 5.9], demonstration_rewards=[4.0, 6.0]))
    ```

    ```text title="Output"
    [1.8 0.9]
    ```
    """
    scores = checks.float_array("rewards", rewards)
    examples = checks.float_array("demonstration_rewards", demonstration_rewards)
    with np.errstate(over="ignore", invalid="ignore"):
        shifted = scores - examples.mean()
    return checks.no_overflow("demonstration_rewards", "a mean and differences from it that a float can hold", shifted)
