"""5.4 The three terms of PPO-ptx.

First the log-ratio of whole responses, then the objective that InstructGPT maximizes, term by term,
for a batch. Lesson 5, "The whole objective" and the worked example about Paris.
Check with: python make.py check 5.4
"""

import numpy as np


def sequence_log_ratios(log_probs: np.ndarray, ref_log_probs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return log π(y|x) − log π_SFT(y|x) of each response in nats, shape (B,).

    `log_probs` (policy) and `ref_log_probs` (SFT model) hold the log-probabilities of the sampled
    tokens, shape (B, T). `mask`, of the same shape, is True on response tokens; what stands in the
    other places is padding and means nothing.
    """
    raise NotImplementedError("the probability of a text is the product over its tokens; what becomes of that in logs?")


def objective_terms(
    scores: np.ndarray,
    log_probs: np.ndarray,
    ref_log_probs: np.ndarray,
    mask: np.ndarray,
    pretrain_log_likelihoods: np.ndarray,
    kl_coef: float,
    ptx_coef: float,
) -> tuple[float, float, float, float]:
    """Return reward, KL penalty, pretraining term, and the objective made of the three.

    `scores`, shape (B,), are the reward model's; `pretrain_log_likelihoods`, shape (N,), are the
    policy's log-likelihoods of N pretraining texts. Each term is an average: the first two over the
    responses, the third over the texts. The penalty is given as the amount that is subtracted
    (it may be negative), the pretraining term as the amount that is added. `kl_coef` is β and
    `ptx_coef` is γ; both are part of their terms.
    """
    raise NotImplementedError("three averages, two of them times a coefficient, and one line that puts them together")
