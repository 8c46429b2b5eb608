"""The book's formulas in torch, written as trainers write them; the gradients are left to autograd.

`tests/test_torch_parity.py` gives each of them the batch that its numpy twin gets and compares what they return.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

IGNORE = -100  # the label that torch's cross-entropy leaves out


def next_token_log_probs(logits: Tensor, tokens: Tensor) -> Tensor:
    """Twin of `rlhf_textbook.next_token_log_probs`."""
    return logits.log_softmax(dim=-1).gather(-1, tokens.unsqueeze(-1)).squeeze(-1)


def sft_loss(logits: Tensor, tokens: Tensor, mask: Tensor, *, reduction: str = "mean") -> Tensor:
    """Twin of `rlhf_textbook.sft_loss`, from the logits on; the mask becomes labels."""
    labels = tokens.masked_fill(~mask, IGNORE)
    return functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), ignore_index=IGNORE, reduction=reduction)


def pairwise_loss(chosen_rewards: Tensor, rejected_rewards: Tensor) -> Tensor:
    """Twin of `rlhf_textbook.pairwise_loss`."""
    return -functional.logsigmoid(chosen_rewards - rejected_rewards)


def ranking_loss(rewards: Tensor) -> Tensor:
    """Twin of `rlhf_textbook.ranking_loss`: the pairs of each row, best response first."""
    better, worse = torch.triu_indices(rewards.shape[1], rewards.shape[1], offset=1)
    return pairwise_loss(rewards[:, better], rewards[:, worse]).mean()


def token_rewards(scores: Tensor, log_probs: Tensor, ref_log_probs: Tensor, mask: Tensor, *, kl_coef: float) -> Tensor:
    """Twin of `rlhf_textbook.token_rewards` for responses that start at the first column."""
    rewards = -kl_coef * (log_probs - ref_log_probs) * mask
    last = mask.sum(dim=1) - 1
    rewards[torch.arange(len(rewards)), last] += scores
    return rewards


def generalized_advantages(
    rewards: Tensor, values: Tensor, mask: Tensor, *, discount: float = 1.0, gae_lambda: float = 0.95
) -> Tensor:
    """Twin of `rlhf_textbook.generalized_advantages` for responses that start at the first column."""
    values = values.masked_fill(~mask, 0.0)
    next_values = functional.pad(values[:, 1:], (0, 1))  # 0 after the end
    deltas = rewards + discount * next_values - values
    advantages = torch.zeros_like(rewards)
    running = torch.zeros_like(rewards[:, 0])
    for t in reversed(range(rewards.shape[1])):
        running = deltas[:, t] + discount * gae_lambda * running
        advantages[:, t] = running
    return advantages


def whiten(values: Tensor, mask: Tensor, *, correction: int = 0) -> Tensor:
    """Twin of `rlhf_textbook.tiny.ppo.whiten`; trainers usually divide by n − 1, `correction=1`."""
    kept = values[mask]
    return ((values - kept.mean()) / (kept.std(correction=correction) + 1e-8)) * mask


def policy_loss(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, mask: Tensor, *, clip_range: float = 0.2
) -> Tensor:
    """Twin of `rlhf_textbook.clipped_surrogate`, its sign turned."""
    ratios = torch.exp(log_probs - old_log_probs)
    losses = -advantages * ratios
    clipped_losses = -advantages * ratios.clamp(1 - clip_range, 1 + clip_range)
    return torch.max(losses, clipped_losses)[mask].mean()


def value_loss(
    values: Tensor,
    old_values: Tensor,
    returns: Tensor,
    mask: Tensor,
    *,
    clip_range: float = float("inf"),
) -> Tensor:
    """Twin of `rlhf_textbook.tiny.ppo.value_loss`; trainers usually clip, `clip_range=0.2`."""
    clipped = old_values + (values - old_values).clamp(-clip_range, clip_range)
    return torch.max((values - returns) ** 2, (clipped - returns) ** 2)[mask].mean() / 2


class TinyModel(nn.Module):
    """Twin of `rlhf_textbook.tiny.model`: forward only, which is all that autograd needs."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        super().__init__()
        self.weights = nn.ParameterDict({name: nn.Parameter(torch.tensor(value)) for name, value in params.items()})

    def forward(self, tokens: Tensor) -> Tensor:
        """Compute the outputs after each token, shape (n, T, n_outputs)."""
        w, length = self.weights, tokens.shape[1]
        added = torch.einsum("nte,teh->nth", w["embedding"][tokens], w["mixing"][:length])
        hidden = torch.tanh(added.cumsum(dim=1) + w["bias"][:length])
        return hidden @ w["head"] + w["head_bias"]

    def log_probs(self, sequences: Tensor, *, start: int = 1) -> Tensor:
        """Log-probability of each token from `start` on: the logits are shifted by one."""
        logits = self(sequences[:, :-1])[:, start - 1 :]
        return next_token_log_probs(logits, sequences[:, start:])

    def scores(self, tokens: Tensor, *, start: int = 0) -> Tensor:
        """Scalar output after each token from `start` on."""
        return self(tokens)[:, start:, 0]
