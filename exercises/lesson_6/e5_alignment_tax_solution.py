"""6.5 Count what comes back of the tax: a solution.

Both shares have the tax of plain PPO below the line. The first is nothing but a distance walked
back, so it may exceed 1 or fall below 0; only an empty tax has no share.
"""

import numpy as np


def tax(gpt3: np.ndarray, aligned: np.ndarray) -> np.ndarray:
    """Return the points lost."""
    return np.asarray(gpt3, dtype=float) - np.asarray(aligned, dtype=float)


def share_won_back(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    """Return the fraction of PPO's tax that PPO-ptx won back."""
    lost = tax(gpt3, ppo)
    return (np.asarray(ppo_ptx, dtype=float) - ppo) / np.where(lost > 0, lost, np.nan)


def share_lost_in_sft(gpt3: np.ndarray, sft: np.ndarray, ppo: np.ndarray) -> np.ndarray:
    """Return the fraction of PPO's tax that was lost before PPO."""
    lost = tax(gpt3, ppo)
    return tax(gpt3, sft) / np.where(lost > 0, lost, np.nan)
