"""5.6 The best policy, and when it gets worse: a solution.

The best policy is proportional to π_SFT · exp(r/β). In logs that is a sum, and subtracting the largest
of the logs before taking exp changes nothing, since the result is normalized, except that it cannot
overflow. Training sees the proxy; the best β is judged by the human column, which training never saw.
"""

import numpy as np


def best_policy(ref_probs: np.ndarray, rewards: np.ndarray, kl_coef: float) -> np.ndarray:
    """Return the probabilities of the policy that maximizes E[r(y)] − β KL(policy ‖ SFT model)."""
    logits = np.log(ref_probs) + rewards / kl_coef
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def sweep(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> np.ndarray:
    """Return what becomes of proxy, human verdict and KL as β changes, shape (B, 3)."""
    rows = []
    for kl_coef in kl_coefs:
        policy = best_policy(ref_probs, proxy, kl_coef)
        happens = policy > 0  # for a small β, a probability may underflow to 0
        kl = np.sum(policy[happens] * np.log(policy[happens] / ref_probs[happens]))
        rows.append([policy @ proxy, policy @ human, kl])
    return np.array(rows)


def best_coefficient(ref_probs: np.ndarray, proxy: np.ndarray, human: np.ndarray, kl_coefs: np.ndarray) -> float:
    """Return the β among `kl_coefs` whose policy, trained on the proxy, people like best."""
    return float(kl_coefs[sweep(ref_probs, proxy, human, kl_coefs)[:, 1].argmax()])
