"""6.5 Count what comes back of the tax.

Lesson 6, "The alignment tax". From benchmark scores (the higher, the better) of GPT-3, SFT, PPO and
PPO-ptx compute what was lost, how much of it the pretraining mix won back, and how much had
been lost before reinforcement learning began. All arguments of a function have the same shape,
one entry a benchmark, and so has the result. Check with: python make.py check 6.5
"""

import numpy as np


def tax(gpt3: np.ndarray, aligned: np.ndarray) -> np.ndarray:
    """Return the points lost between GPT-3 and an aligned model; negative where points were gained."""
    raise NotImplementedError("a loss is positive: which of the two scores comes first?")


def share_won_back(gpt3: np.ndarray, ppo: np.ndarray, ppo_ptx: np.ndarray) -> np.ndarray:
    """Return which fraction of PPO's tax PPO-ptx won back: 0 for none of it, 1 for all of it.

    NaN where PPO lost nothing: there is no tax to win back. Such entries may stand beside others.
    """
    raise NotImplementedError("points won back over points lost; np.where or a mask for what has no tax")


def share_lost_in_sft(gpt3: np.ndarray, sft: np.ndarray, ppo: np.ndarray) -> np.ndarray:
    """Return which fraction of PPO's tax the SFT model, where PPO starts from, had already lost.

    NaN where PPO lost nothing.
    """
    raise NotImplementedError("the tax of SFT and the tax of PPO, both counted from GPT-3")
