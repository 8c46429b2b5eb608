"""5.5 The penalty, token by token.

PPO gets a reward for every token: each pays for its own log-ratio, and the reward model's score
arrives with the last one. First for one response, then for a padded batch. Lesson 5, "Paid token
by token". Check with: python make.py check 5.5
"""

import numpy as np


def token_rewards(score: float, log_probs: np.ndarray, ref_log_probs: np.ndarray, kl_coef: float) -> np.ndarray:
    """Return the reward of every token of one response, shape (T,).

    `score` is the reward model's score of the whole response, `log_probs` (policy) and
    `ref_log_probs` (SFT model) are the log-probabilities of its tokens, shape (T,); `kl_coef` is β.
    """
    raise NotImplementedError("start with what each token pays; then, in one place, the score")


def batch_token_rewards(
    scores: np.ndarray, log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray, kl_coef: float
) -> np.ndarray:
    """Return the reward of every token of a batch, shape (B, T), with 0 where the mask is False.

    `scores` has shape (B,), everything else shape (B, T). In each row, the tokens of the response
    stand together, and `mask` is True on them, at least one; before them may come the prompt, after
    them padding, and what stands there means nothing.
    """
    raise NotImplementedError("in each row, which is the last place with mask True? A loop over the rows will do")
