"""5.6 The best policy, and when it gets worse.

With a handful of possible responses, the policy that a KL penalty asks for can be written down.
Compute it, then loosen the penalty step by step and see a flawed reward at work. Lesson 5, "A score
that can be gamed" and the question under "Extend". Check with: python make.py check 5.6
"""

import numpy as np


def best_policy(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    """Return the probabilities of the policy that maximizes E[r(y)] − β KL(policy ‖ SFT model).

    `ref_probs` are the SFT model's probabilities of all K responses, above 0, and `rewards` their
    rewards, both of shape (K,); `kl_coef` is β, above 0. Rewards in the thousands, or a β of 0.001,
    must not overflow.
    """
    raise NotImplementedError('the folded note "Why that line gives the exact optimum" has it; work with logs')


def sweep(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    """Return what becomes of proxy, human verdict and KL as β changes, shape (B, 3).

    The policy for each β in `kl_coefs`, shape (B,), is the best for the rewards `proxy`, which
    training sees. The row of that β holds three numbers about this policy: its mean of `proxy`, its
    mean of `human` (what people think of the responses), and its KL from the SFT model in nats.
    """
    raise NotImplementedError("a loop over kl_coefs; each mean is a sum of probability times reward")


def best_coefficient(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> float:
    """Return the β among `kl_coefs` whose policy, trained on the proxy, people like best."""
    raise NotImplementedError("the table of sweep, and the largest entry of one of its columns. Which one?")
